"""Truth 2: what one party's book says it owes another, the other's book says it is owed.

The network's "due to X" mirrors X's "due from network", its "due from X" mirrors X's "due to network", and
X's reserve at the bank mirrors X's settlement cash. The two sides of an item share its reference, so they are
compared reference by reference: an entry without its counterpart is right only while a message of that
reference is on its way.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from payments.verify.finding import Finding, rows
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

_DIFFERENCES: Final = f"""{_POSTED}
SELECT member, currency, mirror, reference, SUM(amount) AS difference FROM posted
GROUP BY member, currency, mirror, reference HAVING SUM(amount) <> 0
ORDER BY member, currency, mirror, reference
"""

_ENTRIES: Final = f"""{_POSTED}
SELECT kept, entry, SUM(amount) AS amount FROM posted
WHERE member = :member AND currency = :currency AND mirror = :mirror AND reference = :reference
GROUP BY kept, entry HAVING SUM(amount) <> 0 ORDER BY entry
"""

_NAMES: Final = {
    "due_to_member": ("the network's due_to_member", "due_from_network"),
    "due_from_member": ("the network's due_from_member", "due_to_network"),
    "reserve": ("its reserve at the bank", "settlement_cash"),
}


def broken_mirrors(connection: sa.Connection, waiting: Waiting) -> Iterator[Finding]:
    """Find the differences between mirrored accounts that no message on its way explains."""
    for row in rows(connection, _DIFFERENCES):
        unmatched = _unmatched(connection, row)
        if len(unmatched) <= len(waiting.get(row.reference, ())):
            continue
        keeper, own = _NAMES[row.mirror]
        yield Finding(
            2,
            f"Of {row.reference or 'what has no reference'}, {keeper} and {row.member}'s {own} differ by"
            f" {abs(int(row.difference))} {row.currency} (minor units),"
            " and no message on its way explains it.",
            tuple(f"ledger_transfers entry {entry}" for entry in unmatched),
            (("difference", int(row.difference)),),
        )


def _unmatched(connection: sa.Connection, difference: Any) -> list[str]:
    """Return the entries of one side that have no counterpart of the same amount on the other."""
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    asked = {name: getattr(difference, name) for name in ("member", "currency", "mirror", "reference")}
    for row in connection.execute(sa.text(_ENTRIES), asked):
        sides[row.kept][row.entry] = int(row.amount)
    return [*_without_counterpart(*sides), *_without_counterpart(*reversed(sides))]


def _without_counterpart(side: dict[str, int], other: dict[str, int]) -> list[str]:
    there = Counter(-amount for amount in other.values())
    missing = []
    for entry, amount in side.items():
        if there[amount]:
            there[amount] -= 1
        else:
            missing.append(entry)
    return missing
