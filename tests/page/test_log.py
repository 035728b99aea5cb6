"""The log: it is live, it is searched, it stands still when told to, and it leads everywhere else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.browsing import assert_accessible, assert_fits, in_every_form
from tests.page.sandbox import Json, Sandbox


@pytest.fixture(autouse=True)
def _money_enough(sandbox: Sandbox) -> None:
    sandbox.post("/accounts/acct_nora_patel/deposits", {"amount": 200_00})


def open_log(page: Page, query: str = "") -> None:
    page.goto(f"/log{query}")
    expect(page.locator(".log.ready .ev").first).to_be_visible()


def caught_up(page: Page, sandbox: Sandbox) -> None:
    expect(page.locator(f'.log[data-last="{sandbox.last_position()}"]')).to_be_visible()


@in_every_form
def test_it_is_for_everybody(page: Page, sandbox: Sandbox) -> None:
    sandbox.sell()
    open_log(page)
    caught_up(page, sandbox)
    page.locator(".ev", has_text=re.compile("Authorized|Sale cleared")).first.click()
    expect(page.get_by_role("region", name="The event as JSON")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_what_happens_is_on_top_at_once(page: Page, sandbox: Sandbox) -> None:
    open_log(page)
    sandbox.decline()
    caught_up(page, sandbox)
    newest = sandbox.events(sandbox.last_position() - 1)[0]
    expect(page.locator(".ev").first).to_contain_text(str(newest["position"]))
    expect(page.locator(".ev", has_text="Payment: pending → declined").first).to_be_visible()


def test_it_is_filtered_by_what_who_reference_and_text(page: Page, sandbox: Sandbox) -> None:
    payment = sandbox.sell()
    sandbox.decline()
    open_log(page)
    caught_up(page, sandbox)
    lines = page.locator(".ev")
    page.get_by_label("What").select_option("money")
    expect(lines.filter(has_not_text=re.compile("book|hold|let go"))).to_have_count(0)
    page.get_by_label("Who").select_option("first_prairie")
    expect(lines.filter(has_not_text="First Prairie")).to_have_count(0)
    expect(lines.first).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    page.get_by_label("Reference").fill(payment["reference"])
    expect(lines).to_have_count(len(sandbox.events(reference=payment["reference"])))
    answers = '"mti":"0110"'
    page.get_by_label("Text").fill(answers)
    expect(lines.filter(has_not_text="0110")).to_have_count(0)
    page.wait_for_url(re.compile(f"/log\\?reference={payment['reference']}&text=.*0110"))
    page.reload()
    expect(page.get_by_label("Text")).to_have_value(answers)
    expect(lines.filter(has_not_text="0110")).to_have_count(0)
    page.get_by_label("Text").fill("no such thing anywhere")
    expect(page.get_by_text("Nothing here fits.")).to_be_visible()


def sold_long_ago(sandbox: Sandbox) -> Json:
    """A payment that is not among the events the page hears of when it comes."""
    payment = sandbox.sell()
    for _ in range(90):
        sandbox.post("/accounts/acct_omar_diallo/deposits", {"amount": 100})
    assert sandbox.last_position() > sandbox.events(reference=payment["reference"])[0]["position"] + 500
    return payment


def test_a_payment_is_found_though_its_answer_comes_before_the_feed(page: Page, sandbox: Sandbox) -> None:
    payment = sold_long_ago(sandbox)
    held: list[Route] = []
    page.route("**/console/events*", lambda route: held.append(route), times=1)
    with page.expect_response(lambda response: "/v1/events?reference=" in response.url):
        page.goto(f"/log?reference={payment['reference']}")
    held[0].continue_()
    expect(page.locator(".log.ready .ev").first).to_be_visible()


def test_all_of_one_payment_is_found_however_long_ago(page: Page, sandbox: Sandbox) -> None:
    payment = sold_long_ago(sandbox)
    open_log(page, f"?reference={payment['reference']}")
    expect(page.locator(".ev")).to_have_count(len(sandbox.events(reference=payment["reference"])))


def test_older_events_are_asked_for(page: Page, sandbox: Sandbox) -> None:
    open_log(page)
    for _ in range(5):
        if not page.get_by_role("button", name="Older events").count():
            break
        before = page.locator(".events footer span").inner_text()
        page.get_by_role("button", name="Older events").click()
        expect(page.locator(".events footer span")).not_to_have_text(before)
    page.get_by_label("What").select_option("clock")
    page.get_by_role("button", name="Show everything").click()
    page.get_by_label("Text").fill("settlement window")
    expect(page.locator(".ev").last).to_be_visible()


def test_it_stands_still_while_somebody_reads(page: Page, sandbox: Sandbox) -> None:
    open_log(page)
    caught_up(page, sandbox)
    first = page.locator(".ev .no").first
    before = first.inner_text()
    page.get_by_role("button", name="Pause").click()
    sandbox.sell()
    caught_up(page, sandbox)
    expect(page.get_by_role("button", name=re.compile(r"Go on \(\d+ new\)"))).to_be_visible()
    expect(first).to_have_text(before)
    page.keyboard.press("p")
    expect(first).to_have_text(str(sandbox.last_position()))


def test_a_line_leads_to_the_theatre_and_to_the_books(page: Page, sandbox: Sandbox) -> None:
    payment = sandbox.sell()
    open_log(page, f"?reference={payment['reference']}")
    page.locator(".ev", has_text="Authorized").click()
    page.locator("table.entry").get_by_role("link", name="first_prairie.cardholder.USD.acct_nora_patel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora Patel")
    page.go_back()
    expect(page.get_by_label("Reference")).to_have_value(payment["reference"])
    link = page.get_by_role("link", name=f"Watch {payment['reference']} in the theatre").first
    expect(link).to_have_attribute("href", f"/p/{payment['reference']}")
    story = sandbox.get(f"/console/stories/{payment['reference']}")
    assert story["id"] == payment["id"]


def test_it_is_walked_through_by_keyboard(page: Page, sandbox: Sandbox) -> None:
    sandbox.sell()
    open_log(page)
    caught_up(page, sandbox)
    page.locator("main").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator('.ev[aria-expanded="true"]')).to_be_focused()
    first = page.locator('.ev[aria-expanded="true"] .no').inner_text()
    page.keyboard.press("j")
    expect(page.locator('.ev[aria-expanded="true"] .no')).not_to_have_text(first)
    page.keyboard.press("/")
    expect(page.get_by_label("Text")).to_be_focused()
