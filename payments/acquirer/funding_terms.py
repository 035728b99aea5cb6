"""The terms of pulls: what they cost, and until when they can be reversed. Figures are in ``funding_terms.json``."""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from payments.kit.clock import SECOND
from payments.kit.money import parse_major


class ReversalTerms(NamedTuple):
    """A scheme's rule for reversing a pull.

    ``within`` is how long after its approval (microseconds), ``only_if_payment_failed`` whether only when the payment
    it was for has failed.
    """

    scheme: str
    within: int
    only_if_payment_failed: bool


def funding_fee(currency: str, on: date) -> int:
    """Return what a sender pays for a pull on that UTC date, in minor units of ``currency``; made up, none is known."""
    return _fee("funding", currency, on)


def transfer_fee(currency: str, on: date) -> int:
    """Return what the payer of a transfer pays on top of it on that UTC date, in minor units; made up."""
    return _fee("transfer", currency, on)


@lru_cache(maxsize=1024)
def reversal_terms(card_masked: str, on: date) -> ReversalTerms:
    """Return the rule for a card, told by the beginning of its number, on that UTC date."""
    for row in _rows("reversal", on):
        if card_masked.startswith(tuple(row["card_numbers"])):
            return ReversalTerms(row["scheme"], row["within_seconds"] * SECOND, row["only_if_payment_failed"])
    return ReversalTerms("", 0, False)


@lru_cache(maxsize=1024)
def _fee(table: str, currency: str, on: date) -> int:
    for row in _rows(table, on):
        return parse_major(row["fixed"].get(currency, "0"), currency).amount
    return 0


def _rows(table: str, on: date) -> list[dict[str, Any]]:
    # ISO dates sort as text.
    return [
        each for each in _TERMS[table] if each["valid_from"] <= on.isoformat() <= (each["valid_until"] or "9999-12-31")
    ]


_TERMS: Final = json.loads(Path(__file__).with_name("funding_terms.json").read_text(encoding="utf-8"))
