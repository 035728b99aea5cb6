"""Trial balances: every account of a book on one list, debits and credits of equal sum in each currency.

As it is now (from the balances), as of an instant (from the transfers), or after the event at a position
(from the money events alone): three ways to the same numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import orjson
import sqlalchemy as sa

from payments.kit.database import fetch
from payments.kit.errors import NotFound
from payments.kit.event_log import walk
from payments.ledger.account import Account, Book
from payments.ledger.balance import Balance
from payments.ledger.entry import Transfer
from payments.ledger.statement import MOVES_MONEY

Movement = tuple[str, str, int]
"""An amount posted from a debit account to a credit account."""


@dataclass(frozen=True, slots=True)
class Row:
    """One account's line: its balance stands on one side, the other is 0 (minor units)."""

    account: Account
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """A book's accounts, in order of currency and id; accounts that nothing was posted to are left out."""

    book: str
    rows: list[Row]

    def totals(self) -> dict[str, tuple[int, int]]:
        """Return the sums of debits and of credits by currency."""
        sums: dict[str, tuple[int, int]] = {}
        for row in self.rows:
            debits, credits = sums.get(row.account.currency, (0, 0))
            sums[row.account.currency] = debits + row.debit, credits + row.credit
        return sums

    @property
    def balanced(self) -> bool:
        """Tell whether debits equal credits in every currency."""
        return all(debits == credits for debits, credits in self.totals().values())


def trial_balance(connection: sa.Connection, book: str) -> TrialBalance:
    """Return the trial balance of ``book`` as it is now. Raises ``NotFound``."""
    accounts, table = _accounts(connection, book), Balance.table().c
    net = sa.func.sum(table.posted_debits) - sa.func.sum(table.posted_credits)
    of_book = table.account.in_(sa.select(Account.table().c.id).where(Account.table().c.book == book))
    rows = connection.execute(sa.select(table.account, net).where(of_book).group_by(table.account))
    return _listed(book, accounts, {account: int(balance) for account, balance in rows})


def trial_balance_at(connection: sa.Connection, book: str, at: int) -> TrialBalance:
    """Return the trial balance of ``book`` as of the end of instant ``at``. Raises ``NotFound``."""
    accounts, table = _accounts(connection, book), Transfer.table().c
    posted = sa.and_(table.book == book, table.at <= at, table.kind.in_(MOVES_MONEY))
    pairs = (table.debit_account, table.credit_account)
    sums = sa.select(*pairs, sa.func.sum(table.amount)).where(posted).group_by(*pairs)
    return _listed(
        book, accounts, _net((debit, credit, int(total)) for debit, credit, total in connection.execute(sums))
    )


def trial_balance_at_event(connection: sa.Connection, book: str, position: int) -> TrialBalance:
    """Return the trial balance of ``book`` after the event at ``position``, from the money events alone.

    Raises ``NotFound``.
    """
    return _listed(book, _accounts(connection, book), _net(_announced(connection, position)))


def _accounts(connection: sa.Connection, book: str) -> list[Account]:
    if connection.execute(sa.select(Book.table().c.id).where(Book.table().c.id == book)).first() is None:
        raise NotFound(f"There is no book {book}.")
    table = Account.table()
    order = (table.c.currency, table.c.id)
    return fetch(connection, Account, sa.select(table).where(table.c.book == book).order_by(*order))


def _listed(book: str, accounts: Iterable[Account], net: dict[str, int]) -> TrialBalance:
    balances = ((account, net[account.id]) for account in accounts if account.id in net)
    return TrialBalance(book, [Row(account, max(each, 0), max(-each, 0)) for account, each in balances])


def _net(movements: Iterable[Movement]) -> dict[str, int]:
    """Return what each account's debits exceed its credits by."""
    net: dict[str, int] = defaultdict(int)
    for debit, credit, amount in movements:
        net[debit] += amount
        net[credit] -= amount
    return net


def _announced(connection: sa.Connection, position: int) -> Iterator[Movement]:
    """Yield what the money events up to ``position`` say was posted, in any book."""
    for _, event in takewhile(lambda each: each[0] <= position, walk(connection, 0, "money.*")):
        for kind, debit, credit, amount, *_ in orjson.loads(event.data)["transfers"]:
            if kind in MOVES_MONEY:
                yield debit, credit, amount
