"""What a story is about: a payment, a push, a pull, a transfer between people, or money paid in or out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from payments.acquirer.adjustment_request import Adjustment
from payments.acquirer.capture import Capture
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.acquirer.refund import Refund
from payments.acquirer.top_up import TopUp
from payments.issuer.deposit import Deposit
from payments.kit.clock import rfc3339
from payments.kit.database import fetch
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.records import Record

PULL: Final = "pull"
PUSH: Final = "push"

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Subject:
    """What a story is about: its ``row``, whether money is pulled or pushed, and where its events are found.

    ``facts`` never change while the story goes on. A transfer has two ``legs``: its pull, and its push once there is
    one.
    """

    id: str
    kind: str
    direction: str
    row: Any
    references: tuple[str, ...]
    facts: dict[str, Any]
    legs: tuple[Any, ...] = field(default=())


def find(connection: sa.Connection, kind: type[R], id: str) -> R | None:
    """Return a row by its key, if there is one."""
    table = kind.table()
    return next(iter(fetch(connection, kind, sa.select(table).where(table.c[kind.shape.key] == id))), None)


def subject_of(connection: sa.Connection, id: str) -> Subject:
    """Return what the story of ``id`` is about. A part is told in the story of the whole: a refund in its payment's.

    ``id`` may also be the reference (RRN) that messages and entries bear. Raises ``NotFound``.
    """
    for each in chain([id], _under(connection, id)):
        for read in _KINDS.get(each.partition("_")[0], ()):
            found = read(connection, each)
            if found is not None:
                return found
    raise NotFound(f"There is no story of {id[:60]}.")


def _under(connection: sa.Connection, reference: str) -> Iterator[str]:
    """Yield the ids of what stories are told of that a reference ties together, the first first."""
    events = Event.table().c
    subjects = sa.select(events.subject).where(events.reference == reference).order_by(events.id)
    yield from (each for each in connection.scalars(subjects) if each.partition("_")[0] in _KINDS)


def newest(connection: sa.Connection, limit: int) -> list[Subject]:
    """Return what the newest stories are about, newest first; the legs of a transfer are told in its own."""
    rows: list[Any] = [row for kind in _TOLD for row in _latest(connection, kind, limit)]
    rows.sort(key=lambda row: (row.created_at, row.id.partition("_")[2]), reverse=True)
    return [subject_of(connection, row.id) for row in rows[:limit]]


_TOLD: Final = (Payment, Disbursement, Transfer, Funding)


def _latest(connection: sa.Connection, kind: type[R], limit: int) -> Iterator[R]:
    table = kind.table()
    chosen = sa.select(table).order_by(table.c.id.desc()).limit(limit)
    if "transfer" in table.c:
        chosen = chosen.where(table.c.transfer == "")
    return iter(fetch(connection, kind, chosen))


def _facts(row: Any, *more: str) -> dict[str, Any]:
    names = ("amount", "currency", *more)
    return {name: getattr(row, name) for name in names} | {"created_at": rfc3339(row.created_at)}


def _payment(connection: sa.Connection, id: str) -> Subject | None:
    row = find(connection, Payment, id)
    if row is None:
        return None
    facts = _facts(row, "entry_mode", "description", "card_masked", "merchant")
    return Subject(row.id, "payment", PULL, row, (row.reference,), facts)


def _of_payment(kind: type[Any]) -> Callable[[sa.Connection, str], Subject | None]:
    def read(connection: sa.Connection, id: str) -> Subject | None:
        part = find(connection, kind, id)
        return None if part is None else _payment(connection, part.payment)

    return read


def _disbursement(connection: sa.Connection, id: str) -> Subject | None:
    row = find(connection, Disbursement, id)
    if row is None:
        return None
    if row.transfer:
        return _transfer(connection, row.transfer)
    facts = _facts(row, "fee_amount", "channel", "business_application", "card_masked", "sender", "statement_text")
    return Subject(row.id, "disbursement", PUSH, row, (row.reference,), facts)


def _adjustment(connection: sa.Connection, id: str) -> Subject | None:
    part = find(connection, Adjustment, id)
    return None if part is None else _disbursement(connection, part.disbursement)


def _funding(connection: sa.Connection, id: str) -> Subject | None:
    row = find(connection, Funding, id)
    if row is None:
        return None
    if row.transfer:
        return _transfer(connection, row.transfer)
    facts = _facts(row, "fee_amount", "channel", "business_application", "card_masked", "sender")
    return Subject(row.id, "funding", PULL, row, (row.reference,), facts)


def _transfer(connection: sa.Connection, id: str) -> Subject | None:
    row = find(connection, Transfer, id)
    if row is None:
        return None
    pull, push = find(connection, Funding, row.funding), find(connection, Disbursement, row.disbursement)
    legs = tuple(leg for leg in (pull, push) if leg is not None)
    facts = _facts(row, "fee_amount", "channel", "business_application", "sender", "recipient_card_masked")
    return Subject(row.id, "transfer", PUSH, row, tuple(leg.reference for leg in legs), facts, legs)


def _money_in(kind: type[Any], word: str, whose: str) -> Callable[[sa.Connection, str], Subject | None]:
    def read(connection: sa.Connection, id: str) -> Subject | None:
        row = find(connection, kind, id)
        if row is None:
            return None
        return Subject(row.id, word, PUSH, row, (row.reference,), _facts(row, whose))

    return read


_KINDS: Final[dict[str, tuple[Callable[[sa.Connection, str], Subject | None], ...]]] = {
    Payment.prefix: (_payment,),
    Capture.prefix: (_of_payment(Capture),),
    Refund.prefix: (_of_payment(Refund),),
    Disbursement.prefix: (_disbursement,),
    Adjustment.prefix: (_adjustment,),
    Funding.prefix: (_funding,),
    Transfer.prefix: (_transfer,),
    Deposit.prefix: (_money_in(Deposit, "deposit", "account"),),
    TopUp.prefix: (_money_in(TopUp, "top_up", "sender"),),
    Payout.prefix: (_money_in(Payout, "payout", "merchant"),),
}
"""What ids begin with, and how what they name is read."""
