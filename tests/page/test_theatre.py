"""The theatre: a story as it happens, step by step, from a link, from a file; on every screen, for everybody."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.browsing import DESKTOP_LIGHT, Form, Witness, assert_accessible, assert_fits, in_every_form
from tests.page.conftest import OpenPage
from tests.page.sandbox import Sandbox

MOVING = Form(DESKTOP_LIGHT.size, "light", motion="no-preference")


def stands_at(page: Page, n: int, of: int | None = None) -> None:
    """Wait until the theatre shows the first n steps, of so many."""
    expect(page.locator(".theatre")).to_have_attribute("data-n", str(n))
    if of is not None:
        expect(page.locator(".theatre")).to_have_attribute("data-of", str(of))


def message(page: Page) -> Any:
    """The message that is looked at."""
    return page.get_by_role("region", name="Selected message")


@in_every_form
def test_a_sale_from_the_tap_to_the_payout(page: Page, sandbox: Sandbox, form: Form) -> None:
    sale = sandbox.sell(card={"id": "card_nora_patel", "entry_mode": "contactless"})
    sandbox.settle_the_day()
    page.goto(f"/p/{sale['id']}?n=5")
    stands_at(page, 5, 22)
    expect(page.get_by_role("heading", level=1)).to_have_text("Card purchase, $58.41")
    expect(message(page).get_by_role("heading")).to_have_text("0110 Authorization response")
    expect(message(page)).to_contain_text("00 approved")
    expect(message(page).get_by_role("row", name="38 approval code")).to_contain_text("new")
    assert_accessible(page)
    assert_fits(page)
    deposit = page.get_by_role("article").filter(has_text="Nora’s deposit")
    expect(deposit.locator(".hold.hit")).to_contain_text("58.41")
    page.get_by_role("button", name="Last step").click()
    stands_at(page, 22)
    expect(page.locator(".rail .coin + .cap")).to_have_text(re.compile("paid in"))
    expect(page.get_by_role("list", name="How far it has come").get_by_role("listitem")).to_have_text(
        ["Approved, done", "Cleared, done", "Settled, done", "Merchant paid, done"]
    )
    assert_accessible(page)
    assert_fits(page)


@in_every_form
def test_a_push(page: Page, sandbox: Sandbox, form: Form) -> None:
    push = sandbox.push()
    page.goto(f"/p/{push['id']}?n=6")
    stands_at(page, 6, 8)
    expect(message(page)).to_contain_text("You received 25.00 USD")
    expect(page.locator(".rail .coin + .cap")).to_have_text("Nora can spend it")
    expect(page.get_by_text("This message writes nothing in any book.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


def test_every_other_flow_is_drawn(page: Page, sandbox: Sandbox, witness: Witness) -> None:
    sandbox.arm(kind="lose_reply", sender="harbor", receiver="opennet", message="authorization_request")
    lost = sandbox.sell()
    told = {
        sandbox.decline()["id"]: ("Declined: insufficient funds", "Declined"),
        lost["id"]: ("Failed: nobody answered", "Reversed"),
        sandbox.push_unknown()["id"]: ("Unknown: no answer", "Unknown"),
        sandbox.transfer()["id"]: ("Send $25.00 to Omar", "Pushed"),
    }
    voided = sandbox.sell(capture=False)
    sandbox.post(f"/payments/{voided['id']}/void")
    told[voided["id"]] = ("Voided", "Voided")
    for id, (label, stage) in told.items():
        page.goto(f"/p/{id}?n=1")
        expect(page.locator(".m .tx").get_by_text(label, exact=True).last).to_be_visible()
        expect(page.locator(".stages")).to_contain_text(stage)
    page.goto(f"/p/{lost['id']}?n=6")
    expect(page.locator(".m.now .flag")).to_have_text("lost")


def test_one_steps_and_scrubs_by_hand_and_keyboard(page: Page, sandbox: Sandbox) -> None:
    sale = sandbox.sell()
    page.goto(f"/p/{sale['id']}?n=3")
    stands_at(page, 3, 7)
    page.get_by_role("button", name="Step forward").click()
    stands_at(page, 4)
    expect(page).to_have_url(re.compile(r"\?n=4$"))
    page.keyboard.press("Home")
    stands_at(page, 1)
    page.keyboard.press("ArrowRight")
    stands_at(page, 2)
    page.keyboard.press("End")
    stands_at(page, 7)
    page.keyboard.press("ArrowLeft")
    stands_at(page, 6)
    page.get_by_role("slider", name="Position in the story").fill("5")
    stands_at(page, 5)
    page.get_by_role("slider").press("ArrowRight")
    stands_at(page, 6)
    page.locator(".m button").nth(2).click()
    stands_at(page, 3)
    expect(page.locator('[aria-current="step"]')).to_contain_text("Authorization request")
    expect(page.locator("#say")).to_contain_text("3 of 7. Harbor Acquiring to OpenNet: 0100")


def test_the_message_is_read_in_four_ways(page: Page, sandbox: Sandbox) -> None:
    sale = sandbox.sell()
    page.goto(f"/p/{sale['id']}?n=3")
    panel = message(page).get_by_role("tabpanel")
    expect(panel.get_by_role("row", name="2 primary account number")).to_contain_text("400012••••••4242")
    for tab, shows in (("Raw", "0100"), ("JSON event", '"type": "message.sent"'), ("Source", "def record_pending(")):
        message(page).get_by_role("tab", name=tab).click()
        expect(panel).to_contain_text(shows)
        expect(message(page).get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    expect(panel).to_contain_text("payments/acquirer/authorization.py:")
    message(page).get_by_role("tab", name="Source").press("ArrowRight")
    expect(message(page).get_by_role("tab", name="Fields")).to_be_focused()
    expect(panel.get_by_role("row", name="39 response code")).to_have_count(0)
    expect(panel.get_by_role("row", name="2 primary account number")).to_be_visible()
    stands_at(page, 3)
    assert_accessible(page)


def test_it_plays_as_it_happens_and_keeps_recording(open_page: OpenPage, sandbox: Sandbox) -> None:
    sandbox.reset()
    sale = sandbox.sell()
    page = open_page(MOVING)
    page.goto("/")
    stands_at(page, 1, 7)
    expect(page.locator(".theatre")).to_have_attribute("data-story", sale["id"])
    stands_at(page, 7)
    page.get_by_role("button", name=re.compile("^Wind the clock to .*: clearing cut off")).click()
    stands_at(page, 11, 11)
    page.get_by_role("button", name="Step back").click()
    stands_at(page, 10)
    sandbox.settle_the_day()
    stands_at(page, 10, 22)
    page.get_by_role("button", name="Live").click()
    stands_at(page, 22)


def test_home_shows_what_comes_next(open_page: OpenPage, sandbox: Sandbox) -> None:
    sandbox.sell()
    page = open_page(DESKTOP_LIGHT)
    page.goto("/")
    stands_at(page, 7, 7)
    declined = sandbox.decline()
    expect(page.locator(".theatre")).to_have_attribute("data-story", declined["id"])
    page.goto("/p/latest")
    expect(page).to_have_url(re.compile(f"/p/{declined['id']}$"))


def test_an_empty_world_invites_to_make_the_first_payment(page: Page, sandbox: Sandbox) -> None:
    sandbox.reset()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing has been paid here yet")
    expect(page.get_by_label("The API call").first).to_contain_text("/v1/payments")
    assert_accessible(page)
    page.get_by_role("button", name="Nora taps her card for $58.41").click()
    stands_at(page, 7, 7)
    assert sandbox.get("/payments")["data"][0]["amount"] == 5841


def test_what_is_not_there_is_said(page: Page, witness: Witness) -> None:
    witness.allow("404")
    page.goto("/p/pay_nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such story")


def test_it_is_taken_away_and_replays_from_a_file(
    page: Page, sandbox: Sandbox, witness: Witness, tmp_path: Path
) -> None:
    sale = sandbox.sell()
    page.goto(f"/p/{sale['id']}?n=7")
    stands_at(page, 7, 7)
    saved = {}
    page.get_by_text("Export", exact=True).click()
    for name in ("Picture (SVG)", "Mermaid text", "Events (JSON)", "Share file"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
        saved[name] = (tmp_path / name).read_text()
    assert saved["Picture (SVG)"].startswith("<svg ")
    assert "p3->>p4: 0100 Authorization request" in saved["Mermaid text"]
    assert [each["position"] for each in json.loads(saved["Events (JSON)"])] == [
        each["position"] for each in sandbox.events(reference=sale["reference"])
    ]
    sandbox.reset()
    witness.allow("404")
    page.goto("/p/gone")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such story")
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([text], "a.story.json", { type: "application/json" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        saved["Share file"],
    )
    stands_at(page, 7, 7)
    expect(page.get_by_text("This story comes from a file.")).to_be_visible()
    expect(page.locator(".m")).to_have_count(7)


def test_it_goes_on_without_the_server_and_after_it(open_page: OpenPage, sandbox: Sandbox, witness: Witness) -> None:
    witness.allow("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET")
    sale = sandbox.sell()
    page = open_page(DESKTOP_LIGHT)
    page.goto(f"/p/{sale['id']}?n=3")
    stands_at(page, 3, 7)
    sandbox.stop()
    expect(page.get_by_text("Not connected")).to_be_visible()
    page.get_by_role("button", name="Last step").click()
    stands_at(page, 7)
    expect(message(page).get_by_role("heading")).to_have_text("201 Approved and captured")
    sandbox.start()
    expect(page.get_by_text("Live", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Live").click()
    sandbox.settle_the_day()
    stands_at(page, 22, 22)


EVIL = "<img src=x onerror=alert(1)>"


def test_names_are_only_names(page: Page, sandbox: Sandbox) -> None:
    account = sandbox.post(
        "/accounts", {"holder": EVIL, "issuer": "first_prairie", "product": "debit", "currency": "USD"}
    )
    sandbox.post(f"/accounts/{account['id']}/deposits", {"amount": 10_000})
    card = sandbox.post("/cards", {"account": account["id"]})
    shop = {"name": EVIL, "city": "Alder", "country": "US", "mcc": "5942", "currency": "USD"}
    merchant = sandbox.post("/merchants", shop)
    sale = sandbox.sell(card={"id": card["id"]}, merchant=merchant["id"], description=EVIL)
    page.goto(f"/p/{sale['id']}?n=1")
    stands_at(page, 1, 7)
    expect(page.locator(".lane b")).to_contain_text([EVIL, EVIL])
    expect(message(page)).to_contain_text(EVIL)
    page.get_by_role("button", name="Last step").click()
    stands_at(page, 7)
    expect(page.locator("#app img")).to_have_count(0)


def test_a_long_story_is_shown_and_scrubbed(page: Page, sandbox: Sandbox) -> None:
    told = sandbox.get(f"/console/stories/{sandbox.sell()['id']}")
    first, events = told["events"], list(told["events"])
    while len(events) < 2_000:
        last = events[-1]["position"]
        events += [each | {"position": last + n + 1} for n, each in enumerate(first)]
    page.goto("/p/latest?n=1")
    stands_at(page, 1, 7)
    share = {"format": "payments-sandbox story", "version": 1, "story": told | {"events": events}}
    page.locator("input[type=file]").set_input_files(
        {"name": "long.story.json", "mimeType": "application/json", "buffer": json.dumps(share).encode()}
    )
    expect(page.get_by_text("This story comes from a file.")).to_be_visible()
    steps = int(page.locator(".theatre").get_attribute("data-of") or 0)
    assert steps > 900
    page.get_by_role("slider").fill(str(steps // 2))
    stands_at(page, steps // 2, steps)
    expect(page.locator(".m.now")).to_be_in_viewport()


def test_a_reset_while_somebody_looks_begins_anew(page: Page, sandbox: Sandbox) -> None:
    old = sandbox.sell()
    page.goto("/")
    stands_at(page, 7, 7)
    sandbox.reset()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing has been paid here yet")
    new = sandbox.decline()
    expect(page.locator(".theatre")).to_have_attribute("data-story", new["id"])
    assert old["id"] != new["id"] or old["status"] != new["status"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "many"}, "story.amount is no whole number"),
        ({"parties": [{"id": "x"}]}, "story.parties[0].name is no text"),
        ({"opening": {"a.b.USD": None}}, "story.opening.a.b.USD is missing"),
        ({"events": []}, "cannot be told"),
        ({"events": [{"position": 1, "type": "money.posted"}]}, "story.events[0].institution is no text"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(page: Page, sandbox: Sandbox, change: dict[str, Any], said: str) -> None:
    told = sandbox.get(f"/console/stories/{sandbox.sell()['id']}") | change
    page.goto("/p/latest?n=7")
    stands_at(page, 7)
    text = json.dumps({"format": "payments-sandbox story", "version": 1, "story": told})
    page.locator("input[type=file]").set_input_files(
        {"name": "a.json", "mimeType": "text/json", "buffer": text.encode()}
    )
    expect(page.get_by_role("alert")).to_contain_text(said)
    stands_at(page, 7)


@pytest.mark.parametrize("text", ["", "{}", '{"format": "payments-sandbox story", "version": 1, "story": {"id": "x"}}'])
def test_a_damaged_file_is_refused_in_words(page: Page, sandbox: Sandbox, text: str) -> None:
    sale = sandbox.sell()
    page.goto(f"/p/{sale['id']}?n=7")
    stands_at(page, 7)
    page.locator("input[type=file]").set_input_files(
        {"name": "a.json", "mimeType": "text/json", "buffer": text.encode()}
    )
    expect(page.get_by_role("alert")).to_be_visible()
    stands_at(page, 7)
