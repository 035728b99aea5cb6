"""API keys: who asks, and what each may see and do."""

from __future__ import annotations

import pytest

from payments.api import keys
from tests.api.calling import PUSH, SALE, Api

BOOKS = {"role": "merchant", "subject": "mch_blue_door_books", "name": "Till 1"}
PRAIRIE = {"role": "issuer", "subject": "first_prairie", "name": "Operations"}


async def test_without_a_key_nobody_comes_in(api: Api) -> None:
    response = await api.http.get("/v1/payments", headers={"Authorization": ""})
    assert (response.status_code, response.json()["code"]) == (401, "missing_key")
    assert response.headers["www-authenticate"] == "Bearer"
    before = api.world()
    response = await api.http.post("/v1/payments", json=SALE, headers={"Authorization": "Basic c2s6"})
    assert (response.status_code, response.json()["code"]) == (401, "missing_key")
    assert api.world() == before


async def test_with_a_wrong_key_neither(api: Api) -> None:
    before = api.world()
    wrong = api.holding("sk_wrong")
    assert (await wrong.post("/payments", SALE, 401))["code"] == "wrong_key"
    assert (await wrong.get("/payments", 401))["code"] == "wrong_key"
    assert api.world() == before


async def test_a_key_is_shown_once_and_kept_as_a_hash(either: Api) -> None:
    made = await either.post("/api_keys", BOOKS | {"rate_limit": "100/minute"})
    secret = made.pop("key")
    assert await either.get(f"/api_keys/{made['id']}") == made
    assert made in (await either.get("/api_keys"))["data"]
    assert await either.holding(secret).get("/merchants/mch_blue_door_books")


async def test_a_disabled_key_opens_nothing_any_more(either: Api) -> None:
    made = await either.post("/api_keys", BOOKS)
    till = either.holding(made["key"])
    await till.get("/payments")
    assert (await either.delete(f"/api_keys/{made['id']}"))["disabled_at"]
    assert (await till.get("/payments", 401))["code"] == "wrong_key"


async def test_another_worker_hears_of_it_within_two_seconds(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await api.post("/api_keys", BOOKS)
    till = api.holding(made["key"])
    await till.get("/payments")
    await api.app.state.sandbox.operator.step(keys.disable_key, made["id"])  # as another process does
    await till.get("/payments")
    monkeypatch.setattr(keys, "_REMEMBERED_SECONDS", 0.0)
    await till.get("/payments", 401)


async def test_a_merchant_sees_what_is_its_own(either: Api) -> None:
    till = either.holding((await either.post("/api_keys", BOOKS))["key"])
    mine = await till.post("/payments", SALE | {"capture": True})
    theirs = await either.pay(merchant="mch_larkspur_cafe", capture=True)
    assert [each["id"] for each in (await till.get("/payments"))["data"]] == [mine["id"]]
    assert [each["id"] for each in (await till.get("/merchants"))["data"]] == ["mch_blue_door_books"]
    await till.get("/merchants/mch_blue_door_books/balance")
    refund = await till.post("/refunds", {"payment": mine["id"], "amount": 1})
    await till.get(f"/refunds/{refund['id']}")
    before = either.world()
    for path in (f"/payments/{theirs['id']}", "/merchants/mch_larkspur_cafe", "/merchants/mch_larkspur_cafe/balance"):
        assert (await till.get(path, 403))["code"] == "not_allowed"
    await till.get("/payments", 403, merchant="mch_larkspur_cafe")
    await till.post("/payments", SALE | {"merchant": "mch_larkspur_cafe"}, 403)
    await till.post(f"/payments/{theirs['id']}/capture", status=403)
    await till.post(f"/payments/{theirs['id']}/void", status=403)
    await till.post("/refunds", {"payment": theirs["id"]}, 403)
    await till.post("/merchants/mch_larkspur_cafe/payouts", {}, 403)
    await till.post("/disbursements", PUSH, 403)
    assert either.world() == before


@pytest.mark.parametrize(
    "path",
    [
        *("/accounts", "/accounts/acct_nora_patel", "/accounts/acct_nora_patel/balance", "/cards/card_nora_patel"),
        *("/books", "/books/harbor/trial_balance", "/ledger/entries?reference=x", "/settlement_windows"),
        *("/events", "/events/stream", "/senders", "/disbursements", "/quotes", "/api_keys"),
        *("/sandbox/verify", "/sandbox/due", "/sandbox/faults", "/sandbox/rates"),
    ],
)
async def test_a_merchant_sees_nothing_of_the_banks(api: Api, path: str) -> None:
    till = api.holding((await api.post("/api_keys", BOOKS))["key"])
    assert (await till.get(path, 403))["code"] == "not_allowed"


async def test_an_issuer_sees_its_own_accounts_and_cards(api: Api) -> None:
    bank = api.holding((await api.post("/api_keys", PRAIRIE))["key"])
    assert {each["issuer"] for each in (await bank.get("/accounts"))["data"]} == {"first_prairie"}
    assert {each["issuer"] for each in (await bank.get("/cards"))["data"]} == {"first_prairie"}
    await bank.get("/books/first_prairie/trial_balance")
    await bank.post("/cards/card_nora_patel/block", status=200)
    await bank.get("/accounts/acct_omar_diallo", 403)
    await bank.get("/books/coastline/trial_balance", 403)
    await bank.post("/cards/card_omar_diallo/block", status=403)
    await bank.post("/payments", SALE, 403)
    payment = await api.pay(card={"id": "card_omar_diallo"})
    assert (await bank.get("/ledger/entries", reference=payment["reference"]))["data"] == []


async def test_only_the_operator_moves_the_world(api: Api) -> None:
    till = api.holding((await api.post("/api_keys", BOOKS))["key"])
    for path in ("clock/freeze", "clock/run", "reset"):
        await till.post(f"/sandbox/{path}", status=403)
    await till.post("/sandbox/clock/wind", {"seconds": 1}, 403)
    await till.post("/sandbox/faults", {"kind": "delay"}, 403)
    await till.delete("/sandbox/faults", 403)
    await till.post("/api_keys", BOOKS, 403)
    await till.get("/sandbox/clock")
    await till.get("/sandbox/cards")


async def test_a_key_stands_for_somebody_there_is(api: Api) -> None:
    await api.post("/api_keys", BOOKS | {"subject": "mch_nobody"}, 404)
    await api.post("/api_keys", PRAIRIE | {"subject": "harbor"}, 404)
    await api.post("/api_keys", {"role": "merchant", "name": "x"}, 422)
    assert (await api.post("/api_keys", BOOKS | {"rate_limit": "often"}, 422))["code"] == "not_a_rate_limit"
