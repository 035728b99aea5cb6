"""Ids: prefixed, sortable by time, unique without asking the database.

Public ids are TypeIDs (a prefix and a UUIDv7 in Crockford's base 32, RFC 9562 and the TypeID specification 0.3):
``pay_01k9…``. What a UUIDv7 fills with randomness is filled with a counter and the writer's session number here,
so ids made in one millisecond sort as they were made, two writers never meet, and a world that starts from the
same clock gives the same ids.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(a + b for a in _ALPHABET for b in _ALPHABET)
_BASE36: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PAIRS36: Final = tuple(a + b for a in _BASE36 for b in _BASE36)

SESSION_BITS: Final = 19
BATCH_BITS: Final = 28
ROW_BITS: Final = 16


def base32(value: int) -> str:
    """Return the 26 Crockford base 32 digits of a 128-bit ``value``, as a TypeID's suffix has them."""
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10)])


def base36(value: int, digits: int) -> str:
    """Return ``value`` modulo 36**digits in upper-case base 36, padded with zeros to ``digits``."""
    result = ""
    for _ in range((digits + 1) // 2):
        value, pair = divmod(value, 1296)
        result = _PAIRS36[pair] + result
    return result[-digits:]


_MARKS: Final = base32(7 << 76 | 2 << 62)[10:14]
"""What says in every id that it is a UUIDv7: the version, and the variant of RFC 9562."""


class Ids:
    """Makes the ids of one writer's session; ``session`` is given by the database and never used twice."""

    def __init__(self, session: int) -> None:
        """Start counting for ``session``."""
        assert 0 < session < 1 << SESSION_BITS, "writer sessions are used up: start a new world"
        self.session = session
        self._counter = 0
        self._batch = session << BATCH_BITS
        self._high = ""
        self._low = base32(session)[-4:]
        self._millisecond = -1

    def new(self, prefix: str, at: int) -> str:
        """Return a new id such as ``pay_01k9…`` made at instant ``at`` (microseconds since the epoch)."""
        millisecond = at // 1000
        if millisecond != self._millisecond:
            self._millisecond = millisecond
            self._high = base32(millisecond << 80)[:10]
        self._counter = counter = self._counter + 1
        assert counter < 1 << 40, "a session has made all the ids it can"
        a, b, c, d = counter >> 30, counter >> 20 & 1023, counter >> 10 & 1023, counter & 1023
        return f"{prefix}_{self._high}{_MARKS}{_PAIRS[a]}{_PAIRS[b]}{_PAIRS[c]}{_PAIRS[d]}{self._low}"

    def number(self) -> int:
        """Return the next plain number of this session, from 1: for trace and reference numbers."""
        self._counter += 1
        return self._counter

    @property
    def last(self) -> int:
        """Return how far this session has counted."""
        return self._counter

    @contextmanager
    def after(self, last: int) -> Iterator[None]:
        """Count on from ``last`` once more inside the block: what was made then is made again."""
        counter, self._counter = self._counter, last
        try:
            yield
        finally:
            self._counter = counter

    def next_batch(self) -> int:
        """Return the number of the next batch; rows of a batch are numbered from ``first_row(batch)``."""
        self._batch += 1
        return self._batch


def first_row(batch: int) -> int:
    """Return the first of the 65,536 row numbers that belong to ``batch``."""
    return batch << ROW_BITS


def batch_of(row: int) -> int:
    """Return the batch that wrote the row numbered ``row``."""
    return row >> ROW_BITS
