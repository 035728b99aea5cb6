"""The clock in the shell of every screen: it is read, wound and let run, and shows the calls that do it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.browsing import Witness, assert_accessible, assert_fits, in_every_form
from tests.page.sandbox import Sandbox


def open_clock(page: Page, address: str = "/log") -> Locator:
    page.goto(address)
    page.get_by_role("button", name=re.compile("The sandbox’s clock: .*:")).click()
    box = page.get_by_role("dialog", name="The sandbox’s clock")
    expect(box.locator(".due li").first).to_be_visible()
    return box


def now(sandbox: Sandbox) -> datetime:
    return datetime.fromisoformat(sandbox.get("/sandbox/clock")["now"])


@in_every_form
def test_it_is_for_everybody(page: Page) -> None:
    open_clock(page)
    assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize("address", ["/", "/shop", "/books", "/lessons", "/log"])
def test_it_is_on_every_screen(page: Page, address: str) -> None:
    box = open_clock(page, address)
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("The sandbox’s clock"))).to_be_focused()


def test_it_is_wound_by_an_hour_and_a_day(page: Page, sandbox: Sandbox) -> None:
    before = now(sandbox)
    box = open_clock(page)
    box.get_by_role("button", name="One hour").click()
    expect(box.get_by_role("status")).to_contain_text('POST /v1/sandbox/clock/wind {"seconds":3600}')
    assert (now(sandbox) - before).total_seconds() == 3600
    box.get_by_role("button", name="One day").click()
    expect(box.get_by_role("status")).to_contain_text("Acquirers’ cut-off")
    assert (now(sandbox) - before).total_seconds() == 90_000
    expect(page.locator("#clock")).to_contain_text(now(sandbox).strftime("%H:%M:%S"))


def test_it_is_wound_to_the_next_thing_due(page: Page, sandbox: Sandbox) -> None:
    due = sandbox.get("/sandbox/due")["data"][0]
    box = open_clock(page)
    box.get_by_role("button", name="Next thing due").click()
    expect(box.get_by_role("status")).to_contain_text('{"next":true}')
    assert now(sandbox) == datetime.fromisoformat(due["at"])


def test_it_is_wound_to_an_instant_and_to_what_is_due(page: Page, sandbox: Sandbox) -> None:
    box = open_clock(page)
    wanted = now(sandbox).replace(second=0, microsecond=0)
    wanted = wanted.replace(day=wanted.day + 1, hour=9, minute=30)
    box.get_by_label("To, in UTC").fill(wanted.strftime("%Y-%m-%dT%H:%M"))
    expect(box).to_contain_text(wanted.strftime('{"to":"%Y-%m-%dT%H:%M:00Z"}'))
    box.get_by_role("button", name="To then").click()
    expect(box.get_by_role("status")).to_be_visible()
    assert now(sandbox) == wanted
    due = sandbox.get("/sandbox/due")["data"][1]
    box.locator(".due li button").nth(1).click()
    expect(box.get_by_role("status")).to_contain_text(due["at"])
    assert now(sandbox) == datetime.fromisoformat(due["at"])


def test_it_never_goes_back(page: Page, sandbox: Sandbox, witness: Witness) -> None:
    witness.allow("status of 4")
    box = open_clock(page)
    before = now(sandbox)
    box.get_by_label("To, in UTC").fill("2025-01-01T00:00")
    box.get_by_role("button", name="To then").click()
    expect(box.get_by_role("status")).to_contain_text("wind to a later instant")
    assert now(sandbox) == before


def test_it_runs_and_is_frozen_again(page: Page, sandbox: Sandbox) -> None:
    box = open_clock(page)
    box.get_by_role("button", name="Let it run").click()
    expect(box.get_by_text("runs", exact=True)).to_be_visible()
    shown = page.locator("#clock b").inner_text()
    expect(page.locator("#clock b")).not_to_have_text(shown)
    assert not sandbox.get("/sandbox/clock")["frozen"]
    box.get_by_role("button", name="Freeze it").click()
    expect(box.get_by_text("stands still", exact=True)).to_be_visible()
    assert sandbox.get("/sandbox/clock")["frozen"]


def test_every_call_is_shown_as_anybody_can_make_it(page: Page) -> None:
    box = open_clock(page)
    box.get_by_role("button", name="One hour").click()
    box.get_by_text("as curl, Python, .http").click()
    call = box.get_by_role("group", name="The call", exact=True)
    expect(call).to_contain_text("curl http://127.0.0.1")
    box.get_by_role("button", name="Python").click()
    expect(call).to_contain_text('"seconds": 3600')
