"""Screening: before money moves, the names of payer and recipient are looked up in the sanctions list.

Names are scored before the step that writes a push down, so that no transaction waits for it. The step then makes sure
that the list they were scored by is still the one in force; if another has been loaded meanwhile, they are scored anew.
A hit does not refuse anything: the push is ``held``, its money set aside, until somebody decides (``held.py``). The
names of a transfer are looked up before its pull (``held_transfer.py``), and not again before its push.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.list_loading import catch_up
from payments.acquirer.name_index import HOLD_AT, NO_MATCH, Match
from payments.acquirer.person_to_person import Transfer, TransferOrder
from payments.acquirer.push import HELD, REFUSED, Disbursement, DisbursementOrder
from payments.acquirer.sanctions_list import ListInForce
from payments.acquirer.sender import Sender
from payments.kit.database import fetch
from payments.kit.errors import NotFound, Refusal
from payments.kit.lifecycle import Move, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Find
from payments.kit.work import Work

RELEASED: Final = "released"

_REMEMBERED: Final = 100_000

Order = DisbursementOrder | TransferOrder
Ordered = TypeVar("Ordered", bound=Order)
R = TypeVar("R")
Ts = TypeVarTuple("Ts")
"""What is screened."""


class ScreenedByAnotherList(Refusal):
    """The sanctions list was replaced after the names had been looked up in it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the names of a push scored by the list with that id ("": none is loaded) and its ``hold_at``."""

    list: str
    hold_at: int
    payer: Match = NO_MATCH
    recipient: Match = NO_MATCH

    @property
    def hit(self) -> bool:
        """Tell whether the push is to be held."""
        return bool(self.payer.score or self.recipient.score)


NO_HIT: Final = Verdict("", HOLD_AT)
"""What names without a hit score while no list is loaded."""


@record("acquirer_screenings", Index(None, "held", unique=True), Index(None, "status", "id"))
class Screening(Record):
    """Why something was ``held`` (a disbursement, or a transfer): by which list, and which entries its names are like.

    Scores are from 0 to 100.

    Names are not kept here. ``decided_by`` is the API key of who released or refused it, ``note`` what they said.
    """

    noun: ClassVar[str] = "screening"
    prefix: ClassVar[str] = "scr"
    moves: ClassVar[tuple[Move, ...]] = (Move("release", HELD, RELEASED), Move("refuse", HELD, REFUSED))

    id: Key[str]
    acquirer: str
    held: str
    list: str
    hold_at: int
    payer_entry: str
    payer_score: int
    recipient_entry: str
    recipient_score: int
    reference: str
    created_at: int
    status: Mutable[str]
    decided_by: Mutable[str] = ""
    decided_at: Mutable[int | None] = None
    note: Mutable[str] = ""


async def give_verdict(acquirer: Acquirer, order: Order) -> Verdict:
    """Score the names of an order by the list this process knows. Raises ``NotFound`` for its sender."""
    index = acquirer.screener.index
    if isinstance(order, DisbursementOrder) and order.transfer:
        return Verdict(index.id, index.hold_at)  # looked up before the pull
    payer = await _payer(acquirer, order)
    return Verdict(index.id, index.hold_at, index.match(payer), index.match(order.recipient.name))


async def _payer(acquirer: Acquirer, order: Order) -> str:
    if order.payer is not None:
        return order.payer.name
    payers = acquirer.screener.payers
    known = payers.get(order.sender)
    if known is None:
        if len(payers) >= _REMEMBERED:
            payers.clear()
        known = payers[order.sender] = await acquirer.world.database.read(_name_of, order.sender)
    return known


def _name_of(connection: sa.Connection, sender_id: str) -> str:
    found = fetch(connection, Sender, sa.select(Sender.table()).where(Sender.table().c.id == sender_id))
    if not found:
        raise NotFound(f"There is no sender {sender_id}.")
    return found[0].name


async def screened(
    acquirer: Acquirer, step: Callable[[Work, Acquirer, Ordered, Verdict, *Ts], R], order: Ordered, *more: *Ts
) -> R:
    """Run ``step(work, acquirer, order, verdict, *more)`` with a verdict by the list that is in force as it runs."""
    while True:
        verdict = await give_verdict(acquirer, order)
        try:
            return await acquirer.step(step, order, verdict, *more)
        except ScreenedByAnotherList:
            await catch_up(acquirer)


def list_in_force(acquirer: Acquirer) -> Find:
    """Return what a hot step that uses ``require_current`` has to look up."""
    return Find(ListInForce, "acquirer", acquirer.id)


def require_current(work: Work, acquirer: Acquirer, verdict: Verdict) -> None:
    """Make sure that the verdict is by the list in force. Raises ``ScreenedByAnotherList``."""
    current = work.find(ListInForce, "acquirer", acquirer.id)
    if (current.list if current else "") != verdict.list:
        raise ScreenedByAnotherList


def record_hit(work: Work, held: Disbursement | Transfer, verdict: Verdict) -> Screening:
    """Write down, in the step that holds something, why it is held."""
    screening = Screening(
        id=work.new_id(Screening.prefix),
        acquirer=held.acquirer,
        held=held.id,
        list=verdict.list,
        hold_at=verdict.hold_at,
        payer_entry=verdict.payer.entry,
        payer_score=verdict.payer.score,
        recipient_entry=verdict.recipient.entry,
        recipient_score=verdict.recipient.score,
        reference=held.reference,
        created_at=work.now,
        status=HELD,
    )
    scores = {"payer_score": screening.payer_score, "recipient_score": screening.recipient_score}
    announce(work, screening, {held.noun: held.id, "list": screening.list} | scores)
    return work.add(screening)
