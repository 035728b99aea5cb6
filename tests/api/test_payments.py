"""Payments through the API: the stories a merchant's program lives through, on both databases."""

from __future__ import annotations

import pytest

from tests.api.calling import NORA, SALE, Api


async def test_a_payment_is_authorized_and_names_its_ledger_entry(either: Api) -> None:
    before = await either.available()
    payment = await either.pay(description="two books")
    assert payment["status"] == "authorized"
    assert payment["card"] == {"masked": "400012••••••4242", "entry_mode": "contactless"}
    assert payment["decline"] is None
    assert payment["description"] == "two books"
    assert len(payment["approval_code"]) == 6
    (entry,) = [await either.get(f"/ledger/entries/{each}") for each in payment["entries"]]
    assert entry["book"] == "first_prairie"
    assert entry["event"] == "authorize"
    assert entry["reference"] == payment["reference"]
    assert await either.available() == before - 5841


async def test_it_is_read_again_as_it_was_created(either: Api) -> None:
    payment = await either.pay()
    assert await either.get(f"/payments/{payment['id']}") == payment
    assert (await either.get("/payments", merchant="mch_blue_door_books"))["data"] == [payment]


async def test_it_is_captured_in_parts_cleared_settled_and_paid_out(either: Api) -> None:
    payment = await either.pay()
    part = await either.post(f"/payments/{payment['id']}/capture", {"amount": 841, "final": False}, 200)
    assert (part["status"], part["captured_amount"]) == ("authorized", 841)
    rest = await either.post(f"/payments/{payment['id']}/capture", status=200)
    assert (rest["status"], rest["captured_amount"]) == ("captured", 5841)
    await either.post("/sandbox/clock/wind", {"seconds": 5 * 86_400}, 200)
    balance = await either.get("/merchants/mch_blue_door_books/balance")
    assert (balance["pending"], balance["available"], balance["held"]) == (0, 0, 0)
    (payout,) = (await either.get("/merchants/mch_blue_door_books/payouts"))["data"]
    assert payout["status"] == "paid"
    assert await either.get(f"/payouts/{payout['id']}") == payout
    assert 0 < payout["amount"] < 5841
    assert either.is_clean()


async def test_a_void_gives_the_money_back_and_names_the_release(either: Api) -> None:
    before = await either.available()
    payment = await either.pay()
    voided = await either.post(f"/payments/{payment['id']}/void", status=200, key="void-1")
    assert voided["status"] == "voided"
    (released,) = voided["entries"]
    assert (await either.get(f"/ledger/entries/{released}"))["transfers"][0]["kind"] == "release"
    assert await either.available() == before
    again = await either.send(f"/payments/{payment['id']}/void", key="void-1")
    assert again.json() == voided
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_refund_of_what_was_captured(either: Api) -> None:
    payment = await either.pay(capture=True)
    refund = await either.post("/refunds", {"payment": payment["id"], "amount": 1000, "reason": "one came back"})
    assert (refund["status"], refund["amount"], refund["reason"]) == ("pending", 1000, "one came back")
    assert (await either.get("/refunds", payment=payment["id"]))["data"][0]["id"] == refund["id"]
    assert (await either.get(f"/payments/{payment['id']}"))["refunded_amount"] == 1000
    await either.post("/sandbox/clock/wind", {"seconds": 5 * 86_400}, 200)
    assert (await either.get(f"/refunds/{refund['id']}"))["status"] == "settled"
    assert either.is_clean()


@pytest.mark.parametrize(
    ("card", "reason", "code"),
    [
        ({"id": "card_liam_ortiz"}, "insufficient_funds", "51"),
        ({"id": "card_mei_tanaka"}, "expired_card", "54"),
        ({"id": "card_theo_marsh"}, "card_blocked", "62"),
        ({"id": "card_ada_quill"}, "amount_limit_exceeded", "61"),
        ({"id": "card_lucia_ferri"}, "currency_not_permitted", "57"),
        (NORA | {"cvv": "999"}, "wrong_cvv", "N7"),
        (NORA | {"expiry": "11/29"}, "expired_card", "54"),
        ({"number": "4000129999999997"}, "no_such_card", "14"),
    ],
)
async def test_a_decline_is_a_payment_that_says_why_and_who(
    api: Api, card: dict[str, str], reason: str, code: str
) -> None:
    before = api.world()["ledger_transfers"]
    payment = await api.pay(card=card)
    assert payment["status"] == "declined"
    assert (payment["decline"]["reason"], payment["decline"]["code"]) == (reason, code)
    assert payment["decline"]["by"] in ("first_prairie", "coastline")
    assert payment["entries"] == []
    assert api.world()["ledger_transfers"] == before


async def test_a_credit_card_pays_up_to_its_limit(api: Api) -> None:
    order = {"card": {"id": "card_greta_lindholm"}, "amount": 500_000}
    assert (await api.pay(**order))["status"] == "authorized"
    assert (await api.pay(**order | {"amount": 1}))["decline"]["code"] == "51"


@pytest.mark.parametrize(
    ("merchant", "card", "currency"),
    [
        ("mch_kitsune_paper", "card_kenji_mori", "JPY"),
        ("mch_manama_pearls", "card_noor_hadi", "BHD"),
        ("mch_bora_ceramics", "card_lucia_ferri", "EUR"),
    ],
)
async def test_other_currencies_have_other_decimals_and_the_same_integers(
    api: Api, merchant: str, card: str, currency: str
) -> None:
    payment = await api.pay(merchant=merchant, card={"id": card}, currency=currency, amount=501)
    assert (payment["status"], payment["amount"], payment["currency"]) == ("authorized", 501, currency)


async def test_a_lost_reply_is_a_failed_payment_that_holds_nothing(api: Api) -> None:
    before = await api.available()
    await api.post("/sandbox/faults", {"kind": "lose_reply", "receiver": "opennet", "message": "authorization_request"})
    lost = await api.post("/payments", SALE, key="lost-1")
    assert lost["status"] == "failed"
    assert await api.available() == before
    again = await api.send("/payments", SALE, key="lost-1")
    assert again.json() == lost
    assert api.is_clean()


async def test_payments_are_listed_newest_first_page_by_page(api: Api) -> None:
    made = [(await api.pay(amount=100 + n))["id"] for n in range(5)]
    first = await api.get("/payments", limit=2)
    second = await api.get("/payments", limit=2, after=first["next"])
    third = await api.get("/payments", limit=2, after=second["next"])
    assert [each["id"] for page in (first, second, third) for each in page["data"]] == made[::-1]
    assert (first["has_more"], second["has_more"], third["has_more"], third["next"]) == (True, True, False, None)
    assert (await api.get("/payments", status="declined"))["data"] == []
