"""Does what one sees stay where it is? The browser itself says what has moved without anybody having asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Page, Route

READ_LATE: Final = re.compile(r"/(v1|console)/(?!assets)")
"""Whatever a screen reads; its own files are there at once."""

MOST: Final = 0.001
"""How much may move, in the browser's own measure (how much of the screen, times how far): nothing one can see."""

WATCH: Final = """() => {
    const named = (node) => node?.nodeType === 1 ? `${node.localName}.${node.getAttribute("class") ?? ""}` : "";
    const text = (node) => (node?.textContent ?? "").trim().slice(0, 40);
    const path = (node) => `${named(node?.parentElement)} > ${named(node)} ${text(node)}`;
    const where = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
    const told = (each) => `${path(each.node)}: ${where(each.previousRect)} to ${where(each.currentRect)}`;
    // Older news on somebody's phone makes room for what is new, and code is written anew: nobody presses them.
    const isNews = ({ node }) => (node?.nodeType === 1 ? node : node?.parentElement)?.closest("[aria-live], pre");
    const seen = [];
    const take = (entries) => {
        for (const { value, sources } of entries) {
            if (!sources.every(isNews)) seen.push({ value, what: sources.map(told) });
        }
    };
    const watcher = new PerformanceObserver((list) => take(list.getEntries()));
    watcher.observe({ type: "layout-shift", buffered: true });
    window.moved = () => {
        take(watcher.takeRecords());
        return seen.splice(0);
    };
}"""
DRAWN: Final = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def watch(page: Page) -> None:
    """Watch a page from its first paint on."""
    page.add_init_script(f"({WATCH})()")


def moved(page: Page) -> list[dict[str, Any]]:
    """What has moved since this was asked last, and by how much."""
    page.evaluate(DRAWN)
    found: list[dict[str, Any]] = page.evaluate("() => window.moved()")
    return found


def assert_still(page: Page) -> None:
    """Fail if more has moved than anybody can see."""
    found = moved(page)
    told = "\n".join(f"{each['value']:.4f} {'; '.join(each['what'])}" for each in found)
    assert sum(each["value"] for each in found) <= MOST, f"{page.url} moves under the pointer:\n{told}"


@contextmanager
def read_late(page: Page) -> Iterator[None]:
    """Whatever is asked for meanwhile is answered when this ends, what was asked for last first."""
    held: list[Route] = []
    page.route(READ_LATE, lambda route: held.append(route))
    yield
    page.evaluate(DRAWN)
    moved(page)  # what came at once, somebody asked for
    page.route(READ_LATE, lambda route: route.continue_())  # the route that was added last is asked first
    for route in reversed(held):
        route.continue_()
