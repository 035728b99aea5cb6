"""What is held for its names: it has a reason, its decision and its state agree, and nothing of it was ever sent."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, rows

# A disbursement that is held or refused has a screening that says so; one that went on has none, or a released one.
_DISAGREE: Final = """
SELECT d.id, d.status, COALESCE(s.status, 'missing') AS decision, s.id AS screening FROM {table} d
LEFT JOIN acquirer_screenings s ON s.held = d.id
WHERE (d.status IN ('held', 'refused') AND (s.id IS NULL OR s.status <> d.status))
    OR (d.status NOT IN ('held', 'refused') AND s.status <> 'released') ORDER BY d.id
"""

_SENT: Final = """
SELECT d.id, d.status, e.id AS event FROM {table} d
JOIN kit_events e ON e.reference = d.reference AND e.type = 'message.sent'
WHERE d.status IN ('held', 'refused') ORDER BY d.id
"""


_SCREENED: Final = {"Disbursement": "acquirer_disbursements", "Transfer": "acquirer_transfers"}


def undecided_screenings(connection: sa.Connection) -> Iterator[Finding]:
    """Find disbursements and transfers that stand otherwise than what was decided about them."""
    for name, table in _SCREENED.items():
        for row in rows(connection, _DISAGREE.format(table=table)):
            where = [f"{table} {row.id}"]
            yield Finding(
                4,
                f"{name} {row.id} is {row.status}, and its screening is {row.decision}.",
                tuple([*where, f"acquirer_screenings {row.screening}"] if row.screening else where),
            )


def sent_though_held(connection: sa.Connection) -> Iterator[Finding]:
    """Find disbursements and transfers of which something was sent before, or although, somebody decided about them."""
    for name, table in _SCREENED.items():
        for row in rows(connection, _SENT.format(table=table)):
            yield Finding(
                4,
                f"{name} {row.id} is {row.status}, and a message of it was sent.",
                (f"{table} {row.id}", f"kit_events {row.event}"),
            )
