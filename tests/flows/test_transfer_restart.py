"""Person to person, when the process dies between any two steps: whoever starts next finishes it, and answers it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from payments import jobs
from payments.acquirer.funding import pull
from payments.acquirer.funding_reversal import reverse_funding
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull import Funding
from payments.acquirer.transfer import transfer
from payments.kit.clock import HOUR
from payments.kit.idempotency import Claim, Replayed
from tests.conftest import ENGINES
from tests.flows.pull_world import (
    FEE,
    FUNDS,
    NORAS,
    OMARS,
    WAITING,
    PullWorld,
    funding_order,
    pull_world,
    transfer_order,
)
from tests.flows.test_transfer_faults import SCENARIOS, Scenario, arm
from tests.test_recovery import die_after

pytestmark = pytest.mark.parametrize("database_url", ENGINES, indirect=True)
"""Not over the wire besides: the other stories of transfers are told there, and these are long."""

COURSES = ("all_is_well", "recipient_declined", "pull_unheard_of", "push_unheard_of", "found_declined")


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.name in COURSES], ids=str)
async def test_a_transfer_is_finished_whenever_the_process_died(
    database_url: str, monkeypatch: pytest.MonkeyPatch, scenario: Scenario
) -> None:
    for steps in itertools.count(1):
        asked = transfer_order(
            1_00, scenario.payer, scenario.recipient, claim=Claim.on("key", str(steps), "transfer", b"{}")
        )
        async with pull_world(database_url) as world:
            answered(world)
            before = cents(world)
            await arm(world, scenario)
            died = await die_after(steps, monkeypatch, transfer(world.harbor, asked))
        async with pull_world(database_url) as again:
            answered(again)
            await jobs.recover(again.sandbox)
            again.all_is_right()
            await again.mend()
            with pytest.raises(Replayed):
                await transfer(again.harbor, asked)
            await jobs.wind_by(again.sandbox, 3 * HOUR)
            again.all_is_right_and_quiet()
            made = again.all(Transfer)[-1]
            assert made.status in ("paid", "declined", "failed", "returned"), f"after {steps} steps"
            moved = [now - was for was, now in zip(before, cents(again), strict=True)]
            assert moved == ([-1_00 - FEE, 1_00, 0, 0] if made.status == "paid" else [0, 0, 0, 0]), f"{steps} steps"
        if not died:
            assert made.status == scenario.ends
            return


@pytest.mark.parametrize("flow", ["pull", "reversed"])
async def test_a_pull_is_finished_whenever_the_process_died(
    database_url: str, monkeypatch: pytest.MonkeyPatch, flow: str
) -> None:
    for steps in itertools.count(1):
        key = Claim.on("key", str(steps), "transfer", b"{}")
        async with pull_world(database_url) as world:
            answered(world)
            before = cents(world)
            pulled = await world.pull(1_00) if flow == "reversed" else None

            async def ask(world: PullWorld, pulled: Funding | None = pulled, key: Claim = key) -> Any:
                if pulled:
                    return await reverse_funding(world.harbor, pulled.id, key)
                return await pull(world.harbor, funding_order(1_00, claim=key))

            died = await die_after(steps, monkeypatch, ask(world))
        async with pull_world(database_url) as again:
            answered(again)
            await jobs.recover(again.sandbox)
            again.all_is_right()
            with pytest.raises(Replayed):
                await ask(again)
            await jobs.wind_by(again.sandbox, 3 * HOUR)
            again.all_is_right_and_quiet()
            status = again.funding().status
            received = status == "received"
            assert received or status in ("failed", "reversed"), f"after {steps} steps"
            moved = [now - was for was, now in zip(before, cents(again), strict=True)]
            assert moved == ([-1_00, 0, 75, 0] if received else [0, 0, 0, 0]), f"{steps} steps"
        if not died:
            assert status == ("reversed" if pulled else "received")
            return


def answered(world: PullWorld) -> None:
    """Have a door that answers with the status."""
    world.sandbox.world.render["transfer"] = lambda made, _: (201, f'"{made.status}"')


def cents(world: PullWorld) -> list[int]:
    return [world.balance(each) for each in (NORAS, OMARS, FUNDS, WAITING)]
