"""What a cleared item costs: interchange between the members, and the network's own fee.

The figures are published examples, dated and with their sources, in ``fees.json``; the first row in force
whose conditions hold is the programme. A row's fixed part is left out in a currency for which it gives none.
All arithmetic is in integers and rounds once, half to even, to the minor unit.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypedDict

from payments.kit.errors import Refusal
from payments.kit.money import exponent, round_half_even

# Rates are kept in millionths, so that 0.0195 USD (1.95 cents) and 0.1275 % are integers too.
_MILLIONTHS = 6
_WHOLE = 10**_MILLIONTHS


class NoFeeProgramme(Refusal):
    """No fee programme covers this card and sale on this day."""


@dataclass(frozen=True, slots=True)
class CardProduct:
    """What the directory tells of a card: debit, credit or prepaid; its region; whether its issuer is regulated."""

    product: str
    region: str
    regulated: bool


@dataclass(frozen=True, slots=True)
class Priced:
    """What pricing needs of a sale or original credit; amount in minor units, ``on`` its UTC date."""

    amount: int
    currency: str
    card_present: bool
    mcc: str
    on: date


class Fee(NamedTuple):
    """A fee: its programme, its amount (the sale's minor units), and the exact rate behind it, as text."""

    programme: str
    amount: int
    rate: str


class _Row(TypedDict):
    programme: str
    when: dict[str, list[str | bool]]
    percent: str
    fixed: dict[str, str]
    valid_from: str
    valid_until: str | None


class _Rate(NamedTuple):
    programme: str
    proportion: int  # millionths of the amount
    fixed: int  # millionths of a minor unit
    text: str


def interchange(card: CardProduct, sale: Priced) -> Fee:
    """Return what the acquirer pays the issuer for a sale; never more than the sale.

    Sources: Regulation II (12 CFR 235), Regulation (EU) 2015/751, "Visa Product 1 and Product 2 interchange"
    (https://www.cardfellow.com/blog/visa-product-1-product-2-interchange). Raises ``NoFeeProgramme``.
    """
    return _capped(_fee("interchange", card, sale), sale.amount)


def scheme_fee(card: CardProduct, sale: Priced) -> Fee:
    """Return what the acquirer pays the network for a sale: assessment and processing, as one figure.

    Sources: https://www.sobonet.us/copy-of-interchange-101-1, http://www.merchantnations.com/Interchange/visa;
    made up for the EU. Raises ``NoFeeProgramme``.
    """
    return _fee("scheme_fee", card, sale)


def original_credit_interchange(card: CardProduct, credit: Priced) -> Fee:
    """Return what the originator's side pays the recipient's issuer for a push; never more than the push.

    It runs with the money, not against it. The figure is made up, none is published. Raises
    ``NoFeeProgramme``.
    """
    return _capped(_fee("original_credit_interchange", card, credit), credit.amount)


def original_credit_scheme_fee(card: CardProduct, credit: Priced) -> Fee:
    """Return what the originator's side pays the network for a push. The figure is made up.

    Raises ``NoFeeProgramme``.
    """
    return _fee("original_credit_scheme_fee", card, credit)


def _capped(fee: Fee, amount: int) -> Fee:
    return fee if fee.amount <= amount else fee._replace(amount=amount)


def _fee(table: str, card: CardProduct, sale: Priced) -> Fee:
    rate = _rate(table, card, sale.currency, sale.card_present, sale.mcc, sale.on)
    return Fee(rate.programme, round_half_even(sale.amount * rate.proportion + rate.fixed, _WHOLE), rate.text)


# One answer serves every item of a day that is alike but for its amount.
@lru_cache(maxsize=4096)
def _rate(table: str, card: CardProduct, currency: str, card_present: bool, mcc: str, on: date) -> _Rate:
    facts = {"product": card.product, "region": card.region, "regulated": card.regulated}
    facts |= {"currency": currency, "card_present": card_present, "mcc": mcc}
    for row in _TABLES[table]:
        if _in_force(row, on) and all(facts[name] in taken for name, taken in row["when"].items()):
            return _rate_in(row, currency)
    raise NoFeeProgramme(f"No {table} programme covers a {card.region} {card.product} card on {on}.")


def _in_force(row: _Row, on: date) -> bool:
    # ISO dates sort as text.
    return row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31")


def _rate_in(row: _Row, currency: str) -> _Rate:
    percent, fixed = row["percent"], row["fixed"].get(currency, "0")
    texts = [f"{percent} %"] * (percent != "0") + [f"{fixed} {currency}"] * (fixed != "0")
    return _Rate(
        row["programme"],
        _shifted(percent, _MILLIONTHS - 2),
        _shifted(fixed, _MILLIONTHS + exponent(currency)),
        " + ".join(texts) or "0",
    )


def _shifted(text: str, places: int) -> int:
    number = Decimal(text).scaleb(places)
    assert number == int(number), f"{text} is finer than pricing can hold"
    return int(number)


_TABLES: dict[str, list[_Row]] = json.loads(Path(__file__).with_name("fees.json").read_text(encoding="utf-8"))
