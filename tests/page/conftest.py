"""A browser on a sandbox: a real server process, Debian's Chromium, and nothing that leaves the machine.

These tests are plain functions, not `async def`: Playwright's own loop runs as long as its browser does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import ChromiumMissing
from tests.conftest import skip_without_chromium, template_file
from tests.crash.server import Server
from tests.page.browsing import DESKTOP_LIGHT, PATIENCE_MS, Form, Witness, launch, looking
from tests.page.sandbox import Sandbox, seeded_file

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The one browser of this process, for as long as it runs tests of the page."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        try:
            opened = launch(playwright)
        except ChromiumMissing as missing:
            skip_without_chromium(missing)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox for all tests of a file, on SQLite; its clock stands at 2025-10-14T14:00:00Z."""
    template = template_file("page", serve_once)
    with Sandbox(seeded_file(template, tmp_path_factory.mktemp("page"))) as opened:
        yield opened


def serve_once(database_url: str) -> None:
    """Have the server make its world."""
    with Server(database_url) as server:
        server.stop()


@pytest.fixture
def form() -> Form:
    """What the page is looked at with; `@in_every_form` says: with each in turn."""
    return DESKTOP_LIGHT


@pytest.fixture
def witness(sandbox: Sandbox) -> Iterator[Witness]:
    """Fails the test when a request leaves the server, or when the console or the page shows an error."""
    watching = Witness(sandbox.url)
    yield watching
    assert not watching.complaints(), "\n".join(watching.complaints())


@pytest.fixture
def open_page(browser: Browser, sandbox: Sandbox, witness: Witness) -> Iterator[OpenPage]:
    """Open pages of fresh profiles, in the form that is asked for."""
    with ExitStack() as opened:

        def open_one(form: Form = DESKTOP_LIGHT) -> Page:
            return opened.enter_context(looking(browser, sandbox.url, form, witness))

        yield open_one


@pytest.fixture
def page(open_page: OpenPage, form: Form) -> Page:
    """A page of a fresh profile; `page.goto("/books")` goes to the sandbox."""
    return open_page(form)
