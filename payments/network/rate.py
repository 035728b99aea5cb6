"""Rates of exchange: what one unit of a currency is worth in another, mid-market, by date.

The figures in ``rates.json`` are over one base currency. An operator may set a pair's rate from any instant on; its
other direction is then the inverse. A rate is a decimal, written out: no float comes near it.
"""

import json
import re
from datetime import UTC, date, datetime, time
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import orjson

from payments.kit.clock import day, instant
from payments.kit.errors import Refusal
from payments.kit.money import exponent, round_half_even
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.network.network import Network

PUBLISHED: Final = "published"
OPERATOR: Final = "operator"

MID_DIGITS: Final = 12
"""How many significant digits a rate worked out of others has."""

KEPT: Final = 500
"""How many dated rates of a pair are kept: setting one more drops the oldest."""

_DECIMAL: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?")


class NotARate(Refusal):
    """A rate is a positive decimal, written out, such as 0.9214."""


class OneCurrency(Refusal):
    """A rate is between two currencies."""


@record("network_rate_sheets")
class RateSheet(Record):
    """What an operator has set for a pair of currencies (``EUR.USD``: by alphabet), from which instants on.

    ``rates`` is JSON, oldest first: rows of the instant from which it is valid, the currency of which one unit is
    meant, and the rate.
    """

    noun: ClassVar[str] = "rate_sheet"

    pair: Key[str]
    rates: Mutable[str]


class Rate(NamedTuple):
    """A rate in force: units of ``counter`` for one unit of ``currency``, and who says so since which instant."""

    currency: str
    counter: str
    rate: str
    set_by: str
    valid_from: int


def pair_of(currency: str, counter: str) -> str:
    """Return the pair that two currencies make, whichever comes first."""
    return ".".join(sorted((currency, counter)))


def set_rate(
    work: Work, network: Network, currency: str, counter: str, rate: str, valid_from: int | None = None
) -> Rate:
    """Set what one unit of ``currency`` is worth from an instant on (``None``: now); a step.

    What was quoted before keeps its rate. Raises ``OneCurrency``, ``UnknownCurrency`` and ``NotARate``.
    """
    if currency == counter:
        raise OneCurrency(f"{currency} is always worth one {counter}.")
    for each in (currency, counter):
        exponent(each)
    if not _DECIMAL.fullmatch(rate) or not Fraction(rate):
        raise NotARate(f"{rate[:32]!r} is not a positive decimal such as 0.9214.")
    at = work.now if valid_from is None else valid_from
    pair = pair_of(currency, counter)
    sheet = work.get_or_none(RateSheet, pair)
    known = orjson.loads(sheet.rates) if sheet else []
    rows = sorted([*(each for each in known if each[0] != at), [at, currency, rate]], key=lambda each: each[0])
    text = orjson.dumps(rows[-KEPT:]).decode()
    if sheet:
        work.change(sheet, rates=text)
    else:
        work.add(RateSheet(pair, text))
    work.emit("rate.set", pair, "", {"currency": currency, "counter": counter, "rate": rate, "valid_from": at})
    return Rate(currency, counter, rate, OPERATOR, at)


def rate_at(sheet: RateSheet | None, currency: str, counter: str, at: int) -> Rate | None:
    """Return the rate in force at the instant ``at``, or ``None``; ``sheet`` is the pair's, if it has one."""
    for valid_from, of_one, rate in reversed(orjson.loads(sheet.rates) if sheet else []):
        if valid_from <= at:
            said = rate if of_one == currency else written(Fraction(1, Fraction(rate)), MID_DIGITS)
            return Rate(currency, counter, said, OPERATOR, valid_from)
    return _published(currency, counter, day(at))


@lru_cache(maxsize=1024)
def _published(currency: str, counter: str, on: date) -> Rate | None:
    for row in _RATES["rates"]:
        # ISO dates sort as text.
        if row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31"):
            of_one = {_RATES["base"]: "1"} | row["of_one"]
            if currency not in of_one or counter not in of_one:
                return None
            rate = of_one[counter]
            if currency != _RATES["base"]:
                rate = written(Fraction(Fraction(rate), Fraction(of_one[currency])), MID_DIGITS)
            return Rate(currency, counter, rate, PUBLISHED, _midnight(row["valid_from"]))
    return None


def _midnight(on: str) -> int:
    return instant(datetime.combine(date.fromisoformat(on), time(), UTC))


def published_currencies() -> list[str]:
    """Return the currencies for which there are figures."""
    return sorted({_RATES["base"], *(each for row in _RATES["rates"] for each in row["of_one"])})


def written(rate: Fraction, digits: int) -> str:
    """Write a rate out with so many significant digits, half to even, and at most 15 decimals."""
    decimals = next((n for n in range(15, -1, -1) if rate * 10**n < 10**digits), 0)
    number = round_half_even(rate.numerator * 10**decimals, rate.denominator)
    return decimal(number, decimals)


def decimal(number: int, decimals: int) -> str:
    """Write ``number`` with its last ``decimals`` digits behind the point, without zeros at the end."""
    digits = f"{number:0{decimals + 1}}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    return f"{whole}.{part}" if part else whole


_RATES: Final = json.loads(Path(__file__).with_name("rates.json").read_text(encoding="utf-8"))
