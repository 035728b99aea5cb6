"""The screen "Shop & desk": what is done there is done through the API, and one sees what came of it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from typing import Final

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.page.browsing import PHONE_LIGHT, Form, Witness, assert_accessible, assert_fits, in_every_form
from tests.page.sandbox import Json, Sandbox

REFUSED: Final = r"Failed to load resource: the server responded with a status of 4\d\d"
"""What a browser says on the console of a request that was not carried out."""


@pytest.fixture
def shop(page: Page, sandbox: Sandbox) -> Page:
    """The screen, in a world where nothing is armed."""
    for kind in ("faults", "outcomes"):
        assert sandbox.http.delete(f"/v1/sandbox/{kind}").is_success
    page.goto("/shop")
    expect(page.get_by_role("heading", name="Disbursement desk")).to_be_visible()
    return page


def checkout(page: Page) -> Locator:
    return page.get_by_role("region", name="checkout")


def desk(page: Page) -> Locator:
    return page.get_by_role("region", name="Disbursement desk")


def pick(page: Page, holder: str) -> None:
    page.get_by_role("radio", name=holder).check(force=True)


def terminal(page: Page) -> Locator:
    return page.get_by_role("group", name="Card terminal")


def key_in(page: Page, keys: str) -> None:
    for key in keys:
        terminal(page).get_by_role("button", name=key, exact=True).click()


def code(page: Page) -> str:
    return page.get_by_role("region", name="Code", exact=True).inner_text()


def see_code(page: Page, text: str) -> None:
    expect(page.get_by_role("region", name="Code", exact=True)).to_contain_text(text)


def newest(sandbox: Sandbox, kind: str) -> Json:
    found: Json = sandbox.get(f"/{kind}", limit=1)["data"][0]
    return found


# ── the shop ──


@in_every_form
def test_it_is_for_everybody_in_every_form(shop: Page, form: Form, sandbox: Sandbox) -> None:
    checkout(shop).get_by_role("button", name="Tap Nora’s card for $58.41").click()
    expect(terminal(shop)).to_contain_text("Approved 00")
    desk(shop).get_by_role("button", name="Push $250.00 to Nora").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("paid")
    recent = shop.get_by_role("region", name="Just now").get_by_role("listitem")
    expect(recent.first).to_contain_text("City of Alder to Nora")
    expect(recent.nth(1)).to_contain_text("Nora at Blue Door Books")
    expect(recent.first.get_by_role("link")).to_have_attribute("href", f"/p/{newest(sandbox, 'disbursements')['id']}")
    assert_fits(shop)
    assert_accessible(shop)


@in_every_form
def test_every_corner_is_for_everybody(shop: Page, form: Form, witness: Witness) -> None:
    witness.allow(REFUSED)
    checkout(shop).get_by_role("button", name="Online").click()
    shop.get_by_role("form", name="Online checkout").get_by_label("Card number").fill("1234")
    checkout(shop).get_by_role("button", name="Pay with the card typed").click()
    expect(checkout(shop).get_by_role("alert")).to_be_visible()
    desk(shop).get_by_role("button", name="Person", exact=True).click()
    breaking(shop).get_by_role("switch", name="Late, Summit Merchant to OpenNet").check()
    expect(breaking(shop).get_by_text("1 on", exact=True)).to_be_visible()
    assert_fits(shop)
    assert_accessible(shop)
    desk(shop).get_by_role("button", name="Government").click()
    desk(shop).get_by_role("button", name="File").click()
    desk(shop).get_by_role("button", name="with mistakes").click()
    desk(shop).get_by_role("button", name="Send relief.csv").click()
    expect(desk(shop).get_by_text("rejected")).to_be_visible()
    breaking(shop).get_by_role("button", name="Outcomes").click()
    shop.get_by_role("button", name="All 51 cards").click()
    assert_fits(shop)
    assert_accessible(shop)


def test_what_others_do_is_seen_as_it_happens(shop: Page, sandbox: Sandbox) -> None:
    recent = shop.get_by_role("region", name="Just now").get_by_role("listitem").first
    sandbox.decline(amount=777)
    expect(recent).to_contain_text("Liam at Blue Door Books$7.7751")
    sandbox.push(amount=888)
    expect(recent).to_contain_text("City of Alder to Nora$8.8800")
    expect(shop.get_by_role("list", name="On Nora’s phone")).to_contain_text("You received 8.88 USD")
    recent.get_by_role("link").click()
    shop.wait_for_url("**/p/dsb_*")


def test_in_another_world_the_desk_starts_over(shop: Page, sandbox: Sandbox, witness: Witness) -> None:
    witness.allow(REFUSED)  # what was paid there is not known here
    checkout(shop).get_by_role("button", name="Tap Nora’s card").click()
    expect(terminal(shop)).to_contain_text("Approved 00")
    sandbox.reset()
    expect(terminal(shop)).to_contain_text("Tap the card")
    expect(shop.get_by_role("region", name="Just now")).to_contain_text("Nothing has been paid yet.")


def test_a_sale_is_captured_in_parts_and_refunded(shop: Page, sandbox: Sandbox) -> None:
    checkout(shop).get_by_role("button", name="Tap Nora’s card").click()
    part = checkout(shop).get_by_label("Part of it")
    part.fill("20")
    checkout(shop).get_by_role("button", name="Capture, keep rest").click()
    expect(checkout(shop).get_by_text("$20.00")).to_be_visible()
    checkout(shop).get_by_role("button", name="Capture", exact=True).click()
    expect(checkout(shop).get_by_text("captured", exact=True)).to_be_visible()
    part.fill("5.00")
    checkout(shop).get_by_role("button", name="Refund").click()
    expect(checkout(shop).get_by_text("$5.00 pending")).to_be_visible()
    payment = newest(sandbox, "payments")
    assert (payment["status"], payment["captured_amount"], payment["refunded_amount"]) == ("captured", 5841, 500)
    checkout(shop).get_by_role("button", name="New sale").click()
    expect(checkout(shop).get_by_text("Sales tax")).to_be_visible()


def test_an_authorization_is_let_go(shop: Page, sandbox: Sandbox) -> None:
    checkout(shop).get_by_role("button", name="Tap Nora’s card").click()
    checkout(shop).get_by_role("button", name="Void").click()
    expect(checkout(shop).get_by_text("voided", exact=True)).to_be_visible()
    assert newest(sandbox, "payments")["status"] == "voided"


def test_the_basket_is_what_is_paid_and_taken_at_once(shop: Page, sandbox: Sandbox) -> None:
    checkout(shop).get_by_role("button", name="One Double Entry for All less").click()
    checkout(shop).get_by_role("button", name="One The Clearing House more").click()
    checkout(shop).get_by_role("button", name="Now").click()
    checkout(shop).get_by_role("button", name="Chip").click()
    checkout(shop).get_by_role("button", name="Insert Nora’s card for $68.59").click()
    expect(terminal(shop)).to_contain_text("Approved 00")
    payment = newest(sandbox, "payments")
    assert (payment["amount"], payment["status"], payment["card"]["entry_mode"]) == (6859, "captured", "chip")


@pytest.mark.parametrize(
    ("holder", "code", "why"),
    [
        ("Liam Ortiz", "51", "insufficient funds"),
        ("Mei Tanaka", "54", "expired card"),
        ("Theo Marsh", "62", "card blocked"),
        ("Ada Quill", "61", "amount limit exceeded"),
    ],
)
def test_each_card_behaves_its_own_way(shop: Page, holder: str, code: str, why: str) -> None:
    pick(shop, holder)
    expect(shop.get_by_role("radio", name=holder)).to_have_accessible_name(re.compile(code))
    checkout(shop).get_by_role("button", name=f"Tap {holder.split()[0]}’s card").click()
    expect(terminal(shop)).to_contain_text(f"Declined {code}")
    expect(terminal(shop)).to_contain_text(f"{why}, says First Prairie Bank")
    expect(shop.get_by_role("region", name="Just now").get_by_role("listitem").first).to_contain_text(code)


def test_a_shop_sells_in_its_own_currency(shop: Page, sandbox: Sandbox) -> None:
    shop.get_by_label("Shop", exact=True).select_option(label="Kitsune Paper")
    pick(shop, "Kenji Mori")
    checkout(shop).get_by_role("button", name="Tap Kenji’s card for ¥2,684").click()
    expect(terminal(shop)).to_contain_text("Approved 00")
    payment = newest(sandbox, "payments")
    assert (payment["amount"], payment["currency"], payment["merchant"]) == (2684, "JPY", "mch_kitsune_paper")


def test_an_amount_is_typed_on_the_terminal_by_key_and_by_keyboard(shop: Page, sandbox: Sandbox) -> None:
    key_in(shop, "125")
    shop.keyboard.type("09")
    shop.keyboard.press("Backspace")
    expect(terminal(shop)).to_contain_text("$12.50")
    terminal(shop).get_by_role("button", name="Clear").click()
    expect(terminal(shop)).to_contain_text("$58.41")
    key_in(shop, "700")
    terminal(shop).get_by_role("button", name="OK").click()
    expect(terminal(shop)).to_contain_text("Approved 00")
    assert newest(sandbox, "payments")["amount"] == 700


def test_a_card_number_is_keyed_in_and_shown_to_nobody(shop: Page, sandbox: Sandbox) -> None:
    checkout(shop).get_by_role("button", name="Keyed").click()
    terminal(shop).get_by_role("button", name="OK").click()
    key_in(shop, "4000121111104242")
    see_code(shop, '"number": "400012••••••4242"')
    terminal(shop).get_by_role("button", name="OK").click()
    key_in(shop, "1229")
    terminal(shop).get_by_role("button", name="OK").click()
    key_in(shop, "123")
    terminal(shop).get_by_role("button", name="OK").click()
    expect(terminal(shop)).to_contain_text("Approved 00")
    payment = newest(sandbox, "payments")
    assert payment["card"] == {"masked": "400012••••••4242", "entry_mode": "keyed"}
    see_code(shop, '"number": "400012••••••4242"')
    see_code(shop, '"cvv": "•••"')


def test_nobody_reads_a_whole_card_number_on_the_screen(shop: Page, sandbox: Sandbox) -> None:
    shop.get_by_role("button", name="All 51 cards").click()
    expect(shop.get_by_role("button", name="All 51 cards")).to_be_hidden()
    desk(shop).get_by_role("button", name="File").press("Enter")
    desk(shop).get_by_role("button", name="CSV", exact=True).click()
    expect(desk(shop).get_by_label("How the file begins")).to_contain_text("400012••••••4242")
    seen = shop.locator("main").inner_html()
    cards = sandbox.get("/sandbox/cards")["data"]
    assert [each["id"] for each in cards if each["number"] in seen] == []


def test_paid_online_with_the_card_on_file_and_with_what_is_typed(
    shop: Page, sandbox: Sandbox, witness: Witness
) -> None:
    witness.allow(REFUSED)
    checkout(shop).get_by_role("button", name="Online").click()
    form = shop.get_by_role("form", name="Online checkout")
    form.get_by_label("Card number").fill("4000 1211 1110 4243")
    form.get_by_label("Expiry").fill("12/29")
    checkout(shop).get_by_role("button", name="Pay with the card typed").click()
    problem = checkout(shop).get_by_role("alert")
    expect(problem).to_contain_text("This is no card number.")
    expect(problem).to_contain_text("invalid_card_number")
    expect(problem).to_contain_text("a digit is wrong")
    expect(form.get_by_label("Expiry")).to_have_value("12/29")
    form.get_by_label("Card number").fill("4000121111104242")
    form.get_by_label("Card number").press("Enter")
    expect(form).to_contain_text("Approved 00")
    expect(problem).to_be_hidden()
    assert newest(sandbox, "payments")["card"]["entry_mode"] == "online"


# ── the desk ──


@pytest.mark.parametrize(
    ("kind", "sender"), [("Merchant", "Blue Door Books"), ("Company", "Opal Payouts"), ("Government", "City of Alder")]
)
def test_whoever_sends_the_phone_rings(shop: Page, sandbox: Sandbox, kind: str, sender: str) -> None:
    desk(shop).get_by_role("button", name=kind).click()
    desk(shop).get_by_role("button", name="Branch").click()
    desk(shop).get_by_label("To", exact=True).select_option(label="Omar Diallo")
    amount = desk(shop).get_by_label("Amount")
    amount.fill("31.50")
    expect(desk(shop)).to_contain_text("fee 0.60")
    before = sandbox.get(f"/senders/{sender_id(sandbox, sender)}/balance")["available"]
    expect(desk(shop)).to_contain_text(f"now {before / 100:,.2f}")
    expect(desk(shop)).to_contain_text(f"after {(before - 3210) / 100:,.2f}")
    desk(shop).get_by_role("button", name="Push $31.50 to Omar").click()
    expect(shop.get_by_role("list", name="On Omar’s phone")).to_contain_text(f"You received 31.50 USD{sender}")
    expect(desk(shop)).to_contain_text(f"now {(before - 3210) / 100:,.2f}")
    made = newest(sandbox, "disbursements")
    assert (made["status"], made["channel"], made["fee_amount"]) == ("paid", "bank_branch", 60)
    expect(desk(shop).get_by_role("list", name="Path, as it went").locator(".d-received")).to_have_count(4)


def sender_id(sandbox: Sandbox, name: str) -> str:
    return next(str(each["id"]) for each in sandbox.get("/senders", limit=100)["data"] if each["name"] == name)


def test_from_person_to_person(shop: Page, sandbox: Sandbox) -> None:
    desk(shop).get_by_role("button", name="Person", exact=True).click()
    expect(desk(shop)).to_contain_text("fee 0.95")
    desk(shop).get_by_label("From", exact=True).select_option(label="Greta Lindholm")
    desk(shop).get_by_label("To", exact=True).select_option(label="Omar Diallo")
    desk(shop).get_by_label("Amount").fill("12")
    desk(shop).get_by_role("button", name="Send $12.00 from Greta to Omar").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("Greta was debited $12.95")
    expect(shop.get_by_role("list", name="On Omar’s phone")).to_contain_text("You received 12.00 USD")
    expect(shop.get_by_role("region", name="Just now").get_by_role("listitem").first).to_contain_text("Greta to Omar")
    assert newest(sandbox, "transfers")["status"] == "paid"
    desk(shop).get_by_role("button", name="Funds paid in").click()
    desk(shop).get_by_role("button", name="Push $12.00 to Omar").click()
    expect(shop.get_by_role("list", name="On Omar’s phone")).to_contain_text("Ines Moreau")


def test_who_has_too_little_is_told_so_and_tops_up(shop: Page, sandbox: Sandbox, witness: Witness) -> None:
    witness.allow(REFUSED)
    desk(shop).get_by_role("button", name="Merchant").click()
    have = sandbox.get("/senders/snd_blue_door_books/balance")["available"]
    amount = desk(shop).get_by_label("Amount")
    amount.fill(f"{have / 100 + 100:.2f}")
    desk(shop).get_by_role("button", name="Push").click()
    expect(desk(shop).get_by_role("alert")).to_contain_text("insufficient_funds")
    expect(amount).to_have_value(f"{have / 100 + 100:.2f}")
    desk(shop).get_by_role("button", name="top up $1,000.00").click()
    expect(desk(shop)).to_contain_text(f"now {have / 100 + 1000:,.2f}")
    desk(shop).get_by_role("button", name="Push").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("paid")


def test_bad_input_gets_the_api_s_own_problem_and_nothing_is_lost(shop: Page, witness: Witness) -> None:
    witness.allow(REFUSED)
    amount = desk(shop).get_by_label("Amount")
    amount.fill("12.345")
    desk(shop).get_by_role("button", name="Push").click()
    problem = desk(shop).get_by_role("alert")
    expect(problem).to_contain_text("The request is not as it should be.")
    expect(problem).to_contain_text("An amount is a whole number of minor units")
    expect(amount).to_have_value("12.345")
    see_code(shop, "# 422")
    problem.get_by_role("button", name="Dismiss").click()
    expect(problem).to_be_hidden()


def test_the_network_is_asked_first(shop: Page) -> None:
    desk(shop).get_by_role("button", name="Ask first").click()
    expect(desk(shop).get_by_text("fast funds")).to_be_visible()


# ── a file ──


def see_lines(page: Page) -> Locator:
    return page.get_by_role("region", name="Lines of the file").get_by_role("row")


@pytest.mark.parametrize("kind", ["CSV", "JSON", "NDJSON", "pain.001"])
def test_a_file_is_paid_line_by_line(shop: Page, kind: str) -> None:
    desk(shop).get_by_role("button", name="File").click()
    desk(shop).get_by_role("button", name=kind, exact=True).click()
    desk(shop).get_by_role("button", name="Send relief").click()
    expect(desk(shop).get_by_text("completed")).to_be_visible()
    expect(see_lines(shop)).to_have_count(6)
    expect(see_lines(shop).nth(1)).to_contain_text("paid")
    expect(see_lines(shop).nth(3)).to_contain_text("62 card blocked")
    see_code(shop, "--data-binary '@relief.")


def test_a_file_with_mistakes_is_reported_and_nothing_of_it_is_paid(shop: Page, sandbox: Sandbox) -> None:
    before = sandbox.get("/senders/snd_city_of_alder/balance")
    desk(shop).get_by_role("button", name="File").click()
    desk(shop).get_by_role("button", name="with mistakes").click()
    desk(shop).get_by_role("button", name="Send relief.csv").click()
    expect(desk(shop).get_by_text("rejected")).to_be_visible()
    expect(see_lines(shop)).to_have_count(4)
    expect(see_lines(shop).nth(1)).to_contain_text("card_number")
    expect(see_lines(shop).nth(2)).to_contain_text("amount")
    expect(see_lines(shop).nth(3)).to_contain_text("recipient_name")
    assert sandbox.get("/senders/snd_city_of_alder/balance") == before
    assert_accessible(shop)


def test_a_file_that_is_chosen_waits_until_it_is_started(shop: Page) -> None:
    desk(shop).get_by_role("button", name="File").click()
    text = "reference,card_number,amount,recipient_name\nchosen-1,4000121111104242,1.00,Nora Patel\n"
    choose(shop, "mine.csv", text)
    desk(shop).get_by_label("Pay as soon as every line proves right").uncheck()
    desk(shop).get_by_role("button", name="Send mine.csv").click()
    expect(see_lines(shop).nth(1)).to_contain_text("unsent")
    desk(shop).get_by_role("button", name="Pay it").click()
    expect(see_lines(shop).nth(1)).to_contain_text("paid")


def test_a_file_that_is_dropped_and_cannot_be_read(shop: Page, witness: Witness) -> None:
    witness.allow(REFUSED)
    desk(shop).get_by_role("button", name="File").click()
    shop.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["<Document"], "broken.xml"));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }"""
    )
    desk(shop).get_by_role("button", name="Send broken.xml").click()
    expect(desk(shop).get_by_role("alert")).to_contain_text("malformed_file")


