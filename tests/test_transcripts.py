"""The transcripts in the documentation are what the sandbox says today, on both databases."""

import pytest

from tests.served import served
from tests.transcripts import FLOWS, PLACE, SCENES, in_place, play


def test_the_transcripts_in_the_docs_are_real(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYMENTS_VAULT_KEY", "7c" * 32)
    with served(database_url) as base_url:
        transcripts = play(base_url)

    for path in FLOWS.glob("*.md"):
        page = path.read_text()
        assert page == in_place(page, transcripts), f"{path.name} is out of date: python -m tests.transcripts"


def test_every_scene_is_shown_somewhere() -> None:
    shown = {found[1] for path in FLOWS.glob("*.md") for found in PLACE.finditer(path.read_text())}

    assert shown == set(SCENES)
