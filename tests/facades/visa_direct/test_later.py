"""The time-out road: 202 and a status identifier, 303 while it runs, 94 for a repeat, and answers that were lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from payments.facades.visa_direct.contract import Ask
from payments.facades.visa_direct.flows import FLOWS
from payments.sandbox import Sandbox
from tests.facades.visa_direct.client import PUSH, QUERY, Json, Visa, push, read

CLIENT_ID = "X_Client_Transaction_ID"
TIMEOUT = "X_Transaction_Timeout_MS"
MINE: Json = {CLIENT_ID: "till-4711"}


@contextmanager
def standing_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Have every push wait before it begins, until the event is set."""
    go_on, flow = asyncio.Event(), FLOWS["push"]

    async def wait_first(sandbox: Sandbox, ask: Ask) -> object:
        await go_on.wait()
        return await flow.run(sandbox, ask)

    with monkeypatch.context() as patch:
        patch.setitem(FLOWS, "push", replace(flow, run=wait_first))
        yield go_on
        go_on.set()


async def finish(visa: Visa) -> None:
    """Wait for whatever is under way."""
    await visa.api.app.state.visa_direct.close()


async def wind(visa: Visa, seconds: int) -> None:
    await visa.api.post("/sandbox/clock/wind", {"seconds": seconds}, 200)


async def lose(visa: Visa, kind: str, receiver: str = "opennet", sender: str = "") -> None:
    fault = {"kind": kind, "receiver": receiver, "sender": sender, "message": "original_credit"}
    await visa.api.post("/sandbox/faults", fault)


async def test_a_timeout_of_one_millisecond_is_answered_later(either: Visa) -> None:
    told = await either.post(PUSH, push(), 202, **{TIMEOUT: "1"})
    assert [*told] == ["statusIdentifier"]
    await finish(either)
    answer = await either.get(f"{PUSH}/{told['statusIdentifier']}")
    assert (answer["actionCode"], answer["retrievalReferenceNumber"]) == ("00", "412770452025")
    assert await either.get(f"{PUSH}/{told['statusIdentifier']}") == answer
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05