def choose(page: Page, name: str, text: str) -> None:
    page.get_by_label("Drop a file here").set_input_files(FilePayload(name=name, mimeType="", buffer=text.encode()))


# ── breaking things ──


def breaking(page: Page) -> Locator:
    return page.get_by_role("region", name="Break the next payment")


def test_a_lost_reply_breaks_one_sale_and_then_no_more(shop: Page, sandbox: Sandbox) -> None:
    switch = breaking(shop).get_by_role("switch", name="Reply lost, Harbor Acquiring to OpenNet")
    switch.check()
    expect(breaking(shop).get_by_text("1 on", exact=True)).to_be_visible()
    (fault,) = sandbox.get("/sandbox/faults")["data"]
    assert [fault[name] for name in ("kind", "sender", "receiver", "times")] == ["lose_reply", "harbor", "opennet", 1]
    see_code(shop, '"message": "authorization_request"')
    checkout(shop).get_by_role("button", name="Tap Nora’s card").click()
    expect(terminal(shop)).to_contain_text("No answer")
    expect(switch).not_to_be_checked()
    expect(breaking(shop).get_by_text("1 on", exact=True)).to_be_hidden()
    checkout(shop).get_by_role("button", name="Tap Nora’s card").click()
    expect(terminal(shop)).to_contain_text("Approved 00")


