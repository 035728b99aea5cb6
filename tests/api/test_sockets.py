"""Behind a real socket: what a body of 10 MB does, and what a whole story looks like to a client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.calling import NORA, PUSH, SALE
from tests.api.serving import Served

CHUNK = b" " * 100_000


def ten_megabytes() -> Iterator[bytes]:
    yield b'{"amount": 1'
    for _ in range(100):
        yield CHUNK
    yield b"}"


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
def test_a_body_of_ten_megabytes_is_refused_unread(served: Served, told: bool) -> None:
    body = b"".join(ten_megabytes()) if told else ten_megabytes()
    headers = {"Content-Type": "application/json"}
    response = served.http.post("/v1/payments", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert response.headers["content-type"] == "application/problem+json"
    assert served.http.get("/v1/payments").json()["data"] == []


def test_a_megabyte_of_blanks_is_read(served: Served) -> None:
    body = b" " * 999_000 + b"{}"
    response = served.http.post("/v1/payments", content=body, headers={"Content-Type": "application/json"})
    assert response.json()["code"] == "invalid_request"


def test_a_day_at_the_shop(served: Served) -> None:
    http = served.http
    sale = http.post("/v1/payments", json=SALE | {"capture": True}, headers={"Idempotency-Key": "till-1"}).json()
    assert sale["status"] == "captured"
    push = http.post("/v1/disbursements", json=PUSH, headers={"Idempotency-Key": "push-1"}).json()
    assert push["status"] == "paid"
    assert len(push["entries"]) == 4
    refund = http.post("/v1/refunds", json={"payment": sale["id"], "amount": 841}).json()
    assert refund["status"] == "pending"
    wound = http.post("/v1/sandbox/clock/wind", json={"seconds": 5 * 86_400}).json()
    assert "merchant_payouts" in [each["job"] for each in wound["ran"]]
    assert http.get("/v1/accounts/acct_nora_patel/balance").json()["ledger"] == 41_218 - 5841 + 841 + 2500
    assert http.get("/v1/sandbox/verify").json()["clean"] is True


def test_no_answer_and_no_event_shows_a_card_number(served: Served) -> None:
    http = served.http
    http.post("/v1/payments", json=SALE)
    http.post("/v1/disbursements", json=PUSH)
    for path in ("payments", "disbursements", "cards", "accounts", "events?limit=500"):
        assert NORA["number"] not in http.get(f"/v1/{path}").text
