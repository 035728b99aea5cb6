"""Truths 5 and 6 of pushes: no more is taken back than was pushed, and whatever is kept for later comes in its time."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

# What each side says came back of a push, beside what its returns and adjustments come to.
_MISCOUNTED: Final = """
WITH taken AS (
    SELECT disbursement AS id, SUM(amount) AS amount FROM acquirer_adjustments
    WHERE status <> 'refused' GROUP BY disbursement
)
SELECT d.id, 'acquirer_disbursements' AS home, d.taken_back_amount AS says,
    CASE d.status WHEN 'returned' THEN d.amount ELSE 0 END + COALESCE(t.amount, 0) AS comes_to, d.amount
FROM acquirer_disbursements d LEFT JOIN taken t ON t.id = d.id
WHERE d.taken_back_amount <> CASE d.status WHEN 'returned' THEN d.amount ELSE 0 END + COALESCE(t.amount, 0)
    OR d.taken_back_amount > d.amount
"""
_MISCOUNTED_BY_THE_NETWORK: Final = """
WITH taken AS (
    SELECT "transaction" AS id, SUM(amount) AS amount FROM network_take_backs
    WHERE status <> 'refused' GROUP BY "transaction"
)
SELECT n.id, 'network_transactions' AS home, n.taken_back_amount AS says, COALESCE(t.amount, 0) AS comes_to, n.amount
FROM network_transactions n LEFT JOIN taken t ON t.id = n.id
WHERE n.taken_back_amount <> COALESCE(t.amount, 0) OR n.taken_back_amount > n.amount
"""
_MISCOUNTED_BY_ISSUERS: Final = """
SELECT id, 'issuer_transactions' AS home, taken_back_amount AS says, amount AS comes_to, amount
FROM issuer_transactions
WHERE taken_back_amount > amount OR (status = 'returned' AND taken_back_amount <> amount)
"""

# What is kept for later: the rows that say so, without a row that says when.
_KEPT_FOR_EVER: Final = """
SELECT 'network_transactions' AS home, t.id, 'is deferred' AS what FROM network_transactions t
LEFT JOIN network_deferred_credits k ON k.id = t.id
WHERE t.status = 'deferred' AND k.release_at IS NULL
UNION ALL SELECT 'issuer_transactions', t.id, 'is on hold' FROM issuer_transactions t
LEFT JOIN issuer_held_credits k ON k.id = t.id
WHERE t.status = 'on_hold' AND k.available_at IS NULL
UNION ALL SELECT 'issuer_returns', id, 'is to be returned' FROM issuer_returns
WHERE status = 'coming' AND return_at IS NULL
UNION ALL SELECT 'acquirer_disbursements', d.id, 'is deferred' FROM acquirer_disbursements d
LEFT JOIN network_transactions t ON t.network_id = d.network_id
LEFT JOIN network_credit_notices n ON n.id = t.id
WHERE d.status = 'deferred'
    AND NOT (COALESCE(t.status, '') IN ('deferred', 'forwarded', 'unanswered') OR COALESCE(n.status, '') = 'waiting'
        OR (t.status = 'cancelled' AND d.answer_due_at IS NOT NULL))
"""


def over_taken_back(connection: sa.Connection) -> Iterator[Finding]:
    """Find pushes of which more is taken back than there was, or than returns and adjustments come to."""
    for statement in (_MISCOUNTED, _MISCOUNTED_BY_THE_NETWORK, _MISCOUNTED_BY_ISSUERS):
        for row in rows(connection, f"SELECT * FROM ({statement}) AS found ORDER BY id"):
            yield Finding(
                5,
                f"{row.id} says that {row.says} of {row.amount} were taken back;"
                f" its returns and adjustments come to {row.comes_to} (minor units).",
                (f"{row.home} {row.id}",),
                amounts(row, ("says", "comes_to", "amount")),
            )


def kept_for_ever(connection: sa.Connection) -> Iterator[Finding]:
    """Find pushes that are kept, or whose money is, with nothing that ends it."""
    for row in rows(connection, f"SELECT * FROM ({_KEPT_FOR_EVER}) AS kept ORDER BY home, id"):
        yield Finding(
            6, f"{row.id} {row.what}, and nothing says until when, or tells how it ended.", (f"{row.home} {row.id}",)
        )
