"""Requests made up from the OpenAPI document break nothing, and every answer is one that is documented."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from payments.api.keys import DEMO_KEY
from tests.api.serving import Served, serving

CHECKS = [
    *(not_a_server_error, status_code_conformance),
    *(content_type_conformance, response_schema_conformance),
]
EXAMPLES: int = settings.default.max_examples // 10  # type: ignore[union-attr]
LONGEST_SECONDS = 40

NOT_TRIED = {
    "stream_events": "it does not end",
    "wind_clock": "it may live through a year",
    "reset_sandbox": "it is slow, and makes a new world",
    "create_fault": "it may delay what comes after by seconds",
    "create_webhook_endpoint": "it would send to addresses that are made up",
}


@pytest.fixture(scope="module")
def server(shared_url: str) -> Iterator[Served]:
    with serving(shared_url) as served:
        yield served


def operations(server: Served) -> Iterator[Any]:
    """Every operation of the document."""
    document = schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")
    for result in document.get_all_operations():
        assert isinstance(result, Ok)
        yield result.ok()


def test_made_up_requests_break_nothing(server: Served) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    tried = set()
    for operation in operations(server):
        name = operation.definition.raw["operationId"]
        if name in NOT_TRIED or time.monotonic() > deadline:
            continue
        tried.add(name)
        try_it(operation.as_strategy())
    assert len(tried) > 30
    assert server.http.get("/v1/sandbox/verify").json()["clean"] is True


def try_it(cases: Any) -> None:
    """Send what hypothesis makes of an operation."""

    @given(case=cases)
    @settings(max_examples=EXAMPLES, deadline=None)
    def send(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {DEMO_KEY}"}, timeout=20)
        case.validate_response(response, checks=CHECKS)

    send()


def test_real_answers_are_as_documented(served: Served) -> None:
    """What a day leaves behind, read back at every address there is."""
    http, known, read = served.http, a_day(served), 0
    for operation in operations(served):
        ids = {**known}
        if operation.method != "get" or operation.path == "/v1/events/stream":
            continue
        names = {each["name"] for each in operation.definition.raw.get("parameters", []) if each["in"] == "path"}
        if not names <= ids.keys():
            continue
        if operation.path.startswith("/v1/ledger/accounts/"):
            ids["account_id"] = "first_prairie.cardholder.USD.acct_nora_patel"
        query = {"reference": ids["reference"]} if operation.path == "/v1/ledger/entries" else {}
        response = http.get(operation.path.format(**ids), params=query)
        assert response.status_code == 200, response.text
        case = operation.Case(path_parameters={name: ids[name] for name in names}, query=query)
        case.validate_response(schemathesis.Response.from_any(response), checks=CHECKS)
        read += 1
    assert read > 30


def a_day(server: Served) -> dict[str, str]:
    """A sale, a refund, a push, a deposit, a fault, and the night after; the ids of what came of it."""

    def post(path: str, body: Any) -> Any:
        response = server.http.post(f"/v1{path}", json=body)
        assert response.is_success, response.text
        return response.json()

    card = {"id": "card_nora_patel"}
    sale = {"merchant": "mch_blue_door_books", "amount": 5841, "currency": "USD", "card": card, "capture": True}
    push = {"sender": "snd_city_of_alder", "amount": 2500, "currency": "USD", "card": card, "channel": "web"}
    payment = post("/payments", sale)
    post("/payments", sale | {"card": {"id": "card_liam_ortiz"}})
    disbursement = post("/disbursements", push | {"business_application": "GD", "recipient_name": "Nora"})
    nora = {"name": "Nora Patel", "address": "12 Juniper Lane", "city": "Alder", "country": "US", "region": "OR"}
    pull = {"sender": "snd_blue_door_books", "amount": 500, "currency": "USD", "channel": "web"}
    funding = post("/fundings", pull | {"card": card, "payer": {"name": "Nora Patel"}})
    omar = {"name": "Omar Diallo", "card": {"id": "card_omar_diallo"}}
    transfer = post("/transfers", pull | {"payer": nora | {"card": card}, "recipient": omar})
    quote = post("/quotes", {"sender": "snd_city_of_alder", "amount": 100, "card": {"id": "card_lucia_ferri"}})
    refund = post("/refunds", {"payment": payment["id"], "amount": 100})
    post("/accounts/acct_nora_patel/deposits", {"amount": 100})
    post("/sandbox/clock/wind", {"seconds": 5 * 86_400})
    post("/sandbox/faults", {"kind": "delay", "message": "reversal"})
    (payout,) = server.http.get("/v1/merchants/mch_blue_door_books/payouts").json()["data"]
    windows = server.http.get("/v1/settlement_windows").json()["data"]
    return {
        "payment_id": payment["id"],
        "refund_id": refund["id"],
        "disbursement_id": disbursement["id"],
        "funding_id": funding["id"],
        "transfer_id": transfer["id"],
        "quote_id": quote["id"],
        "payout_id": payout["id"],
        "window_id": windows[0]["id"],
        "entry_id": payment["entries"][0],
        "reference": payment["reference"],
        "merchant_id": "mch_blue_door_books",
        "sender_id": "snd_city_of_alder",
        "account_id": "acct_nora_patel",
        "card_id": "card_nora_patel",
        "book_id": "harbor",
        "key_id": "key_demo",
    }
