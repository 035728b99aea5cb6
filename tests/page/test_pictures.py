"""The pictures in the documentation are what the page draws of today's stories."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.page.sandbox import Sandbox
from tests.pictures import PICTURES, draw
from tests.transcripts import FLOWS, SCENES

SHOWN = re.compile(r"!\[[^\]]+\]\(pictures/([a-z-]+)\.svg\)")


def test_the_pictures_in_the_docs_are_real(page: Page, sandbox: Sandbox) -> None:
    kept = {path.stem: path.read_text() for path in PICTURES.glob("*.svg")}
    drawn = draw(page, sandbox.url)
    assert sorted(kept) == sorted(drawn)
    stale = [name for name in drawn if drawn[name] != kept[name]]
    assert not stale, "out of date: python -m tests.pictures"


def test_every_flow_shows_its_pictures() -> None:
    shown = {path.stem: SHOWN.findall(path.read_text()) for path in FLOWS.glob("*.md")}
    assert all(shown.values()), "each page has one"
    assert sorted(name for names in shown.values() for name in names) == sorted(SCENES)
