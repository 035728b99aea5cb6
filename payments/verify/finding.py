"""What is found to be wrong, and how the truths are numbered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

LIMIT: Final = 100
"""The most findings one check reports: whoever has a hundred of one kind needs no more to know."""

TRUTHS: Final = {
    0: "Nothing that was written was changed, dropped or added afterwards.",
    1: "Every book balances in every currency, and balances equal the sum of their transfers.",
    2: "Mirrors agree, but for exactly the amounts of messages sent and not yet received.",
    3: "Every settlement instruction sums to zero.",
    4: "No guarded account is below its floor, and every open hold belongs to exactly one live thing.",
    5: "Refunded is at most captured, and captured at most what was authorized, with the tolerance allowed.",
    6: "Every message sent has an answer, a reversal, or a due time: nothing waits for ever.",
    7: "What counts against the limits of pushes is what was pushed, each push once.",
    8: "What a scheme's door says of a request points at what exists, and agrees with it.",
}
"""What must always be true, by number; 0 is what makes the rest worth checking."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the number of the ``truth`` it breaks and a sentence that explains it.

    ``where`` names the rows, each as its table and its key; ``amounts`` are minor units, each by what it is.
    """

    truth: int
    what: str
    where: tuple[str, ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()


def rows(connection: sa.Connection, statement: str) -> Iterator[Any]:
    """Return the first rows of an SQL statement that looks for what is wrong."""
    return iter(connection.execute(_first(statement)).fetchall())


@cache
def _first(statement: str) -> sa.TextClause:
    return sa.text(f"{statement.strip()} LIMIT {LIMIT}")


def amounts(row: Any, names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return the named columns of ``row`` as a finding's amounts; PostgreSQL sums to decimals, we do not."""
    return tuple((name, int(getattr(row, name))) for name in names)
