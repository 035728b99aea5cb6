"""Statements: what moved on an account, newest first, with the balance after each line; and earlier balances.

A page starts from the balance of the moment, or from the one its cursor carries, and walks back, so it costs
the same however long the account's history is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from payments.kit.database import fetch
from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Event
from payments.ledger.account import DEBIT, Account
from payments.ledger.balance import Balance
from payments.ledger.entry import EFFECTS, Transfer

MOVES_MONEY: Final = tuple(kind for kind, (posted, _) in EFFECTS.items() if posted)
"""The kinds of transfer that change a ledger balance; the others only promise, or let go."""


_SIDES: Final = ("debit_account", "credit_account")


class NotACursor(Refusal):
    """This is not where a page of a statement ends."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands, in minor units, positive on the account's own side.

    ``available`` is what may still be taken: of a line of credit, what is left of its limit.
    """

    account: Account
    ledger: int
    held: int
    available: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A transfer as one of its two accounts sees it; ``amount`` is signed on the account's own side.

    ``balance`` is the ledger balance after it. What is only held or let go is listed and changes none.
    """

    transfer: Transfer
    amount: int
    balance: int

    @property
    def moved(self) -> bool:
        """Tell whether money moved, or was only held or let go."""
        return self.transfer.kind in MOVES_MONEY


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Some lines, newest first; ``next`` is the cursor of the page after, ``None`` when this is the last."""

    lines: list[StatementLine]
    next: str | None


def statement(connection: sa.Connection, account_id: str, limit: int, after: str | None = None) -> StatementPage:
    """Return at most ``limit`` lines of an account, newest first, after the cursor ``after``.

    Raises ``NotFound`` without such an account, ``NotACursor`` for a cursor of another make.
    """
    account = get_account(connection, account_id)
    before, balance = _read_cursor(after) if after else (None, current_balance(connection, account_id).ledger)
    lines = []
    for transfer in _newest_first(connection, account_id, before, limit + 1):
        line = StatementLine(transfer, _signed(account, transfer), balance)
        balance -= line.amount if line.moved else 0
        lines.append(line)
    if len(lines) <= limit:
        return StatementPage(lines, None)
    last, beyond = lines[limit - 1].transfer, lines[limit]
    return StatementPage(lines[:limit], f"{last.at}.{last.id}.{beyond.balance}")


def current_balance(connection: sa.Connection, account_id: str) -> Standing:
    """Return how an account stands now: the sum of its stripes. Raises ``NotFound``."""
    account = get_account(connection, account_id)
    table = Balance.table()
    rows = fetch(connection, Balance, sa.select(table).where(table.c.account == account_id))
    ledger = sum(each.ledger if each.side == account.side else -each.ledger for each in rows)
    return Standing(account, ledger, sum(each.held for each in rows), sum(each.available for each in rows))


def balance_at(connection: sa.Connection, account_id: str, at: int) -> int:
    """Return the ledger balance of an account at the end of instant ``at``, on its own side.

    Raises ``NotFound``.
    """
    account = get_account(connection, account_id)
    debits, credits = (connection.execute(_posted_sum(side, account_id, at)).scalar_one() for side in _SIDES)
    return int(debits - credits if account.side == DEBIT else credits - debits)


def get_account(connection: sa.Connection, account_id: str) -> Account:
    """Return an account. Raises ``NotFound``."""
    table = Account.table()
    found = fetch(connection, Account, sa.select(table).where(table.c.id == account_id))
    if not found:
        raise NotFound(f"There is no ledger account {account_id}.")
    return found[0]


def entry(connection: sa.Connection, entry_id: str) -> list[Transfer]:
    """Return the transfers of an entry in the order they were written. Raises ``NotFound``."""
    table = Transfer.table()
    found = fetch(connection, Transfer, sa.select(table).where(table.c.entry == entry_id).order_by(table.c.id))
    if not found:
        raise NotFound(f"There is no ledger entry {entry_id}.")
    return found


def entries_of(connection: sa.Connection, reference: str) -> list[list[Transfer]]:
    """Return the entries written, in any book, for what ``reference`` ties together, oldest first."""
    events, table = Event.table().c, Transfer.table()
    # Each entry is announced by one event, and events are found by reference already: no index more to keep.
    ids = sa.select(events.subject).where(events.reference == reference, events.type.startswith("money."))
    found = sa.select(table).where(table.c.entry.in_(ids)).order_by(table.c.at, table.c.entry, table.c.id)
    entries: dict[str, list[Transfer]] = {}
    for row in fetch(connection, Transfer, found):
        entries.setdefault(row.entry, []).append(row)
    return list(entries.values())


def _newest_first(
    connection: sa.Connection, account_id: str, before: tuple[int, int] | None, limit: int
) -> Iterator[Transfer]:
    halves = [fetch(connection, Transfer, _half(column, account_id, before, limit)) for column in _SIDES]
    return islice(merge(*halves, key=lambda each: (each.at, each.id), reverse=True), limit)


def _half(column: str, account_id: str, before: tuple[int, int] | None, limit: int) -> sa.Select[Any]:
    """Select the newest of the transfers that debit, or credit, an account: one index, read backwards."""
    table = Transfer.table()
    half = sa.select(table).where(table.c[column] == account_id)
    if before:
        half = half.where(sa.tuple_(table.c.at, table.c.id) < before)
    return half.order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)


def _posted_sum(column: str, account_id: str, at: int) -> sa.Select[Any]:
    table = Transfer.table().c
    total = sa.func.coalesce(sa.func.sum(table.amount), 0)
    return sa.select(total).where(table[column] == account_id, table.at <= at, table.kind.in_(MOVES_MONEY))


def _signed(account: Account, transfer: Transfer) -> int:
    own_side = transfer.debit_account if account.side == DEBIT else transfer.credit_account
    return transfer.amount if own_side == account.id else -transfer.amount


def _read_cursor(cursor: str) -> tuple[tuple[int, int], int]:
    try:
        at, id, balance = map(int, cursor.split("."))
    except ValueError as error:
        raise NotACursor("Use `next` of the page before, unchanged.") from error
    return (at, id), balance
