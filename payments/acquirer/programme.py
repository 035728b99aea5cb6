"""The programmes: every kind of push, who may send it, what must be known of its parties, and what it costs.

The table is ``programmes.json``; what it does not allow, ``programme_rules.py`` refuses.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from payments.kit.money import parse_major


@dataclass(frozen=True, slots=True)
class Programme:
    """A kind of push: a row of the table, whose columns are explained in ``programmes.json``."""

    programme: str
    title: str
    business_applications: tuple[str, ...]
    senders: tuple[str, ...]
    payer: tuple[str, ...]
    payer_kind: str
    recipient: tuple[str, ...]
    sources_of_funds: tuple[str, ...]
    channels: tuple[str, ...]
    mcc: str
    mastercard_transaction_type: str

    @property
    def is_money_transfer(self) -> bool:
        """Tell whether it is a money transfer, of whose payer more must be known than the name."""
        return "address" in self.payer


def programme_of(name: str, business_application: str) -> Programme | None:
    """Return the programme of this ``name``, or the first with the business application; either may be ''."""
    if not name:
        return _BY_APPLICATION.get(business_application)
    found = PROGRAMMES.get(name)
    if found and business_application and business_application not in found.business_applications:
        return None
    return found


@lru_cache(maxsize=1024)
def disbursement_fee(currency: str, on: date) -> int:
    """Return what the sender pays for a disbursement on that UTC date, in minor units of ``currency``.

    The figures, dated, are in ``disbursement_fees.json``; none is published, they are made up.
    """
    for row in _FEES:
        # ISO dates sort as text.
        if row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31"):
            return parse_major(row["fixed"].get(currency, "0"), currency).amount
    return 0


def _programme(row: dict[str, Any]) -> Programme:
    values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in row.items()}
    return Programme(**values)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return found


_FEES: Final = _read("disbursement_fees.json")["disbursement"]
_TABLE: Final = _read("programmes.json")

MORE_BY_COUNTRY: Final[list[dict[str, Any]]] = _TABLE["where"]
"""What is asked of a party besides, by its country."""

CHANNELS: Final[dict[str, str]] = _TABLE["channels"]
"""Where a sender can start a disbursement, and what each word means."""

SOURCES_OF_FUNDS: Final[dict[str, str]] = _TABLE["sources_of_funds"]
"""What a payer can have paid with, and what each word means."""

PROGRAMMES: Final[dict[str, Programme]] = {each["programme"]: _programme(each) for each in _TABLE["programmes"]}
"""Every programme, by its name."""

_BY_APPLICATION: Final[dict[str, Programme]] = {
    application: programme
    for programme in reversed(PROGRAMMES.values())
    for application in programme.business_applications
}

BUSINESS_APPLICATIONS: Final[dict[str, str]] = {
    application: programme.title for application, programme in sorted(_BY_APPLICATION.items())
}
"""The business application ids (BAI) and what each stands for."""
