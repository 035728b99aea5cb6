"""Truth 4, of transfers: what waits for them is what they have pulled and neither paid nor given back.

And none of them is both paid and given back.
"""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

_MISCOUNTED: Final = """
WITH kept AS (
    SELECT a.id, a.owner, b.posted_credits - b.posted_debits AS kept
    FROM ledger_accounts a JOIN ledger_balances b ON b.account = a.id WHERE a.code = 'transfers'
), under_way AS (
    SELECT sender, SUM(amount + fee_amount) AS pulled FROM acquirer_transfers
    WHERE status IN ('pulled', 'pushing', 'unknown', 'returning') GROUP BY sender
)
SELECT k.id, k.kept, COALESCE(u.pulled, 0) AS pulled FROM kept k LEFT JOIN under_way u ON u.sender = k.owner
WHERE k.kept <> COALESCE(u.pulled, 0) ORDER BY k.id
"""

_BOTH_WAYS: Final = """
SELECT t.id, t.status, f.status AS pull, COALESCE(d.status, 'none') AS push FROM acquirer_transfers t
JOIN acquirer_fundings f ON f.id = t.funding LEFT JOIN acquirer_disbursements d ON d.id = t.disbursement
WHERE (f.status IN ('reversing', 'reversed', 'adjusting', 'adjusted') AND d.status IN ('paid', 'settled'))
    OR (t.status = 'paid' AND (f.status <> 'received' OR d.status NOT IN ('paid', 'settled')))
    OR (t.status = 'returned' AND f.status NOT IN ('reversed', 'adjusted'))
ORDER BY t.id
"""


def miscounted_transfers(connection: sa.Connection) -> Iterator[Finding]:
    """Find the accounts in which more or less waits than the transfers under way have pulled."""
    for row in rows(connection, _MISCOUNTED):
        yield Finding(
            4,
            f"Account {row.id} keeps {row.kept} for transfers, and those under way have pulled {row.pulled}"
            " (minor units).",
            (f"ledger_balances {row.id}",),
            amounts(row, ("kept", "pulled")),
        )


def transfers_both_ways(connection: sa.Connection) -> Iterator[Finding]:
    """Find the transfers whose legs say something else than they: paid and given back, or neither."""
    for row in rows(connection, _BOTH_WAYS):
        yield Finding(
            4,
            f"{row.id} is {row.status}, but its pull is {row.pull} and its push {row.push}.",
            (f"acquirer_transfers {row.id}",),
        )
