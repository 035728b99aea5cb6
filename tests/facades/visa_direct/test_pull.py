"""pullfundstransactions and reversefundstransactions: money from a card, and back, on our own books."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.facades.visa_direct.client import QUERY, REPORT, SAMPLES, Json, Visa
from tests.facades.visa_direct.test_later import CLIENT_ID, TIMEOUT, finish, wind
from tests.facades.visa_direct.test_plugged import ADJUST, PULL, PULLS, REVERSE
from tests.facades.visa_direct.test_query import today

REVERSES = "/visadirect/fundstransfer/v1/multireversefundstransactions"
TRACE: Json = {"acquiringBIN": "408999", "stan": "452011", "rrn": "330000560021"}
BODY: Json = SAMPLES["pull"] | {"senderCardExpiryDate": "2029-12"}  # that of the sandbox's card


def reversal(pulled: Json, **changes: object) -> Json:
    body: Json = SAMPLES["reverse"] | {"transactionIdentifier": pulled["transactionIdentifier"]} | changes
    return body


async def test_the_published_pull_is_approved(either: Visa) -> None:
    answer = await either.post(PULL, BODY)
    assert (answer["actionCode"], answer["responseCode"]) == ("00", "5")
    assert len(answer["approvalCode"]) == 6
    assert await either.api.available("acct_visa_0127") == 1_000_00 - 124_02
    (row,) = await either.get(QUERY, **TRACE)
    assert (row["transactionType"], row["actionCode"]) == ("SALES DRAFT", "00")
    (ours,) = (await either.api.get("/fundings"))["data"]
    assert int(ours["network_id"]) == answer["transactionIdentifier"]
    assert either.api.is_clean()


async def test_the_published_pull_as_it_stands_names_a_card_that_is_over(visa: Visa) -> None:
    assert (await visa.post(PULL, SAMPLES["pull"]))["actionCode"] == "54"


async def test_a_pull_twice_is_a_duplicate(either: Visa) -> None:
    headers: Json = {CLIENT_ID: "once"}
    await either.post(PULL, BODY, **headers)
    again = await either.post(PULL, BODY, **headers)
    assert (again["actionCode"], again["originalActionCode"]) == ("94", "00")
    assert await either.api.available("acct_visa_0127") == 1_000_00 - 124_02


async def test_a_pull_asked_about_later(visa: Visa) -> None:
    headers: Json = {TIMEOUT: "1"}
    told = await visa.post(PULL, BODY, 202, **headers)
    await finish(visa)
    assert (await visa.get(f"{PULL}/{told['statusIdentifier']}"))["actionCode"] == "00"


async def test_a_pull_is_reversed(either: Visa) -> None:
    pulled = await either.post(PULL, BODY)
    answer = await either.post(REVERSE, reversal(pulled))
    assert answer["actionCode"] == "00"
    assert answer["transactionIdentifier"] == pulled["transactionIdentifier"]
    assert await either.api.available("acct_visa_0127") == 1_000_00
    assert (await either.post(REVERSE, reversal(pulled)))["actionCode"] == "94"
    day = await today(either)
    rows = await either.get(REPORT, fromDate=day, toDate=day)
    assert sorted(each["transactionState"] for each in rows) == ["SALES DRAFT", "SALES REVERSAL"]
    assert either.api.is_clean()


async def test_what_cannot_be_reversed(visa: Visa) -> None:
    unknown = await visa.send(REVERSE, SAMPLES["reverse"])
    await visa.error(unknown, 404, "not_found")
    pulled = await visa.post(PULL, BODY)
    await visa.error(await visa.send(REVERSE, reversal(pulled, amount=1)), 400, "not_available")
    await wind(visa, 86_400 + 60)
    late = await visa.send(REVERSE, reversal(pulled))
    await visa.error(late, 400, "reversal_window_over")


async def test_a_pull_is_adjusted_when_it_is_too_late_to_reverse_it(either: Visa) -> None:
    pulled = await either.post(PULL, BODY)
    await wind(either, 86_400 + 60)
    body = SAMPLES["adjustment"] | {
        "transactionIdentifier": pulled["transactionIdentifier"],
        "transactionTypeCode": "22",
        "messageReasonCode": 2140,
    }
    await either.error(await either.send(ADJUST, body | {"amount": 1}), 400, "not_available")
    answer = await either.post(ADJUST, body)
    assert (answer["actionCode"], answer["transactionIdentifier"]) == ("00", pulled["transactionIdentifier"])
    assert await either.api.available("acct_visa_0127") == 1_000_00
    assert (await either.post(ADJUST, body))["actionCode"] == "94"
    (ours,) = (await either.api.get("/fundings"))["data"]
    assert ours["status"] == "adjusted"
    made = f"{datetime.fromisoformat(ours['created_at']):%d%m%Y}"
    assert len(await either.get(REPORT, fromDate=made, toDate=made)) == 2
    assert either.api.is_clean()


async def test_anothers_pull_is_unknown(visa: Visa) -> None:
    pulled = await visa.post(PULL, BODY)
    other = await visa.credential(user="OTHER", password="pw", sender="snd_city_of_alder")
    await other.error(await other.send(REVERSE, reversal(pulled)), 404, "not_found")


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply"])
async def test_a_pull_without_an_answer_takes_nothing(either: Visa, kind: str) -> None:
    fault = {"kind": kind, "sender": "harbor", "receiver": "opennet"}
    await either.api.post("/sandbox/faults", fault)
    assert (await either.post(PULL, BODY))["actionCode"] == "91"
    await wind(either, 600)
    assert await either.api.available("acct_visa_0127") == 1_000_00
    assert await either.get(QUERY, **TRACE) == []
    assert (await either.post(PULL, BODY))["actionCode"] == "00"  # nothing was taken: it may be sent again
    assert await either.api.available("acct_visa_0127") == 1_000_00 - 124_02
    assert either.api.is_clean()


async def test_many_pulls_and_their_reversals(either: Visa) -> None:
    shared = {"acquiringBin": 408999, "localTransactionDateTime": "2023-05-05T12:00:00"}
    items = [BODY | {"systemsTraceAuditNumber": n, "amount": 10 + n} for n in range(3)]
    told = await either.post(PULLS, shared | {"request": items})
    await finish(either)
    found = (await either.get(f"{PULLS}/{told['statusIdentifier']}"))["response"]
    details = [each["aftResponseDetail"] for each in found]
    assert [each["actionCode"] for each in details] == ["00", "00", "00"]
    back = [reversal(each, systemsTraceAuditNumber=n, amount=10 + n) for n, each in enumerate(details)]
    told = await either.post(REVERSES, shared | {"request": back})
    await finish(either)
    found = (await either.get(f"{REVERSES}/{told['statusIdentifier']}"))["response"]
    assert [each["aftrResponseDetail"]["actionCode"] for each in found] == ["00", "00", "00"]
    assert await either.api.available("acct_visa_0127") == 1_000_00
    assert either.api.is_clean()
