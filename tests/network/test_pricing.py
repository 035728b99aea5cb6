"""Pricing: worked examples to the cent, the data's own soundness, and what holds for every amount."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.kit.money import share
from payments.network import pricing
from payments.network.pricing import (
    CardProduct,
    Fee,
    NoFeeProgramme,
    Priced,
    interchange,
    original_credit_interchange,
    original_credit_scheme_fee,
    scheme_fee,
)

DEBIT = CardProduct("debit", "US", regulated=True)
EXEMPT = CardProduct("debit", "US", regulated=False)
PREPAID = CardProduct("prepaid", "US", regulated=False)
CREDIT = CardProduct("credit", "US", regulated=True)
EU_DEBIT = CardProduct("debit", "EU", regulated=True)
EU_CREDIT = CardProduct("credit", "EU", regulated=True)

SALE = Priced(5841, "USD", card_present=True, mcc="5814", on=date(2026, 11, 23))
ONLINE = replace(SALE, card_present=False)
EURO_SALE = replace(SALE, amount=10000, currency="EUR")

Pricing = Callable[[CardProduct, Priced], Fee]

cards = st.builds(
    CardProduct,
    st.sampled_from(["debit", "credit", "prepaid"]),
    st.sampled_from(["US", "EU"]),
    st.booleans(),
)
sales = st.builds(
    Priced,
    st.integers(1, 10**12),
    st.sampled_from(["USD", "EUR", "GBP", "JPY", "BHD"]),
    st.booleans(),
    st.sampled_from(["5814", "5999", "7011"]),
    st.dates(date(2025, 4, 1), date(2040, 1, 1)),
)


@pytest.mark.parametrize(
    ("card", "sale", "programme", "amount", "rate"),
    [
        (DEBIT, SALE, "us_debit_regulated", 25, "0.05 % + 0.22 USD"),  # 2.9205 + 22
        (EXEMPT, SALE, "us_debit_exempt", 62, "0.80 % + 0.15 USD"),  # 46.728 + 15
        (PREPAID, SALE, "us_prepaid", 82, "1.15 % + 0.15 USD"),  # 67.1715 + 15
        (CREDIT, SALE, "us_credit_present", 98, "1.51 % + 0.10 USD"),  # 88.1991 + 10
        (CREDIT, ONLINE, "us_credit_absent", 120, "1.89 % + 0.10 USD"),  # 110.3949 + 10
        (EU_DEBIT, EURO_SALE, "eu_debit", 20, "0.20 %"),
        (EU_CREDIT, EURO_SALE, "eu_credit", 30, "0.30 %"),
        (DEBIT, EURO_SALE, "us_debit_regulated", 5, "0.05 %"),  # no fixed part in euros
        (EXEMPT, replace(SALE, amount=10), "us_debit_exempt", 10, "0.80 % + 0.15 USD"),  # capped
        (EU_DEBIT, replace(EURO_SALE, amount=250), "eu_debit", 0, "0.20 %"),  # 0.5 goes to the even 0
        (EU_DEBIT, replace(EURO_SALE, amount=750), "eu_debit", 2, "0.20 %"),  # 1.5 goes to the even 2
    ],
)
def test_interchange_to_the_cent(card: CardProduct, sale: Priced, programme: str, amount: int, rate: str) -> None:
    assert interchange(card, sale) == (programme, amount, rate)


@pytest.mark.parametrize(
    ("card", "sale", "programme", "amount", "rate"),
    [
        (CREDIT, SALE, "us_credit_assessment", 10, "0.14 % + 0.0195 USD"),  # 8.1774 + 1.95
        (DEBIT, SALE, "us_debit_assessment", 9, "0.13 % + 0.0155 USD"),  # 7.5933 + 1.55
        (EU_DEBIT, EURO_SALE, "eu_assessment", 7, "0.05 % + 0.02 EUR"),
    ],
)
def test_scheme_fee_to_the_cent(card: CardProduct, sale: Priced, programme: str, amount: int, rate: str) -> None:
    assert scheme_fee(card, sale) == (programme, amount, rate)


def test_original_credits_to_the_cent() -> None:
    assert original_credit_interchange(DEBIT, ONLINE) == ("original_credit", 10, "0.10 USD")
    assert original_credit_interchange(DEBIT, replace(ONLINE, amount=7)).amount == 7
    assert original_credit_interchange(DEBIT, replace(ONLINE, currency="BHD")) == ("original_credit", 0, "0")
    assert original_credit_scheme_fee(DEBIT, ONLINE) == ("original_credit_processing", 2, "0.02 USD")


def test_a_day_before_any_row_and_an_unknown_region_are_refused() -> None:
    with pytest.raises(NoFeeProgramme, match="US debit card on 2011-09-30"):
        interchange(DEBIT, replace(SALE, on=date(2011, 9, 30)))
    assert interchange(DEBIT, replace(SALE, on=date(2011, 10, 1))).amount == 25
    with pytest.raises(NoFeeProgramme):
        scheme_fee(replace(CREDIT, region="JP"), SALE)


def test_every_row_says_where_it_comes_from_or_that_it_is_made_up() -> None:
    tables = json.loads(Path(pricing.__file__).with_name("fees.json").read_text())
    for row in (row for name, table in tables.items() if name != "about" for row in table):
        assert row["source"]
        assert bool(row["urls"]) != row.get("made_up", False)


def test_the_last_day_of_a_row_is_its_valid_until() -> None:
    row = pricing._TABLES["interchange"][0]
    ended: pricing._Row = {**row, "valid_until": "2026-12-31"}
    assert pricing._in_force(ended, date(2026, 12, 31))
    assert not pricing._in_force(ended, date(2027, 1, 1))


@given(
    cards,
    sales,
    st.sampled_from([interchange, scheme_fee, original_credit_interchange, original_credit_scheme_fee]),
)
def test_every_card_and_sale_has_a_fee_that_grows_with_the_amount(
    card: CardProduct, sale: Priced, fee_of: Pricing
) -> None:
    fee, dearer = fee_of(card, sale), fee_of(card, replace(sale, amount=sale.amount + 1))
    assert 0 <= fee.amount <= dearer.amount
    assert fee[::2] == dearer[::2]


@given(cards, sales)
def test_interchange_never_exceeds_the_sale(card: CardProduct, sale: Priced) -> None:
    assert interchange(card, sale).amount <= sale.amount


@given(st.integers(1, 10**12))
def test_the_rate_as_text_gives_the_same_amount(amount: int) -> None:
    fee = scheme_fee(CREDIT, replace(SALE, amount=amount))
    percent, fixed = fee.rate.removesuffix(" USD").split(" % + ")
    exact = Decimal(amount) * Decimal(percent) / 100 + Decimal(fixed) * 100
    assert fee.amount == int(exact.to_integral_value(ROUND_HALF_EVEN))


@given(cards, sales, st.lists(st.integers(1, 10**12), max_size=8))
def test_refunds_in_parts_never_give_back_more_interchange_than_was_taken(
    card: CardProduct, sale: Priced, refunds: list[int]
) -> None:
    taken = interchange(card, sale).amount
    refunded = given_back = 0
    for refund in refunds:
        refunded = min(sale.amount, refunded + refund)
        part = share(taken, refunded, sale.amount) - given_back
        assert part >= 0
        given_back += part
    assert given_back <= taken
    assert given_back == taken or refunded < sale.amount
