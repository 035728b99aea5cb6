"""v1's disbursements and transfers: the published requests, every status, every code, on the house's own books."""

from __future__ import annotations

import re
from typing import Any

import pytest

from payments.switch.published_cards import MASTERCARD_SEND, cards_of
from tests.facades.mastercard_send.sending import (
    CITY,
    LOST_REPLY,
    TRANSFER,
    Json,
    Send,
    detail,
    problem,
)

EXPIRED, BLOCKED, NORA = "4000121111150054", "4000121111150062", "4000121111104242"
IN_EUR, IN_BHD = "4000781111190978", "4000911111180048"


async def test_the_published_disbursement_pays_the_card(either: Send) -> None:
    before = await either.api.available("acct_test_510258_9913")
    funds, _ = await either.funds()
    made = await either.disbursed()
    assert re.fullmatch(r"disb_[0-9a-z]{26}", made["id"])
    assert made["resource_type"] == "disbursement"
    assert made["disbursement_reference"] == "pay_000001328"
    assert made["disbursement_amount"] == {"value": "62890", "currency": "USD"}
    assert made["recipient_account_uri"] == "pan:************9913"
    assert made["sender_account_uri"] == "raw:************3456"
    assert (made["status"], made["status_reason"], made["payment_type"]) == ("APPROVED", "APPROVED", "BDB")
    assert made["reconciliation_data"] == {"custom_field": [{"name": "claim", "value": "A-17"}]}
    assert made["transaction_history"]["item_count"] == 1
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert re.fullmatch(r"txn_[0-9a-z]{26}", transaction["id"])
    assert (transaction["type"], transaction["status"]) == ("PAYMENT", "APPROVED")
    assert (transaction["network"], transaction["funds_availability"]) == ("MASTERCARD", "IMMEDIATE")
    assert (transaction["network_status_code"], len(transaction["retrieval_reference"])) == ("00", 12)
    assert re.fullmatch("[0-9]{6}", transaction["system_trace_audit_number"])
    assert await either.api.available("acct_test_510258_9913") == before + 62890
    left, held = await either.funds()
    assert (left < funds - 62890, held) == (True, 0)
    assert either.api.is_clean()


async def test_it_is_read_by_id_and_by_reference_and_through_our_own_api(either: Send) -> None:
    made = await either.disbursed()
    assert await either.get(f"/disbursements/{made['id']}") == {"disbursement": made}
    found = await either.get("/disbursements?ref=pay_000001328&Format=JSON")
    assert found["disbursements"] == {"resource_type": "list", "item_count": 1, "data": {"disbursement": [made]}}
    (ours,) = (await either.api.get("/disbursements"))["data"]
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert (ours["reference"], ours["amount"], ours["status"]) == (transaction["retrieval_reference"], 62890, "paid")
    assert (ours["sender"], ours["business_application"]) == ("snd_brightwater", "FD")
    assert (ours["channel"], ours["statement_text"]) == ("mobile_app", "CLAIM PAID")
    assert ours["card"] == {"masked": "510258••••••9913"}


async def test_the_published_transfer_pays_the_card(either: Send) -> None:
    answer = await either.post("/transfers/payment", {"payment_transfer": TRANSFER})
    made = answer["transfer"]
    assert re.fullmatch(r"trn_[0-9a-z]{26}", made["id"])
    assert (made["resource_type"], made["status"]) == ("transfer", "APPROVED")
    assert made["transfer_amount"] == {"value": "2000", "currency": "USD"}
    assert made["transaction_history"]["data"]["transaction"][0]["network"] == "STAR"
    assert await either.get(f"/transfers/{made['id']}") == answer
    assert (await either.get("/transfers?ref=pay_000001328"))["transfers"]["data"]["transfer"] == [made]
    assert detail(await either.get(f"/disbursements/{made['id']}", 404))[2] == "110507"
    (ours,) = (await either.api.get("/disbursements"))["data"]
    assert ours["business_application"] == "PP"
    assert either.api.is_clean()


