"""A day with some of everything: sales, declines, voids, refunds, pushes, pulls, lost answers, two settlements."""

from __future__ import annotations

import asyncio

from payments import jobs
from payments.acquirer.authorization import void
from payments.acquirer.refund import refund
from payments.acquirer.transfer import TransferOrder, transfer
from payments.kit.clock import DAY, HOUR, MINUTE
from payments.kit.secrets import CardNumber
from payments.sandbox import Sandbox
from payments.switch.faults import LOSE_REPLY
from payments.switch.message import Party, PresentedCard
from tests.day import GRETA, NORA, OMAR, arm, push, sell

BOOKS_AS_SENDER = "snd_blue_door_books"


async def live(sandbox: Sandbox) -> None:
    """Live through it; what is left open at the end is held and due."""
    harbor = sandbox.acquirers["harbor"]
    sold = await sell(sandbox)
    await void(harbor, (await sell(sandbox, 9_99, capture=False)).id)
    await sell(sandbox, 9_000_00)  # declined
    await asyncio.gather(*(sell(sandbox, amount, number) for amount, number in ((20_00, OMAR), (45_50, GRETA))))
    await arm(sandbox, LOSE_REPLY, "authorization_request", receiver="first_prairie")
    await sell(sandbox, 5_00)  # reversed
    await push(sandbox, 25_00)
    await arm(sandbox, LOSE_REPLY, "original_credit")
    await push(sandbox, 12_00)  # unknown for a while
    await transfer(harbor, _from_nora_to_omar())
    await jobs.wind_by(sandbox, HOUR)
    await jobs.wind_by(sandbox, 19 * HOUR + MINUTE)  # settled, and not paid out yet
    await refund(harbor, sold.id, 20_00)
    sold = await sell(sandbox, 31_40)
    await jobs.wind_by(sandbox, DAY - 12 * HOUR)
    await refund(harbor, sold.id, 5_00)
    await jobs.wind_by(sandbox, DAY)
    await push(sandbox, 7_00, OMAR)
    await sell(sandbox, 10_00, OMAR, capture=False)


def _from_nora_to_omar() -> TransferOrder:
    return TransferOrder(
        claim=None,
        sender=BOOKS_AS_SENDER,
        amount=30_00,
        currency="USD",
        payer=Party("Nora Patel", "12 Juniper Lane", city="Alder", region="OR", country="US"),
        payer_card=PresentedCard(CardNumber(NORA)),
        recipient=Party("Omar Diallo"),
        recipient_card=PresentedCard(CardNumber(OMAR)),
        channel="mobile_app",
    )
