"""Truth 1: every book balances in every currency, and balances equal the sum of their transfers."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

_COUNTERS: Final = ("posted_debits", "posted_credits", "held_debits", "held_credits")

# One pass over the transfers: what each pair of accounts moved, promised and let go in all.
_MOVED: Final = """
WITH moved AS MATERIALIZED (
    SELECT debit_account, credit_account,
        SUM(CASE WHEN kind IN ('transfer', 'post') THEN amount ELSE 0 END) AS posted,
        SUM(CASE kind WHEN 'transfer' THEN 0 WHEN 'hold' THEN amount ELSE -amount END) AS held
    FROM ledger_transfers GROUP BY debit_account, credit_account
), summed AS (
    SELECT debit_account AS account, posted AS posted_debits, 0 AS posted_credits,
        held AS held_debits, 0 AS held_credits
    FROM moved
    UNION ALL SELECT credit_account, 0, posted, 0, held FROM moved
)
"""

_WRONG_BALANCES: Final = f"""{_MOVED}, both_ways AS (
    SELECT account, posted_debits AS d, posted_credits AS c, held_debits AS hd, held_credits AS hc,
        0 AS posted_debits, 0 AS posted_credits, 0 AS held_debits, 0 AS held_credits FROM summed
    UNION ALL SELECT account, 0, 0, 0, 0, posted_debits, posted_credits, held_debits, held_credits
    FROM ledger_balances
)
SELECT account, SUM(d) AS d, SUM(c) AS c, SUM(hd) AS hd, SUM(hc) AS hc,
    SUM(posted_debits) AS posted_debits, SUM(posted_credits) AS posted_credits,
    SUM(held_debits) AS held_debits, SUM(held_credits) AS held_credits
FROM both_ways GROUP BY account
HAVING SUM(d) <> SUM(posted_debits) OR SUM(c) <> SUM(posted_credits)
    OR SUM(hd) <> SUM(held_debits) OR SUM(hc) <> SUM(held_credits)
ORDER BY account
"""

_UNBALANCED_BOOKS: Final = f"""{_MOVED}
SELECT a.book, a.currency, SUM(s.posted_debits) AS debits, SUM(s.posted_credits) AS credits
FROM summed s JOIN ledger_accounts a ON a.id = s.account
GROUP BY a.book, a.currency
HAVING SUM(s.posted_debits) <> SUM(s.posted_credits) OR SUM(s.held_debits) <> SUM(s.held_credits)
ORDER BY a.book, a.currency
"""

_HOMELESS: Final = """
SELECT t.id, t.debit_account, t.credit_account, t.amount FROM ledger_transfers t
LEFT JOIN ledger_accounts d ON d.id = t.debit_account AND d.book = t.book AND d.currency = t.currency
LEFT JOIN ledger_accounts c ON c.id = t.credit_account AND c.book = t.book AND c.currency = t.currency
WHERE d.id IS NULL OR c.id IS NULL ORDER BY t.id
"""

_WRONG_HOLDS: Final = """
WITH moved AS (
    SELECT hold, SUM(CASE kind WHEN 'hold' THEN amount ELSE 0 END) AS held,
        SUM(CASE kind WHEN 'post' THEN amount ELSE 0 END) AS posted,
        SUM(CASE WHEN kind IN ('release', 'expire') THEN amount ELSE 0 END) AS released
    FROM ledger_transfers WHERE hold IS NOT NULL GROUP BY hold
), both_ways AS (
    SELECT hold AS id, held, posted, released, 0 AS amount, 0 AS was_posted, 0 AS was_released FROM moved
    UNION ALL SELECT id, 0, 0, 0, amount, posted, released FROM ledger_holds
)
SELECT id, SUM(held) AS held, SUM(posted) AS posted, SUM(released) AS released, SUM(amount) AS amount,
    SUM(was_posted) AS was_posted, SUM(was_released) AS was_released
FROM both_ways GROUP BY id
HAVING SUM(held) <> SUM(amount) OR SUM(posted) <> SUM(was_posted) OR SUM(released) <> SUM(was_released)
ORDER BY id
"""


def wrong_balances(connection: sa.Connection) -> Iterator[Finding]:
    """Find the accounts whose counters are not the sum of their transfers."""
    for row in rows(connection, _WRONG_BALANCES):
        summed = dict(zip(_COUNTERS, (int(each) for each in (row.d, row.c, row.hd, row.hc)), strict=True))
        kept = dict(amounts(row, _COUNTERS))
        wrong = [name for name in _COUNTERS if summed[name] != kept[name]]
        said = ", ".join(f"{name} {kept[name]} and not {summed[name]}" for name in wrong)
        yield Finding(
            1,
            f"Account {row.account} says {said}, which is what its transfers come to (minor units).",
            (f"ledger_balances {row.account}",),
            tuple((name, kept[name] - summed[name]) for name in wrong),
        )


def unbalanced_books(connection: sa.Connection) -> Iterator[Finding]:
    """Find the books in which debits and credits differ, by what their accounts' transfers come to."""
    for row in rows(connection, _UNBALANCED_BOOKS):
        yield Finding(
            1,
            f"Book {row.book} does not balance in {row.currency}:"
            f" debits {row.debits}, credits {row.credits} (minor units).",
            (f"ledger_books {row.book}",),
            amounts(row, ("debits", "credits")),
        )


def homeless_transfers(connection: sa.Connection) -> Iterator[Finding]:
    """Find the transfers whose accounts are not both of the transfer's own book and currency."""
    for row in rows(connection, _HOMELESS):
        yield Finding(
            1,
            f"Transfer {row.id} moves {row.amount} between {row.debit_account} and {row.credit_account},"
            " which are not both accounts of its book and currency.",
            (f"ledger_transfers {row.id}",),
            amounts(row, ("amount",)),
        )


def wrong_holds(connection: sa.Connection) -> Iterator[Finding]:
    """Find the holds that say something else than their transfers."""
    for row in rows(connection, _WRONG_HOLDS):
        yield Finding(
            1,
            f"Hold {row.id} says {row.amount} held, {row.was_posted} posted, {row.was_released} let go;"
            f" its transfers come to {row.held}, {row.posted} and {row.released} (minor units).",
            (f"ledger_holds {row.id}",),
            amounts(row, ("amount", "held", "posted", "released")),
        )
