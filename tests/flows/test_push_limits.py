"""What an acquirer lets a sender push, each and in a day; the event before it is used up; funds that run low."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from payments.acquirer.disbursement import Disbursement, disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.push_limit import PartnerLimitReached, set_sender_limit
from payments.acquirer.sender import Standing
from payments.acquirer.standing import set_low_balance, used_on
from payments.acquirer.top_up import top_up
from payments.kit.clock import DAY
from payments.kit.database import Database
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.fate import durable
from payments.kit.idempotency import Claim, Replayed
from payments.ledger.balance import InsufficientFunds
from payments.sandbox import Sandbox
from payments.verify import verify
from tests.flows.push_world import FUNDS, PushWorld, order, push_world
from tests.flows.world import CITY, KEY

TO_NETWORK = "harbor → opennet"
THEO = "4000121111150062"
A_DAY = DAY // 1_000_000


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        assert verify(world.sandbox.world.database) == []


async def limit(world: PushWorld, sender: str = CITY, programme: str = "", **limits: int | None) -> None:
    await world.harbor.step(set_sender_limit, sender, programme, "USD", limits)


async def used(world: PushWorld, programme: str = "") -> tuple[int, int]:
    """What the city has pushed today."""
    standings = [each for each in world.all(Standing) if each.sender == CITY]
    return used_on(standings[0], await world.now() // DAY, programme) if standings else (0, 0)


def told(world: PushWorld, type: str) -> list[dict[str, Any]]:
    """What events of a type said."""
    return [json.loads(each.data) for each in world.all(Event) if each.type == type]


@pytest.mark.parametrize(
    ("limits", "amount", "name", "said"),
    [
        ({"least_amount": 5_00}, 4_99, "least_amount", "at least 5.00 USD a push"),
        ({"most_amount": 5_00}, 5_01, "most_amount", "at most 5.00 USD a push"),
        ({"daily_amount": 15_00}, 5_01, "daily_amount", "at most 15.00 USD a day, of which 10.00 USD are used"),
        ({"daily_count": 1}, 1, "daily_count", "at most 1 pushes a day"),
    ],
)
async def test_what_is_more_than_the_limit_is_refused_and_leaves_no_trace(
    world: PushWorld, limits: dict[str, Any], amount: int, name: str, said: str
) -> None:
    await world.push(10_00)
    await limit(world, **limits)
    before = len(world.all(Event))
    with pytest.raises(PartnerLimitReached, match=said) as refused:
        await world.push(amount)
    assert (refused.value.limit, refused.value.limit_id) == (name, f"{CITY}.USD")
    assert len(world.all(Event)) == before
    assert await used(world) == (1, 10_00)


async def test_a_limit_is_reached_to_the_cent_and_gone_the_next_day(world: PushWorld) -> None:
    await limit(world, daily_amount=20_00, daily_count=2)
    assert [(await world.push(each)).status for each in (15_00, 5_00)] == ["paid", "paid"]
    with pytest.raises(PartnerLimitReached):
        await world.push(1)
    await world.wind(A_DAY)
    assert await used(world) == (0, 0)
    assert (await world.push(20_00)).status == "paid"
    await limit(world, daily_amount=None, daily_count=None)
    assert (await world.push(20_00)).status == "paid"


async def test_a_programme_has_limits_of_its_own_and_counts_for_all(world: PushWorld) -> None:
    await limit(world, programme="payroll", daily_amount=10_00)
    await limit(world, daily_amount=25_00)
    assert (await world.push(10_00, business_application="PD")).status == "paid"
    with pytest.raises(PartnerLimitReached, match="payroll"):
        await world.push(1, business_application="PD")
    assert (await world.push(15_00)).status == "paid"
    with pytest.raises(PartnerLimitReached):
        await world.push(1)
    assert [await used(world, each) for each in ("payroll", "government_disbursement", "")] == [
        *((1, 10_00), (1, 15_00)),
        (2, 25_00),
    ]


async def test_a_limit_of_the_acquirer_is_for_each_of_its_senders(world: PushWorld) -> None:
    await limit(world, sender="", daily_amount=10_00)
    books = order(10_00, sender="snd_blue_door_books", business_application="FD")
    assert (await world.push(10_00)).status == "paid"
    assert (await disburse(world.harbor, books)).status == "paid"
    with pytest.raises(PartnerLimitReached):
        await disburse(world.harbor, books)


async def test_what_is_declined_is_taken_out_and_what_is_unknown_is_not(world: PushWorld) -> None:
    await limit(world, daily_amount=10_00)
    assert (await world.push(10_00, THEO)).status == "declined"
    assert await used(world) == (0, 0)
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    unknown = await world.push(10_00)
    with pytest.raises(PartnerLimitReached):
        await world.push(1)
    assert (await enquire(world.harbor, unknown.id)).status == "declined"
    assert (await world.push(10_00)).status == "paid"


async def test_a_decline_of_yesterday_gives_today_nothing(world: PushWorld) -> None:
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    unknown = await world.push(10_00)
    await world.wind(A_DAY)
    await world.push(7_00)
    await enquire(world.harbor, unknown.id)
    assert await used(world) == (1, 7_00)


async def test_who_repeats_the_last_push_a_limit_allowed_gets_its_answer(world: PushWorld) -> None:
    world.sandbox.world.render["push"] = lambda push, _: (201, f'"{push.status}"')
    await limit(world, daily_count=1)
    asked = order(claim=Claim.on("key", "1", "push", b"{}"))
    await disburse(world.harbor, asked)
    with pytest.raises(Replayed):
        await disburse(world.harbor, asked)


async def test_many_at_once_are_no_more_than_the_limit(world: PushWorld) -> None:
    await limit(world, daily_amount=10_00)
    pushes = await asyncio.gather(*(world.push(1_00) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(each, Disbursement) for each in pushes) == 10
    assert sum(isinstance(each, PartnerLimitReached) for each in pushes) == 20
    assert len(told(world, "push_limit.nearly_reached")) == 1


async def test_two_processes_together_push_no_more_than_the_limit(world: PushWorld, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # which has one process
    await limit(world, daily_count=10)
    other = Sandbox.open(Database(database_url), KEY)
    try:
        acquirers = [each.acquirers["harbor"] for each in (world.sandbox, other)] * 20
        going = [durable(disburse(each, order(1_00))) for each in acquirers]
        pushes = await asyncio.gather(*going, return_exceptions=True)
    finally:
        other.close()
    assert sum(isinstance(each, Disbursement) for each in pushes) == 10
    assert sum(isinstance(each, PartnerLimitReached) for each in pushes) == 30


async def test_an_event_says_when_most_of_the_day_is_used(world: PushWorld) -> None:
    await limit(world, daily_amount=100_00)
    await world.push(89_99)
    assert told(world, "push_limit.nearly_reached") == []
    paid = await world.push(1)
    (event,) = [each for each in world.all(Event) if each.type == "push_limit.nearly_reached"]
    assert (event.subject, event.reference) == (f"{CITY}.USD", paid.reference)
    assert json.loads(event.data) == {
        "sender": CITY,
        "programme": "",
        "currency": "USD",
        "daily_amount": 100_00,
        "used_amount": 90_00,
        "alert_percent": 90,
    }
    await world.push(5_00)
    assert len(told(world, "push_limit.nearly_reached")) == 1
    await world.wind(A_DAY)
    await limit(world, alert_percent=50)
    await world.push(50_00)
    assert len(told(world, "push_limit.nearly_reached")) == 2


# ── funds that run low ──────────────────────────────────────────────────────────────────────────────


async def test_an_event_says_once_when_funds_are_low(world: PushWorld) -> None:
    await world.harbor.step(set_low_balance, CITY, 9_000_00)
    await world.push(999_40)
    assert told(world, "sender.low_balance") == []
    assert world.available(FUNDS) == 9_000_00
    low = await world.push(1)
    (event,) = [each for each in world.all(Event) if each.type == "sender.low_balance"]
    assert (event.subject, event.reference) == (CITY, low.reference)
    assert json.loads(event.data) == {"available": 8_999_39, "low_balance_amount": 9_000_00, "currency": "USD"}
    await world.push(1)
    assert len(told(world, "sender.low_balance")) == 1
    await top_up(world.harbor, CITY, 1_000_00)
    await world.push(2_000_00)
    assert len(told(world, "sender.low_balance")) == 2


async def test_money_set_aside_counts_as_spent_until_it_comes_back(world: PushWorld) -> None:
    await world.harbor.step(set_low_balance, CITY, 9_000_00)
    await world.push(2_000_00, THEO)
    assert len(told(world, "sender.low_balance")) == 1
    assert [each.low for each in world.all(Standing) if each.sender == CITY] == [0]


async def test_a_threshold_above_what_there_is_is_told_at_once(world: PushWorld) -> None:
    assert (await world.harbor.step(set_low_balance, CITY, 10_000_01)).low == 1
    assert len(told(world, "sender.low_balance")) == 1
    assert (await world.harbor.step(set_low_balance, CITY, None)).low == 0
    with pytest.raises(InsufficientFunds):
        await world.push(10_000_00)
    with pytest.raises(NotFound):
        await world.sandbox.acquirers["summit"].step(set_low_balance, CITY, 1)
