"""Person to person, under every single fault at every hop of every message: no cent is lost, none is doubled.

Each scenario is a course a transfer can take by itself or because of what was broken before; in each, one more thing is
broken: every kind of fault, at both hops, of each message. Then the clock is wound on, and the money has to be where it
should be: off the payer's card exactly if it is on the recipient's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import orjson
import pytest

from payments.kit.events import Event
from payments.switch.faults import DELAY, DUPLICATE, LOSE_REPLY, LOSE_REQUEST
from tests.conftest import ENGINES
from tests.flows import world as flows
from tests.flows.crossing_world import LUCIA, LUCIAS, NOOR
from tests.flows.pull_world import FEE, FUNDS, NORAS, OMARS, SHOP, WAITING, PullWorld, pull_world
from tests.flows.world import NORA, OMAR

LIAM, THEO = "4000121111180051", "4000121111150062"
TO_NETWORK, TO_ISSUER = ("harbor", "opennet"), ("opennet", "")
PULL, UNDO, PUSH, ASK, ADJUST = (
    *("account_funding", "funding_reversal", "original_credit", "enquiry"),
    "funding_adjustment",
)
FAULTS = list(product((LOSE_REQUEST, LOSE_REPLY, DUPLICATE, DELAY), (TO_NETWORK, TO_ISSUER), (PULL, UNDO, PUSH, ASK)))
HOUR = 3600

pytestmark = pytest.mark.parametrize("database_url", ENGINES, indirect=True)
"""Not over the wire besides: the other stories of transfers are told there, and these are long."""


def first(*messages: str) -> set[tuple[str, str]]:
    """The first hop of messages: from the acquirer to the network."""
    return {(each, "harbor") for each in messages}


def both(*messages: str) -> set[tuple[str, str]]:
    """Both hops of messages."""
    return first(*messages) | {(each, "opennet") for each in messages}


@dataclass(frozen=True)
class Scenario:
    """What course the transfer takes: between which cards, after what was broken ``before``, and how it ``ends``.

    ``hops`` are those at which one more fault is sure to strike; ``arrives`` is what 1.00 USD brings the recipient.
    """

    name: str
    ends: str
    hops: set[tuple[str, str]]
    payer: str = NORA
    recipient: str = OMAR
    before: tuple[tuple[str, tuple[str, str], str, int], ...] = ()
    arrives: int = 1_00

    def __str__(self) -> str:
        return self.name


SCENARIOS = [
    Scenario("all_is_well", "paid", both(PULL, PUSH)),
    Scenario("payer_declined", "declined", both(PULL), payer=LIAM),
    Scenario("recipient_declined", "returned", both(PULL, PUSH, UNDO), recipient=THEO),
    Scenario("pull_never_arrived", "failed", first(PULL, UNDO), before=((LOSE_REQUEST, TO_NETWORK, PULL, 1),)),
    Scenario("pull_unheard_of", "failed", both(PULL, UNDO), before=((LOSE_REPLY, TO_NETWORK, PULL, 1),)),
    Scenario(
        "payers_bank_silent",
        "declined",
        both(PULL) | {(UNDO, "opennet")},
        before=((LOSE_REPLY, TO_ISSUER, PULL, 1),),
    ),
    Scenario(
        "push_never_arrived",
        "returned",
        both(PULL, UNDO) | first(PUSH, ASK),
        before=((LOSE_REQUEST, TO_NETWORK, PUSH, 1),),
    ),
    Scenario("push_unheard_of", "paid", both(PULL, PUSH) | first(ASK), before=((LOSE_REPLY, TO_NETWORK, PUSH, 1),)),
    Scenario("recipients_bank_silent", "paid", both(PULL, PUSH, ASK), before=((LOSE_REPLY, TO_ISSUER, PUSH, 1),)),
    Scenario("converted", "paid", both(PULL, PUSH), recipient=LUCIA, arrives=91),
    Scenario(
        "converted_and_unheard_of",
        "paid",
        both(PULL, PUSH, ASK),
        recipient=LUCIA,
        before=((LOSE_REPLY, TO_ISSUER, PUSH, 1),),
        arrives=91,
    ),
    Scenario("not_converted", "returned", both(PULL, UNDO) | first(PUSH), recipient=NOOR),
    Scenario(
        "found_declined",
        "returned",
        both(PULL, PUSH, ASK, UNDO),
        recipient=THEO,
        before=((LOSE_REPLY, TO_ISSUER, PUSH, 1),),
    ),
]

LATE = Scenario(
    "too_late_to_reverse",
    "returned",
    both(ADJUST),
    recipient=THEO,
    before=((LOSE_REPLY, TO_NETWORK, PUSH, 1), (LOSE_REQUEST, TO_NETWORK, ASK, 99)),
)
"""The network does not say what became of the push for longer than a pull can be reversed."""


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PullWorld]:
    async with pull_world(database_url) as world:
        yield world


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
async def test_no_single_fault_loses_or_doubles_a_cent(world: PullWorld, scenario: Scenario) -> None:
    told = await transfers(world, scenario, [None])
    assert told == [scenario.ends]
    told = await transfers(world, scenario, FAULTS)
    assert set(told) <= {"paid", "declined", "failed", "returned"}
    assert scenario.ends in told
    assert struck(world) >= scenario.hops
    await world.run_jobs(4 * 24 * HOUR)
    world.all_is_right_and_quiet()


async def test_no_single_fault_loses_or_doubles_a_cent_when_it_is_too_late_to_reverse(world: PullWorld) -> None:
    faults = list(product((LOSE_REQUEST, LOSE_REPLY, DUPLICATE, DELAY), (TO_NETWORK, TO_ISSUER), (ADJUST,)))
    assert await transfers(world, LATE, [None, *faults]) == ["returned"] * 9
    assert struck(world) >= LATE.hops
    assert {each[1] for each in world.postings("pull_adjustment")["harbor"]} == {f"transfers.USD.{SHOP}"} | {
        "due_to_network.USD"
    }
    world.all_is_right_and_quiet()


async def transfers(world: PullWorld, scenario: Scenario, faults: list[Any]) -> list[str]:
    """Make a transfer under each fault, one after another; return how they ended. Every cent is counted each time."""
    ended = []
    for number, fault in enumerate(faults):
        await arm(world, scenario)
        if fault:
            kind, (sender, receiver), message = fault
            await flows.arm(world.sandbox, kind, sender, receiver, message)
        before = cards(world)
        made = await world.transfer(1_00, payer=scenario.payer, recipient=scenario.recipient)
        if number % 8 == 0:  # in the middle of things too
            world.all_is_right()
        await let_time_pass(world, scenario)
        await world.mend()
        await world.run_jobs(3 * HOUR)
        (now,) = [each for each in world.all(type(made)) if each.id == made.id]
        taken, given = (was - is_ for was, is_ in zip(before, cards(world), strict=True))
        paid = now.status == "paid"
        assert (taken, given) == ((1_00 + FEE, -scenario.arrives) if paid else (0, 0)), f"{fault}: {now.status}"
        assert world.balance(FUNDS) == 1_000_00, fault
        assert world.balance(WAITING) == 0, f"{fault}: {now.status}"
        assert (now.answered, now.answer_due_at) == (1, None), fault
        ended.append(now.status)
    world.all_is_right_and_quiet()
    return ended


async def arm(world: PullWorld, scenario: Scenario) -> None:
    for kind, hop, message, times in scenario.before:
        await flows.arm(world.sandbox, kind, *hop, message, times)


async def let_time_pass(world: PullWorld, scenario: Scenario) -> None:
    if scenario is LATE:
        await world.run_jobs(25 * HOUR)
        armed = [each for each in world.sandbox.faults._armed if each.message == ADJUST]
        await world.mend()
        for each in armed:
            await flows.arm(world.sandbox, each.kind, each.sender, each.receiver, each.message, each.times)
        await world.run_jobs(2 * HOUR)
    else:
        await world.run_jobs(3 * HOUR)


def cards(world: PullWorld) -> tuple[int, int]:
    """What is on the payer's and the recipients' accounts."""
    return world.balance(NORAS), world.balance(OMARS) + world.balance(LUCIAS)


def struck(world: PullWorld) -> set[tuple[str, str]]:
    """Which messages were broken on their way, and whose."""
    told = [orjson.loads(each.data) for each in world.all(Event) if each.type == "fault.injected"]
    return {(each["message"], each["sender"]) for each in told}
