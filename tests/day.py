"""A day in a seeded sandbox, its clock standing at two in the afternoon of Tuesday, 14 October 2025."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from payments.acquirer.authorization import authorize
from payments.acquirer.disbursement import Disbursement, DisbursementOrder, disburse
from payments.acquirer.payment import Order, Payment
from payments.acquirer.quote import QuoteOrder
from payments.acquirer.quoting import quote
from payments.kit.clock import instant
from payments.kit.database import Database, fetch
from payments.kit.idempotency import Claim
from payments.kit.records import Record
from payments.kit.secrets import CardNumber, Secret
from payments.sandbox import Sandbox
from payments.seed import open_seeded
from payments.seed.people import CVV, EXPIRY
from payments.switch.faults import arm_fault
from payments.switch.message import Party, PresentedCard
from payments.switch.staging import stage
from payments.verify import Finding, verify

AFTERNOON = instant(datetime(2025, 10, 14, 14, tzinfo=UTC))
KEY = b"k" * 32

BOOKS, CITY = "mch_blue_door_books", "snd_city_of_alder"
NORA, OMAR, GRETA = "4000121111104242", "4000341111140091", "4000561111120500"
LUCIA = "4000781111190978"

R = TypeVar("R", bound=Record)


@asynccontextmanager
async def a_day(url: str) -> AsyncIterator[Sandbox]:
    """The seeded sandbox in a migrated database, which may be new."""
    sandbox = await open_day(url)
    try:
        yield sandbox
    finally:
        sandbox.close()


async def open_day(url: str) -> Sandbox:
    """Open the seeded sandbox; flows with a claim leave the id and status of what they made as their answer."""
    sandbox = await open_seeded(Database(url), KEY, AFTERNOON, frozen=True)
    sandbox.world.render["test"] = lambda made, entries: (201, f"{made.id} {made.status} {','.join(entries)}")
    return sandbox


async def sell(
    sandbox: Sandbox, amount: int = 58_41, number: str = NORA, capture: bool = True, claim: Claim | None = None
) -> Payment:
    """Sell at the Blue Door Books."""
    card = PresentedCard(CardNumber(number), EXPIRY, Secret(CVV), "07")
    return await authorize(sandbox.acquirers["harbor"], Order(claim, BOOKS, card, amount, "USD", capture))


async def push(sandbox: Sandbox, amount: int = 250_00, number: str = NORA, claim: Claim | None = None) -> Disbursement:
    """Have the City of Alder push money to a card."""
    card = PresentedCard(CardNumber(number))
    order = DisbursementOrder(claim, CITY, card, amount, "USD", "mobile_app", "GD", Party("Nora Patel"), "relief")
    return await disburse(sandbox.acquirers["harbor"], order)


async def convert(sandbox: Sandbox, amount: int = 100_00) -> Disbursement:
    """Have the City of Alder push dollars to a card in euros."""
    harbor = sandbox.acquirers["harbor"]
    by = await quote(harbor, QuoteOrder(None, CITY, "DE", "EUR", amount))
    card = PresentedCard(CardNumber(LUCIA))
    order = DisbursementOrder(None, CITY, card, amount, "USD", "web", "GD", Party("Lucia Ferri"), quote=by.id)
    return await disburse(harbor, order)


async def arm(sandbox: Sandbox, kind: str, message: str, sender: str = "", receiver: str = "", times: int = 1) -> None:
    """Break the next messages of a kind; a delayed one comes too late."""
    await sandbox.faults.step(arm_fault, kind, sender, receiver, message, times, 60)


async def stage_for_nora(sandbox: Sandbox, outcome: str, seconds: int | None = None, times: int = 1) -> None:
    """Stage an outcome of the next pushes to Nora's card."""
    stagings, number = sandbox.stagings, CardNumber(NORA)
    await stagings.step(lambda work, _: stage(work, stagings, outcome, number=number, seconds=seconds, times=times))


def claim(key: str, body: bytes = b"{}") -> Claim:
    """What a request with an idempotency key says of itself."""
    return Claim.on("key_test", key, "test", body)


def rows(sandbox: Sandbox, kind: type[R], **only: Any) -> list[R]:
    """The rows of a table in the order of their keys."""
    table = kind.table()
    chosen = sa.select(table).where(*(table.c[name] == value for name, value in only.items()))
    return sandbox.world.database.read_now(fetch, kind, chosen.order_by(*table.primary_key))


def wrong(sandbox: Sandbox) -> list[Finding]:
    """What is wrong with the books."""
    return verify(sandbox.world.database)
