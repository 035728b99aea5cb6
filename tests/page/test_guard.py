"""The guard of these tests: it can tell when a page does what it must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page.browsing import DESKTOP_LIGHT, Witness, assert_accessible, looking
from tests.page.sandbox import Sandbox

Misdeed = Callable[[Page], object]

MISDEEDS: list[tuple[str, Misdeed]] = [
    ("request to elsewhere", lambda page: page.evaluate("fetch('http://192.0.2.1/x').catch(() => 0)")),
    ("request to elsewhere", lambda page: page.evaluate("new Image().src = 'https://example.com/pixel.png'; 0")),
    ("console error", lambda page: page.evaluate("console.error('ouch')")),
    ("console error", lambda page: page.evaluate("fetch('/nowhere').then(() => 0)")),
    ("error of the page", lambda page: page.evaluate("setTimeout(() => { throw Error('ouch') }); 0")),
]


@pytest.mark.parametrize(("kind", "misdeed"), MISDEEDS)
def test_a_misdeed_is_seen(browser: Browser, sandbox: Sandbox, kind: str, misdeed: Misdeed) -> None:
    witness = Witness(sandbox.url)
    with looking(browser, sandbox.url, DESKTOP_LIGHT, witness) as page:
        page.goto("/v1/openapi.json")
        misdeed(page)
        page.evaluate("new Promise(done => setTimeout(done))")
    assert any(seen.startswith(kind) for seen in witness.complaints()), witness.complaints()
    witness.allow(".")
    assert not witness.complaints()


def test_what_is_not_for_everybody_is_found(page: Page, sandbox: Sandbox) -> None:
    page.set_content("<html lang=en><title>t</title><main><h1>A picture</h1><img src='data:,'></main></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)
    page.set_content("<html lang=en><title>t</title><main><h1>A picture</h1></main></html>")
    expect(page.get_by_role("heading")).to_be_visible()
    assert_accessible(page)
