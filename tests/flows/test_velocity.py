"""What may be pushed to a card in 1, 3, 7 and 30 days: over all acquirers, counted once, whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from payments.acquirer.disbursement import Disbursement, disburse
from payments.acquirer.enquiry import enquire
from payments.kit.clock import DAY
from payments.kit.database import Database
from payments.kit.fate import durable
from payments.network.card_limit import CardLimit, default_limit, set_card_limit
from payments.network.enquiry import ask_issuer
from payments.network.programme import WINDOWS
from payments.network.transaction import Transaction
from payments.network.velocity import CardVelocity, counted, in_window
from payments.sandbox import Sandbox
from payments.verify import verify
from tests.flows import world as flows
from tests.flows.push_world import PushWorld, order, push_world
from tests.flows.world import KEY, NORA, OMAR

TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"
THEO = "4000121111150062"
A_DAY = DAY // 1_000_000


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        assert verify(world.sandbox.world.database) == []


async def limit(world: PushWorld, business_application: str = "", **limits: int | None) -> CardLimit:
    return await world.sandbox.network.step(set_card_limit, "USD", business_application, limits)


async def pushed(world: PushWorld, days: int = 1) -> tuple[int, int]:
    """How often and how much was pushed to the one card there is, in so many days."""
    (velocity,) = world.all(CardVelocity)
    return in_window(counted(velocity), days, await world.now())


async def codes(world: PushWorld, *amounts: int, **changes: Any) -> list[str]:
    return [(await world.push(each, **changes)).response_code for each in amounts]


async def test_only_the_published_limit_holds_until_others_are_set(world: PushWorld) -> None:
    now = await world.now()
    assert default_limit("USD", now).transaction_amount == 50_000_00
    for currency in ("USD", "EUR"):
        default = default_limit(currency, now)
        assert {getattr(default, f"{what}_{days}d") for what in ("amount", "count") for days in WINDOWS} == {None}
    assert await codes(world, *[1] * 20) == ["00"] * 20
    assert await pushed(world) == (20, 20)


async def test_amounts_are_declined_with_61_and_counts_with_65(world: PushWorld) -> None:
    await limit(world, transaction_amount=100_00, amount_1d=150_00, count_1d=3)
    assert await codes(world, 100_01, 100_00, 50_01, 49_00, 1_00, 1) == ["61", "00", "61", "00", "00", "61"]
    await limit(world, amount_1d=None)
    assert await codes(world, 1) == ["65"]
    declined = world.all(Disbursement)[-1]
    assert (declined.decided_by, declined.status) == ("opennet", "declined")
    assert await pushed(world) == (3, 150_00)
    world.money_is_where_it_should_be()


async def test_every_acquirer_counts_and_every_card_for_itself(world: PushWorld) -> None:
    await limit(world, count_1d=2)
    summit = world.sandbox.acquirers["summit"]
    other = order(1_00, sender="snd_brightwater", business_application="FD")
    assert (await world.push(1_00)).status == "paid"
    assert (await disburse(summit, other)).status == "paid"
    assert (await disburse(summit, other)).response_code == "65"
    assert (await world.push(1_00)).response_code == "65"
    assert (await world.push(1_00, OMAR)).status == "paid"


async def test_windows_slide_with_the_days(world: PushWorld) -> None:
    await limit(world, count_1d=1, count_3d=2, amount_7d=4_00, count_30d=5)
    days = []
    for _ in range(12):
        days += await codes(world, 1_00)
        await world.wind(A_DAY)
    # Two in three days; of the first seven days four; from then on as days go by; five in all in thirty.
    assert days == ["00", "00", "65", "00", "00", "65", "61", "00", "65", "65", "65", "65"]
    await world.wind(18 * A_DAY)
    assert await codes(world, 1_00) == ["00"]


async def test_a_kind_of_push_can_have_limits_of_its_own(world: PushWorld) -> None:
    await limit(world, "FD", transaction_amount=10_00, count_1d=1)
    await limit(world, count_1d=3)
    summit = world.sandbox.acquirers["summit"]
    corporate = order(10_00, sender="snd_brightwater", business_application="FD")
    assert (await disburse(summit, corporate)).status == "paid"
    assert (await disburse(summit, corporate)).response_code == "65"
    assert await codes(world, 20_00, 20_00, 20_00) == ["00", "00", "65"]


# ── counted once, and no more than was not declined ─────────────────────────────────────────────────


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
async def test_what_the_line_doubles_is_counted_once(world: PushWorld, hop: str) -> None:
    await world.arm("duplicate", hop, "original_credit")
    assert (await world.push(5_00)).status == "paid"
    assert await pushed(world) == (1, 5_00)


async def test_what_the_issuer_declines_is_not_counted(world: PushWorld) -> None:
    await limit(world, count_1d=1)
    assert await codes(world, 5_00, 5_00, to=THEO) == ["62", "62"]
    assert await pushed(world) == (0, 0)


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply"])
async def test_what_is_unknown_stays_counted_until_it_is_known(world: PushWorld, kind: str) -> None:
    await limit(world, count_1d=1)
    await world.arm(kind, TO_ISSUER, "original_credit")
    unknown = await world.push(5_00)
    assert unknown.status == "unknown"
    assert await pushed(world) == (1, 5_00)
    assert await codes(world, 5_00) == ["65"]
    for _ in range(2):
        found = await enquire(world.harbor, unknown.id)
    assert found.status == ("declined" if kind == "lose_request" else "paid")
    assert await pushed(world) == ((0, 0) if kind == "lose_request" else (1, 5_00))
    assert await codes(world, 5_00) == ["00" if kind == "lose_request" else "65"]


async def test_what_never_arrived_was_never_counted(world: PushWorld) -> None:
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    unknown = await world.push(5_00)
    assert (await enquire(world.harbor, unknown.id)).response_code == "25"
    assert world.all(CardVelocity) == []


async def test_a_late_decline_is_taken_out_of_the_day_it_set_out_on(world: PushWorld) -> None:
    await world.arm("lose_request", TO_ISSUER, "original_credit")
    await world.push(5_00)
    await world.wind(A_DAY)
    assert (await world.push(7_00)).status == "paid"
    assert [await pushed(world, days) for days in (1, 3)] == [(1, 7_00), (2, 12_00)]
    (open_one,) = [each for each in world.all(Transaction) if each.status == "unanswered"]
    await ask_issuer(world.sandbox.network, open_one.id)
    assert [await pushed(world, days) for days in (1, 3)] == [(1, 7_00), (1, 7_00)]


async def test_what_is_older_than_any_window_is_forgotten(world: PushWorld) -> None:
    await world.arm("lose_request", TO_ISSUER, "original_credit")
    await world.push(5_00)
    await world.wind(31 * A_DAY)
    assert (await world.push(7_00)).status == "paid"
    (open_one,) = [each for each in world.all(Transaction) if each.status == "unanswered"]
    await ask_issuer(world.sandbox.network, open_one.id)
    (velocity,) = world.all(CardVelocity)
    assert len(counted(velocity)) == 1
    assert await pushed(world, 30) == (1, 7_00)


async def test_many_at_once_are_no_more_than_the_limit(world: PushWorld) -> None:
    await limit(world, count_1d=10)
    pushes = await asyncio.gather(*(world.push(1_00) for _ in range(50)))
    assert sorted(each.response_code for each in pushes) == ["00"] * 10 + ["65"] * 40
    assert await pushed(world) == (10, 10_00)
    world.money_is_where_it_should_be()


async def test_two_processes_together_push_no_more_than_the_limit(world: PushWorld, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # which has one process
    await limit(world, amount_1d=10_00)
    assert (await world.push(1_00)).status == "paid"
    other = Sandbox.open(Database(database_url), KEY)
    try:
        acquirers = [each.acquirers["harbor"] for each in (world.sandbox, other)] * 30
        pushes = await asyncio.gather(*(durable(disburse(acquirer, order(1_00))) for acquirer in acquirers))
    finally:
        other.close()
    assert sorted(each.response_code for each in pushes) == ["00"] * 9 + ["61"] * 51
    assert await pushed(world) == (10, 10_00)
    world.money_is_where_it_should_be()


async def test_the_counters_hold_no_card_number(world: PushWorld) -> None:
    await world.push(1_00)
    assert all(NORA not in repr(each) for each in (*world.all(CardVelocity), *world.all(Transaction)))
    with suppress(ValueError):
        assert flows.NORA not in world.all(CardVelocity)[0].card
