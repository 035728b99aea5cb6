"""The page beside a busy day: how soon a payment is seen, what a frame of scrubbing takes, what it remembers."""

from __future__ import annotations

import json
import random
import time
from typing import Final
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from payments.api.keys import DEMO_KEY
from tests.bench.load import Order, Result
from tests.bench.processes import Server
from tests.bench.stage import SQLITE, Stage
from tests.page.browsing import DESKTOP_LIGHT, Witness, launch, looking

CONNECTIONS: Final = 32
PAINTS: Final = 12
FRAMES: Final = 200
SALE: Final = {
    "merchant": "mch_blue_door_books",
    "amount": 5841,
    "currency": "USD",
    "card": {"id": "card_nora_patel"},
    "capture": True,
}

PAINTED: Final = """
new MutationObserver((_, observer) => {
    if (!document.querySelector(".theatre .m")) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""
"""Notes when the first message of a story stands on the screen: milliseconds since the address was entered."""

SCRUB: Final = """
async (frames) => {
    const slider = document.querySelector(".theatre input[type=range]");
    const [first, last] = [Number(slider.min), Number(slider.max)];
    const took = [];
    for (let n = 0; n < frames; n += 1) {
        took.push(await new Promise((done) => {
            let frame = 0;
            requestAnimationFrame(() => { frame = performance.now(); });
            const begun = performance.now();
            slider.value = String(first + (n * 7) % (last - first + 1));
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            const asked = performance.now() - begun;
            requestAnimationFrame(() => {
                void document.body.offsetHeight;
                done(asked + performance.now() - frame);
            });
        }));
    }
    return took;
}
"""
"""Moves the slider by leaps, a frame each, and says how many milliseconds of each frame that took, layout included."""


class Watched:
    """A world of its own on SQLite, the browser beside it, and somebody who watches the log all day."""

    def __init__(self, stage: Stage, server: Server, browser: Browser) -> None:
        self.stage = stage
        self.server = server
        self.browser = browser
        self.url = f"http://127.0.0.1:{server.port}"
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def pay(self, payments: int) -> None:
        """Have so many payments made."""
        population, made = self.stage.population, 0
        while made < payments:
            order = Order(
                port=self.server.port,
                key=DEMO_KEY,
                path="/v1/payments",
                body="payment",
                payers=population.merchant_ids(),
                cards=population.card_numbers(),
                expected='"status":"authorized"',
                connections=CONNECTIONS,
                seconds=1.0,
                run=uuid4().hex,
                warm_up=0.0,
            )
            made += self.stage.load.carry_out(order).count

    def some_payments(self, payments: int) -> list[str]:
        """Ids from all over the day."""
        ids: list[str] = []
        after = None
        while len(ids) < payments:
            page = self.http.get("/v1/payments", params={"limit": 100} | ({"after": after} if after else {})).json()
            ids += [each["id"] for each in page["data"]]
            after = page["next"]
            if not after:
                break
        return random.sample(ids, min(PAINTS, len(ids)))

    def paints(self, ids: list[str]) -> Result:
        """How long until each is seen, by somebody who comes for the first time."""
        return timed([self._paint(id) for id in ids])

    def _paint(self, id: str) -> float:
        witness = Witness(self.url)
        with looking(self.browser, self.url, DESKTOP_LIGHT, witness) as page:
            page.add_init_script(PAINTED)
            page.goto(f"/p/{id}", wait_until="commit")
            page.wait_for_function("() => window.painted")
            assert not witness.complaints(), witness.complaints()
            return float(page.evaluate("() => window.painted"))

    def frames(self) -> Result:
        """What a frame takes while one scrubs through a story from the tap to the payout."""
        answer = self.http.post("/v1/payments", json=SALE, headers={"Idempotency-Key": uuid4().hex})
        self.http.post("/v1/sandbox/clock/wind", json={"seconds": 2 * 86_400}).raise_for_status()
        with looking(self.browser, self.url, DESKTOP_LIGHT, Witness(self.url)) as page:
            page.goto(f"/p/{answer.json()['id']}?n=1")
            page.locator(".theatre .m").first.wait_for()
            return timed(page.evaluate(SCRUB, FRAMES))

    def last(self) -> int:
        """The position of the newest event, as the page's stream tells it."""
        with self.http.stream("GET", "/console/events") as stream:
            told = next(line for line in stream.iter_lines() if line.startswith("data: "))
        return int(json.loads(told.removeprefix("data: "))["last"])


def timed(milliseconds: list[float]) -> Result:
    """The waiting times as a result."""
    ordered = sorted(milliseconds)
    p50, p99 = (ordered[len(ordered) * part // 100] for part in (50, 99))
    return Result(1000 * len(ordered) / max(sum(ordered), 1e-9), len(ordered), p50, p99)


def heap_mb(page: Page) -> float:
    """How much memory the page's objects take, after the rubbish is collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def heard(page: Page, last: int) -> None:
    """Wait until a page has heard of an event."""
    page.evaluate("async () => { window.feed = (await import('/console/assets/feed.js')).feed }")
    page.wait_for_function("(last) => feed.last >= last", arg=last, timeout=300_000)


def measure_page(stage: Stage, few: int, many: int) -> tuple[Result, Result, Result, float, float]:
    """First paints after few payments and after many, a frame's time, and the watcher's memory then and then."""
    database = stage.populated_database(SQLITE)  # before Playwright: its loop is this thread's from then on
    with sync_playwright() as playwright, Server("ours", database) as server:
        watched = Watched(stage, server, launch(playwright))
        with looking(watched.browser, watched.url, DESKTOP_LIGHT, Witness(watched.url)) as log:
            log.goto("/log")
            watched.pay(few)
            heard(log, watched.last())
            paints, before = watched.paints(watched.some_payments(few)), heap_mb(log)
            began = time.monotonic()
            watched.pay(many)
            heard(log, watched.last())
            stage.say(f"{many:,} payments made and heard of in {time.monotonic() - began:.0f} s")
            after = heap_mb(log)
            paints_after, frames = watched.paints(watched.some_payments(many)), watched.frames()
        watched.browser.close()
        watched.http.close()
    return paints, paints_after, frames, before, after