@pytest.mark.parametrize("number", cards_of(MASTERCARD_SEND))
async def test_every_published_card_is_paid_whatever_future_date_is_on_it(send: Send, number: str) -> None:
    for n, expiry in enumerate(("", ";exp=2049-11", ";exp=2031-01;cvc=999")):
        uri = f"pan:{number}{expiry}"
        made = await send.disbursed(disbursement_reference=f"card_{n}", recipient_account_uri=uri, amount="100")
        assert made["status"] == "APPROVED"


async def test_a_published_card_that_has_expired_is_declined(send: Send) -> None:
    uri = "pan:5102589999999913;exp=2020-01"
    made = await send.disbursed(recipient_account_uri=uri, query="?decline_details=true")
    assert made["transaction_history"]["data"]["transaction"][0]["network_status_code"] == "54"


async def test_a_decline_is_402_and_says_no_more_unless_it_is_asked_for_details(either: Send) -> None:
    funds = await either.funds()
    refused = await either.disburse(402, recipient_account_uri=f"pan:{BLOCKED}")
    assert detail(refused)[1] == "DECLINE"
    found = (await either.get("/disbursements?ref=pay_000001328"))["disbursements"]["data"]["disbursement"][0]
    again = await either.disbursed(
        disbursement_reference="pay_000001329", recipient_account_uri=f"pan:{BLOCKED}", query="?decline_details=true"
    )
    for made in (found, again):
        assert (made["status"], made["status_reason"]) == ("DECLINED", "DECLINED")
        (transaction,) = made["transaction_history"]["data"]["transaction"]
        assert transaction["network_status_code"] == "62"
        assert transaction["network_status_description"] == "Restricted card"
        assert transaction["merchant_advice_code"] == "03"
        assert "network_decision_code" not in transaction
    assert await either.funds() == funds
    assert either.api.is_clean()


@pytest.mark.parametrize(
    ("changes", "code", "advice"),
    [
        ({"recipient_account_uri": f"pan:{EXPIRED};exp=2024-09"}, "54", "merchant_advice_code"),
        ({"recipient_account_uri": "pan:4000121111119992"}, "14", "merchant_advice_code"),
        ({"recipient_account_uri": f"pan:{IN_BHD}"}, "57", "network_decision_code"),
        ({"amount": "5000001"}, "51", "network_decision_code"),  # more than the sender has
    ],
)
async def test_declines_come_with_the_code_of_whoever_declined(
    either: Send, changes: Json, code: str, advice: str
) -> None:
    made = await either.disbursed(query="?decline_details=true", **changes)
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert (made["status"], transaction["network_status_code"]) == ("DECLINED", code)
    assert advice in transaction
    assert await either.get(f"/disbursements/{made['id']}") == {"disbursement": made}
    assert either.api.is_clean()


async def test_to_a_card_in_another_currency_the_network_converts_at_the_rate_of_the_moment(either: Send) -> None:
    made = await either.disbursed(amount="10000", recipient_account_uri=f"pan:{IN_EUR}")
    assert (made["status"], made["disbursement_amount"]) == ("APPROVED", {"value": "10000", "currency": "USD"})
    assert await either.api.available("acct_lucia_ferri") == 800_00 + 91_44
    assert either.api.is_clean()


async def test_what_the_network_declines_comes_with_its_decision(send: Send) -> None:
    await send.api.post("/senders/snd_brightwater/top_ups", {"amount": 6_000_000}, key="top-1")
    made = await send.disbursed(amount="5000001", query="?decline_details=true")  # 50,000.01 USD: above its limit
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert (transaction["network_status_code"], transaction["network_decision_code"]) == ("61", "00")


async def test_a_push_that_never_reached_the_issuer_is_found_declined(either: Send) -> None:
    await either.fault(kind="lose_request", sender="opennet", receiver="coastline", message="original_credit")
    made = await either.disbursed()
    assert made["status"] == "UNKNOWN"
    found = (await either.get(f"/disbursements/{made['id']}"))["disbursement"]
    (transaction,) = found["transaction_history"]["data"]["transaction"]
    assert (found["status"], transaction["network_status_code"]) == ("DECLINED", "91")
    assert transaction["network_decision_code"] == "01"
    assert either.api.is_clean()


async def test_a_reference_is_used_once(either: Send) -> None:
    await either.disbursed()
    other: Json = {"amount": "1"}
    for changes in ({}, other):
        answer = await either.disburse(409, **changes)
        assert detail(answer) == ("disbursement_reference", "RESOURCE_ERROR", "110501")
    assert (await either.of(CITY).disbursed())["status"] == "APPROVED"  # another partner's own
    assert either.count("acquirer_disbursements") == 2


