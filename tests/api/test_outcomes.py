"""Outcomes of pushes, staged and seen through HTTP."""

from __future__ import annotations

import pytest

from payments.switch.outcome import OUTCOMES
from tests.api.calling import NO_SUCH_BIN, NORA, PUSH, Api

CARD = {"id": "card_nora_patel"}
CITY = "snd_city_of_alder"


async def staged(api: Api, outcome: str, **more: object) -> str:
    """Stage an outcome for Nora's card; return the staging's id."""
    made = await api.post("/sandbox/outcomes", {"outcome": outcome, "card": CARD} | more)
    return str(made["id"])


async def wind(api: Api, seconds: int) -> None:
    """Let time pass."""
    await api.post("/sandbox/clock/wind", {"seconds": seconds}, 200)


async def test_outcomes_are_staged_listed_played_and_removed(either: Api) -> None:
    made = await either.post(
        "/sandbox/outcomes", {"outcome": "decline", "card": {"number": NORA["number"]}, "code": "51", "times": 2}
    )
    assert {
        name: made[name] for name in ("object", "outcome", "status", "by", "code", "seconds", "sender", "times")
    } == {
        "object": "staged_outcome",
        "outcome": "decline",
        "status": "armed",
        "by": "issuer",
        "code": "51",
        "seconds": None,
        "sender": None,
        "times": 2,
    }
    assert made["card"] == {"masked": "400012••••••4242"}
    declined = await either.post("/disbursements", PUSH)
    assert declined["decline"] == {"reason": "insufficient_funds", "code": "51", "by": "first_prairie"}
    assert [each["times"] for each in (await either.get("/sandbox/outcomes"))["data"]] == [1]
    removed = await either.delete(f"/sandbox/outcomes/{made['id']}")
    assert (removed["status"], removed["times"]) == ("removed", 1)
    assert (await either.get("/sandbox/outcomes"))["data"] == []
    assert (await either.get("/sandbox/outcomes", status="removed"))["data"] == [removed]
    assert (await either.post("/disbursements", PUSH))["status"] == "paid"
    again = await either.http.delete(f"/v1/sandbox/outcomes/{made['id']}")
    assert (again.status_code, again.json()["code"]) == (409, "move_not_allowed")
    await staged(either, "duplicate", times=None)
    assert await either.delete("/sandbox/outcomes") == {"object": "cleared", "cleared": 1}
    assert either.is_clean()


async def test_every_outcome_can_be_staged_for_a_sender(api: Api) -> None:
    for outcome in OUTCOMES:
        made = await api.post("/sandbox/outcomes", {"outcome": outcome, "sender": CITY, "times": None})
        assert (made["sender"], made["card"], made["times"]) == (CITY, None, None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outcome": "decline"}, 422, "invalid_request"),
        ({"outcome": "decline", "card": CARD, "sender": CITY}, 422, "invalid_request"),
        ({"outcome": "decline", "card": CARD, "code": "00"}, 422, "not_a_decline"),
        ({"outcome": "decline", "card": CARD, "code": "5"}, 422, "invalid_request"),
        ({"outcome": "duplicate", "card": CARD, "code": "51"}, 422, "invalid_request"),
        ({"outcome": "returned", "card": CARD, "by": "network"}, 422, "invalid_request"),
        ({"outcome": "explode", "card": CARD}, 422, "invalid_request"),
        ({"outcome": "decline", "card": CARD, "times": 0}, 422, "invalid_request"),
        ({"outcome": "decline", "card": CARD, "seconds": -1}, 422, "invalid_request"),
        ({"outcome": "decline", "card": {"number": NO_SUCH_BIN}}, 422, "unknown_bin"),
        ({"outcome": "decline", "card": {"id": "card_nobody"}}, 404, "not_found"),
        ({"outcome": "decline", "sender": "snd_nobody"}, 404, "not_found"),
    ],
)
async def test_what_cannot_be_staged(api: Api, body: object, status: int, code: str) -> None:
    assert (await api.post("/sandbox/outcomes", body, status))["code"] == code