def test_a_switch_is_turned_off_and_leaves_the_others_on(shop: Page, sandbox: Sandbox) -> None:
    for name in ("Request lost", "Sent twice"):
        breaking(shop).get_by_role("switch", name=f"{name}, OpenNet to First Prairie Bank").check()
    expect(breaking(shop).get_by_text("2 on", exact=True)).to_be_visible()
    breaking(shop).get_by_role("switch", name="Request lost, OpenNet to First Prairie Bank").uncheck()
    expect(breaking(shop).get_by_text("1 on", exact=True)).to_be_visible()
    assert [each["kind"] for each in sandbox.get("/sandbox/faults")["data"]] == ["duplicate"]
    breaking(shop).get_by_role("button", name="Disarm duplicate").click()
    expect(breaking(shop).get_by_text("1 on", exact=True)).to_be_hidden()
    assert sandbox.get("/sandbox/faults")["data"] == []


def test_an_unknown_push_is_asked_about_and_found_paid(shop: Page, sandbox: Sandbox) -> None:
    breaking(shop).get_by_role("button", name="Outcomes").click()
    breaking(shop).get_by_label("Seconds later").fill("0")
    breaking(shop).get_by_role("switch", name="Unknown, then found paid").check()
    expect(breaking(shop).get_by_text("1 on", exact=True)).to_be_visible()
    see_code(shop, '"outcome": "lost_then_approved"')
    desk(shop).get_by_role("button", name="Push $250.00 to Nora").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("unknown")
    desk(shop).get_by_role("button", name="Ask what became of it").click()
    expect(desk(shop).get_by_text("paid", exact=True)).to_be_visible()
    assert newest(sandbox, "disbursements")["status"] == "paid"
    assert sandbox.get("/sandbox/outcomes")["data"] == []
    assert_accessible(shop)