async def test_what_is_not_done_in_time_goes_on(visa: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    with standing_still(monkeypatch) as go_on:
        told = await visa.post(PUSH, push(), 202, **{TIMEOUT: "5"})
        where = f"{PUSH}/{told['statusIdentifier']}"
        assert await visa.get(where, 202) == told
        assert await visa.get(where, 202) == told
        go_on.set()
        await finish(visa)
    assert (await visa.get(where))["actionCode"] == "00"


async def test_the_same_again_while_it_runs_is_sent_elsewhere(visa: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    with standing_still(monkeypatch) as go_on:
        told = await visa.post(PUSH, push(), 202, **MINE, **{TIMEOUT: "5"})
        again = await visa.send(PUSH, push(), **MINE)
        assert read(again, 303) == told
        assert again.headers["location"] == f"{PUSH}/{told['statusIdentifier']}"
        assert (await visa.send(PUSH, push())).status_code == 303  # by the five numbers alone, too
        go_on.set()
        await finish(visa)
    assert (await visa.get(again.headers["location"]))["actionCode"] == "00"
    assert await visa.api.available("acct_visa_0127") == 1_000_00 + 124_05


@pytest.mark.parametrize("headers", [{}, MINE], ids=["by its numbers", "by the client's id"])
async def test_the_same_again_afterwards_is_a_duplicate(either: Visa, headers: Json) -> None:
    first = await either.post(PUSH, push(), **headers)
    again = await either.post(PUSH, push(), **headers)
    assert (again["actionCode"], again["originalActionCode"]) == ("94", "00")
    assert again["transactionIdentifier"] == first["transactionIdentifier"]
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()


async def test_a_repeat_may_get_the_first_answer_by_switch(visa: Visa) -> None:
    credential: Json = {"user": "REPLAYING", "password": "pw", "sender": "snd_opal_payouts", "repeats": "replay"}
    client = await visa.credential(**credential)
    first = await client.post(PUSH, push(), **MINE)
    assert await client.post(PUSH, push(), **MINE) == first
    assert (await client.post(PUSH, push()))["actionCode"] == "94"  # without the id it is the network's duplicate


async def test_another_trace_number_is_another_push(visa: Visa) -> None:
    await visa.post(PUSH, push())
    other = await visa.post(PUSH, push(systemsTraceAuditNumber=451019))
    assert other["actionCode"] == "00"
    assert await visa.api.available("acct_visa_0127") == 1_000_00 + 2 * 124_05


@pytest.mark.parametrize("receiver", ["opennet", "first_prairie"])
async def test_a_lost_answer_takes_the_same_road(either: Visa, receiver: str) -> None:
    await lose(either, "lose_reply", receiver)
    told = await either.post(PUSH, push(), 202)
    where = f"{PUSH}/{told['statusIdentifier']}"
    assert await either.get(where, 202) == told
    assert (await either.send(PUSH, push())).status_code == 303
    (row,) = await either.get(QUERY, acquiringBIN="408999", stan="451018", rrn="412770452025")
    assert (row["statusCode"], "actionCode" in row) == ("IN_PROGRESS", False)
    await wind(either, 180)
    assert (await either.get(where))["actionCode"] == "00"
    assert (await either.post(PUSH, push()))["actionCode"] == "94"
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()


async def test_what_never_arrived_may_be_sent_again(either: Visa) -> None:
    await lose(either, "lose_request")
    told = await either.post(PUSH, push(), 202, **MINE)
    await wind(either, 180)
    assert (await either.get(f"{PUSH}/{told['statusIdentifier']}"))["actionCode"] == "25"
    assert await either.get(QUERY, acquiringBIN="408999", stan="451018", rrn="412770452025") == []
    assert (await either.post(PUSH, push(), **MINE))["actionCode"] == "00"
    assert (await either.post(PUSH, push(), **MINE))["actionCode"] == "94"
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()


async def test_a_message_that_comes_twice_pays_once(either: Visa) -> None:
    await lose(either, "duplicate", "first_prairie")
    await lose(either, "duplicate", "opennet")
    assert (await either.post(PUSH, push()))["actionCode"] == "00"
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()


async def test_many_at_once_make_one_push(either: Visa) -> None:
    answers = await asyncio.gather(*(either.send(PUSH, push(), **MINE) for _ in range(8)))
    codes = [each.json().get("actionCode") for each in answers if each.status_code == 200]
    assert codes.count("00") == 1
    assert {each.status_code for each in answers} <= {200, 303}
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05


async def test_a_status_identifier_is_good_for_a_day(visa: Visa) -> None:
    told = await visa.post(PUSH, push(), 202, **{TIMEOUT: "1"})
    await finish(visa)
    where = f"{PUSH}/{told['statusIdentifier']}"
    await wind(visa, 86_400 - 60)
    assert (await visa.get(where))["actionCode"] == "00"
    await wind(visa, 120)
    await visa.error(await visa.http.get(where), 404, "404")
    assert (await visa.post(PUSH, push()))["actionCode"] == "00"  # and as long is a repeat known as one


@pytest.mark.parametrize("path", [f"{PUSH}/nothing", f"{PUSH}/1491819372_186_81_l73c003_VDP_ARM"])
async def test_an_unknown_status_identifier(visa: Visa, path: str) -> None:
    await visa.error(await visa.http.get(path), 404, "404")


async def test_anothers_status_identifier_is_unknown(visa: Visa) -> None:
    told = await visa.post(PUSH, push(), 202, **{TIMEOUT: "1"})
    other = await visa.credential(user="OTHER", password="pw", sender="snd_city_of_alder")
    await other.error(await other.http.get(f"{PUSH}/{told['statusIdentifier']}"), 404, "404")


async def test_a_refusal_is_told_to_whoever_asks_later(visa: Visa) -> None:
    told = await visa.post(PUSH, push(amount=900_000), 202, **{TIMEOUT: "1"})
    await finish(visa)
    answer = await visa.http.get(f"{PUSH}/{told['statusIdentifier']}")
    await visa.error(answer, 400, "insufficient_funds")
    assert (await visa.post(PUSH, push()))["actionCode"] == "00"  # nothing came of it: the numbers are free


@pytest.mark.parametrize("given", ["0", "30001", "soon", "-1"])
async def test_a_wrong_timeout_is_refused_by_the_strict_only(visa: Visa, given: str) -> None:
    headers: dict[str, Any] = {TIMEOUT: given}
    assert (await visa.post(PUSH, push(), **headers))["actionCode"] == "00"
