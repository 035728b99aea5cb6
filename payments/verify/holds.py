"""Truth 4: no guarded account below its floor, and every open hold belongs to exactly one live thing."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

_BELOW_FLOOR: Final = """
SELECT account, floor, available FROM (
    SELECT account, floor, CASE side
        WHEN 'credit' THEN posted_credits - posted_debits - held_debits
        ELSE posted_debits - posted_credits - held_credits END AS available
    FROM ledger_balances WHERE floor IS NOT NULL
) AS guarded WHERE available < floor ORDER BY account
"""

# Every hold that somebody lives by: authorizations, refunds, disbursements, pulls on their way back and payouts that
# are not over yet.
_CLAIMED: Final = """
WITH claimed AS (
    SELECT hold, id, 'issuer_transactions' AS home FROM issuer_transactions
    WHERE status IN ('pending', 'on_hold') AND hold IS NOT NULL
    UNION ALL SELECT hold, id, 'acquirer_disbursements' FROM acquirer_disbursements
    WHERE status IN ('held', 'pending', 'unknown', 'deferred')
    UNION ALL SELECT fee_hold, id, 'acquirer_disbursements' FROM acquirer_disbursements
    WHERE status IN ('held', 'pending', 'unknown', 'deferred') AND fee_hold IS NOT NULL
    UNION ALL SELECT hold, id, 'acquirer_pull_reversals' FROM acquirer_pull_reversals
    WHERE status = 'waiting' AND hold IS NOT NULL
    UNION ALL SELECT hold, id, 'acquirer_payouts' FROM acquirer_payouts WHERE status = 'pending'
    UNION ALL SELECT hold, id, 'acquirer_refunds' FROM acquirer_refunds
    WHERE status = 'pending' AND hold IS NOT NULL
)
"""

_UNCLAIMED: Final = f"""{_CLAIMED}
SELECT h.id, h.owner, h.debit_account, h.amount - h.posted - h.released AS remaining, COUNT(c.id) AS claims
FROM ledger_holds h LEFT JOIN claimed c ON c.hold = h.id AND c.id = h.owner
WHERE h.posted + h.released < h.amount
GROUP BY h.id, h.owner, h.debit_account, h.amount, h.posted, h.released
HAVING COUNT(c.id) <> 1 ORDER BY h.id
"""

_EMPTY: Final = f"""{_CLAIMED}
SELECT c.home, c.id, c.hold FROM claimed c
LEFT JOIN ledger_holds h ON h.id = c.hold AND h.owner = c.id AND h.posted + h.released < h.amount
WHERE h.id IS NULL ORDER BY c.hold, c.id
"""


def below_floor(connection: sa.Connection) -> Iterator[Finding]:
    """Find the guarded accounts that have less than they may."""
    for row in rows(connection, _BELOW_FLOOR):
        yield Finding(
            4,
            f"Account {row.account} has {row.available} available and may not have less than {row.floor}"
            " (minor units).",
            (f"ledger_balances {row.account}",),
            amounts(row, ("available", "floor")),
        )


def unclaimed_holds(connection: sa.Connection) -> Iterator[Finding]:
    """Find open holds that belong to nothing that is still under way, or to more than one thing."""
    for row in rows(connection, _UNCLAIMED):
        belongs = f"belongs to {row.claims} things" if row.claims else "belongs to nothing that is still under way"
        yield Finding(
            4,
            f"Hold {row.id} keeps {row.remaining} of {row.debit_account} (minor units)"
            f" and {belongs}: its owner is {row.owner}.",
            (f"ledger_holds {row.id}",),
            amounts(row, ("remaining",)),
        )


def empty_claims(connection: sa.Connection) -> Iterator[Finding]:
    """Find what is under way and lives by a hold that is not there, or holds nothing any more."""
    for row in rows(connection, _EMPTY):
        yield Finding(
            4,
            f"{row.id} is under way and lives by hold {row.hold}, which holds nothing.",
            (f"{row.home} {row.id}", f"ledger_holds {row.hold}"),
        )
