"""Corridors: which pushes may cross a border or a currency, on which terms, and what they must say of their parties."""

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from payments.kit.clock import SECOND
from payments.kit.money import parse_major
from payments.switch.message import OriginalCredit


class Way(NamedTuple):
    """From which country and currency a push sets out, and to which it goes."""

    payer_country: str
    currency: str
    recipient_country: str
    recipient_currency: str

    @property
    def crosses(self) -> bool:
        """Tell whether it crosses a border or a currency; of a card range without a country no border is known."""
        abroad = bool(self.recipient_country) and self.payer_country != self.recipient_country
        return abroad or self.converts

    @property
    def converts(self) -> bool:
        """Tell whether it leads from one currency to another."""
        return self.currency != self.recipient_currency


class Corridor(NamedTuple):
    """The terms of a way that is open.

    ``most`` is in minor units of the sender's currency (``None``: no limit), ``locked_for`` in microseconds. With
    ``quote_required`` nothing is converted at the rate of the moment.
    """

    margin_basis_points: int
    locked_for: int
    most: int | None
    requires: tuple[str, ...]
    quote_required: bool = False


@lru_cache(maxsize=4096)
def corridor(way: Way, on: date) -> Corridor | None:
    """Return the corridor of a way on a UTC date, ``None`` when it is closed. The terms are in ``corridors.json``."""
    facts = way._asdict() | {"same_currency": not way.converts}
    for row in _in_force(on):
        if all(facts[name] in taken for name, taken in row["when"].items()):
            return _terms(row, way.currency) if row["open"] else None
    return None


def missing(credit: OriginalCredit, requires: tuple[str, ...]) -> list[str]:
    """Return what a push does not say of its parties and must, such as ``payer.address``."""
    return [each for each in requires if not attrgetter(each)(credit).strip()]


def rows_in_force(on: date) -> list[dict[str, Any]]:
    """Return the rows in force on a UTC date, in the order in which they are tried, as ``corridors.json`` has them."""
    return list(_in_force(on))


def _in_force(on: date) -> Iterator[dict[str, Any]]:
    # ISO dates sort as text.
    return (row for row in _CORRIDORS if row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31"))


def _terms(row: dict[str, Any], currency: str) -> Corridor:
    most = row["most"].get(currency)
    return Corridor(
        row["margin_basis_points"],
        row["locked_seconds"] * SECOND,
        None if most is None else parse_major(most, currency).amount,
        tuple(row["requires"]),
        row.get("quote_required", False),
    )


_CORRIDORS: Final = json.loads(Path(__file__).with_name("corridors.json").read_text(encoding="utf-8"))["corridors"]