def test_a_staged_decline_says_its_code(shop: Page) -> None:
    breaking(shop).get_by_role("button", name="Outcomes").click()
    breaking(shop).get_by_role("button", name="From City of Alder").click()
    breaking(shop).get_by_label("Code").fill("93")
    breaking(shop).get_by_role("switch", name="Declined").check()
    desk(shop).get_by_role("button", name="Push $250.00 to Nora").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("declined")
    expect(desk(shop).get_by_role("status")).to_contain_text("93")


def test_a_deferred_push_is_cancelled(shop: Page) -> None:
    breaking(shop).get_by_role("button", name="Outcomes").click()
    breaking(shop).get_by_role("switch", name="Kept by the network for a while").check()
    desk(shop).get_by_role("button", name="Push $250.00 to Nora").click()
    desk(shop).get_by_role("button", name="Cancel it").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("cancelled")


# ── in code ──


def test_the_same_call_in_code(shop: Page) -> None:
    assert code(shop).startswith("curl http")
    see_code(shop, '"id": "card_nora_patel"')
    pick(shop, "Liam Ortiz")
    see_code(shop, '"id": "card_liam_ortiz"')
    desk(shop).get_by_label("Amount").fill("19.00")
    see_code(shop, '"amount": 1900')
    shop.get_by_role("button", name="Python").click()
    see_code(shop, "import httpx")
    key = re.search(r'"Idempotency-Key": "([^"]+)"', code(shop))
    shop.get_by_role("button", name=".http").click()
    assert key
    see_code(shop, f"Idempotency-Key: {key[1]}")
    desk(shop).get_by_role("button", name="Push $19.00 to Nora").click()
    see_code(shop, "# 201")
    see_code(shop, f"Idempotency-Key: {key[1]}")  # the call shown is the call made


