"""Conversions: what the network takes in one currency and gives in another is what it has quoted, to the minor unit."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

# Every conversion that was approved, beside its quote. A quote serves one, and says every amount of it.
_UNQUOTED: Final = """
SELECT t.id, t.reference, t.quote, t.amount, t.currency, t.billing_amount, t.billing_currency
FROM network_transactions t LEFT JOIN network_quotes q ON q.id = t.quote
WHERE t.quote <> '' AND t.response_code IN ('00', '11') AND (
    q.id IS NULL OR q.status <> 'used' OR q.acquirer <> t.acquirer
    OR q.amount <> t.amount OR q.currency <> t.currency OR q.rate <> t.rate OR q.margin_amount <> t.margin_amount
    OR q.recipient_amount <> t.billing_amount OR q.recipient_currency <> t.billing_currency
    OR EXISTS (SELECT 1 FROM network_transactions o WHERE o.quote = t.quote AND o.id <> t.id
        AND o.response_code IN ('00', '11'))
) ORDER BY t.id
"""

# What each conversion, and what was taken back of it, must have moved through the network's positions and margin,
# beside what was posted there.
_MISPLACED: Final = """
WITH due AS (
    SELECT reference, currency, 'fx_position' AS code, amount + interchange_amount - margin_amount AS amount
    FROM network_transactions WHERE quote <> '' AND response_code IN ('00', '11')
    UNION ALL SELECT reference, currency, 'fx_margin', margin_amount
    FROM network_transactions WHERE quote <> '' AND response_code IN ('00', '11')
    UNION ALL SELECT reference, billing_currency, 'fx_position', -(billing_amount + billing_interchange_amount)
    FROM network_transactions WHERE quote <> '' AND response_code IN ('00', '11')
    UNION ALL SELECT reference, currency, 'fx_position', -(amount - margin_amount)
    FROM network_take_backs WHERE rate <> '' AND status = 'cleared'
    UNION ALL SELECT reference, currency, 'fx_margin', -margin_amount
    FROM network_take_backs WHERE rate <> '' AND status = 'cleared'
    UNION ALL SELECT reference, billing_currency, 'fx_position', billing_amount
    FROM network_take_backs WHERE rate <> '' AND status = 'cleared'
), both_ways AS (
    SELECT reference, currency, code, amount AS due, 0 AS posted FROM due
    UNION ALL
    SELECT t.reference, t.currency, a.code, 0, t.amount
    FROM ledger_accounts a JOIN ledger_transfers t ON t.credit_account = a.id
    WHERE a.code IN ('fx_position', 'fx_margin')
    UNION ALL
    SELECT t.reference, t.currency, a.code, 0, -t.amount
    FROM ledger_accounts a JOIN ledger_transfers t ON t.debit_account = a.id
    WHERE a.code IN ('fx_position', 'fx_margin')
)
SELECT reference, currency, code, SUM(due) AS due, SUM(posted) AS posted
FROM both_ways GROUP BY reference, currency, code HAVING SUM(due) <> SUM(posted) ORDER BY reference, currency, code
"""

# What is taken back of conversions, beside its parts. Of what is taken back whole, nothing may stay anywhere.
_MISTAKEN: Final = """
WITH taken AS (
    SELECT "transaction" AS id, SUM(billing_amount) AS billed, SUM(margin_amount) AS margin FROM network_take_backs
    WHERE status <> 'refused' GROUP BY "transaction"
)
SELECT n.id, n.billing_taken_back_amount AS billed, n.margin_taken_back_amount AS margin,
    COALESCE(t.billed, 0) AS billed_parts, COALESCE(t.margin, 0) AS margin_parts
FROM network_transactions n LEFT JOIN taken t ON t.id = n.id
WHERE n.billing_taken_back_amount <> COALESCE(t.billed, 0) OR n.margin_taken_back_amount <> COALESCE(t.margin, 0)
    OR n.billing_taken_back_amount > n.billing_amount OR n.margin_taken_back_amount > n.margin_amount
    OR (n.taken_back_amount = n.amount AND (
        n.billing_taken_back_amount <> n.billing_amount OR n.margin_taken_back_amount <> n.margin_amount))
ORDER BY n.id
"""

# What senders were told that their pushes brought, beside what the network has converted.
_MISTOLD: Final = """
SELECT d.id, d.recipient_amount AS told, d.recipient_currency AS currency, t.id AS "transaction",
    t.billing_amount AS converted, t.billing_currency
FROM acquirer_disbursements d JOIN network_transactions t ON t.network_id = d.network_id
WHERE t.response_code IN ('00', '11') AND (d.recipient_amount <> t.billing_amount
    OR d.recipient_currency <> t.billing_currency OR d.rate <> t.rate)
ORDER BY d.id
"""


def unquoted_conversions(connection: sa.Connection) -> Iterator[Finding]:
    """Find conversions that are not what their quote says, or share one."""
    for row in rows(connection, _UNQUOTED):
        yield Finding(
            3,
            f"{row.id} converted {row.amount} {row.currency} into {row.billing_amount} {row.billing_currency}"
            f" (minor units), which is not what quote {row.quote} says, or not for it alone.",
            (f"network_transactions {row.id}", f"network_quotes {row.quote}"),
            amounts(row, ("amount", "billing_amount")),
        )


def misplaced_conversions(connection: sa.Connection) -> Iterator[Finding]:
    """Find what went through the network's currency positions, or its margin, and is no conversion's."""
    for row in rows(connection, _MISPLACED):
        yield Finding(
            3,
            f"Of {row.reference or 'what has no reference'}, the network's {row.code} in {row.currency} took in"
            f" {row.posted}; by its conversion it is {row.due} (minor units).",
            (f"network_transactions of {row.reference}",),
            amounts(row, ("posted", "due")),
        )


def mistaken_conversions(connection: sa.Connection) -> Iterator[Finding]:
    """Find conversions of which more, or another part, was taken back than their returns and adjustments say."""
    for row in rows(connection, _MISTAKEN):
        yield Finding(
            5,
            f"Of what {row.id} converted, {row.billed} were taken back from its recipient, {row.margin} of the margin;"
            f" its returns and adjustments come to {row.billed_parts} and {row.margin_parts} (minor units).",
            (f"network_transactions {row.id}",),
            amounts(row, ("billed", "billed_parts", "margin", "margin_parts")),
        )


def mistold_conversions(connection: sa.Connection) -> Iterator[Finding]:
    """Find paid pushes whose sender was told of another conversion than the network's, or of one that never was."""
    for row in rows(connection, _MISTOLD):
        yield Finding(
            3,
            f"{row.id} is said to have brought {row.told} {row.currency or 'as it was sent'}; the network has converted"
            f" it into {row.converted} {row.billing_currency or 'nothing else'} (minor units).",
            (f"acquirer_disbursements {row.id}", f"network_transactions {row.transaction}"),
            amounts(row, ("told", "converted")),
        )
