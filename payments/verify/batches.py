"""Truth 5, for batches: a line is paid at most once, as it was ordered, and a batch says what its lines come to."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.acquirer.batch_tally import PAID_STATES
from payments.verify.finding import Finding, amounts, rows

_PAID: Final = "d.status IN ('" + "', '".join(sorted(PAID_STATES)) + "')"

# Only where nothing is under way: of that, what is known is not counted yet.
_MISCOUNTED: Final = f"""
WITH lines AS (
    SELECT l.batch, COUNT(*) AS written, SUM(CASE WHEN l.problems <> '' THEN 1 ELSE 0 END) AS invalid,
        SUM(CASE WHEN {_PAID} THEN 1 ELSE 0 END) AS paid, SUM(CASE WHEN {_PAID} THEN d.amount ELSE 0 END) AS cents,
        COUNT(d.id) AS sent
    FROM acquirer_batch_lines l LEFT JOIN acquirer_disbursements d ON d.id = l.disbursement GROUP BY l.batch
)
SELECT b.id, b.line_count, b.paid_count, b.paid_amount, l.written, l.paid, l.cents
FROM acquirer_disbursement_batches b JOIN lines l ON l.batch = b.id
WHERE b.begun_count = b.done_count AND (
    b.line_count <> l.written OR b.invalid_count <> l.invalid OR b.paid_count <> l.paid
    OR b.paid_amount <> l.cents OR b.paid_count + b.declined_count + b.open_count <> l.sent
) ORDER BY b.id
"""

_MISPAID: Final = """
SELECT l.id, l.disbursement, l.amount, d.amount AS pushed FROM acquirer_batch_lines l
JOIN acquirer_disbursements d ON d.id = l.disbursement JOIN acquirer_disbursement_batches b ON b.id = l.batch
WHERE d.amount <> l.amount OR d.currency <> l.currency OR d.sender <> b.sender OR d.card_masked <> l.card_masked
ORDER BY l.id
"""

_SHARED: Final = """
SELECT disbursement, MIN(id) AS one, MAX(id) AS other FROM acquirer_batch_lines
WHERE disbursement <> '' GROUP BY disbursement HAVING COUNT(*) > 1 ORDER BY disbursement
"""


def miscounted_batches(connection: sa.Connection) -> Iterator[Finding]:
    """Find batches that say something else than their lines come to."""
    for row in rows(connection, _MISCOUNTED):
        yield Finding(
            5,
            f"Batch {row.id} says {row.line_count} lines, {row.paid_count} of them paid, {row.paid_amount} in all;"
            f" its lines come to {row.written}, {row.paid} and {row.cents} (minor units).",
            (f"acquirer_disbursement_batches {row.id}",),
            amounts(row, ("paid_amount", "cents")),
        )


def mispaid_lines(connection: sa.Connection) -> Iterator[Finding]:
    """Find lines whose disbursement pays something else, or somebody else, and disbursements that two lines claim."""
    for row in rows(connection, _MISPAID):
        yield Finding(
            5,
            f"Line {row.id} orders {row.amount}; disbursement {row.disbursement} pays {row.pushed} (minor units),"
            " or in another currency, for another sender or to another card.",
            (f"acquirer_batch_lines {row.id}", f"acquirer_disbursements {row.disbursement}"),
            amounts(row, ("amount", "pushed")),
        )
    for row in rows(connection, _SHARED):
        yield Finding(
            5,
            f"Disbursement {row.disbursement} is to pay both line {row.one} and line {row.other}.",
            (f"acquirer_batch_lines {row.one}", f"acquirer_batch_lines {row.other}"),
        )
