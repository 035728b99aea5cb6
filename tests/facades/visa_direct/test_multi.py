"""multipushfundstransactions: many pushes in one request, each told apart by its trace number."""

from __future__ import annotations

import pytest

from tests.facades.visa_direct.client import BLOCKED, PUSH, PUSHES, SAMPLES, Json, Visa, push, read
from tests.facades.visa_direct.test_later import CLIENT_ID, finish, lose, standing_still, wind

ITEM: Json = SAMPLES["multi_push"]["request"][0]


def pushes(*items: Json) -> Json:
    """Visa's multi push sample, with these items in the place of its one."""
    numbered = [ITEM | {"systemsTraceAuditNumber": 101011 + n} | each for n, each in enumerate(items)]
    body: Json = SAMPLES["multi_push"] | {"request": numbered}
    return body


async def results(visa: Visa, body: Json) -> list[Json]:
    told = await visa.post(PUSHES, body)
    await finish(visa)
    found: list[Json] = (await visa.get(f"{PUSHES}/{told['statusIdentifier']}"))["response"]
    return found


async def test_the_published_multi_push(either: Visa) -> None:
    told = await either.post(PUSHES, SAMPLES["multi_push"])
    assert [*told] == ["statusIdentifier"]
    await finish(either)
    answer = await either.get(f"{PUSHES}/{told['statusIdentifier']}")
    assert answer["localTransactionDateTime"] == "2016-11-17T18:24:24"
    assert (answer["acquiringBin"], answer["acquirerCountryCode"]) == (408999, 840)
    (result,) = answer["response"]
    assert result["systemsTraceAuditNumber"] == 101011
    detail = result["octResponseDetail"]
    assert (detail["actionCode"], detail["retrievalReferenceNumber"]) == ("00", "401010101011")
    assert await either.api.available("acct_visa_0454") == 1_100_00
    assert either.api.is_clean()


async def test_each_has_an_answer_of_its_own(either: Visa) -> None:
    body = pushes(
        {},
        {"recipientPrimaryAccountNumber": BLOCKED},
        {"systemsTraceAuditNumber": 101011},
        {"amount": 5_000_000},
        {"recipientPrimaryAccountNumber": "4957030420210447"},
    )
    found = await results(either, body)
    codes = [each["octResponseDetail"]["actionCode"] for each in found]
    assert codes == ["00", "62", "94", "06", "14"]
    assert found[2]["octResponseDetail"]["originalActionCode"] == "00"
    assert found[3]["responseStatus"]["code"] == "insufficient_funds"
    assert await either.api.available("acct_visa_0454") == 1_100_00
    assert either.api.is_clean()


async def test_what_a_single_push_has_paid_is_a_duplicate(visa: Visa) -> None:
    await visa.post(PUSH, push())
    (found,) = await results(visa, pushes(push()))
    assert found["octResponseDetail"]["actionCode"] == "94"
    assert await visa.api.available("acct_visa_0127") == 1_000_00 + 124_05


async def test_while_it_runs_it_is_asked_for_in_vain(visa: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    headers: Json = {CLIENT_ID: "payday"}
    with standing_still(monkeypatch) as go_on:
        told = await visa.post(PUSHES, pushes({}, {}), **headers)
        assert await visa.get(f"{PUSHES}/{told['statusIdentifier']}", 202) == told
        again = await visa.send(PUSHES, pushes({}, {}), **headers)
        assert read(again, 303) == told
        go_on.set()
        await finish(visa)
    assert len((await visa.get(again.headers["location"]))["response"]) == 2
    (first, second) = await results(visa, pushes({}, {}))
    assert (first["octResponseDetail"]["actionCode"], second["octResponseDetail"]["actionCode"]) == ("94", "94")


async def test_one_lost_answer_keeps_it_running(visa: Visa) -> None:
    await lose(visa, "lose_reply")
    told = await visa.post(PUSHES, pushes({}, {}))
    await finish(visa)
    await visa.get(f"{PUSHES}/{told['statusIdentifier']}", 202)
    await wind(visa, 180)
    found = (await visa.get(f"{PUSHES}/{told['statusIdentifier']}"))["response"]
    assert [each["octResponseDetail"]["actionCode"] for each in found] == ["00", "00"]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"amount": "much"}, "request[]"),
        ({"amount": 0}, "request[1].amount"),
        ({"retrievalReferenceNumber": "x"}, "retrievalReferenceNumber"),
        ({"recipientPrimaryAccountNumber": None}, "request[]"),
    ],
)
async def test_one_wrong_item_stops_all(visa: Visa, item: Json, field: str) -> None:
    answer = await visa.send(PUSHES, pushes({}, item))
    assert field in await visa.error(answer, 400, "3001")
    await finish(visa)
    assert visa.api.world()["acquirer_disbursements"] == 0


@pytest.mark.parametrize("request_", [None, [], {}, [7]])
async def test_without_items_there_is_nothing_to_do(visa: Visa, request_: object) -> None:
    answer = await visa.send(PUSHES, SAMPLES["multi_push"] | {"request": request_})
    await visa.error(answer, 400, "3001")


async def test_an_unknown_identifier(visa: Visa) -> None:
    await visa.error(await visa.http.get(f"{PUSHES}/nothing"), 404, "404")
    told = await visa.post(PUSHES, SAMPLES["multi_push"])
    await finish(visa)
    await visa.error(await visa.http.get(f"{PUSH}/{told['statusIdentifier']}"), 404, "404")
    await wind(visa, 86_401)
    await visa.error(await visa.http.get(f"{PUSHES}/{told['statusIdentifier']}"), 404, "404")