async def test_a_repeat_gets_the_first_answer_and_pays_nothing(either: Send) -> None:
    made = await either.disbursed()
    assert await either.disbursed(again=True) == made
    assert detail(await either.disburse(409, again=True, amount="1"))[2] == "110501"
    assert either.count("acquirer_disbursements") == 1


async def test_a_repeat_of_what_never_arrived_is_carried_out(either: Send) -> None:
    assert (await either.disbursed(again=True))["status"] == "APPROVED"
    assert either.count("acquirer_disbursements") == 1


@pytest.mark.parametrize("kind", ["lose_reply", "lose_request"])
async def test_an_unknown_outcome_is_found_out_by_reading(either: Send, kind: str) -> None:
    await either.fault(**LOST_REPLY | {"kind": kind})
    made = await either.disbursed()
    assert (made["status"], made["transaction_history"]["data"]["transaction"][0]["status"]) == ("UNKNOWN", "UNKNOWN")
    assert (await either.funds())[1] > 62890
    found = (await either.get(f"/disbursements/{made['id']}"))["disbursement"]
    assert found["status"] == ("APPROVED" if kind == "lose_reply" else "DECLINED")
    if kind == "lose_request":  # it never arrived, and never will
        (transaction,) = found["transaction_history"]["data"]["transaction"]
        assert (transaction["network_status_code"], transaction["network_decision_code"]) == ("25", "02")
    assert (await either.funds())[1] == 0
    assert either.api.is_clean()


async def test_an_unknown_outcome_is_found_out_by_time_too(send: Send) -> None:
    await send.fault(**LOST_REPLY)
    made = await send.disbursed()
    await send.api.post("/sandbox/clock/wind", {"seconds": 120}, 200)
    (ours,) = (await send.api.get("/disbursements"))["data"]
    assert ours["status"] == "paid"
    assert (await send.disbursed(again=True))["status"] == "APPROVED"
    assert (await send.get(f"/disbursements/{made['id']}"))["disbursement"]["status"] == "APPROVED"


async def test_nobody_reads_what_is_another_partners(send: Send) -> None:
    made = await send.disbursed()
    for path in (f"/disbursements/{made['id']}", "/disbursements?ref=pay_000001328", "/disbursements/disb_none"):
        answer = await send.of(CITY).get(path, 404)
        assert detail(answer) == ("RESOURCE_UNKNOWN", "RESOURCE_ERROR", "110507")


MISSING, TOO_SHORT, TOO_LONG, INVALID = "092000", "072000", "062000", "082000"
REASONS = {
    MISSING: "MISSING_REQUIRED_INPUT",
    TOO_SHORT: "INVALID_INPUT_LENGTH",
    TOO_LONG: "INVALID_INPUT_LENGTH",
    INVALID: "INVALID_INPUT_VALUE",
}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("disbursement_reference", ..., MISSING),
        ("disbursement_reference", None, MISSING),
        ("disbursement_reference", "short", TOO_SHORT),
        ("disbursement_reference", "r" * 41, TOO_LONG),
        ("disbursement_reference", "not a reference", INVALID),
        ("disbursement_reference", "5102589999999913", INVALID),
        ("payment_type", ..., MISSING),
        ("payment_type", "XYZ", INVALID),
        ("amount", ..., MISSING),
        ("amount", "", TOO_SHORT),
        ("amount", "1" * 13, TOO_LONG),
        ("amount", "12.50", INVALID),
        ("amount", "-100", INVALID),
        ("amount", "0", INVALID),
        ("amount", 100, INVALID),
        ("currency", ..., MISSING),
        ("currency", "US", TOO_SHORT),
        ("currency", "usd", INVALID),
        ("currency", "EUR", INVALID),
        ("recipient_account_uri", ..., MISSING),
        ("recipient_account_uri", "ABC", INVALID),
        ("recipient_account_uri", "pan:5102589999999914", INVALID),
        ("recipient_account_uri", "pan:4999991111110008", INVALID),
        ("recipient_account_uri", "pan:5102589999999913;exp=2050-13", INVALID),
        ("recipient_account_uri", "pan:5102589999999913;exp=02/50", INVALID),
        ("recipient_account_uri", "iban:DE89370400440532013000", INVALID),
        ("sender_account_uri", "ABC", INVALID),
        ("funding_source", "GOLD", INVALID),
        ("channel", "PIGEON", INVALID),
        ("transaction_local_date_time", "yesterday", INVALID),
        ("additional_message", "x" * 66, TOO_LONG),
        ("additional_message", "card 5102589999999913", INVALID),
        ("statement_descriptor", "x" * 23, TOO_LONG),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_happens(send: Send, field: str, value: Any, code: str) -> None:
    answer = await send.disburse(400, **{field: value})
    assert detail(answer) == (field, REASONS[code], code)
    error = problem(answer)
    assert error["RequestId"].startswith("rqst_")
    assert error["Recoverable"] == "false"
    assert "5102589999999913" not in str(answer)
    assert send.count("mastercard_send_instructions") == 0
    assert send.count("acquirer_disbursements") == 0


