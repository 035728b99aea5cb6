"""Looking at the page: in which forms, what must never happen meanwhile, and whether everybody can use it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from tests.chromium import find_chromium

DESKTOP: Final = (1440, 900)
PHONE: Final = (390, 844)
PATIENCE_MS: Final = 30_000
"""How long a test waits for something to appear before it fails: a busy machine is slow."""
ELSEWHERE: Final = "sandbox.test"
"""Another name of this machine, for pages that behave differently on a name they know as their own."""

ARGUMENTS: Final = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-default-browser-check",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nowhere to go but here
)


@dataclass(frozen=True)
class Form:
    """What somebody looks at the page with."""

    size: tuple[int, int]
    theme: Literal["light", "dark"]
    motion: Literal["no-preference", "reduce"] = "reduce"

    def __str__(self) -> str:
        """Its name in the names of tests."""
        return f"{'desktop' if self.size == DESKTOP else 'phone'}-{self.theme}"

    @property
    def is_phone(self) -> bool:
        """Is it a small one, held in a hand?"""
        return self.size == PHONE


FORMS: Final = [Form(size, theme) for size in (DESKTOP, PHONE) for theme in ("light", "dark")]
DESKTOP_LIGHT, DESKTOP_DARK, PHONE_LIGHT, PHONE_DARK = FORMS

in_every_form = pytest.mark.parametrize("form", FORMS, ids=str)
"""Runs a test that takes `page` in all four forms: how it looks and fits, and whether it is for everybody."""

JOURNEY_FORMS: Final = FORMS if os.environ.get("PAYMENTS_TEST_PROFILE") == "soak" else [DESKTOP_LIGHT, PHONE_DARK]
"""Each size once and each theme once, for journeys: what happens on them is the same in both themes."""

in_journey_forms = pytest.mark.parametrize("form", JOURNEY_FORMS, ids=str)


@dataclass
class Witness:
    """Whoever watches a page for what must not happen: requests to elsewhere, errors on the console or of the page."""

    origin: str
    seen: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Watch every page of a browser's context; requests to elsewhere never leave it."""
        inside = rf"(?:{re.escape(self.origin)}/|data:|blob:|about:)"
        context.route(re.compile(rf"^(?!{inside})"), lambda route: route.abort())
        context.on("request", lambda request: self._asked(request, inside))
        context.on("console", self._told)
        context.on("weberror", lambda error: self.seen.append(f"error of the page: {error.error}"))
        context.on("page", lambda page: page.on("crash", lambda _: self.seen.append("the page crashed")))

    def allow(self, pattern: str) -> None:
        """Say which errors a test brings about on purpose, as a regular expression."""
        self.allowed.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """What was seen and not allowed."""
        return [seen for seen in self.seen if not any(pattern.search(seen) for pattern in self.allowed)]

    def _asked(self, request: Request, inside: str) -> None:
        if not re.match(inside, request.url):
            self.seen.append(f"request to elsewhere: {request.method} {request.url}")

    def _told(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            where = message.location
            self.seen.append(f"console {message.type}: {message.text} ({where['url']}:{where['lineNumber']})")


def launch(playwright: Playwright) -> Browser:
    """Start the machine's Chromium; raises ``ChromiumMissing``."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))


@contextmanager
def looking(browser: Browser, url: str, form: Form, witness: Witness, scale: float = 1) -> Iterator[Page]:
    """A page of a fresh profile, with nothing in it yet."""
    width, height = form.size
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme=form.theme,
        reduced_motion=form.motion,
        device_scale_factor=scale,
        has_touch=form.is_phone,
        locale="en-US",
        timezone_id="UTC",
        service_workers="block",
        accept_downloads=True,
    )
    try:
        context.set_default_timeout(PATIENCE_MS)
        witness.watch(context)
        yield context.new_page()
    finally:
        context.close()


def assert_accessible(page: Page, *without: str) -> None:
    """Fail with what axe finds wrong with the page as it stands; `without` some of its rules, by id."""
    if not page.evaluate("() => typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)  # not a script element: the page's policy allows none but its own
    rules = {rule: {"enabled": False} for rule in without}
    found = page.evaluate("rules => axe.run(document, {rules, resultTypes: ['violations']})", rules)
    wrong = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html'][:300]}\n    {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    assert not wrong, f"{page.url} is not for everybody:\n" + "\n".join(wrong)


def assert_fits(page: Page) -> None:
    """Fail when the page is wider than what it is looked at with."""
    wide, room = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, f"{page.url} is {wide - room} pixels too wide for {room}"
