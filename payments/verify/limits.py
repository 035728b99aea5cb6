"""Truth 5: refunded is at most captured, and captured at most what was authorized and is tolerated."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.switch.validity import capture_limit, card_present
from payments.verify.finding import Finding, amounts, rows

# What the captures of each payment come to: those the issuer rejected count for nothing.
_PAYMENTS: Final = """
WITH captures AS (
    SELECT payment, SUM(amount) AS captured, SUM(refunded_amount) AS refunded,
        SUM(CASE status WHEN 'waiting' THEN 0 ELSE amount END) AS cleared
    FROM acquirer_captures WHERE status <> 'rejected' GROUP BY payment
)
SELECT p.id, p.captured_amount, p.cleared_amount, p.refunded_amount, COALESCE(c.captured, 0) AS captured,
    COALESCE(c.cleared, 0) AS cleared, COALESCE(c.refunded, 0) AS refunded
FROM acquirer_payments p LEFT JOIN captures c ON c.payment = p.id
WHERE p.captured_amount <> COALESCE(c.captured, 0) OR p.cleared_amount <> COALESCE(c.cleared, 0)
    OR p.refunded_amount <> COALESCE(c.refunded, 0) ORDER BY p.id
"""

_REFUNDED: Final = """
SELECT id, refunded_amount, captured_amount FROM acquirer_payments
WHERE refunded_amount > captured_amount ORDER BY id
"""

_CAPTURED: Final = """
SELECT p.id, p.amount, p.captured_amount, p.entry_mode, m.mcc FROM acquirer_payments p
JOIN acquirer_merchants m ON m.id = p.merchant
WHERE p.captured_amount > p.amount ORDER BY p.id
"""


def over_refunded(connection: sa.Connection) -> Iterator[Finding]:
    """Find payments of which more is given back than was captured."""
    for row in rows(connection, _REFUNDED):
        yield Finding(
            5,
            f"Payment {row.id} has {row.refunded_amount} refunded of {row.captured_amount} captured (minor units).",
            (f"acquirer_payments {row.id}",),
            amounts(row, ("refunded_amount", "captured_amount")),
        )


def over_captured(connection: sa.Connection) -> Iterator[Finding]:
    """Find payments of which more was captured than was authorized and their merchant's category allows."""
    for row in rows(connection, _CAPTURED):
        limit = capture_limit(row.amount, row.mcc) if card_present(row.entry_mode) else row.amount
        if row.captured_amount > limit:
            yield Finding(
                5,
                f"Payment {row.id} has {row.captured_amount} captured of {row.amount} authorized;"
                f" its merchant's category allows {limit} (minor units).",
                (f"acquirer_payments {row.id}",),
                (*amounts(row, ("captured_amount", "amount")), ("limit", limit)),
            )


def miscounted_payments(connection: sa.Connection) -> Iterator[Finding]:
    """Find payments that say something else than their captures come to."""
    for row in rows(connection, _PAYMENTS):
        yield Finding(
            5,
            f"Payment {row.id} says {row.captured_amount} captured, {row.cleared_amount} cleared,"
            f" {row.refunded_amount} refunded; its captures come to {row.captured}, {row.cleared}"
            f" and {row.refunded} (minor units).",
            (f"acquirer_payments {row.id}",),
            amounts(row, ("captured_amount", "captured", "refunded_amount", "refunded")),
        )
