"""The documented fields: every published sample is taken as it is, and what is wrong is said by the field's name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from payments.facades.visa_direct.envelope import RequestRefused
from payments.facades.visa_direct.fields import check, documented, needed, parsed
from tests.facades.visa_direct.client import PUSH, SAMPLES, Json, Visa, push

NAMES = ("push", "pull", "reverse", "multi_push", "adjustment", "cancel", "attributes", "card_validation")
REQUESTS = (*NAMES, "multi_pull", "multi_reverse")

STRICT: Json = {  # the push sample as the schema itself wants it
    "acquiringBin": 408999,
    "cardAcceptor": {
        "address": {"country": "USA", "zipCode": "94404", "county": "San Mateo", "state": "CA", "city": "Foster City"},
        "idCode": "CA-IDCode-77765",
        "name": "Visa Inc. USA-Foster Cit",
        "terminalId": "TID-9999",
    },
    "pointOfServiceData": {"panEntryMode": 90, "posConditionCode": 0, "motoECIIndicator": 7},
    "senderReference": "ref",
    "recipientStreetName": "12 Queen Street",  # the sample's sender is in Canada
    "recipientCity": "Toronto",
}


def sent(body: Json) -> Json:
    """A body as the door reads it."""
    read: Json = parsed(json.dumps(body).encode())
    return read


@pytest.mark.parametrize("name", NAMES)
def test_every_published_request_is_taken(name: str) -> None:
    check(name, sent(SAMPLES[name]), strict=False)


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_needed_is_documented(name: str) -> None:
    assert {*needed(name)} <= {*documented(name), "request[]"}


async def test_numbers_may_be_texts_and_texts_numbers(visa: Visa) -> None:
    loose = push(
        amount="124.05",
        acquiringBin="408999",
        systemsTraceAuditNumber="451018",
        retrievalReferenceNumber=412770452025,
        recipientPrimaryAccountNumber=4060320000000127,
        transactionCurrencyCode=840,
        businessApplicationId="AA",
        sourceOfFundsCode=5,
        memberComments=None,
        somethingNew={"of": "tomorrow"},
    )
    assert (await visa.post(PUSH, loose))["actionCode"] == "00"
    assert await visa.api.available("acct_visa_0127") == 1_000_00 + 124_05


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 1.005}, "amount"),
        ({"amount": 1_000_000_000}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 1.5, "transactionCurrencyCode": "JPY"}, "amount"),
        ({"amount": 1.005, "transactionCurrencyCode": "BHD"}, "amount"),
        ({"transactionCurrencyCode": "XXX"}, "transactionCurrencyCode"),
        ({"transactionCurrencyCode": "999"}, "transactionCurrencyCode"),
        ({"transactionCurrencyCode": ""}, "transactionCurrencyCode"),
        ({"recipientPrimaryAccountNumber": ""}, "recipientPrimaryAccountNumber"),
        ({"recipientPrimaryAccountNumber": "12"}, "recipientPrimaryAccountNumber"),
        ({"recipientPrimaryAccountNumber": "4999991111110008"}, "recipientPrimaryAccountNumber"),
        ({"recipientCardExpiryDate": "10/29"}, "recipientCardExpiryDate"),
        ({"systemsTraceAuditNumber": 1_000_000}, "systemsTraceAuditNumber"),
        ({"systemsTraceAuditNumber": "abc"}, "systemsTraceAuditNumber"),
        ({"retrievalReferenceNumber": "436770452025"}, "retrievalReferenceNumber"),
        ({"retrievalReferenceNumber": "400070452025"}, "retrievalReferenceNumber"),
        ({"retrievalReferenceNumber": "4127704520251"}, "retrievalReferenceNumber"),
        ({"acquiringBin": "12345678901234"}, "acquiringBin"),
        ({"cardAcceptor": "none"}, "cardAcceptor"),
        ({"cardAcceptor": {}}, "cardAcceptor"),
        ({"cardAcceptor": {"idCode": "1", "name": "n"}}, "cardAcceptor.terminalId"),
        ({"recipientName": "Nora 4000121111104242"}, "recipientName"),
        ({"recipientName": "N" * 200}, "recipientName"),
        ({"recipientName": "No\nra"}, "recipientName"),
        ({"recipientName": {}}, "recipientName"),
        ({"recipientName": "\ud800"}, "The body"),
        ({"memberComments": "pay 4000121111104242"}, "A card number"),
        ({"senderAddress": "4000121111104242 Road"}, "senderAddress"),
        ({"senderCity": "No\u0000where"}, "senderAddress"),
        ({"businessApplicationId": "\u0000"}, "businessApplicationId"),
        ({"cardAcceptor": {"idCode": "x" * 16, "name": "n", "terminalId": "1"}}, "cardAcceptor.idCode"),
        ({"cardAcceptor": {"idCode": "1", "name": "n", "terminalId": "t\u0000"}}, "cardAcceptor.terminalId"),
        ({"amount": "1e5"}, "amount"),
        ({"senderAdditionalData": {"identificationList": {}}}, "senderAdditionalData.identificationList"),
        ({"senderAdditionalData": {"identificationList": [7]}}, "senderAdditionalData.identificationList"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_moves(visa: Visa, changes: Json, field: str) -> None:
    text = json.dumps(push(**changes)).encode()
    answer = await visa.http.post(PUSH, content=text, headers={"Content-Type": "application/json"})
    message = await visa.error(answer, 400, "3001")
    assert message.startswith(field)
    assert "4999991111110008" not in answer.text
    assert "4000121111104242" not in answer.text
    assert visa.api.world()["acquirer_disbursements"] == 0


async def test_the_strict_hold_the_whole_schema(visa: Visa) -> None:
    strict = await visa.credential(user="STRICT", password="pw", sender="snd_opal_payouts", strict=True)
    assert (await strict.post(PUSH, push(**STRICT)))["actionCode"] == "00"
    message = await strict.error(await strict.send(PUSH, push()), 400, "3001")
    assert "pointOfServiceData.posConditionCode" in message or "cardAcceptor" in message
    headers = {"X_Transaction_Timeout_MS": "0"}
    await strict.error(await strict.send(PUSH, push(**STRICT), **headers), 400, "3001")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"acquiringBin": "408999"}, "acquiringBin must be a number"),
        ({"senderName": "N"}, "senderName must have 2 to 30"),
        ({"senderName": 77}, "senderName must be a text"),
        ({"pointOfServiceData": {"motoECIIndicator": 9}}, "pointOfServiceData.motoECIIndicator must be from 1 to 8"),
        ({"unheardOf": 1}, "unheardOf is no field"),
        ({"4060320000000127": 1}, "? is no field"),
        ({"cardSequenceNumber": 1.5}, "cardSequenceNumber must be a whole number"),
        ({"cardAcceptor": {"idCode": "1", "name": "n", "terminalId": "1"}}, "cardAcceptor.address is required"),
        (
            {"senderAdditionalData": {"identificationList": [{"idType": "NONE"}]}},
            "senderAdditionalData.identificationList[].idType must be one of",
        ),
        ({"localTransactionDateTime": None}, "localTransactionDateTime is required"),
    ],
)
def test_what_only_the_strict_refuse(changes: dict[str, Any], wrong: str) -> None:
    body = sent(push(**STRICT) | changes)
    with pytest.raises(RequestRefused) as refused:
        check("push", body, strict=True)
    assert refused.value.detail.startswith(wrong)
