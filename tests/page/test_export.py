"""Taking a story away: as a picture, as text, as events, and as a file that replays when the server has gone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from defusedxml import ElementTree
from playwright.sync_api import Browser, Page, expect

from tests.page.browsing import DESKTOP_LIGHT, Form, Witness, assert_accessible, assert_fits, in_every_form, looking
from tests.page.sandbox import Json, Sandbox
from tests.page.test_shell import GONE
from tests.page.test_theatre import how_many, stand_at, theatre

DROP = """
(dropped) => {
    const files = new DataTransfer();
    files.items.add(new File([dropped], "story.json", { type: "application/json" }));
    for (const type of ["dragover", "drop"])
        document.querySelector("main").dispatchEvent(
            new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
}
"""


@pytest.fixture(scope="module")
def sale(sandbox: Sandbox) -> Json:
    """A sale, all the way to its settlement."""
    made = sandbox.sell()
    sandbox.settle_the_day()
    return made


def taken_away(page: Page, what: str, folder: Path) -> tuple[str, str]:
    """The name and the text of the file that an export makes."""
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=what, exact=True).click()
    page.locator("summary", has_text="Export").click()
    name = download.value.suggested_filename
    download.value.save_as(folder / name)
    return name, (folder / name).read_text()


@pytest.fixture(scope="module")
def share(browser: Browser, sandbox: Sandbox, sale: Json, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sale's share file."""
    with looking(browser, sandbox.url, DESKTOP_LIGHT, Witness(sandbox.url)) as page:
        page.goto(f"/p/{sale['id']}?n=1")
        return taken_away(page, "Share file", tmp_path_factory.mktemp("share"))[1]


def test_a_story_is_taken_away_in_four_ways(page: Page, sandbox: Sandbox, sale: Json, tmp_path: Path) -> None:
    page.goto(f"/p/{sale['id']}?n=1")
    stand_at(page, 1)
    name, picture = taken_away(page, "Picture (SVG)", tmp_path)
    assert name == f"{sale['id']}.svg"
    assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"""(?:href|src|url)\s*[=(]\s*["']?(?!#|http://www\\.w3\\.org)""", picture), "it stands alone"
    _, mermaid = taken_away(page, "Mermaid text", tmp_path)
    assert mermaid.startswith("sequenceDiagram\n")
    assert "Blue Door Books" in mermaid
    _, events = taken_away(page, "Events (JSON)", tmp_path)
    of_sandbox = {event["position"]: event for event in sandbox.events()}
    assert all(of_sandbox[event["position"]] == event for event in json.loads(events))
    _, share = taken_away(page, "Share file", tmp_path)
    assert json.loads(share)["story"]["id"] == sale["id"]
    assert "sk_demo" not in share


@in_every_form
def test_a_share_file_replays_with_the_server_gone(
    page: Page, sandbox: Sandbox, share: str, witness: Witness, form: Form
) -> None:
    witness.allow(GONE)
    sandbox.push()
    page.goto("/")
    expect(page.locator(".live")).to_have_text("Live")
    expect(theatre(page)).to_be_visible()
    sandbox.stop()
    try:
        expect(page.locator(".live")).to_have_text("Not connected")
        page.evaluate(DROP, share)
        expect(page.get_by_text("This story comes from a file.")).to_be_visible()
        last = how_many(page)
        assert last > 15
        page.get_by_role("button", name="First step").click()
        for n in range(1, last):
            stand_at(page, n)
            page.get_by_role("button", name="Step forward").click()
        stand_at(page, last)
        assert_fits(page)
        assert_accessible(page)
    finally:
        sandbox.start()
    page.get_by_role("button", name="Back to the sandbox").click()
    expect(page.locator(".live")).to_have_text("Live")
    expect(page.get_by_text("This story comes from a file.")).to_have_count(0)


@pytest.mark.parametrize(
    "wrong", ["no JSON", '{"format": "a letter"}', '{"format": "payments-sandbox story", "version": 1}']
)
def test_another_file_is_refused_and_why_is_said(page: Page, sale: Json, wrong: str) -> None:
    page.goto(f"/p/{sale['id']}?n=2")
    stand_at(page, 2)
    page.evaluate(DROP, wrong)
    expect(page.get_by_role("alert")).to_contain_text("file")
    stand_at(page, 2)
