"""Send 2.0's payments and searches: the published requests, every status, every code."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.facades.mastercard_send.sending import BOOKS, LOST_REPLY, PAYMENT, Json, Send, problem


async def test_the_published_payment_pays_the_card(either: Send) -> None:
    before = await either.api.available("acct_test_511751_0007")
    made = await either.pay()
    assert re.fullmatch(r"pid_[0-9a-z]{26}", made["paymentId"])
    assert (made["paymentReference"], made["transactionStatus"]) == ("pay_000001328", "APPROVED")
    assert (made["networkResponseCode"], made["transactionStatusReason"]) == ("00", "APPROVED")
    assert made["networkResponseDescription"] == "Approved or completed successfully"
    assert (made["processingCode"], made["merchantCategoryCode"]) == ("28", "6536")
    assert (made["settlementAmount"], made["settlementCurrency"]) == ("6000", "USD")
    assert made["fundsAvailability"] == "IMMEDIATE"
    assert re.fullmatch("[0-9A-Z]{6}", made["authorizationCode"])
    assert re.fullmatch("[0-9]{6}", made["systemTraceAuditNumber"])
    assert re.fullmatch("[0-9]{9}", made["switchSerialNumber"])
    assert re.fullmatch(r"123456[0-9]{13}", made["uniqueTransactionReference"])
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", made["transmissionDateTime"])
    assert await either.api.available("acct_test_511751_0007") == before + 6000
    assert either.api.is_clean()


async def test_it_is_found_by_its_id_and_by_the_partners_reference(either: Send) -> None:
    made = await either.pay()
    by_id = await either.search(paymentId=made["paymentId"])
    assert by_id == await either.search(paymentReference="pay_000001328")
    payments = by_id["payments"]
    assert (payments["itemCount"], payments["resourceType"]) == (1, "list")
    (row,) = payments["data"]["payments"]
    assert made.items() <= row.items()
    assert row["originalTransactionStatus"] == "APPROVED"
    assert row["recipient"]["accountUri"] == row["sender"]["accountUri"] == "pan:************0007"
    assert row["transferAcceptor"] == PAYMENT["transferAcceptor"]
    assert row["acquiringCredentials"] == PAYMENT["acquiringCredentials"]
    assert (row["paymentType"], row["transactionLocalDateTime"]) == ("P2P", "2021-06-17T18:05:02")
    (ours,) = (await either.api.get("/disbursements"))["data"]
    assert (ours["reference"], ours["amount"]) == (made["retrievalRequestNumber"], 6000)


async def test_a_declined_payment_is_a_201(either: Send) -> None:
    to = {"accountUri": "pan:5117510000000007;exp=2021-02;cvc=123"}
    made = await either.pay(recipient=to)
    assert (made["transactionStatus"], made["networkResponseCode"]) == ("DECLINED", "54")
    assert made["networkResponseDescription"] == "Expired card"
    assert "authorizationCode" not in made
    poor = await either.pay(paymentReference="pay_000001329", amount="900000")
    assert (poor["transactionStatus"], poor["networkResponseCode"]) == ("DECLINED", "51")
    (row,) = (await either.search(paymentReference="pay_000001329"))["payments"]["data"]["payments"]
    assert (row["transactionStatus"], row["originalTransactionStatus"]) == ("DECLINED", "DECLINED")
    assert either.api.is_clean()


@pytest.mark.parametrize("kind", ["lose_reply", "lose_request"])
async def test_a_payment_without_an_answer_is_pending_until_it_is_searched_for(either: Send, kind: str) -> None:
    await either.fault(**LOST_REPLY | {"kind": kind})
    made = await either.pay()
    assert made["transactionStatus"] == "PENDING"
    assert "networkResponseCode" not in made
    (row,) = (await either.search(paymentId=made["paymentId"]))["payments"]["data"]["payments"]
    assert row["transactionStatus"] == ("APPROVED" if kind == "lose_reply" else "DECLINED")
    assert row["originalTransactionStatus"] == "PENDING"
    assert (await either.funds())[1] == 0
    assert either.api.is_clean()


async def test_a_reference_is_used_once_and_repeated_with_the_flag(either: Send) -> None:
    made = await either.pay()
    assert await either.pay(409) == {
        "Errors": {
            "Error": [
                {
                    "Source": "paymentReference",
                    "ReasonCode": "RESOURCE_ERROR",
                    "Description": "Duplicate value",
                    "Recoverable": False,
                    "ErrorDetailCode": "110501",
                    "Details": None,
                }
            ]
        }
    }
    assert await either.pay(query="?repeat_flag=true") == made
    await either.pay(409, query="?repeat_flag=true", amount="1")
    assert problem(await either.pay(400, query="?repeat_flag=perhaps"))["Source"] == "repeat_flag"
    assert either.count("acquirer_disbursements") == 1
    assert (await either.of(BOOKS).pay())["transactionStatus"] == "APPROVED"


async def test_what_nobody_knows_is_not_found(send: Send) -> None:
    await send.pay()
    missing = {
        "Source": "RESOURCE_UNKNOWN",
        "ReasonCode": "RESOURCE_ERROR",
        "Description": "Record not found",
        "Recoverable": False,
        "ErrorDetailCode": "110507",
        "Details": None,
    }
    assert problem(await send.search(404, paymentReference="pay_000009999")) == missing
    assert problem(await send.search(404, paymentId="pid_1248596")) == missing
    assert problem(await send.of(BOOKS).search(404, paymentReference="pay_000001328")) == missing


@pytest.mark.parametrize("by", [{}, {"paymentId": "pid_1248596", "paymentReference": "pay_000001328"}])
async def test_a_search_is_by_one_of_the_two(send: Send, by: Json) -> None:
    assert problem(await send.search(400, **by))["ErrorDetailCode"] == "082000"


def within(name: str, /, **changes: Any) -> Json:
    """One object of the published payment, with changes."""
    return {name: {key: each for key, each in (PAYMENT[name] | changes).items() if each is not ...}}


CREDENTIALS: Json = {"acquiringIca": "123456"}
REQUIRED = [
    *("paymentReference", "amount", "currency", "acquiringCredentials", "transferAcceptor", "recipient", "sender"),
    *("fundingSource", "paymentType", "transactionLocalDateTime"),
]


@pytest.mark.parametrize("field", REQUIRED)
async def test_the_published_error_for_what_is_missing(send: Send, field: str) -> None:
    missing: Json = {field: ...}
    assert problem(await send.pay(400, **missing)) == {
        "Source": field,
        "ReasonCode": "MISSING_REQUIRED_INPUT",
        "Description": "Value is required",
        "Recoverable": False,
        "ErrorDetailCode": "092000",
        "Details": None,
    }


@pytest.mark.parametrize(
    ("changes", "source", "code"),
    [
        ({"paymentReference": "short"}, "paymentReference", "072000"),
        ({"paymentReference": "r" * 41}, "paymentReference", "062000"),
        ({"amount": "12.00"}, "amount", "082000"),
        ({"amount": "1" * 13}, "amount", "062000"),
        ({"currency": "XYZ"}, "currency", "082000"),
        ({"currency": "EUR"}, "currency", "082000"),
        ({"fundingSource": "CREDIT"}, "fundingSource", "082000"),
        ({"paymentType": "P2X"}, "paymentType", "082000"),
        ({"transactionLocalDateTime": "17/06/2021"}, "transactionLocalDateTime", "082000"),
        ({"transactionPurpose": "1"}, "transactionPurpose", "072000"),
        ({"merchantCategoryCode": "65367"}, "merchantCategoryCode", "062000"),
        ({"acquiringCredentials": CREDENTIALS}, "acquiringCredentials", "092000"),
        ({"acquiringCredentials": CREDENTIALS | {"dualMessage": {}}}, "acquiringCredentials.dualMessage", "092000"),
        (
            {
                "acquiringCredentials": CREDENTIALS
                | {"singleMessage": {"acquiringIdentificationCode": "123456789", "processorId": "8000001957"}}
            },
            "acquiringCredentials.singleMessage.processorId",
            "082000",
        ),
        (within("recipient", accountUri="pan:5117510000000008"), "recipient.accountUri", "082000"),
        (within("recipient", accountUri="pan:4999991111110008"), "recipient.accountUri", "082000"),
        (within("recipient", accountUri="raw:12345678"), "recipient.accountUri", "082000"),
        (within("recipient", name="x" * 121), "recipient.name", "062000"),
        (within("sender", accountUri="ABC"), "sender.accountUri", "082000"),
        (within("sender", name=...), "sender.name", "092000"),
        (within("sender", name="5117510000000007"), "sender.name", "082000"),
        (within("sender", address={"street": "1 Road"}), "sender.address.country", "092000"),
        (within("transferAcceptor", name="x" * 23), "transferAcceptor.name", "062000"),
        (within("transferAcceptor", terminalId="123456789"), "transferAcceptor.terminalId", "062000"),
        (within("sender", address={"street": "1 Road", "country": "ZZZ"}), "sender.address.country", "082000"),
        ({"interchangeRateDesignator": "MF"}, "body", "082000"),
        ({"paymentType": "P2M"}, "body", "082000"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_happens(send: Send, changes: Json, source: str, code: str) -> None:
    answer = await send.pay(400, **changes)
    assert (problem(answer)["Source"], problem(answer)["ErrorDetailCode"]) == (source, code)
    assert "5117510000000007" not in str(answer)
    assert send.count("acquirer_disbursements") == 0


async def test_what_is_sent_along_comes_back_and_what_is_secret_does_not(send: Send) -> None:
    crypto = {"cryptoType": "DSRP_DPD", "cryptoValue": "c2VjcmV0", "panSequenceNumber": "001"}
    changes = {
        **within("recipient", name="Jones  John", tokenCryptogram=crypto, governmentIdUris=["dln:NHL12506717"]),
        "additionalProgramData": {"crossNetwork": {"securityAnswer": "blue"}},
        "uniqueTransactionReference": "0555555128315305401",
        "interchangeRateDesignator": "MF",
        "merchantCategoryCode": "6538",
    }
    made = await send.pay(**changes)
    assert made["uniqueTransactionReference"] == "0555555128315305401"
    assert (made["merchantCategoryCode"], made["interchangeRateDesignator"]) == ("6538", "MF")
    found = str(await send.search(paymentId=made["paymentId"]))
    assert "Jones  John" in found
    assert not [each for each in ("c2VjcmV0", "NHL12506717", "blue", "5117510000000007") if each in found]
    (ours,) = (await send.api.get("/disbursements"))["data"]
    assert ours["recipient_name"] == "Jones John"