async def test_a_deferred_disbursement_is_cancelled(either: Api) -> None:
    await staged(either, "deferred", seconds=3600)
    deferred = await either.post("/disbursements", PUSH)
    assert (deferred["status"], deferred["cancellation"], deferred["decline"]) == ("deferred", None, None)
    assert deferred["release_at"]
    path = f"/disbursements/{deferred['id']}/cancel"
    cancelled = await either.post(path, status=200, key="cancel-1")
    assert cancelled["status"] == "cancelled"
    assert cancelled["cancellation"] == {"accepted": True, "code": "85", "reason": "no_reason_to_decline"}
    again = await either.send(path, key="cancel-1")
    assert (again.json(), again.headers["idempotent-replayed"]) == (cancelled, "true")
    assert (await either.get(f"/senders/{CITY}/balance"))["held"] == 0
    assert (await either.get("/disbursements", status="cancelled"))["data"][0]["id"] == deferred["id"]
    assert either.is_clean()


async def test_what_is_released_is_not_cancelled(either: Api) -> None:
    await either.post("/sandbox/clock/freeze", status=200)
    now = (await either.get("/sandbox/clock"))["now"]
    paid = await either.post("/disbursements", PUSH | {"release_at": now})
    assert paid["status"] == "paid"
    assert (await either.post(f"/disbursements/{paid['id']}/cancel", status=409))["code"] == "move_not_allowed"
    await either.post("/disbursements/dsb_nobody/cancel", status=404)


async def test_a_disbursement_is_returned(either: Api) -> None:
    await either.post("/sandbox/clock/freeze", status=200)
    await staged(either, "returned", seconds=3600)
    paid = await either.post("/disbursements", PUSH)
    assert (paid["status"], paid["returned"], paid["taken_back_amount"]) == ("paid", None, 0)
    await wind(either, 3600)
    returned = await either.get(f"/disbursements/{paid['id']}")
    assert (returned["status"], returned["taken_back_amount"]) == ("returned", 2500)
    assert returned["returned"]["reason_code"] == "1380"
    assert returned["returned"]["at"]
    titles = [each["title"] for each in (await either.get("/accounts/acct_nora_patel/notifications"))["data"]]
    assert titles == ["25.00 USD were returned", "You received 25.00 USD"]
    assert (await either.get("/accounts/acct_nora_patel/transactions"))["data"][0]["status"] == "returned"
    assert either.is_clean()


async def test_a_disbursement_is_adjusted_in_parts(either: Api) -> None:
    paid = await either.post("/disbursements", PUSH)
    order = {"disbursement": paid["id"], "amount": 500}
    made = await either.post("/adjustments", order, key="adjust-1")
    assert {name: made[name] for name in ("object", "type", "status", "amount", "refusal", "reason_code")} == {
        "object": "adjustment",
        "type": "debit",
        "status": "accepted",
        "amount": 500,
        "refusal": None,
        "reason_code": "2150",
    }
    assert len(made["entries"]) == 3, "one in each book"
    assert (await either.send("/adjustments", order, "adjust-1")).json() == made
    assert (await either.get(f"/disbursements/{paid['id']}"))["taken_back_amount"] == 500
    assert (await either.post("/adjustments", order | {"amount": 2001}, 422))["code"] == "adjustment_too_large"
    await staged(either, "adjustment_refused", code="57")
    refused = await either.post("/adjustments", {"disbursement": paid["id"]})
    assert (refused["status"], refused["amount"]) == ("refused", 2000)
    assert (refused["refusal"]["code"], refused["refusal"]["by"]) == ("57", "first_prairie")
    listed = (await either.get("/adjustments", disbursement=paid["id"]))["data"]
    assert [each["id"] for each in listed] == [refused["id"], made["id"]]
    assert (await either.get(f"/adjustments/{made['id']}"))["status"] == "accepted"
    await either.get("/adjustments/adj_nobody", expect=404)
    await either.post("/adjustments", {"disbursement": "dsb_nobody"}, 404)
    assert either.is_clean()


async def test_a_merchant_stages_and_takes_back_nothing(api: Api) -> None:
    key = await api.post("/api_keys", {"role": "merchant", "subject": "mch_blue_door_books", "name": "till"})
    merchant = api.holding(key["key"])
    await merchant.post("/sandbox/outcomes", {"outcome": "duplicate", "card": CARD}, 403)
    await merchant.post("/adjustments", {"disbursement": "dsb_x"}, 403)
    await merchant.post("/disbursements/dsb_x/cancel", status=403)
