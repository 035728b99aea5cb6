"""The numbers by which messages and transactions are told apart, each in its standard form.

All are made from a writer's session and counter, so two processes never give the same one.
"""

from functools import lru_cache
from typing import Final

from payments.kit.clock import DAY, moment
from payments.kit.ids import base36

_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
"""Each digit doubled, and the digits of that added up."""


def trace_number(number: int) -> str:
    """Return a STAN (DE 11): 000001 to 999999, then from the start again."""
    return f"{(number - 1) % 999_999 + 1:06d}"


def retrieval_reference(at: int, session: int, number: int) -> str:
    """Return an RRN (DE 37), 12 characters: the last digit of the year, the day of the year, then ours.

    The eight of ours are the session (three digits of base 36) and its counter (five).
    """
    return f"{_yddd(at // DAY)}{base36(session, 3)}{base36(number, 5)}"


def network_number(session: int, number: int) -> str:
    """Return a network transaction id (DE 62): 15 digits, the same through the life of a transaction."""
    return f"{session % 1_000_000:06d}{number % 1_000_000_000:09d}"


def approval_code(number: int) -> str:
    """Return an approval code (DE 38): six letters and digits, never all zeros."""
    return base36(number * 1_000_003 % (36**6 - 1) + 1, 6)


def acquirer_reference(acquirer: str, at: int, session: int, number: int) -> str:
    """Return an ARN, 23 digits: 7, the acquirer's six digits, YDDD, eleven of ours, a Luhn check digit."""
    body = f"7{acquirer:0>6.6}{_yddd(at // DAY)}{session % 10_000:04d}{number % 10_000_000:07d}"
    return body + luhn_digit(body)


@lru_cache(maxsize=16)
def _yddd(day: int) -> str:
    """Return the last digit of the year and the day of the year, of a day since the epoch."""
    on = moment(day * DAY).timetuple()
    return f"{on.tm_year % 10}{on.tm_yday:03d}"


def luhn_digit(body: str) -> str:
    """Return the check digit that makes ``body`` valid by ISO/IEC 7812-1 annex B (Luhn)."""
    doubled, plain = body[-1::-2].translate(_DOUBLED), body[-2::-2]
    return str(-sum(map(int, doubled + plain)) % 10)


def luhn_valid(number: str) -> bool:
    """Tell whether the last digit of ``number`` is the check digit of those before it."""
    return luhn_digit(number[:-1]) == number[-1]
