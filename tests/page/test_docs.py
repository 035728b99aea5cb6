"""The API's documentation in a real browser, on a machine without a network."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.page.browsing import DESKTOP_LIGHT, ELSEWHERE, Witness, looking
from tests.page.sandbox import Sandbox


def see_swagger(page: Page) -> None:
    page.goto("/docs")
    expect(page.get_by_role("heading", name="Payments sandbox")).to_be_visible()
    page.locator(".opblock-summary-post", has_text="Create Payment").click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()


def test_the_api_can_be_tried_offline(page: Page) -> None:
    see_swagger(page)


def test_under_another_name_it_asks_nobody_either(browser: Browser, sandbox: Sandbox) -> None:
    url = f"http://{ELSEWHERE}:{sandbox.server.port}"
    witness = Witness(url)
    with looking(browser, url, DESKTOP_LIGHT, witness) as page:
        see_swagger(page)
    assert not witness.complaints()


def test_the_reference_is_read_offline(page: Page) -> None:
    page.goto("/redoc")
    expect(page.get_by_role("heading", name="Payments sandbox").first).to_be_visible()
    expect(page.get_by_role("link", name="API docs by Redocly")).to_be_visible()
    expect(page.get_by_alt_text("redocly logo")).to_have_count(0)
