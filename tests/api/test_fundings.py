"""Fundings and transfers over HTTP: made, read, listed, given back; repeated, refused, declined."""

from __future__ import annotations

from typing import Any

from tests.api.calling import NO_SUCH_BIN, Api

SHOP = "snd_blue_door_books"
FUNDING: dict[str, Any] = {
    "sender": SHOP,
    "amount": 2500,
    "currency": "USD",
    "card": {"id": "card_nora_patel"},
    "payer": {"name": "Nora Patel", "city": "Alder", "country": "US"},
    "channel": "mobile_app",
}
LIVES = {"address": "12 Juniper Lane", "city": "Alder", "country": "US", "region": "OR"}
TRANSFER: dict[str, Any] = {
    "sender": SHOP,
    "amount": 2500,
    "currency": "USD",
    "payer": {"name": "Nora Patel", "card": {"id": "card_nora_patel"}} | LIVES,
    "recipient": {"name": "Omar Diallo", "card": {"id": "card_omar_diallo"}},
    "channel": "web",
    "statement_text": "the concert",
}
THEO = {"name": "Theo Marsh", "card": {"id": "card_theo_marsh"}}
LIAM = {"name": "Liam Ortiz", "card": {"id": "card_liam_ortiz"}} | LIVES


async def test_a_card_is_pulled_and_it_is_given_back(either: Api) -> None:
    before = await either.available()
    funding = await either.post("/fundings", FUNDING, key="pull-1")
    assert (funding["status"], funding["fee_amount"], funding["business_application"]) == ("received", 25, "FT")
    payer = {"name": "Nora Patel", "address": "", "city": "Alder", "country": "US", "region": "", "postal_code": ""}
    assert funding["payer"] == payer
    assert await either.available() == before - 2500
    assert {(await either.get(f"/ledger/entries/{each}"))["book"] for each in funding["entries"]} == {
        *("harbor", "opennet", "first_prairie"),
    }
    assert await either.get(f"/fundings/{funding['id']}") == funding
    assert (await either.get("/fundings", sender=SHOP, status="received"))["data"] == [funding]
    given_back = await either.post(f"/fundings/{funding['id']}/reverse", {}, 200, key="back-1")
    assert given_back["status"] == "reversed"
    assert len(given_back["entries"]) > 0
    assert await either.post(f"/fundings/{funding['id']}/reverse", {}, 200, key="back-1") == given_back
    assert (await either.post(f"/fundings/{funding['id']}/adjust", None, 409))["code"] == "move_not_allowed"
    assert await either.available() == before
    assert either.is_clean()


async def test_after_a_day_it_takes_an_adjustment(either: Api) -> None:
    funding = await either.post("/fundings", FUNDING)
    await either.post("/sandbox/clock/wind", {"seconds": 86_401}, 200)
    refused = await either.post(f"/fundings/{funding['id']}/reverse", {"payment_failed": True}, 422)
    assert refused["code"] == "reversal_window_over"
    assert "adjustment" in refused["detail"]
    assert (await either.post(f"/fundings/{funding['id']}/adjust", None, 200))["status"] == "adjusted"
    assert either.is_clean()


async def test_a_decline_is_a_created_resource(either: Api) -> None:
    declined = await either.post("/fundings", FUNDING | {"card": LIAM["card"]})
    assert (declined["status"], declined["decline"]["reason"]) == ("declined", "insufficient_funds")
    made = await either.post("/transfers", TRANSFER | {"payer": LIAM})
    assert (made["status"], made["disbursement"]) == ("declined", None)
    assert made["failure"] == {"reason": "insufficient_funds", "code": "51", "by": "first_prairie"}


async def test_money_from_card_to_card(either: Api) -> None:
    made = await either.post("/transfers", TRANSFER, key="transfer-1")
    assert (made["status"], made["fee_amount"], made["failure"]) == ("paid", 95, None)
    assert await either.get(f"/transfers/{made['id']}") == made
    assert (await either.get("/transfers", sender=SHOP, status="paid"))["data"] == [made]
    assert (await either.get(f"/fundings/{made['funding']}"))["transfer"] == made["id"]
    assert (await either.get(f"/disbursements/{made['disbursement']}"))["fee_amount"] == 95
    assert await either.post("/transfers", TRANSFER, key="transfer-1") == made
    assert (await either.post("/transfers", TRANSFER | {"amount": 1}, 422, "transfer-1"))["code"] == (
        "idempotency_key_reused"
    )
    assert (await either.post(f"/fundings/{made['funding']}/reverse", {}, 409))["code"] == "move_not_allowed"
    assert either.is_clean()


async def test_what_cannot_be_pushed_is_given_back(either: Api) -> None:
    before = await either.available()
    made = await either.post("/transfers", TRANSFER | {"recipient": THEO})
    assert (made["status"], made["failure"]) == (
        "returned",
        {"reason": "card_blocked", "code": "62", "by": "first_prairie"},
    )
    assert await either.available() == before
    assert either.is_clean()


async def test_a_lost_answer(either: Api) -> None:
    before = await either.available()
    await either.post("/sandbox/faults", {"kind": "lose_reply", "sender": "harbor", "message": "account_funding"})
    made = await either.post("/transfers", TRANSFER)
    assert (made["status"], made["failure"]) == ("failed", {"reason": "no_answer", "code": None, "by": "harbor"})
    assert (await either.get(f"/fundings/{made['funding']}"))["status"] == "failed"
    assert await either.available() == before
    assert either.is_clean()


async def test_bad_input(api: Api) -> None:
    for path, body, code in (
        ("/fundings", FUNDING | {"card": {"number": NO_SUCH_BIN}}, "unknown_bin"),
        ("/fundings", FUNDING | {"amount": 0}, "invalid_request"),
        ("/fundings", FUNDING | {"payer": {"name": ""}}, "invalid_request"),
        ("/fundings", FUNDING | {"payer": {"name": "4000121111104242"}}, "invalid_request"),
        ("/fundings", FUNDING | {"business_application": "ZZ"}, "unknown_business_application"),
        ("/fundings", FUNDING | {"currency": "EUR"}, "sender_currency_differs"),
        ("/transfers", TRANSFER | {"recipient": {"name": "X", "card": {"number": NO_SUCH_BIN}}}, "unknown_bin"),
        ("/transfers", TRANSFER | {"recipient": {"name": "X"}}, "invalid_request"),
        ("/transfers", TRANSFER | {"channel": "pigeon"}, "invalid_request"),
    ):
        assert (await api.post(path, body, 422))["code"] == code, body
    for path in ("/fundings", "/transfers"):
        assert (await api.get(path))["data"] == []
        assert (await api.get(f"{path}/fnd_nothing", 404))["code"] == "not_found"
    assert (await api.post("/fundings", FUNDING | {"sender": "snd_nobody"}, 404))["code"] == "not_found"
    assert (await api.post("/fundings/fnd_nothing/reverse", {}, 404))["code"] == "not_found"
