"""Idempotency keys: whoever repeats a request gets the first answer, and nothing happens twice."""

from __future__ import annotations

import asyncio

from tests.api.calling import PUSH, SALE, Api

LIAM = {"id": "card_liam_ortiz"}


async def test_a_repeated_request_gets_the_first_answer_byte_for_byte(either: Api) -> None:
    first = await either.send("/payments", SALE, key="till-1")
    before = either.world()
    again = await either.send("/payments", SALE, key="till-1")
    assert again.content == first.content
    assert again.status_code == first.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert either.world() == before


async def test_the_same_key_with_another_body_is_refused(either: Api) -> None:
    await either.post("/payments", SALE, key="till-1")
    before = either.world()
    problem = await either.post("/payments", SALE | {"amount": 1}, 422, key="till-1")
    assert problem["code"] == "idempotency_key_reused"
    assert either.world() == before


async def test_a_key_used_for_one_payment_is_not_good_for_another(api: Api) -> None:
    one, other = await api.pay(), await api.pay()
    await api.post(f"/payments/{one['id']}/void", status=200, key="void")
    problem = await api.post(f"/payments/{other['id']}/void", status=422, key="void")
    assert problem["code"] == "idempotency_key_reused"


async def test_many_at_once_with_one_key_make_one_payment(either: Api) -> None:
    answers = await asyncio.gather(*(either.send("/payments", SALE, key="till-1") for _ in range(8)))
    made = {each.json()["id"] for each in answers if each.status_code == 201}
    others = {each.json()["code"] for each in answers if each.status_code != 201}
    assert len(made) == 1
    assert others <= {"idempotency_key_in_use"}
    assert either.world()["acquirer_payments"] == 1


async def test_a_decline_is_repeated_too(api: Api) -> None:
    first = await api.send("/payments", SALE | {"card": LIAM}, key="till-1")
    assert first.json()["status"] == "declined"
    assert (await api.send("/payments", SALE | {"card": LIAM}, key="till-1")).content == first.content


async def test_a_refusal_that_a_step_decided_is_kept(api: Api) -> None:
    refused = PUSH | {"amount": 1_000_001}
    first = await api.send("/disbursements", refused, key="push-1")
    assert (first.status_code, first.json()["code"]) == (422, "insufficient_funds")
    await api.post("/senders/snd_city_of_alder/top_ups", {"amount": 100_000})
    again = await api.send("/disbursements", refused, key="push-1")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == "application/problem+json"
    assert (await api.post("/disbursements", refused, key="push-2"))["status"] == "paid"


async def test_an_error_at_the_edge_is_not_kept(api: Api) -> None:
    await api.post("/payments", SALE | {"amount": "58.41"}, 422, key="till-1")
    assert (await api.post("/payments", SALE, key="till-1"))["status"] == "authorized"


async def test_a_key_expires_after_a_day_on_the_sandbox_clock(api: Api) -> None:
    first = await api.post("/payments", SALE, key="till-1")
    await api.post("/sandbox/clock/wind", {"seconds": 86_401}, 200)
    assert (await api.post("/payments", SALE, key="till-1"))["id"] != first["id"]


async def test_a_deposit_the_bank_has_not_answered_is_answered_all_the_same(api: Api) -> None:
    await api.post("/sandbox/faults", {"kind": "lose_reply", "receiver": "reserve_bank"})
    first = await api.send("/accounts/acct_nora_patel/deposits", {"amount": 500}, key="dep-1")
    assert first.json()["status"] == "pending"
    assert (await api.send("/accounts/acct_nora_patel/deposits", {"amount": 500}, key="dep-1")).json() == first.json()
    await api.post("/sandbox/clock/wind", {"seconds": 120}, 200)
    done = await api.send("/accounts/acct_nora_patel/deposits", {"amount": 500}, key="dep-1")
    assert done.json()["status"] == "credited"
    assert await api.available() == 41_218 + 500
    assert api.is_clean()


async def test_keys_of_two_callers_are_two_keys(api: Api) -> None:
    made = await api.post("/api_keys", {"role": "merchant", "subject": "mch_blue_door_books", "name": "till"})
    mine = await api.post("/payments", SALE, key="till-1")
    theirs = await api.holding(made["key"]).post("/payments", SALE, key="till-1")
    assert mine["id"] != theirs["id"]


async def test_a_key_is_visible_ascii(api: Api) -> None:
    problem = await api.post("/payments", SALE, 422, key="x" * 256)
    assert problem["code"] == "invalid_request"
    assert api.world()["acquirer_payments"] == 0
