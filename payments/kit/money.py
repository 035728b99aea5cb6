"""Money: integers of minor units beside an ISO 4217 currency, and the one way the house rounds."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from iso4217 import raw_table

from payments.kit.errors import Refusal

# Fourteen digits before the point keep every currency (four decimals at most) inside a 64-bit column.
_MAJOR = re.compile(r"(-?)([0-9]{1,14})(?:\.([0-9]+))?")


class UnknownCurrency(Refusal):
    """This is no ISO 4217 currency with a minor unit."""


class TooManyDecimals(Refusal):
    """The amount has more decimals than its currency."""


class NotAnAmount(Refusal):
    """An amount is written as digits with a decimal point, such as 12.34."""


class CurrencyMismatch(Refusal):
    """Amounts of two currencies cannot be added or compared."""


class _Currency(NamedTuple):
    exponent: int
    numeric: str


# Metals, units of account and test codes ("N.A." in the table) have no minor unit: no card is billed in one.
_CURRENCIES = {
    code: _Currency(int(str(row["CcyMnrUnts"])), f"{row['CcyNbr']:03}")
    for code, row in raw_table.items()
    if str(row["CcyMnrUnts"]).isdigit()
}
_ALPHA_CODES = {known.numeric: code for code, known in _CURRENCIES.items()}


def _currency(code: str) -> _Currency:
    try:
        return _CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(f"{code!r} is no ISO 4217 currency with a minor unit.") from None


def exponent(currency: str) -> int:
    """Return how many decimals the currency has: USD 2, JPY 0, BHD 3 (ISO 4217, list one).

    Raises ``UnknownCurrency`` for any other code, lower case included, and for one without minor unit (XAU).
    """
    return _currency(currency).exponent


def numeric_code(currency: str) -> str:
    """Return the three digits ISO 4217 gives a currency and ISO 8583 carries: USD is "840", BHD "048".

    Raises ``UnknownCurrency``.
    """
    return _currency(currency).numeric


def alpha_code(numeric: str) -> str:
    """Return the three letters of an ISO 4217 numeric code: "840" is USD. Raises ``UnknownCurrency``."""
    try:
        return _ALPHA_CODES[numeric]
    except KeyError:
        raise UnknownCurrency(f"{numeric!r} is no numeric code of a currency with a minor unit.") from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, in its minor units (cents), possibly negative.

    Amounts of two currencies are unequal; to add, subtract or order them raises ``CurrencyMismatch``. To make
    one of a currency without a minor unit raises ``UnknownCurrency``.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        _currency(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._like(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._like(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._like(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._like(other)

    def __str__(self) -> str:
        """Write it with its currency's decimals: "58.41 USD", "500 JPY"."""
        digits = exponent(self.currency)
        whole, part = divmod(abs(self.amount), 10**digits)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole}{f'.{part:0{digits}}' if digits else ''} {self.currency}"

    def _like(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added or compared.")
        return other.amount


def parse_major(text: str, currency: str) -> Money:
    """Read an amount in major units, as people write it: ``parse_major("12.34", "USD")`` is 1234 cents.

    Raises ``NotAnAmount``, ``UnknownCurrency``, and ``TooManyDecimals`` even when the surplus ones are zeros.
    """
    digits = exponent(currency)
    match = _MAJOR.fullmatch(text)
    if match is None:
        raise NotAnAmount(f"{text[:32]!r} is not an amount such as 12.34.")
    sign, whole, decimals = match[1], match[2], match[3] or ""
    if len(decimals) > digits:
        raise TooManyDecimals(f"{currency} has {digits} decimals, not {len(decimals)}.")
    return Money(int(sign + whole + decimals.ljust(digits, "0")), currency)


def round_half_even(numerator: int, denominator: int) -> int:
    """Return the integer nearest to the exact quotient; of two equally near, the even one, of either sign.

    Raises ``ZeroDivisionError``.
    """
    floor, rest = divmod(numerator, denominator)
    twice, whole = 2 * abs(rest), abs(denominator)
    return floor + (twice > whole or (twice == whole and floor % 2 == 1))


def share(amount: int, part: int, whole: int) -> int:
    """Return the part of ``amount`` that goes with ``part`` of ``whole``, half to even; all minor units.

    Interchange given back by a refund is ``share(fee, refunded, presented)`` less what went back already,
    with ``refunded`` the total so far: in however many parts a sale is refunded, its fee goes back once.
    A ``whole`` of nothing raises ``ZeroDivisionError``.
    """
    return round_half_even(amount * part, whole)