def test_what_is_shown_runs_as_it_stands(shop: Page, sandbox: Sandbox) -> None:
    recent = shop.get_by_role("region", name="Just now").get_by_role("listitem").first
    desk(shop).get_by_label("Amount").fill("4.01")
    see_code(shop, '"amount": 401')
    words = shlex.split(code(shop).replace("\\\n", " "))
    assert words[0] == "curl"
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
    body = json.loads(words[words.index("--json") + 1])
    assert sandbox.http.post(words[1], headers=headers, json=body).status_code == 201
    expect(recent).to_contain_text("$4.01")
    desk(shop).get_by_label("Amount").fill("4.02")
    shop.get_by_role("button", name="Python").click()
    see_code(shop, '"amount": 402')
    see_code(shop, "import httpx")
    said = subprocess.run([sys.executable, "-c", code(shop)], capture_output=True, text=True, check=True).stdout
    assert said.startswith("201 ")
    expect(recent).to_contain_text("$4.02")


@pytest.mark.parametrize("form", [PHONE_LIGHT], ids=str)
def test_on_a_phone_the_terminal_is_big_enough_to_touch(shop: Page) -> None:
    box = terminal(shop).get_by_role("button", name="5", exact=True).bounding_box()
    assert box is not None
    assert box["width"] >= 24
    assert box["height"] >= 24


