"""A world in which money is pushed across currencies, and what a test of that asks of it."""

from __future__ import annotations

from typing import Any

from payments.acquirer.disbursement import Disbursement
from payments.acquirer.quote import Quote, QuoteOrder
from payments.acquirer.quoting import quote
from payments.acquirer.sender import Sender, open_sender
from payments.acquirer.top_up import top_up
from payments.verify import verify
from tests.flows.push_world import PushWorld
from tests.flows.world import CITY, mirrors_agree

LUCIA = "4000781111190978"
KENJI, NOOR = "4000901111110392", "4000911111180048"
LUCIAS = "coastline.cardholder.EUR.acct_lucia_ferri"
EUR = ("DE", "EUR")


async def quoted(world: PushWorld, to: tuple[str, str] = EUR, **given: Any) -> Quote:
    """A quote for the City of Alder: 100.00 USD to a German card, but for what is ``given``."""
    given = given if "amount" in given or "recipient_amount" in given else {"amount": 100_00} | given
    return await quote(world.harbor, QuoteOrder(given.pop("claim", None), given.pop("sender", CITY), *to, **given))


async def push_by(world: PushWorld, by: Quote, to: str = LUCIA, **changes: Any) -> Disbursement:
    """Push what was quoted to a card."""
    given: dict[str, Any] = {"amount": by.amount, "currency": by.currency, "sender": by.sender, "quote": by.id}
    return await world.push(**(given | {"to": to} | changes))


def books_are_right(world: PushWorld) -> None:
    """Nobody's cent is missing, and no two books disagree."""
    mirrors_agree(world.sandbox)
    assert verify(world.sandbox.world.database) == []


async def sender_in(world: PushWorld, currency: str, country: str, funds: int) -> Sender:
    """A company abroad, with funds in its own currency."""
    named = ("Sakura Works", "company", "Kyoto", country, currency, "1 Gion")
    opened: Sender = await world.harbor.step(open_sender, *named)
    await top_up(world.harbor, opened.id, funds)
    return opened
