"""Truth 3: every settlement instruction, with the network's own line, sums to zero, and is its window's items."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

_UNBALANCED: Final = """
SELECT settlement, currency, SUM(net_amount) AS total FROM network_positions
GROUP BY settlement, currency HAVING SUM(net_amount) <> 0 ORDER BY settlement
"""

_MISADDED: Final = """
SELECT id, settlement, member, currency, due_to_network, due_from_network, net_amount FROM network_positions
WHERE net_amount <> due_from_network - due_to_network ORDER BY id
"""

# What the items of every netted window come to for each member, beside what its settlement says.
_DIFFERENT: Final = """
WITH sides AS (
    SELECT "window", currency, debtor AS member, amount AS owes, 0 AS owed FROM network_items
    UNION ALL SELECT "window", currency, creditor, 0, amount FROM network_items
    UNION ALL SELECT "window", currency, acquirer, scheme_fee_amount, 0 FROM network_items
    UNION ALL SELECT "window", currency, network, 0, scheme_fee_amount FROM network_items
), items AS (
    SELECT s."window", s.currency, s.member, SUM(s.owes) AS owes, SUM(s.owed) AS owed
    FROM sides s JOIN network_windows w ON w.id = s."window"
    WHERE w.netted_at IS NOT NULL GROUP BY s."window", s.currency, s.member
), both_ways AS (
    SELECT "window", currency, member, owes, owed, 0 AS due_to_network, 0 AS due_from_network FROM items
    UNION ALL
    SELECT "window", currency, member, 0, 0, due_to_network, due_from_network FROM network_positions
)
SELECT "window" AS window_id, currency, member, SUM(owes) AS owes, SUM(owed) AS owed,
    SUM(due_to_network) AS due_to_network, SUM(due_from_network) AS due_from_network
FROM both_ways GROUP BY "window", currency, member
HAVING SUM(owes) <> SUM(due_to_network) OR SUM(owed) <> SUM(due_from_network)
ORDER BY "window", currency, member
"""


def unbalanced_settlements(connection: sa.Connection) -> Iterator[Finding]:
    """Find settlements whose lines do not sum to zero."""
    for row in rows(connection, _UNBALANCED):
        yield Finding(
            3,
            f"The lines of settlement {row.settlement} sum to {row.total} {row.currency} (minor units), not to zero.",
            (f"network_settlements {row.settlement}",),
            amounts(row, ("total",)),
        )


def misadded_positions(connection: sa.Connection) -> Iterator[Finding]:
    """Find positions whose net is not what the member is owed less what it owes."""
    for row in rows(connection, _MISADDED):
        yield Finding(
            3,
            f"{row.member} owes {row.due_to_network} and is owed {row.due_from_network} {row.currency}"
            f" in settlement {row.settlement}, but its net is {row.net_amount} (minor units).",
            (f"network_positions {row.id}",),
            amounts(row, ("due_to_network", "due_from_network", "net_amount")),
        )


def wrong_positions(connection: sa.Connection) -> Iterator[Finding]:
    """Find positions that are not what the items of their window come to."""
    for row in rows(connection, _DIFFERENT):
        yield Finding(
            3,
            f"By the items of {row.window_id}, {row.member} owes {row.owes} and is owed {row.owed} {row.currency};"
            f" its settlement says {row.due_to_network} and {row.due_from_network} (minor units).",
            (f"network_windows {row.window_id}",),
            amounts(row, ("owes", "owed", "due_to_network", "due_from_network")),
        )