async def test_the_published_error_is_answered_as_published(send: Send) -> None:
    error = problem(await send.disburse(400, recipient_account_uri="pan:12"))
    assert error | {"RequestId": "rqst_..."} == {
        "RequestId": "rqst_...",
        "Source": "recipient_account_uri",
        "ReasonCode": "INVALID_INPUT_VALUE",
        "Description": "Invalid Account URI",
        "Recoverable": "false",
        "Details": {"Detail": [{"Name": "ErrorDetailCode", "Value": "082000"}]},
    }


async def test_every_wrong_field_is_named(send: Send) -> None:
    answer = await send.disburse(400, amount=..., currency="US", sender={"address": {"country": "US"}})
    assert [each["Source"] for each in answer["Errors"]["Error"]] == ["amount", "currency", "sender.address.country"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"payment_disbursement": []}', b"\xff"])
async def test_what_is_no_request_is_told_so(send: Send, body: bytes) -> None:
    path = f"/send/v1/partners/{send.partner}/disbursements/payment"
    answer = await send.http.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert detail(answer.json())[2] in (MISSING, INVALID)


async def test_a_body_that_is_too_large_is_refused(send: Send) -> None:
    answer = await send.post("/disbursements/payment", {"payment_disbursement": "x" * 1_000_001}, 400)
    assert detail(answer) == ("body", "INVALID_INPUT_LENGTH", TOO_LONG)


async def test_a_wrong_request_leaves_its_reference_free(send: Send) -> None:
    await send.disburse(400, amount="x")
    assert (await send.disbursed())["status"] == "APPROVED"


async def test_the_static_sandbox_always_approves_one_reference(either: Send) -> None:
    ids = []
    for _ in range(2):
        body = {"payment_disbursement": disbursement("HAPPYPATH_DISB_000001")}
        made = (await either.post("/disbursements/payment", body, prefix="/send/static/v1"))["disbursement"]
        assert made["status"] == "APPROVED"
        ids.append(made["id"])
    assert len(set(ids)) == 2
    found = await either.get("/disbursements?ref=HAPPYPATH_DISB_000001", prefix="/send/static/v1")
    assert found["disbursements"]["data"]["disbursement"][0]["id"] == ids[-1]
    body = {"payment_disbursement": disbursement("HAPPYPATH_DISB_000002")}
    await either.post("/disbursements/payment", body, prefix="/send/static/v1")
    assert detail(await either.post("/disbursements/payment", body, 409, prefix="/send/static/v1"))[2] == "110501"


def disbursement(reference: str) -> Json:
    return {
        "disbursement_reference": reference,
        "payment_type": "BDB",
        "amount": "100",
        "currency": "USD",
        "recipient_account_uri": "pan:5102589999999921",
    }


async def test_only_what_is_needed_is_enough(either: Send) -> None:
    body = {"payment_disbursement": disbursement("minimal")}
    assert (await either.post("/disbursements/payment", body))["disbursement"]["funding_source"] == "DEPOSIT_ACCOUNT"
    (ours,) = (await either.api.get("/disbursements"))["data"]
    assert ours["recipient_name"] == "Card holder"
    assert either.api.is_clean()