# ── prefilled by the address ──


def test_a_sale_is_filled_in_by_the_address(page: Page, sandbox: Sandbox) -> None:
    page.goto("/shop?sale=12.50&card=card_liam_ortiz&entry=chip&capture=now&fault=lose_reply")
    expect(checkout(page).get_by_role("button", name="Insert Liam’s card for $12.50")).to_be_visible()
    expect(breaking(page).locator(".d-hint")).to_contain_text("Reply lost")
    assert sandbox.get("/sandbox/faults")["data"] == [], "an address arms nothing"
    see_code(page, '"amount": 1250')
    see_code(page, '"capture": true')


def test_a_push_is_filled_in_by_the_address(page: Page) -> None:
    page.goto("/shop?push=31.50&from=company&to=card_omar_diallo&channel=bank_branch&outcome=returned")
    expect(desk(page).get_by_role("button", name="Push $31.50 to Omar")).to_be_visible()
    see_code(page, '"channel": "bank_branch"')
    see_code(page, '"sender": "snd_opal_payouts"')
    expect(breaking(page).locator(".d-hint")).to_contain_text("sent back by the recipient")


def test_what_the_address_says_and_nobody_knows_is_left_out(page: Page, witness: Witness) -> None:
    witness.allow(REFUSED)
    page.goto("/shop?sale=-3&card=card_nobody&channel=web&entry=telepathy&payment=pay_none&shoe=7")
    heading = page.locator(".d-hd")
    expect(heading).to_contain_text("sale=-3 card=card_nobody entry=telepathy payment=pay_none shoe")
    expect(heading).not_to_contain_text("channel")
    expect(checkout(page).get_by_role("button", name="Tap Nora’s card for $58.41")).to_be_visible()


