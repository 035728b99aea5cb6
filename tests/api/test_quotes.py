"""Quotes and rates over HTTP: asked for, used, expired; what is wrong with a request is said first of all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.calling import PUSH, Api, Json

QUOTE: Json = {"sender": "snd_city_of_alder", "amount": 10_000, "card": {"id": "card_lucia_ferri"}}
TO_LUCIA: Json = PUSH | {"card": {"id": "card_lucia_ferri"}, "recipient_name": "Lucia Ferri"}
EURO_RATE: Json = {"currency": "USD", "recipient_currency": "EUR", "rate": "0.9"}


async def test_a_quote_is_asked_for_and_paid_by(either: Api) -> None:
    await either.post("/sandbox/rates", EURO_RATE)
    quote = await either.post("/quotes", QUOTE, key="quote-1")
    assert (quote["status"], quote["amount"], quote["currency"]) == ("open", 10_000, "USD")
    assert (quote["rate"], quote["mid_rate"]) == ("0.89325", "0.9")
    assert (quote["recipient_amount"], quote["recipient_currency"], quote["recipient_country"]) == (8_932, "EUR", "DE")
    assert quote["margin"] == {"basis_points": 75, "amount": 10_000 - 9_925, "currency": "USD"}
    assert "payer.address" in quote["requires"]
    assert await either.get(f"/quotes/{quote['id']}") == quote
    assert (await either.send("/quotes", QUOTE, key="quote-1")).headers["Idempotent-Replayed"] == "true"
    before = await either.available("acct_lucia_ferri")
    paid = await either.post("/disbursements", TO_LUCIA | {"amount": 10_000, "quote": quote["id"]}, key="push-1")
    assert (paid["status"], paid["amount"], paid["currency"]) == ("paid", 10_000, "USD")
    assert (paid["quote"], paid["recipient_amount"], paid["recipient_currency"]) == (quote["id"], 8_932, "EUR")
    assert paid["rate"] == "0.89325"
    assert await either.available("acct_lucia_ferri") == before + 8_932
    used = await either.get(f"/quotes/{quote['id']}")
    assert (used["status"], used["disbursement"]) == ("used", paid["id"])
    assert (await either.get("/quotes", status="used", sender="snd_city_of_alder"))["data"] == [used]
    (listed, *_) = (await either.get("/accounts/acct_lucia_ferri/transactions"))["data"]
    assert (listed["amount"], listed["currency"]) == (8_932, "EUR")
    assert listed["sent"] == {"amount": 10_000, "currency": "USD", "rate": "0.89325"}
    (told, *_) = (await either.get("/accounts/acct_lucia_ferri/notifications"))["data"]
    assert "89.32 EUR" in told["title"]
    assert "100.00 USD at 0.89325" in told["text"]
    (line, *_) = (await either.get("/accounts/acct_lucia_ferri/statement"))["data"]
    assert (line["amount"], line["description"]) == (8_932, "City of Alder (100.00 USD at 0.89325)")
    assert either.is_clean()


async def test_a_quote_by_what_is_to_arrive_names_country_and_currency(api: Api) -> None:
    place = {"recipient_country": "JP", "recipient_currency": "JPY"}
    quote = await api.post("/quotes", {"sender": "snd_city_of_alder", "recipient_amount": 15_000, **place})
    assert (quote["recipient_amount"], quote["amount"]) == (15_000, 10_013)


async def test_what_the_network_does_not_quote_is_a_decline_and_no_error(api: Api) -> None:
    place = {"recipient_country": "GB", "recipient_currency": "GBP"}
    quote = await api.post("/quotes", {"sender": "snd_city_of_alder", "amount": 100, **place})
    assert (quote["status"], quote["rate"], quote["margin"], quote["expires_at"]) == ("declined", None, None, None)
    assert quote["decline"] == {"reason": "currency_not_permitted", "code": "57", "by": "opennet"}
    refused = await api.post("/disbursements", TO_LUCIA | {"quote": quote["id"]}, 422)
    assert refused["code"] == "quote_not_open"


async def test_expired_and_used_quotes_are_refused_before_a_cent_moves(api: Api) -> None:
    await api.post("/sandbox/clock/freeze", status=200)
    old = await api.post("/quotes", QUOTE)
    await api.post("/sandbox/clock/wind", {"seconds": 600}, 200)
    assert (await api.get(f"/quotes/{old['id']}"))["status"] == "expired"
    new = await api.post("/quotes", QUOTE)
    push = TO_LUCIA | {"amount": 10_000}
    await api.post("/disbursements", push | {"quote": new["id"]})
    before = api.world()
    assert (await api.post("/disbursements", push | {"quote": old["id"]}, 422))["code"] == "quote_expired"
    assert (await api.post("/disbursements", push | {"quote": new["id"]}, 422))["code"] == "quote_used"
    assert (await api.post("/disbursements", push | {"quote": "qte_nothing"}, 404))["code"] == "not_found"
    unquoted = push | {"card": {"id": "card_noor_hadi"}}
    assert (await api.post("/disbursements", unquoted, 201))["decline"]["by"] == "opennet"  # it asks for a quote there
    another = await api.post("/quotes", QUOTE)
    assert (await api.post("/disbursements", TO_LUCIA | {"quote": another["id"]}, 422))["code"] == "quote_differs"
    after = api.world()
    assert after["posted_credits"] == before["posted_credits"]
    assert api.is_clean()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipient_amount": 100}, "invalid_request"),
        ({"amount": None}, "invalid_request"),
        ({"amount": 0}, "invalid_request"),
        ({"amount": 10.5}, "invalid_request"),
        ({"card": None}, "invalid_request"),
        ({"card": None, "recipient_currency": "EUR"}, "invalid_request"),
        ({"recipient_currency": "EUR", "recipient_country": "DE"}, "invalid_request"),
        ({"card": None, "recipient_currency": "XYZ", "recipient_country": "DE"}, "unknown_currency"),
        ({"card": {"number": "4999991111110008"}}, "unknown_bin"),
        ({"card": {"id": "card_nora_patel"}}, "one_currency"),
        ({"sender": "snd_nobody"}, "not_found"),
        ({"rate": "2"}, "invalid_request"),
    ],
)
async def test_what_is_wrong_with_a_request_is_said(api: Api, changes: dict[str, Any], code: str) -> None:
    asked = {name: value for name, value in (QUOTE | changes).items() if value is not None}
    answer = await api.send("/quotes", asked)
    assert (answer.status_code, answer.json()["code"]) == (404 if code == "not_found" else 422, code)
    assert (await api.get("/quotes"))["data"] == []


async def test_rates_are_listed_and_set(either: Api) -> None:
    told = {each["recipient_currency"]: each for each in (await either.get("/sandbox/rates"))["data"]}
    assert told.keys() >= {"EUR", "JPY", "BHD"}
    assert {each["set_by"] for each in told.values()} == {"published"}
    rate = await either.post("/sandbox/rates", EURO_RATE | {"valid_from": "2020-01-01T00:00:00+01:00"})
    assert rate == {
        "object": "rate",
        **EURO_RATE,
        "set_by": "operator",
        "valid_from": "2019-12-31T23:00:00.000000Z",
    }
    assert (await either.get("/sandbox/rates", recipient_currency="EUR"))["data"] == [rate]
    (back,) = (await either.get("/sandbox/rates", currency="EUR", recipient_currency="USD"))["data"]
    assert back["rate"] == "1.11111111111"
    await either.post("/sandbox/rates", {"currency": "USD", "recipient_currency": "XPF", "rate": "110"})
    (new,) = (await either.get("/sandbox/rates", recipient_currency="XPF"))["data"]
    assert (new["rate"], new["set_by"]) == ("110", "operator")


async def test_corridors_are_listed_in_the_order_in_which_they_are_tried(api: Api) -> None:
    rows = (await api.get("/sandbox/corridors"))["data"]
    assert (rows[0]["open"], rows[0]["requires"]) == (False, [])
    (yen,) = (each for each in rows if each["most"])
    assert (yen["when"], yen["most"]) == ({"currency": ["USD"], "recipient_currency": ["JPY"]}, {"USD": "2500"})
    assert (yen["margin_basis_points"], yen["locked_seconds"]) == (100, 600)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rate": "0"}, "not_a_rate"),
        ({"rate": "0.000"}, "not_a_rate"),
        ({"rate": 0.9}, "invalid_request"),
        ({"rate": "-1"}, "invalid_request"),
        ({"rate": "1e3"}, "invalid_request"),
        ({"rate": "1٢"}, "invalid_request"),
        ({"rate": ""}, "invalid_request"),
        ({"recipient_currency": "USD"}, "one_currency"),
        ({"recipient_currency": "usd"}, "unknown_currency"),
        ({"valid_from": "yesterday"}, "invalid_request"),
    ],
)
async def test_what_is_no_rate_is_refused(api: Api, changes: dict[str, Any], code: str) -> None:
    assert (await api.post("/sandbox/rates", EURO_RATE | changes, 422))["code"] == code


async def test_only_the_operator_asks_and_sets(api: Api) -> None:
    made = await api.post("/api_keys", {"name": "till", "role": "merchant", "subject": "mch_blue_door_books"})
    till = api.holding(made["key"])
    await till.post("/quotes", QUOTE, 403)
    await till.post("/sandbox/rates", EURO_RATE, 403)
    for path in ("/quotes", "/sandbox/rates", "/sandbox/corridors"):
        await till.get(path, 403)
    await till.http.aclose()
