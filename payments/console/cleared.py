"""What has been cleared between the members and not been settled yet, window by window, as the network's book has it.

A page draws from it who owes whom, what that comes to net, and how each position grew; it goes on by itself with
the network's money events. Settlement itself works by the network's items; these sums are the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.console.positions import Cleared
from payments.kit.database import fetch
from payments.kit.event_log import walk
from payments.kit.events import Positions, Tail
from payments.kit.ids import batch_of
from payments.ledger.account import Account
from payments.ledger.entry import Transfer
from payments.ledger.statement import MOVES_MONEY
from payments.network.window import SETTLED, Window, window_open_at
from payments.switch.directory import NETWORK, Member

SETTLED_SHOWN: Final = 3
"""How many windows are shown that have been settled; those that have not are shown all."""

DUE_FROM: Final = "due_from_member"
DUE_TO: Final = "due_to_member"


def windows_at(connection: sa.Connection, position: int) -> list[dict[str, Any]]:
    """Return the windows to show, oldest first, with what had been cleared in them after the event at ``position``."""
    windows = _windows(connection)
    if not windows:
        return []
    states = _states_at(connection, position)
    cleared: dict[str, dict[str, Cleared]] = {each.id: defaultdict(Cleared) for each in windows}
    members = _member_accounts(connection)
    network = next((each.book for each in members.values()), "")
    for row in _transfers(connection, list(members), min(each.opened_at for each in windows), position):
        debtor, creditor = _parties(members, row, network)
        window = cleared.get(window_open_at(row.at).id)
        if window is not None and debtor != creditor:
            item = network not in (debtor, creditor)
            window[row.currency].add(debtor, creditor, row.amount, row.at, item)
    shown = [each for each in windows if states.get(each.id, each.status)]
    return [_shape(each, states.get(each.id, each.status), cleared[each.id]) for each in shown]


def _shape(window: Window, status: str, cleared: dict[str, Cleared]) -> dict[str, Any]:
    return {
        "id": window.id,
        "status": status,
        "opened_at": window.opened_at,
        "closes_at": window.closes_at,
        "settles_at": window.settles_at,
        "cleared": {currency: each.shape() for currency, each in sorted(cleared.items())},
    }


def _windows(connection: sa.Connection) -> list[Window]:
    table = Window.table()
    newest_first = sa.select(table).order_by(table.c.id.desc())
    waiting = fetch(connection, Window, newest_first.where(table.c.status != SETTLED))
    settled = fetch(connection, Window, newest_first.where(table.c.status == SETTLED).limit(SETTLED_SHOWN))
    return sorted([*waiting, *settled], key=lambda each: each.id)


def _states_at(connection: sa.Connection, position: int) -> dict[str, str]:
    """Return the states in which windows were at ``position`` that have moved since; '' where there was none yet."""
    states: dict[str, str] = {}
    for _, event in walk(connection, position, "settlement_window.*"):
        states.setdefault(event.subject, orjson.loads(event.data).get("from", ""))
    return states


def _member_accounts(connection: sa.Connection) -> dict[str, Account]:
    """Return, by id, the accounts in which the network keeps what it owes members and they owe it."""
    account, member = Account.table(), Member.table()
    network = sa.select(member.c.id).where(member.c.role == NETWORK)
    kept = sa.select(account).where(account.c.book.in_(network), account.c.code.in_((DUE_FROM, DUE_TO)))
    return {each.id: each for each in fetch(connection, Account, kept)}


def _transfers(connection: sa.Connection, accounts: Sequence[str], since: int, position: int) -> Iterable[Transfer]:
    """Return what was posted on ``accounts`` from the instant ``since`` on and up to ``position``, in order."""
    table = Transfer.table()
    later, entries = _later(connection, position)
    rows: dict[int, Transfer] = {}
    for column in (table.c.debit_account, table.c.credit_account):
        posted = sa.select(table).where(column.in_(accounts), table.c.at >= since, table.c.kind.in_(MOVES_MONEY))
        rows |= {each.id: each for each in fetch(connection, Transfer, posted)}
    kept = (each for each in rows.values() if batch_of(each.id) not in later and each.entry not in entries)
    return sorted(kept, key=lambda each: (each.at, each.id))


def _later(connection: sa.Connection, position: int) -> tuple[set[int], set[str]]:
    """Return the batches that came after ``position``, and the later entries of the batch that holds it."""
    table = Positions.table()
    after = sa.select(table.c.batch).where(table.c.first > position)
    batches = {*connection.scalars(after), *connection.scalars(sa.select(Tail.c.batch))}
    holding = sa.select(table).where(table.c.first <= position).order_by(table.c.first.desc()).limit(1)
    entries = set()
    for each in fetch(connection, Positions, holding):
        rest = each.first + each.events - 1 - position
        if rest > 0:
            events = walk(connection, position, None, rest)
            entries = {event.subject for _, (_, event) in zip(range(rest), events, strict=False)}
    return batches, entries


def _parties(members: dict[str, Account], row: Transfer, network: str) -> tuple[str, str]:
    """Return who owes and who is owed by a transfer in the network's book: the same, if nobody owes anything anew.

    The other side of a member's account is another member's, or the network's own: its fees, its position in a
    currency. When cash is the other side, what was owed is paid.
    """
    debit, credit = members.get(row.debit_account), members.get(row.credit_account)
    if "settlement_cash" in (_code(row.debit_account), _code(row.credit_account)):
        return "", ""
    return debit.owner if debit else network, credit.owner if credit else network


def _code(account: str) -> str:
    return account.split(".")[1]
