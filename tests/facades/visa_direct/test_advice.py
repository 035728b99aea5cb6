"""The deferred advice: whoever originated a push that was held back is told what became of it, in Visa's form."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from payments.facades.visa_direct.fields import check
from tests.facades.visa_direct.client import APPROVED, PUSH, Json, Visa, push
from tests.facades.visa_direct.test_later import wind
from tests.facades.visa_direct.test_outcomes import NUMBERS, stage
from tests.facades.visa_direct.test_plugged import CANCEL
from tests.webhooks.receiver import Receiver, listening

LATER: Json = {"serviceProcessingType": {"requestType": "02"}, "recipientPrimaryAccountNumber": APPROVED}
WHERE = "/visadirect/v1/pushpayment/advice/receive/deferredoct"
DAYS = 2 * 86_400 + 60


async def heard(visa: Visa, receiver: Receiver) -> str:
    """Have a credential listen; the secret its advices are signed with."""
    body = {"url": receiver.url("")}
    made = await visa.api.post("/sandbox/visa_direct/credentials/VISADIRECTDEMO0001/advices", body)
    assert made["url"] == receiver.url(WHERE)
    return str(made["secret"])


def advice(receiver: Receiver, secret: str) -> Any:
    """The only advice, whose signature is right and whose fields are as documented."""
    (told,) = receiver.requests
    assert told.path == WHERE
    told.verified(secret)
    body = orjson.loads(told.body)
    check("deferred_advice", body, True)
    return body


@pytest.mark.parametrize(("staged", "code"), [(None, "00"), ("05", "05")])
async def test_what_is_released_is_told(either: Visa, staged: str | None, code: str) -> None:
    async with listening() as receiver:
        secret = await heard(either, receiver)
        if staged:
            await stage(either, APPROVED, outcome="decline", code=staged)
        answer = await either.post(PUSH, push(**LATER))
        await either.post(PUSH, push(systemsTraceAuditNumber=7))  # not held back: nobody is told
        assert receiver.requests == []
        await wind(either, DAYS)
        told = advice(receiver, secret)
    assert (told["originalActionCode"], told["transactionTypeCode"]) == (code, "26")
    assert told["transactionIdentifier"] == str(answer["transactionIdentifier"]).zfill(15)
    assert (told["systemsTraceAuditNumber"], told["retrievalReferenceNumber"]) == ("451018", "412770452025")
    assert (told["amount"], told["amountInTransactionCurrency"]) == ("124.05", "840")
    assert told["serviceProcessingType"] == {"requestType": "02"}
    assert either.api.is_clean()


async def test_what_is_cancelled_is_told(visa: Visa) -> None:
    async with listening() as receiver:
        secret = await heard(visa, receiver)
        await visa.post(PUSH, push(**LATER))
        assert (await visa.post(CANCEL, NUMBERS))["actionCode"] == "85"
        await wind(visa, 60)
        assert advice(receiver, secret)["originalActionCode"] == "R0"


async def test_it_is_repeated_until_it_is_accepted_and_nobody_else_is_told(visa: Visa) -> None:
    other = await visa.credential("OTHER", "password", "snd_brightwater")
    async with listening(answers=[500]) as receiver:
        secret = await heard(visa, receiver)
        await other.post(PUSH, push(**LATER))
        await visa.post(PUSH, push(**LATER))
        await wind(visa, DAYS)
        await wind(visa, 3600)
        assert len(receiver.requests) == 2
        assert len({each.body for each in receiver.requests}) == 1
        del receiver.requests[0]
        assert advice(receiver, secret)["acquringBin"] == "408999"


async def test_an_unknown_credential_listens_to_nothing(visa: Visa) -> None:
    path = "/v1/sandbox/visa_direct/credentials/NOBODY/advices"
    answer = await visa.api.http.post(path, json={"url": "http://127.0.0.1:1"})
    assert answer.status_code == 404


async def test_of_what_was_converted_it_says_what_the_cardholder_gets(visa: Visa) -> None:
    async with listening() as receiver:
        secret = await heard(visa, receiver)
        await visa.post(PUSH, push(**(LATER | {"recipientPrimaryAccountNumber": "4000781111190978"})))
        await wind(visa, DAYS)
        told = advice(receiver, secret)
    assert (told["amount"], told["amountInTransactionCurrency"]) == ("124.05", "840")
    assert (told["cardholderBillingAmount"], told["cardholderBillingCurrency"]) == ("113.44", "978")
    assert (told["cardHolderBillingConvRate"], told["cardHolderBillingConvRateDecimalPosition"]) == ("9144895", "7")
    assert visa.api.is_clean()
