"""What was in an account before a story began: exactly, whatever happened at the same instant."""

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
from payments.ledger.entry import HOLD, POST, TRANSFER, Transfer

Balance = dict[str, int]

_EFFECTS: Final = {TRANSFER: (0, 1), HOLD: (1, 0), POST: (-1, 1)}
"""What each kind of transfer adds to what is held, and to what is posted; every other kind only lets go."""
_LETS_GO: Final = (-1, 0)


def accounts_in(connection: sa.Connection, events: Iterable[Happened]) -> dict[str, Account]:
    """Return the ledger accounts that the money of a story goes through, by id."""
    ids = sorted({each for transfer in _transfers(events) for each in transfer[1:3]})
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
    """Return the counters of each account with a floor, that is of a customer's, before the story's first event there.

    The house's own accounts carry every payment there is: a story counts its own part in them, from nothing.
    """
    first: dict[str, str] = {}
    for _, event in own:
        if event.type.startswith("money."):
            for transfer in orjson.loads(event.data)["transfers"]:
                for each in transfer[1:3]:
                    first.setdefault(each, event.subject)
    return {id: _before(connection, id, entry) for id, entry in first.items() if accounts[id].guarded}


def _before(connection: sa.Connection, account: str, entry: str) -> Balance:
    transfers, positions = Transfer.table().c, Positions.table().c
    start = connection.execute(sa.select(sa.func.min(transfers.id)).where(transfers.entry == entry)).scalar_one()
    batch = batch_of(start)
    begins = connection.execute(sa.select(positions.first).where(positions.batch == batch)).scalar_one()
    earlier = sa.or_(positions.first < begins, sa.and_(positions.batch == batch, transfers.id < start))
    counters = {"debits": 0, "credits": 0, "held_debits": 0, "held_credits": 0}
    shift: sa.ColumnElement[int] = sa.literal_column(
        str(ROW_BITS)
    )  # PostgreSQL shifts by no bigint, which a parameter would be
    for side, word in ((transfers.debit_account, "debits"), (transfers.credit_account, "credits")):
        joined = sa.join(transfers.id.table, positions.batch.table, positions.batch == transfers.id.op(">>")(shift))
        sums = sa.select(transfers.kind, sa.func.sum(transfers.amount)).select_from(joined)
        for kind, total in connection.execute(sums.where(side == account, earlier).group_by(transfers.kind)):
            held, posted = _EFFECTS.get(kind, _LETS_GO)
            counters[word] += posted * int(total)
            counters[f"held_{word}"] += held * int(total)
    return counters
