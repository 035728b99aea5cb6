"""The arithmetic of an exchange: exact, each amount rounded once, and never so that a minor unit is created.

What the recipient gets is rounded down, what the sender pays is rounded up. The rate they are exchanged at has the
seven digits that DE 10 can carry; it is rounded down, so that it is never better than mid-market less the margin. All
rates are decimals, written out: units of one currency for one unit of the other.
"""

from fractions import Fraction
from math import ceil, floor
from typing import Final, NamedTuple

from payments.kit.money import exponent
from payments.network.rate import decimal

DIGITS: Final = 7
DECIMALS: Final = 9
"""What DE 10 has room for: seven digits, and one that says how many of them are decimals."""

WHOLE: Final = 10_000
"""Basis points in one."""


class Exchange(NamedTuple):
    """Both amounts of an exchange in minor units, and what of the sender's is the network's margin."""

    amount: int
    recipient_amount: int
    margin_amount: int


def with_margin(mid_rate: str, basis_points: int) -> str:
    """Return the rate that is left when the network has kept its margin; '' when DE 10 cannot carry it."""
    rate = Fraction(mid_rate) * Fraction(WHOLE - basis_points, WHOLE)
    decimals = next((n for n in range(DECIMALS, -1, -1) if rate * 10**n < 10**DIGITS), None)
    number = 0 if decimals is None else floor(rate * 10**decimals)
    return decimal(number, decimals or 0) if number else ""


def received(amount: int, rate: str, currency: str, counter: str) -> int:
    """Return what ``amount`` of ``currency`` brings in ``counter``, rounded down."""
    return floor(amount * _minor(rate, currency, counter))


def cost(amount: int, rate: str, currency: str, counter: str) -> int:
    """Return what ``amount`` of ``counter`` costs in ``currency``, rounded up."""
    return ceil(Fraction(amount, _minor(rate, currency, counter)))


def exchange_from(amount: int, rate: str, mid_rate: str, currency: str, counter: str) -> Exchange:
    """Exchange all of what the sender pays."""
    brought = received(amount, rate, currency, counter)
    return Exchange(amount, brought, amount - cost(brought, mid_rate, currency, counter))


def exchange_to(wanted: int, rate: str, mid_rate: str, currency: str, counter: str) -> Exchange:
    """Exchange as much as the recipient is to get ``wanted``, exactly."""
    amount = cost(wanted, rate, currency, counter)
    return Exchange(amount, wanted, amount - cost(wanted, mid_rate, currency, counter))


def _minor(rate: str, currency: str, counter: str) -> Fraction:
    """Return the minor units of ``counter`` for one minor unit of ``currency``."""
    return Fraction(rate) * Fraction(10) ** (exponent(counter) - exponent(currency))
