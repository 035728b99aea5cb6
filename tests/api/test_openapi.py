"""The OpenAPI document: every operation named, every problem documented, every example true; and /docs offline."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel

from payments.api.adjustments import CreateAdjustment
from payments.api.batch_reply import CreateBatch
from payments.api.disbursements import CreateDisbursement
from payments.api.fundings import CreateFunding
from payments.api.payments import CapturePayment, CreatePayment
from payments.api.quotes import CreateQuote
from payments.api.refunds import CreateRefund
from payments.api.sandbox_clock import WindClock
from payments.api.sandbox_faults import CreateFault
from payments.api.sandbox_outcomes import CreateOutcome
from payments.api.sandbox_rates import SetRate
from payments.api.transfers import CreateTransfer
from payments.app import create_app
from tests.api.calling import Api

METHODS = ("get", "post", "put", "patch", "delete")
OPERATION_IDS = {
    *("create_payment", "capture_payment", "void_payment", "get_payment", "list_payments"),
    *("create_refund", "get_refund", "list_refunds"),
    *("create_disbursement", "enquire_disbursement", "get_disbursement", "list_disbursements"),
    *("create_eligibility_inquiry", "create_card_validation", "get_card_validation", "list_card_validations"),
    *("put_sanctions_list", "get_sanctions_list", "score_names", "get_screening", "list_screenings"),
    *("release_disbursement", "refuse_disbursement"),
    *("cancel_disbursement", "create_adjustment", "get_adjustment", "list_adjustments"),
    *("create_outcome", "list_outcomes", "delete_outcomes", "delete_outcome"),
    *("create_funding", "reverse_funding", "adjust_funding", "get_funding", "list_fundings"),
    *("create_transfer", "get_transfer", "list_transfers"),
    *("create_disbursement_batch", "get_disbursement_batch", "list_disbursement_batches"),
    *("start_disbursement_batch", "pause_disbursement_batch", "resume_disbursement_batch"),
    *("cancel_disbursement_batch", "list_batch_lines", "get_batch_result"),
    *("create_quote", "get_quote", "list_quotes", "list_sandbox_rates", "set_sandbox_rate"),
    "list_sandbox_corridors",
    *("create_sender", "get_sender", "list_senders", "get_sender_balance", "create_top_up"),
    *("set_sender_low_balance", "set_push_limit", "list_push_limits", "get_push_limit"),
    *("list_push_programmes", "get_push_rules", "set_push_rules"),
    *("create_merchant", "get_merchant", "list_merchants", "get_merchant_balance"),
    *("create_payout", "get_payout", "list_payouts"),
    *("create_account", "get_account", "list_accounts", "get_account_balance", "create_deposit"),
    *("list_account_transactions", "get_account_statement", "list_account_notifications"),
    *("create_card", "get_card", "list_cards", "block_card", "unblock_card"),
    *("list_books", "list_ledger_accounts", "get_ledger_balance", "get_ledger_statement"),
    *("get_entry", "list_entries", "get_trial_balance"),
    *("list_events", "stream_events", "get_message", "list_settlement_windows", "get_settlement_window"),
    *("create_api_key", "get_api_key", "list_api_keys", "delete_api_key"),
    *("get_clock", "freeze_clock", "run_clock", "wind_clock", "list_due"),
    *("create_fault", "list_faults", "delete_fault", "delete_faults"),
    *("verify_sandbox", "reset_sandbox", "list_test_cards"),
}
MONEY = {
    *("create_payment", "capture_payment", "void_payment", "create_refund", "create_disbursement"),
    *("create_payout", "create_deposit", "create_top_up", "release_disbursement", "refuse_disbursement"),
    *("create_payout", "create_deposit", "create_top_up", "cancel_disbursement", "create_adjustment"),
    *("create_funding", "reverse_funding", "adjust_funding", "create_transfer"),
    "create_disbursement_batch",
    *("create_payout", "create_deposit", "create_top_up"),
    "create_quote",  # moves none, but is worth something
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [each for path in document["paths"].values() for name, each in path.items() if name in METHODS]
    named = {each["operationId"]: each for each in found}
    assert len(named) == len(found)
    return named


def test_operation_ids_stay_as_they_are(document: dict[str, Any]) -> None:
    ours = {name for name in operations(document) if "webhook" not in name}
    assert ours == OPERATION_IDS


def test_every_path_is_versioned(document: dict[str, Any]) -> None:
    assert all(path.startswith("/v1/") for path in document["paths"])


def test_every_operation_says_what_it_does_under_a_tag_that_is_described(document: dict[str, Any]) -> None:
    tags = {each["name"] for each in document["tags"] if each["description"]}
    for name, operation in operations(document).items():
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name


def test_every_problem_is_documented_with_an_example_of_it(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        problems = {status: each for status, each in operation["responses"].items() if status >= "400"}
        assert {"401", "403", "422", "429", "500"} <= set(problems), name
        for status, response in problems.items():
            content = response["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            for code, example in content["examples"].items():
                assert example["value"]["code"] == code
                assert example["value"]["status"] == int(status)


def test_what_moves_money_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        parameters = {each["name"] for each in operation.get("parameters", [])}
        assert ("Idempotency-Key" in parameters) == (name in MONEY), name


def test_every_request_body_is_named_and_takes_no_other_fields(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        if body := operation.get("requestBody"):
            schema = body["content"]["application/json"]["schema"]
            text = str(schema)
            reference = re.search(r"#/components/schemas/(\w+)", text)
            assert reference, name
            assert document["components"]["schemas"][reference[1]]["additionalProperties"] is False, name


def test_the_named_examples_are_accepted(document: dict[str, Any]) -> None:
    shapes: dict[str, type[BaseModel]] = {
        "create_payment": CreatePayment,
        "create_disbursement": CreateDisbursement,
        "create_funding": CreateFunding,
        "create_transfer": CreateTransfer,
        "create_disbursement_batch": CreateBatch,
        "capture_payment": CapturePayment,
        "create_refund": CreateRefund,
        "wind_clock": WindClock,
        "create_fault": CreateFault,
        "create_adjustment": CreateAdjustment,
        "create_outcome": CreateOutcome,
        "create_quote": CreateQuote,
        "set_sandbox_rate": SetRate,
    }
    for name, shape in shapes.items():
        examples = operations(document)[name]["requestBody"]["content"]["application/json"]["examples"]
        assert examples
        for example in examples.values():
            assert example["summary"]
            shape.model_validate(example["value"])


def test_everything_needs_a_key(document: dict[str, Any]) -> None:
    assert document["security"] == [{"api_key": []}]
    assert document["components"]["securitySchemes"]["api_key"]["scheme"] == "bearer"


async def test_the_page_at_docs_needs_nothing_from_elsewhere(api: Api) -> None:
    for path in ("/docs", "/redoc"):
        page = (await api.http.get(path)).text
        assert "//" not in re.sub(r"<!--.*?-->|// .*", "", page, flags=re.S).replace("http://www.w3.org", "")
        for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page):
            response = await api.http.get(asset)
            assert response.status_code == 200
            assert len(response.content) > 1000
    assert (await api.http.get("/openapi.json")).json()["info"]["title"] == "Payments sandbox"


@pytest.mark.parametrize("name", ["../core.py", "%2e%2e/core.py", "core.py", "swagger-ui.css.map", ""])
async def test_docs_has_no_other_files(api: Api, name: str) -> None:
    assert (await api.http.get(f"/docs/assets/{name}")).status_code == 404
