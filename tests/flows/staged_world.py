"""A world in which outcomes are staged, and what a test of them asks of it."""

from __future__ import annotations

from typing import Any

from payments.acquirer.disbursement import Disbursement
from payments.acquirer.sender import Sender
from payments.issuer.notification import Notification
from payments.jobs.winding import wind
from payments.kit.secrets import CardNumber
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.switch.staging import ARMED, Staging, stage
from payments.verify import verify
from tests.flows.push_world import PushWorld
from tests.flows.world import CITY, NORA

FUNDED, NORAS_OWN = 10_000_00, 412_18
PAID_OUT = 250_60


def right(world: PushWorld) -> None:
    """Nothing is wrong with the books."""
    assert verify(world.sandbox.world.database) == []


async def staged(world: PushWorld, outcome: str, number: str = NORA, **more: Any) -> Staging:
    """Stage an outcome for a card, Nora's unless another is named."""
    stagings = world.sandbox.stagings
    return await stagings.step(lambda work, _: stage(work, stagings, outcome, number=CardNumber(number), **more))


async def staged_for_city(world: PushWorld, outcome: str, **more: Any) -> Staging:
    """Stage an outcome for the next push of the City of Alder."""
    (city,) = [each for each in world.all(Sender) if each.id == CITY]
    stagings, sender = world.sandbox.stagings, (city.id, city.acceptor)
    return await stagings.step(lambda work, _: stage(work, stagings, outcome, sender=sender, **more))


async def later(world: PushWorld, duration: int) -> None:
    """Let time pass; what falls due on the way is run."""
    await wind(world.sandbox, await world.now() + duration)


def pushed(world: PushWorld) -> Disbursement:
    """The one disbursement there is."""
    (one,) = world.all(Disbursement)
    return one


def told(world: PushWorld) -> list[tuple[str, str]]:
    """What cardholders were told, oldest first."""
    return [(each.title, each.text) for each in world.all(Notification)]


def armed(world: PushWorld) -> list[tuple[str, int | None]]:
    """What is still armed, with how often."""
    return [(each.outcome, each.times) for each in world.all(Staging) if each.status == ARMED]


async def drain(world: PushWorld, account_id: str) -> None:
    """Spend all there is on a cardholder's account."""

    def spend(work: Work, _: object) -> None:
        own, bank = work.fact(Account, account_id), account_id.partition(".")[0]
        left = work.get(Balance, account_id).available
        book(work, "withdraw", "", transfer(own, account(work, bank, "equity", "USD"), left, "spent"))

    await world.sandbox.issuers["first_prairie"].step(spend)