# ── what was paid before ──


def test_any_payment_is_taken_up_again(shop: Page, sandbox: Sandbox) -> None:
    payment = sandbox.sell(amount=4321)
    sandbox.sell(amount=100)
    row = shop.get_by_role("region", name="Just now").get_by_role("listitem").filter(has_text="$43.21")
    row.get_by_role("button", name="Take up Nora at Blue Door Books").click()
    checkout(shop).get_by_role("button", name="Refund").click()
    expect(checkout(shop).get_by_text("$43.21 pending")).to_be_visible()
    assert sandbox.get(f"/payments/{payment['id']}")["refunded_amount"] == 4321
    held = sandbox.sell(capture=False, amount=777)
    shop.goto(f"/shop?payment={held['id']}")
    checkout(shop).get_by_role("button", name="Void").click()
    expect(checkout(shop).get_by_text("voided", exact=True)).to_be_visible()


def test_a_push_that_comes_back_is_told_on_the_phone(shop: Page, sandbox: Sandbox) -> None:
    sandbox.post("/sandbox/outcomes", {"outcome": "returned", "card": {"id": "card_nora_patel"}, "seconds": 60})
    pushed = sandbox.push(amount=1717)
    sandbox.wind(3600)
    assert sandbox.get(f"/disbursements/{pushed['id']}")["status"] == "returned"
    shop.goto(f"/shop?disbursement={pushed['id']}")
    expect(desk(shop).get_by_role("status")).to_contain_text("Sent back by the recipient’s bank")
    expect(shop.get_by_role("list", name="On Nora’s phone")).to_contain_text("17.17 USD were returned")


