"""What may become of a push later, and staged outcomes, as this door tells of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.facades.visa_direct.client import PUSH, QUERY, REPORT, Json, Visa, push
from tests.facades.visa_direct.test_codes import CARDS
from tests.facades.visa_direct.test_later import wind
from tests.facades.visa_direct.test_plugged import ADJUST, CANCEL
from tests.facades.visa_direct.test_query import TRACE, today

LATER: Json = {"serviceProcessingType": {"requestType": "02"}}
NUMBERS: Json = {"acquiringBin": 408999, "systemsTraceAuditNumber": 451018, "retrievalReferenceNumber": "412770452025"}


async def stage(visa: Visa, card: str, **staging: Any) -> None:
    await visa.api.post("/sandbox/outcomes", {"card": {"number": card}, **staging})


@pytest.mark.parametrize("card", [each for each in CARDS if each["stage"]], ids=lambda each: str(each["number"]))
async def test_published_cards_that_need_staging(visa: Visa, card: Json) -> None:
    await stage(visa, card["number"], **card["stage"])
    for stan in (1, 2):
        numbers = {"recipientPrimaryAccountNumber": card["number"], "systemsTraceAuditNumber": stan}
        assert (await visa.post(PUSH, push(**numbers)))["actionCode"] == card["stage"]["code"]


async def test_a_deferred_push_is_pending_then_paid(either: Visa) -> None:
    answer = await either.post(PUSH, push(**LATER))
    assert (answer["actionCode"], answer["serviceProcessingType"]) == ("85", {"requestType": "02"})
    assert [each["statusCode"] for each in await either.get(QUERY, **TRACE)] == ["PENDING"]
    await wind(either, 2 * 86_400 + 60)
    (row,) = await either.get(QUERY, **TRACE)
    assert (row["statusCode"], row["actionCode"]) == ("COMPLETED", "00")
    assert either.api.is_clean()


async def test_a_deferred_push_is_cancelled(either: Visa) -> None:
    pushed = await either.post(PUSH, push(**LATER))
    answer = await either.post(CANCEL, NUMBERS)
    assert answer == {"transactionIdentifier": pushed["transactionIdentifier"], "actionCode": "85"}
    assert (await either.post(CANCEL, NUMBERS))["actionCode"] == "R0"
    assert [each["statusCode"] for each in await either.get(QUERY, **TRACE)] == ["CANCELLED"]
    await wind(either, 3 * 86_400)
    assert await either.api.available("acct_visa_0127") == 1_000_00
    assert either.api.is_clean()


async def test_what_cannot_be_cancelled(visa: Visa) -> None:
    assert await visa.post(CANCEL, NUMBERS) == {"actionCode": "25"}
    await visa.post(PUSH, push())
    assert (await visa.post(CANCEL, NUMBERS))["actionCode"] == "57"


async def test_a_released_push_is_beyond_recall(visa: Visa) -> None:
    await visa.post(PUSH, push(**LATER))
    await wind(visa, 2 * 86_400 + 60)
    assert (await visa.post(CANCEL, NUMBERS))["actionCode"] == "21"


async def test_a_push_is_adjusted(either: Visa) -> None:
    pushed = await either.post(PUSH, push())
    body = NUMBERS | {
        "systemsTraceAuditNumber": 451019,
        "amount": 24.05,
        "transactionIdentifier": pushed["transactionIdentifier"],
        "transactionTypeCode": "02",
        "messageReasonCode": 2150,
    }
    answer = await either.post(ADJUST, body)
    assert answer["actionCode"] == "00"
    assert answer["transactionIdentifier"] == pushed["transactionIdentifier"]
    assert await either.api.available("acct_visa_0127") == 1_100_00
    assert (await either.post(ADJUST, body))["actionCode"] == "94"
    day = await today(either)
    assert len(await either.get(REPORT, fromDate=day, toDate=day)) == 2
    assert either.api.is_clean()


async def test_an_adjustment_of_nothing(visa: Visa) -> None:
    body = NUMBERS | {
        "amount": 1,
        "transactionIdentifier": "139211034382335",
        "transactionTypeCode": "02",
        "messageReasonCode": 2150,
    }
    await visa.error(await visa.send(ADJUST, body), 404, "not_found")
