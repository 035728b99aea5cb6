"""What holds on every screen: its address, its policy, its weight, its feed, and that everybody can use it."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Page, Request, expect

from tests.page.browsing import DESKTOP_LIGHT, Witness, assert_accessible, assert_fits, in_every_form
from tests.page.conftest import OpenPage
from tests.page.sandbox import Json, Sandbox

SCREENS: Final = {
    "/": "Theatre",
    "/shop": "Shop & desk",
    "/books": "Books",
    "/lessons": "Lessons",
    "/log": "Log",
}
MOST_BYTES: Final = 150_000
"""What everything of the page may weigh on its way to the browser, all its screens together."""

GONE: Final = r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)"
"""What a browser says on the console when the server has gone."""


def feed(page: Page) -> Json:
    """What the page has heard of the world."""
    page.evaluate("async () => { window.feed = (await import('/console/assets/feed.js')).feed }")
    heard: Json = page.evaluate(
        "() => ({ run: feed.run, last: feed.last, positions: feed.events.map((each) => each.position) })"
    )
    return heard


def wait_for_event(page: Page, position: int, not_in: str = "") -> Json:
    """Wait until the page has heard of an event, of another world than one; and what it has heard then."""
    feed(page)
    page.wait_for_function(
        "([last, not_in]) => feed.run && feed.run !== not_in && feed.last >= last", arg=[position, not_in]
    )
    return feed(page)


@in_every_form
def test_every_screen_is_for_everybody(page: Page, sandbox: Sandbox) -> None:
    sandbox.sell()
    for address, name in SCREENS.items():
        page.goto(address)
        expect(page.locator("main")).to_have_attribute("data-screen", re.compile("."))
        expect(page.get_by_role("navigation", name="Main").get_by_role("link", name=name)).to_have_attribute(
            "aria-current", "page"
        )
        expect(page.locator("main").get_by_role("heading", level=1)).to_be_visible()
        assert_fits(page)
        assert_accessible(page)


def test_one_walks_through_the_screens_and_back(page: Page) -> None:
    page.goto("/")
    for address, name in list(SCREENS.items())[1:]:
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
        page.wait_for_url(f"**{address}")
        expect(page).to_have_title(re.compile("payments sandbox"))
    page.go_back()
    page.wait_for_url("**/lessons")
    expect(page.get_by_role("link", name="Lessons", exact=True)).to_have_attribute("aria-current", "page")


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_theme_is_chosen_and_remembered(page: Page) -> None:
    page.goto("/books")
    background = "() => getComputedStyle(document.body).backgroundColor"
    expect(page.get_by_role("button", name="Switch between light and dark")).to_be_visible()
    light = page.evaluate(background)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(background) != light
    page.reload()
    expect(page.get_by_role("button", name="Switch between light and dark")).to_be_visible()
    assert page.evaluate(background) != light


def test_nothing_runs_but_its_own_modules(page: Page, witness: Witness) -> None:
    witness.allow("Content Security Policy")
    answer = page.goto("/")
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.header_value("x-content-type-options") == "nosniff"
    page.evaluate(
        """() => {
            document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = 1" }));
            document.body.setAttribute("onclick", "window.ran = 2");
            document.body.click();
        }"""
    )
    assert page.evaluate("() => window.ran") is None
    assert any("Content Security Policy" in seen for seen in witness.seen)


def test_the_whole_page_is_light(page: Page) -> None:
    weights: dict[str, int] = {}

    def weigh(request: Request) -> None:
        if "/console/assets/" in request.url or request.resource_type == "document":
            weights.setdefault(request.url.split("/", 3)[3], request.sizes()["responseBodySize"])

    page.on("requestfinished", weigh)
    for address in SCREENS:
        page.goto(address)
        expect(page.locator("main").get_by_role("heading", level=1)).to_be_visible()
    assert sum(weights.values()) < MOST_BYTES, sorted(weights.items(), key=lambda each: -each[1])


def test_after_a_restart_the_feed_goes_on_where_it_was(page: Page, sandbox: Sandbox, witness: Witness) -> None:
    witness.allow(GONE)
    sandbox.sell()
    page.goto("/log")
    before = wait_for_event(page, sandbox.last_position())
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    sandbox.stop()
    expect(page.get_by_text("Not connected")).to_be_visible()
    sandbox.start()
    sandbox.push()
    after = wait_for_event(page, sandbox.last_position())
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert after["run"] == before["run"]
    assert after["positions"][: len(before["positions"])] == before["positions"]
    wanted = [event["position"] for event in sandbox.events(before["positions"][0] - 1)]
    assert after["positions"] == wanted, "each event once, in its order"


def test_in_another_world_the_page_starts_over(open_page: OpenPage, sandbox: Sandbox) -> None:
    sandbox.sell()
    page = open_page(DESKTOP_LIGHT)
    page.goto("/log")
    before = wait_for_event(page, sandbox.last_position())
    sandbox.reset()
    sandbox.push()
    positions = wait_for_event(page, sandbox.last_position(), not_in=before["run"])["positions"]
    assert positions == [event["position"] for event in sandbox.events(positions[0] - 1)]


def test_files_come_compressed_and_are_kept(sandbox: Sandbox) -> None:
    plain, packed = (
        sandbox.http.get("/console/assets/app.js", headers={"Accept-Encoding": coding})
        for coding in ("identity", "gzip")
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.num_bytes_downloaded < len(plain.content) / 2
    again = sandbox.http.get("/console/assets/app.js", headers={"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