# ── whoever listens ──


def test_webhooks_are_broken_endpoint_by_endpoint(shop: Page, sandbox: Sandbox) -> None:
    breaking(shop).get_by_role("button", name="Webhooks").click()
    expect(breaking(shop)).to_contain_text("Nobody listens yet.")
    endpoint = sandbox.post("/webhook_endpoints", {"url": "http://127.0.0.1:9/hooks", "types": ["payout.*"]})
    breaking(shop).get_by_label("Webhooks to http://127.0.0.1:9/hooks").select_option(label="each arrives twice")
    see_code(shop, '"chaos": "repeat"')
    assert sandbox.get(f"/webhook_endpoints/{endpoint['id']}")["chaos"] == "repeat"
    assert_accessible(shop)


def test_what_became_of_a_file_is_downloaded(shop: Page) -> None:
    desk(shop).get_by_role("button", name="File").click()
    desk(shop).get_by_role("button", name="CSV", exact=True).click()
    desk(shop).get_by_role("button", name="Send relief").click()
    expect(desk(shop).get_by_text("completed")).to_be_visible()
    with shop.expect_download() as downloading:
        desk(shop).get_by_role("button", name="Result as CSV").click()
    lines = downloading.value.path().read_text().splitlines()
    assert downloading.value.suggested_filename.endswith(".csv")
    assert len(lines) == 6
    assert sum(",paid," in line for line in lines) >= 1
    see_code(shop, "/result?format=csv")


# ── when it does not work ──


def answer_with(page: Page, path: str, status: int, body: str) -> None:
    page.route(
        f"**{path}",
        lambda route: route.fulfill(status=status, body=body, content_type="application/problem+json"),
        times=1,
    )


def key_shown(page: Page) -> str:
    found = re.search(r"Idempotency-Key: ([^']+)'", code(page))
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (429, '{"title": "Too many requests.", "code": "too_many_requests"}', "Too many requests. too_many_requests"),
        (500, '{"title": "That was our mistake."}', "That was our mistake."),
        (502, "<html>", "The answer was 502."),
    ],
)
def test_what_could_not_be_answered_is_sent_once_more_under_the_same_key(
    shop: Page, sandbox: Sandbox, witness: Witness, status: int, body: str, told: str
) -> None:
    witness.allow(f"status of {status}")
    answer_with(shop, "/v1/disbursements", status, body)
    desk(shop).get_by_label("Amount").fill("7.07")
    see_code(shop, '"amount": 707')
    before = key_shown(shop)
    desk(shop).get_by_role("button", name="Push $7.07").click()
    problem = desk(shop).get_by_role("alert")
    expect(problem).to_contain_text(told)
    expect(problem).to_contain_text("press once more")
    desk(shop).get_by_role("button", name="Push $7.07").click()
    expect(desk(shop).get_by_role("status")).to_contain_text("paid")
    assert key_shown(shop) == before
    expect(problem).to_be_hidden()


def test_when_nobody_answers_nothing_typed_is_lost(shop: Page, witness: Witness) -> None:
    witness.allow("ERR_FAILED")
    shop.route("**/v1/payments", lambda route: route.abort(), times=1)
    key_in(shop, "999")
    terminal(shop).get_by_role("button", name="OK").click()
    expect(checkout(shop).get_by_role("alert")).to_contain_text("Start the sandbox again")
    expect(terminal(shop)).to_contain_text("$9.99")
    terminal(shop).get_by_role("button", name="OK").click()
    expect(terminal(shop)).to_contain_text("Approved 00")


@pytest.mark.parametrize("typed", ["-5", "0", "", "abc", "1e3", "99999999999999", "٣", "🍋", "12.345"])
def test_whatever_is_typed_as_an_amount_is_kept_and_one_is_told_how(shop: Page, witness: Witness, typed: str) -> None:
    witness.allow(REFUSED)
    amount = desk(shop).get_by_label("Amount")
    amount.fill(typed)
    desk(shop).get_by_role("button", name=re.compile("^Push")).click()
    expect(desk(shop).get_by_role("alert")).to_contain_text("Type more than nothing, as 12.50: digits")
    expect(amount).to_have_value(typed)
