"""Late data fills the room that was kept for it: nothing moves under the pointer, on any screen."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.browsing import DESKTOP_LIGHT, PHONE_LIGHT, Witness
from tests.page.sandbox import Sandbox
from tests.page.stillness import assert_still, read_late, watch

in_both_sizes = pytest.mark.parametrize("form", [DESKTOP_LIGHT, PHONE_LIGHT], ids=str)

SCREENS: Final = {
    "/shop": re.compile(r"Available\s*\$[\d,]+\.\d\d[\s\S]*City of Alder to Nora"),
    "/books": re.compile(r"Every book balances"),
    "/books/first_prairie.cardholder.USD.acct_nora_patel": re.compile(r"That is everything|Earlier lines"),
    "/log": re.compile(r"back to event"),
    "/lessons": re.compile(r"A hold is not a debit"),
}
"""Every screen, and what it says when all has been read."""


@in_both_sizes
@pytest.mark.parametrize("address", SCREENS)
def test_what_is_read_late_moves_nothing(page: Page, sandbox: Sandbox, address: str) -> None:
    sandbox.sell(amount=100)
    sandbox.push(amount=100)
    watch(page)
    with read_late(page):
        page.goto(address)
        expect(page.locator("main")).to_have_attribute("data-screen", re.compile("."))
    expect(page.locator("main")).to_contain_text(SCREENS[address])
    assert_still(page)


# ── the desk: what comes of what one does ───────────────────────────────────────────────────────────


@pytest.fixture
def shop(page: Page, sandbox: Sandbox) -> Page:
    """The desk, with all that it shows, in a world where nothing is armed."""
    for kind in ("faults", "outcomes"):
        assert sandbox.http.delete(f"/v1/sandbox/{kind}").is_success
    sandbox.push(amount=100)
    watch(page)
    page.goto("/shop")
    expect(page.locator("main")).to_contain_text(SCREENS["/shop"])
    return page


def region(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


@in_both_sizes
def test_an_approval_moves_nothing(shop: Page) -> None:
    with read_late(shop):
        shop.get_by_role("button", name="Tap Nora’s card").click()
        expect(shop.get_by_role("button", name="Asking the bank")).to_be_visible()
    expect(shop.get_by_role("group", name="Card terminal")).to_contain_text("Approved 00")
    expect(region(shop, "Just now").get_by_role("listitem").first).to_contain_text("$58.41")
    assert_still(shop)


@in_both_sizes
def test_a_push_moves_nothing(shop: Page) -> None:
    with read_late(shop):
        shop.get_by_role("button", name="Push $250.00").click()
        expect(shop.get_by_role("button", name="Sending")).to_be_visible()
    expect(region(shop, "Disbursement desk").get_by_role("status")).to_contain_text("paid")
    expect(shop.get_by_role("list", name="On Nora’s phone")).to_contain_text("You received 250.00 USD")
    assert_still(shop)


@in_both_sizes
def test_a_refusal_moves_nothing(shop: Page, witness: Witness) -> None:
    witness.allow("status of 422")
    desk = region(shop, "Disbursement desk")
    desk.get_by_label("Amount").fill("12.345")
    with read_late(shop):
        desk.get_by_role("button", name="Push 12.345").click()
        expect(shop.get_by_role("button", name="Sending")).to_be_visible()
    expect(desk.get_by_role("alert")).to_be_visible()
    assert_still(shop)


@in_both_sizes
def test_arming_a_fault_moves_nothing(shop: Page) -> None:
    breaking = region(shop, "Break the next payment")
    with read_late(shop):
        breaking.get_by_role("switch", name="Reply lost, Harbor Acquiring to OpenNet").check()
    expect(breaking.get_by_role("list", name="What is armed")).to_contain_text("lose reply")
    assert_still(shop)


def test_what_one_points_at_stays_there(shop: Page, sandbox: Sandbox) -> None:
    newest = region(shop, "Just now").get_by_role("listitem").first
    newest.hover()
    before = newest.inner_text()
    sandbox.push(amount=321)
    expect(shop.get_by_role("list", name="On Nora’s phone")).to_contain_text("You received 3.21 USD")
    assert newest.inner_text() == before
    shop.mouse.move(0, 0)
    expect(newest).to_contain_text("$3.21")


def test_the_log_stands_still_while_one_reads_it(page: Page, sandbox: Sandbox) -> None:
    page.goto("/log")
    newest = page.locator(".ev").first
    newest.hover()
    before = newest.inner_text()
    sandbox.push(amount=321)
    expect(page.locator(f'.log[data-last="{sandbox.last_position()}"]')).to_be_visible()
    expect(page.locator(".log > .hd")).to_contain_text("wait above until you look up")
    assert newest.inner_text() == before
    page.mouse.move(0, 0)
    expect(newest).not_to_have_text(before)
