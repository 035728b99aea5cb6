"""The theatre: any story, watched as it happens, step by step, scrubbed, by keyboard, alone from its address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.browsing import (
    DESKTOP_DARK,
    DESKTOP_LIGHT,
    Form,
    Witness,
    assert_accessible,
    assert_fits,
    in_every_form,
)
from tests.page.conftest import OpenPage
from tests.page.sandbox import Json, Sandbox

NORAS_NUMBER = "4000121111104242"


@dataclass(frozen=True)
class Stories:
    """What has happened in this file's sandbox, from the first message to the merchants' payouts."""

    sale: Json
    declined: Json
    push: Json
    unknown: Json
    transfer: Json

    def __getitem__(self, name: str) -> str:
        """The id of a story, by its name here."""
        return str(getattr(self, name)["id"])


@pytest.fixture(scope="module")
def stories(sandbox: Sandbox) -> Stories:
    """A day with one of everything, settled; the sale is given back in part."""
    told = Stories(sandbox.sell(), sandbox.decline(), sandbox.push(), sandbox.push_unknown(), sandbox.transfer())
    sandbox.refund(told.sale, amount=841)
    sandbox.settle_the_day()
    return told


def theatre(page: Page) -> Locator:
    """The stage; `data-n` is the step one stands at, `data-of` how many there are, `data-story` whose."""
    return page.locator(".theatre")


def stand_at(page: Page, n: int | str) -> None:
    """Wait until the page stands at a step."""
    expect(theatre(page)).to_have_attribute("data-n", str(n))


def how_many(page: Page) -> int:
    """How many steps the story has."""
    return int(theatre(page).get_attribute("data-of") or 0)


# ── one story, in every form ────────────────────────────────────────────────────────────────────────


@in_every_form
def test_a_sale_is_stepped_and_scrubbed_through(page: Page, stories: Stories, form: Form) -> None:
    page.goto(f"/p/{stories['sale']}?n=1")
    stand_at(page, 1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Card purchase, $58.41")
    last = how_many(page)
    page.get_by_role("button", name="Step forward").click()
    stand_at(page, 2)
    page.get_by_role("button", name="Step back").click()
    stand_at(page, 1)
    page.get_by_role("button", name="Last step").click()
    stand_at(page, last)
    expect(page.get_by_role("list", name="How far it has come").get_by_text(re.compile("not yet"))).to_have_count(0)
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("button", name="First step").click()
    stand_at(page, 1)
    page.get_by_role("slider", name="Position in the story").fill("5")
    stand_at(page, 5)
    assert f"?n={5}" in page.url
    expect(page.locator("[aria-current=step]")).to_have_count(1)
    expect(page.get_by_role("region", name="Selected message")).to_contain_text("Authorization response")
    expect(page.get_by_role("region", name="Books")).to_contain_text("debits = credits")
    expect(page.get_by_role("region", name="Books").get_by_text("353.77")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_a_hold_is_no_debit_until_it_is_booked(page: Page, stories: Stories) -> None:
    page.goto(f"/p/{stories['sale']}?n=5")
    deposit = page.get_by_role("article").filter(has=page.get_by_role("link", name=re.compile("Nora.s deposit")))
    expect(deposit).to_contain_text(re.compile(r"held\s*58\.41"))
    expect(deposit).to_contain_text(re.compile(r"Balance\s*412\.18"))
    expect(deposit).to_contain_text(re.compile(r"Available\s*353\.77"))
    page.get_by_role("region", name="Messages in order").get_by_role("button", name=re.compile("Presentment")).nth(
        1
    ).click()
    page.get_by_role("button", name="Step forward").click()
    expect(deposit).to_contain_text(re.compile(r"Balance\s*353\.77"))
    expect(deposit).not_to_contain_text("held")


def test_a_message_is_read_in_every_way_and_never_shows_a_card_number(page: Page, stories: Stories) -> None:
    page.goto(f"/p/{stories['sale']}?n=3")
    message = page.get_by_role("region", name="Selected message")
    expect(message.get_by_role("table")).to_contain_text("transaction amount")
    for way in ("Raw", "JSON event", "Source"):
        message.get_by_role("tab", name=way).click()
        expect(message.get_by_role("tab", name=way)).to_have_attribute("aria-selected", "true")
        expect(message.locator("pre").first).to_be_visible()
        assert NORAS_NUMBER not in page.content()
    assert_accessible(page)


# ── every kind of story ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("declined", "insufficient funds"),
        ("push", "Disbursement"),
        ("unknown", "Lost"),
        ("transfer", "Person to person"),
    ],
)
@pytest.mark.parametrize("form", [DESKTOP_DARK], ids=str)
def test_every_story_is_walked_by_keyboard(page: Page, stories: Stories, name: str, says: str) -> None:
    page.goto(f"/p/{stories[name]}?n=1")
    stand_at(page, 1)
    seen, last = "", how_many(page)
    assert last >= 6
    for n in range(1, last + 1):
        stand_at(page, n)
        seen += page.locator("main").inner_text()
        page.keyboard.press("ArrowRight")
    assert says in seen
    assert "undefined" not in seen
    assert "NaN" not in seen
    assert_accessible(page)
    page.keyboard.press("Home")
    stand_at(page, 1)
    page.keyboard.press("End")
    stand_at(page, last)


# ── as it happens ───────────────────────────────────────────────────────────────────────────────────


def test_what_happens_is_shown_as_it_happens(page: Page, sandbox: Sandbox, stories: Stories) -> None:
    page.goto("/")
    expect(theatre(page)).to_have_attribute("data-story", stories["transfer"])
    sale = sandbox.sell(amount=1999)
    expect(theatre(page)).to_have_attribute("data-story", sale["id"])
    stand_at(page, how_many(page))
    before = how_many(page)
    page.get_by_role("button", name=re.compile("Wind the clock to")).click()
    expect(page.locator(f".theatre[data-of='{before}']")).to_have_count(0)
    stand_at(page, how_many(page))
    sandbox.push(amount=777)
    expect(page.get_by_role("heading", level=1)).to_contain_text("$7.77")


def test_it_plays_unless_one_prefers_stillness(open_page: OpenPage, sandbox: Sandbox, stories: Stories) -> None:
    lively = open_page(replace(DESKTOP_LIGHT, motion="no-preference"))
    lively.goto(f"/p/{stories['declined']}")
    expect(lively.get_by_role("button", name="Pause")).to_be_visible()
    stand_at(lively, 3)
    lively.keyboard.press("Space")
    expect(lively.get_by_role("button", name="Play")).to_be_visible()
    still = open_page(DESKTOP_LIGHT)
    still.goto(f"/p/{stories['declined']}")
    expect(still.get_by_role("button", name="Play")).to_be_visible()
    stand_at(still, how_many(still))
    still.get_by_role("button", name="First step").click()
    still.get_by_role("button", name="Step forward").click()
    stand_at(still, 2)
    assert still.evaluate("() => document.getAnimations().length") == 0


# ── its address ─────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_found_by_its_address(page: Page, sandbox: Sandbox, stories: Stories) -> None:
    page.goto(f"/p/{stories['push']}?n=4")
    stand_at(page, 4)
    page.reload()
    stand_at(page, 4)
    page.goto("/p/latest")
    newest = sandbox.get("/console/stories", limit=1)["data"][0]["id"]
    page.wait_for_url(f"**/p/{newest}")
    expect(theatre(page)).to_have_attribute("data-story", newest)


def test_what_there_is_not_is_said(page: Page, stories: Stories, witness: Witness) -> None:
    witness.allow("404")
    page.goto("/p/pay_nobody")
    expect(page.get_by_role("heading", name="There is no such story")).to_be_visible()
    assert_accessible(page)
