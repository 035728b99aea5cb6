"""Journeys across the screens, large and small: sell, be declined, push, break, watch, settle, learn; replay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.page.browsing import (
    DESKTOP_DARK,
    DESKTOP_LIGHT,
    JOURNEY_FORMS,
    Form,
    Witness,
    assert_accessible,
    assert_fits,
    in_journey_forms,
    looking,
)
from tests.page.conftest import OpenPage
from tests.page.sandbox import Sandbox
from tests.page.test_shell import GONE

A_WEEK = 7 * 86_400  # whatever day it is, the next settlement is within it

DROP = """
(text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "a.story.json", { type: "application/json" }));
    for (const type of ["dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}
"""


def go(page: Page, screen: str) -> None:
    """Go to another screen, as one does."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=screen).click()


def stand_at(page: Page, n: int) -> None:
    """Wait until the theatre stands at a step."""
    expect(page.locator(".theatre")).to_have_attribute("data-n", str(n))


def how_many(page: Page) -> int:
    """How many steps the story has."""
    return int(page.locator(".theatre").get_attribute("data-of") or 0)


def newest(page: Page) -> Locator:
    """What the shop made last."""
    return page.get_by_role("region", name="Just now").get_by_role("listitem").first


@in_journey_forms
def test_from_the_till_to_the_books_and_the_classroom(page: Page, sandbox: Sandbox, form: Form) -> None:
    page.goto("/shop")
    sell_and_be_declined(page)
    push_and_break(page)
    watch(page)
    settle(page, sandbox)
    learn(page)
    assert sandbox.get("/sandbox/verify")["clean"] is True


def sell_and_be_declined(page: Page) -> None:
    checkout = page.get_by_role("region", name="checkout")
    terminal = page.get_by_role("group", name="Card terminal")
    checkout.get_by_role("button", name="Now").click()
    checkout.get_by_role("button", name="Tap Nora’s card for $58.41").click()
    expect(terminal).to_contain_text("Approved 00")
    expect(newest(page)).to_contain_text("Nora at Blue Door Books")
    checkout.get_by_role("button", name="New sale").click()
    page.get_by_role("radio", name="Liam Ortiz").check(force=True)
    checkout.get_by_role("button", name="Tap Liam’s card").click()
    expect(terminal).to_contain_text("Declined 51")
    expect(newest(page)).to_contain_text("51")


def push_and_break(page: Page) -> None:
    desk = page.get_by_role("region", name="Disbursement desk")
    desk.get_by_label("To", exact=True).select_option(label="Nora Patel")
    desk.get_by_role("button", name="Push $250.00 to Nora").click()
    expect(page.get_by_role("list", name="On Nora’s phone")).to_contain_text("You received 250.00 USD")
    page.get_by_role("radio", name="Nora Patel").check(force=True)  # what is broken is what is touched
    broken = page.get_by_role("region", name="Break the next payment")
    broken.get_by_role("switch", name="Reply lost, Harbor Acquiring to OpenNet").check()
    expect(broken.get_by_text("1 on", exact=True)).to_be_visible()
    page.get_by_role("region", name="checkout").get_by_role("button", name="Tap Nora’s card").click()
    expect(page.get_by_role("group", name="Card terminal")).to_contain_text("No answer")
    expect(broken.get_by_text("1 on", exact=True)).to_be_hidden()
    expect(newest(page)).to_contain_text("Nora at Blue Door Books")


def watch(page: Page) -> None:
    """The broken sale, by hand, by keyboard and by its slider: what is lost is said to be."""
    newest(page).get_by_role("link").click()
    expect(page.locator(".theatre")).to_be_visible()
    last = how_many(page)
    page.keyboard.press("Home")
    seen = ""
    for n in range(1, last + 1):
        stand_at(page, n)
        seen += page.locator("main").inner_text()
        page.keyboard.press("ArrowRight")
    assert "It never arrived." in seen
    assert not re.search("undefined|NaN|\\[object", seen)
    page.get_by_role("slider", name="Position in the story").fill("3")
    stand_at(page, 3)
    page.get_by_role("button", name="Step back").click()
    stand_at(page, 2)
    page.reload()
    stand_at(page, 2)
    assert_fits(page)
    assert_accessible(page)


def settle(page: Page, sandbox: Sandbox) -> None:
    go(page, "Books")
    expect(page.get_by_text("Every book balances, 0.00 out")).to_be_visible()
    sandbox.settle_the_day()
    expect(page.locator(f'.thebooks[data-n="{sandbox.last_position()}"]')).to_be_visible()
    expect(page.get_by_text("Every book balances, 0.00 out")).to_be_visible()
    go(page, "Log")
    expect(page.locator(f'.log[data-last="{sandbox.last_position()}"]')).to_be_visible()


def learn(page: Page) -> None:
    go(page, "Lessons")
    page.get_by_role("link", name=re.compile("A hold is not a debit")).click()
    page.get_by_role("button", name="Make these calls").click()
    expect(page.locator(".theatre")).to_be_visible()
    while not page.locator(".quiz .opt").count():
        stand_at(page, n := int(page.locator(".theatre").get_attribute("data-n") or 0))
        page.keyboard.press("ArrowRight")
        stand_at(page, n + 1)
    page.keyboard.press("b")
    expect(page.locator(".why")).to_be_visible()


# ── with the server gone ────────────────────────────────────────────────────────────────────────────


@contextmanager
def gone(sandbox: Sandbox) -> Iterator[None]:
    """Nobody serves."""
    sandbox.stop()
    try:
        yield
    finally:
        sandbox.start()


def test_a_share_file_replays_with_the_server_gone(
    browser: Browser, sandbox: Sandbox, witness: Witness, open_page: OpenPage
) -> None:
    sale = sandbox.sell()
    sandbox.wind(A_WEEK)
    pages = [open_page(form) for form in JOURNEY_FORMS]
    for page in pages:
        page.goto("/")
        expect(page.locator(".theatre")).to_be_visible()
        expect(page.locator(".live")).to_have_text("Live")
    with looking(browser, sandbox.url, DESKTOP_LIGHT, witness) as page:
        page.goto(f"/p/{sale['id']}?n=1")
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Share file", exact=True).click()
        share = download.value.path().read_text()
    assert json.loads(share)["story"]["id"] == sale["id"]
    assert "sk_demo" not in share
    witness.allow(GONE)
    with gone(sandbox):
        for page in pages:
            replay(page, share)
    for page in pages:
        expect(page.locator(".live")).to_have_text("Live")
        page.get_by_role("button", name="Back to the sandbox").click()
        expect(page.get_by_text("This story comes from a file.")).to_have_count(0)


def replay(page: Page, share: str) -> None:
    expect(page.locator(".live")).to_have_text("Not connected")
    page.evaluate(DROP, share)
    expect(page.get_by_text("This story comes from a file.")).to_be_visible()
    last = how_many(page)
    assert last > 15
    page.keyboard.press("Home")
    for n in range(1, last):
        stand_at(page, n)
        page.keyboard.press("ArrowRight")
    stand_at(page, last)
    expect(page.get_by_role("list", name="How far it has come")).not_to_contain_text("not yet")
    assert_fits(page)
    assert_accessible(page)


# ── as one likes to look ────────────────────────────────────────────────────────────────────────────


def test_nothing_moves_for_whoever_prefers_stillness(page: Page, sandbox: Sandbox) -> None:
    sandbox.sell()
    page.goto("/")
    stand_at(page, how_many(page))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    stand_at(page, 2)
    assert page.evaluate("() => document.getAnimations().filter((each) => each.playState === 'running').length") == 0


@pytest.mark.parametrize("form", [DESKTOP_DARK], ids=str)
def test_every_story_of_a_day_can_be_walked(page: Page, sandbox: Sandbox) -> None:
    sale = sandbox.sell()
    told = [sandbox.decline(), sandbox.push_unknown(), sandbox.transfer()]
    sandbox.refund(sale, amount=841)
    sandbox.settle_the_day()
    for story in [sale, *told]:
        page.goto(f"/p/{story['id']}?n=1")
        stand_at(page, 1)
        seen = ""
        for n in range(1, how_many(page) + 1):
            stand_at(page, n)
            seen += page.locator("main").inner_text()
            page.keyboard.press("ArrowRight")
        assert "debits = credits" in seen
        assert not re.search("undefined|NaN|\\[object|4000121111104242", seen)
