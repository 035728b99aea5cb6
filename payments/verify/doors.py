"""Truth 8: what a scheme's door remembers of a request points at something that exists, and agrees with it.

The doors' tables are read as they are, by name: checking imports nothing of the doors.
"""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding, amounts, rows

# What the flow of a submission has made is known by the key it claimed, while that is kept.
_SUBMISSIONS: Final = """
SELECT s.id, s.operation, s.sender, s.refused_status, k.resource, COALESCE(d.sender, f.sender, a.sender) AS made_for
FROM visa_direct_submissions s JOIN kit_idempotency_keys k ON k.id = 'visa_direct:' || s.id
LEFT JOIN acquirer_disbursements d ON s.operation = 'push' AND d.id = k.resource
LEFT JOIN acquirer_fundings f ON s.operation <> 'push' AND f.id = k.resource
LEFT JOIN acquirer_adjustments a ON s.operation = 'adjustment' AND a.id = k.resource
WHERE COALESCE(d.sender, f.sender, a.sender, '') <> s.sender OR s.refused_status IS NOT NULL OR s.original <> ''
ORDER BY s.id
"""

_REPEATS: Final = """
SELECT s.id, s.original FROM visa_direct_submissions s LEFT JOIN visa_direct_submissions o ON o.id = s.original
WHERE s.original <> '' AND (o.id IS NULL OR o.operation <> s.operation OR o.acquirer <> s.acquirer) ORDER BY s.id
"""

_HOMELESS: Final = """
SELECT s.id, s.sender, s.batch FROM visa_direct_submissions s
LEFT JOIN acquirer_senders a ON a.id = s.sender AND a.acquirer = s.acquirer
LEFT JOIN visa_direct_credentials c ON c.id = s.credential
LEFT JOIN visa_direct_batches b ON b.id = s.batch
WHERE a.id IS NULL OR c.id IS NULL OR (s.batch <> '' AND b.id IS NULL) ORDER BY s.id
"""

_IDENTITIES: Final = """
SELECT i.id, i.submission FROM visa_direct_identities i LEFT JOIN visa_direct_submissions s ON s.id = i.submission
WHERE s.id IS NULL ORDER BY i.id
"""

_INSTRUCTIONS: Final = """
SELECT i.id, i.made, i.amount, p.sender, COALESCE(d.amount, f.amount) AS made_amount,
    COALESCE(d.sender, f.sender) AS made_for
FROM mastercard_send_instructions i LEFT JOIN mastercard_send_partners p ON p.id = i.partner
LEFT JOIN acquirer_disbursements d ON i.leg = 'PAYMENT' AND d.id = i.made
LEFT JOIN acquirer_fundings f ON i.leg = 'FUNDING' AND f.id = i.made
WHERE p.id IS NULL OR (i.made <> '' AND (i.refusal <> '' OR COALESCE(d.amount, f.amount, -1) <> i.amount
    OR COALESCE(d.sender, f.sender, '') <> p.sender)) ORDER BY i.id
"""

_SHARED: Final = """
SELECT made, MIN(id) AS one, MAX(id) AS other FROM mastercard_send_instructions
WHERE made <> '' GROUP BY made HAVING COUNT(*) > 1 ORDER BY made
"""

_PARTNERS: Final = """
SELECT p.id, p.sender FROM mastercard_send_partners p
LEFT JOIN acquirer_senders a ON a.id = p.sender AND a.acquirer = p.acquirer AND a.currency = p.currency
WHERE a.id IS NULL ORDER BY p.id
"""


def wrong_submissions(connection: sa.Connection) -> Iterator[Finding]:
    """Find what the Visa Direct door says of a request, and the house does not."""
    for row in rows(connection, _SUBMISSIONS):
        made = f"made {row.resource} for {row.made_for or 'nobody'}" + (", and refused" if row.refused_status else "")
        yield _said(f"Submission {row.id} ({row.operation}, of {row.sender}) has {made}.", f"submissions {row.id}")
    for row in rows(connection, _REPEATS):
        yield _said(f"Submission {row.id} repeats {row.original}, which is no such request.", f"submissions {row.id}")
    for row in rows(connection, _HOMELESS):
        words = f"Submission {row.id} names a sender, a credential or a batch that is not there."
        yield _said(words, f"submissions {row.id}")
    for row in rows(connection, _IDENTITIES):
        yield _said(f"An identity names submission {row.submission}, which is not there.", f"identities {row.id}")


def _said(words: str, where: str) -> Finding:
    return Finding(8, words, (f"visa_direct_{where}",))


def wrong_instructions(connection: sa.Connection) -> Iterator[Finding]:
    """Find what the Mastercard Send door says of a request, and the house does not."""
    for row in rows(connection, _INSTRUCTIONS):
        yield Finding(
            8,
            f"Instruction {row.id} of {row.sender or 'nobody'} has made {row.made or 'nothing'},"
            f" which is {row.made_amount} (minor units) for {row.made_for or 'nobody'}; {row.amount} were asked for.",
            (f"mastercard_send_instructions {row.id}",),
            amounts(row, ("amount",)),
        )
    for row in rows(connection, _SHARED):
        yield Finding(
            8,
            f"{row.made} was made by both {row.one} and {row.other}.",
            (f"mastercard_send_instructions {row.one}", f"mastercard_send_instructions {row.other}"),
        )
    for row in rows(connection, _PARTNERS):
        yield Finding(
            8,
            f"Partner {row.id} pays for {row.sender}, which is no such sender.",
            (f"mastercard_send_partners {row.id}",),
        )
