"""What was in the accounts of a story's customers before it began, and what else happened there meanwhile.

Exactly, whatever happened at the same instant: by the order in which rows were written, not by the clock.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.console.aftermath import Happened
from payments.kit.database import fetch
from payments.kit.event_log import READ_LIMIT
from payments.kit.events import Positions
from payments.kit.ids import ROW_BITS, batch_of
from payments.ledger.account import Account
from payments.ledger.entry import EFFECTS, Transfer

Balance = dict[str, int]

_CUSTOMERS: Final = ("cardholder", "sender", "transfers")
"""The house's own accounts carry every payment there is: a story counts its own part in them, from nothing."""


def accounts_in(
    connection: sa.Connection, events: Iterable[Happened], customers: Iterable[str] = ()
) -> dict[str, Account]:
    """Return the ledger accounts that the money of a story goes through, by id; and those of its ``customers``."""
    ids = sorted({*customers, *(each for transfer in _transfers(events) for each in transfer[1:3])})
    table, found = Account.table(), {}
    for n in range(0, len(ids), READ_LIMIT):
        some = sa.select(table).where(table.c.id.in_(ids[n : n + READ_LIMIT]))
        found.update({each.id: each for each in fetch(connection, Account, some)})
    return found


def _transfers(events: Iterable[Happened]) -> Iterable[Sequence[Any]]:
    for _, event in events:
        if event.type.startswith("money."):
            yield from orjson.loads(event.data)["transfers"]


def opening(connection: sa.Connection, own: Sequence[Happened], accounts: dict[str, Account]) -> dict[str, Balance]:
    """Return the counters of each customer's account before the first event of a story."""
    if not own:
        return {}
    start = own[0][1].id
    batch, positions, ids = batch_of(start), Positions.table().c, Transfer.table().c.id
    first = _first_of(connection, batch)
    earlier = sa.or_(positions.first < first, sa.and_(positions.batch == batch, ids < start))
    found = {}
    for each in _customers(accounts):
        found[each] = _nothing()
        for _, counters in _sums(connection, each, earlier):
            _add(found[each], counters)
    return found


def meanwhile(
    connection: sa.Connection, own: Sequence[Happened], later: Sequence[Happened], accounts: dict[str, Account]
) -> list[dict[str, Any]]:
    """Return what other stories wrote on each customer's account while this one went on.

    Each has the ``account``, the sums, and the position of the story's own event that it came ``after``.
    """
    if not own:
        return []
    marks = sorted(position for position, _ in [*own, *later])
    start, end = own[0][1].id, _first_of(connection, batch_of(max([*own, *later])[1].id))
    batch, positions, transfers = batch_of(start), Positions.table().c, Transfer.table().c
    during = sa.or_(
        positions.first > _first_of(connection, batch), sa.and_(positions.batch == batch, transfers.id > start)
    )
    others = transfers.reference.not_in(sorted({event.reference for _, event in own}))
    found: dict[tuple[str, int], Balance] = {}
    for each in _customers(accounts):
        for first, counters in _sums(connection, each, sa.and_(during, positions.first <= end, others)):
            after = marks[max(0, bisect_left(marks, first) - 1)]
            _add(found.setdefault((each, after), _nothing()), counters)
    return [{"account": account, "after": after, **counters} for (account, after), counters in sorted(found.items())]


def _customers(accounts: dict[str, Account]) -> list[str]:
    return sorted(id for id, each in accounts.items() if each.code in _CUSTOMERS)


def _first_of(connection: sa.Connection, batch: int) -> int:
    """Return the position of the first event of a batch."""
    positions = Positions.table().c
    first: int = connection.execute(sa.select(positions.first).where(positions.batch == batch)).scalar_one()
    return first


def _sums(connection: sa.Connection, account: str, which: sa.ColumnElement[bool]) -> Iterable[tuple[int, Balance]]:
    """Yield what was written on an account, by the batch that wrote it: its first position, and the counters' sums."""
    transfers, positions = Transfer.table().c, Positions.table().c
    joined = sa.join(
        transfers.id.table,
        positions.batch.table,
        positions.batch == transfers.id.op(">>")(sa.literal_column(str(ROW_BITS))),
    )
    for side, word in ((transfers.debit_account, "debits"), (transfers.credit_account, "credits")):
        sums = sa.select(positions.first, transfers.kind, sa.func.sum(transfers.amount)).select_from(joined)
        grouped = sums.where(side == account, which).group_by(positions.first, transfers.kind)
        for first, kind, total in connection.execute(grouped):
            posted, held = EFFECTS[kind]
            yield first, {word: posted * int(total), f"held_{word}": held * int(total)}


def _nothing() -> Balance:
    return {"debits": 0, "credits": 0, "held_debits": 0, "held_credits": 0}


def _add(balance: Balance, more: Balance) -> None:
    for name, amount in more.items():
        balance[name] += amount
