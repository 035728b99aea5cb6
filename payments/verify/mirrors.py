"""Truth 2: what one party's book says it owes another, the other's book says it is owed.

The network's "due to X" mirrors X's "due from network", its "due from X" mirrors X's "due to network", and
X's reserve at the bank mirrors X's settlement cash. The two sides of an item share its reference, so they are
compared reference by reference: an entry without its counterpart is right only while a message of that
reference is on its way.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

import sqlalchemy as sa

from payments.verify.finding import Finding
from payments.verify.waiting import Waiting

# What is posted on each mirrored account: debits up, credits down, so that both sides together come to zero.
_POSTED: Final = """
WITH mirrored AS (
    SELECT id, owner AS member, currency, code AS mirror, 1 AS kept FROM ledger_accounts
    WHERE code IN ('due_to_member', 'due_from_member', 'reserve')
    UNION ALL
    SELECT id, book, currency, CASE code
        WHEN 'due_from_network' THEN 'due_to_member'
        WHEN 'due_to_network' THEN 'due_from_member' ELSE 'reserve' END, 0
    FROM ledger_accounts WHERE code IN ('due_from_network', 'due_to_network', 'settlement_cash')
), posted AS (
    SELECT m.member, m.currency, m.mirror, m.kept, t.reference, t.entry, t.amount
    FROM mirrored m JOIN ledger_transfers t ON t.debit_account = m.id WHERE t.kind IN ('transfer', 'post')
    UNION ALL
    SELECT m.member, m.currency, m.mirror, m.kept, t.reference, t.entry, -t.amount
    FROM mirrored m JOIN ledger_transfers t ON t.credit_account = m.id WHERE t.kind IN ('transfer', 'post')
)
"""

# The entries of every group in which the two sides do not come to zero.
_DIFFERENCES: Final = f"""{_POSTED}, differing AS (
    SELECT member, currency, mirror, reference FROM posted
    GROUP BY member, currency, mirror, reference HAVING SUM(amount) <> 0
)
SELECT p.member, p.currency, p.mirror, p.reference, p.kept, p.entry, SUM(p.amount) AS amount
FROM posted p JOIN differing d ON d.member = p.member AND d.currency = p.currency
    AND d.mirror = p.mirror AND d.reference = p.reference
GROUP BY p.member, p.currency, p.mirror, p.reference, p.kept, p.entry
ORDER BY p.member, p.currency, p.mirror, p.reference, p.entry
"""

_NAMES: Final = {
    "due_to_member": ("the network's due_to_member", "due_from_network"),
    "due_from_member": ("the network's due_from_member", "due_to_network"),
    "reserve": ("its reserve at the bank", "settlement_cash"),
}


def broken_mirrors(connection: sa.Connection, waiting: Waiting) -> Iterator[Finding]:
    """Find the differences between mirrored accounts that no message on its way explains."""
    found = connection.execute(sa.text(_DIFFERENCES))
    for (member, currency, mirror, reference), entries in groupby(found, itemgetter(0, 1, 2, 3)):
        sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for each in entries:
            sides[each.kept][each.entry] = int(each.amount)
        unmatched = [*_without_counterpart(*sides), *_without_counterpart(*reversed(sides))]
        if len(unmatched) <= len(waiting.get(reference, ())):
            continue
        difference = sum(sides[0].values()) + sum(sides[1].values())
        keeper, own = _NAMES[mirror]
        yield Finding(
            2,
            f"Of {reference or 'what has no reference'}, {keeper} and {member}'s {own} differ by"
            f" {abs(difference)} {currency} (minor units), and no message on its way explains it.",
            tuple(f"ledger_transfers entry {entry}" for entry in unmatched),
            (("difference", difference),),
        )


def _without_counterpart(side: dict[str, int], other: dict[str, int]) -> list[str]:
    """Return the entries of one side that have no counterpart of the same amount on the other."""
    there = Counter(-amount for amount in other.values())
    missing = []
    for entry, amount in side.items():
        if there[amount]:
            there[amount] -= 1
        else:
            missing.append(entry)
    return missing
