"""Money: exponents of ISO 4217, arithmetic in one currency, exact rounding."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.kit.money import (
    CurrencyMismatch,
    Money,
    NotAnAmount,
    TooManyDecimals,
    UnknownCurrency,
    alpha_code,
    exponent,
    numeric_code,
    parse_major,
    round_half_even,
    share,
)

amounts = st.integers(-(10**18), 10**18)
currencies = st.sampled_from(["USD", "EUR", "JPY", "BHD", "CLF"])


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("ISK", 0)])
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "usd", "US", "", "EURO"])
def test_what_is_no_currency_with_a_minor_unit_is_refused(code: str) -> None:
    for ask in (exponent, numeric_code, lambda currency: Money(1, currency)):
        with pytest.raises(UnknownCurrency):
            ask(code)


@pytest.mark.parametrize(("alpha", "numeric"), [("USD", "840"), ("EUR", "978"), ("BHD", "048"), ("JPY", "392")])
def test_numeric_codes_have_three_digits_and_lead_back(alpha: str, numeric: str) -> None:
    assert numeric_code(alpha) == numeric
    assert alpha_code(numeric) == alpha


def test_an_unknown_numeric_code_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        alpha_code("000")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(5841, "USD"), "58.41 USD"),
        (Money(-5, "USD"), "-0.05 USD"),
        (Money(0, "EUR"), "0.00 EUR"),
        (Money(500, "JPY"), "500 JPY"),
        (Money(12340, "BHD"), "12.340 BHD"),
    ],
)
def test_money_is_written_with_its_currencys_decimals(money: Money, text: str) -> None:
    assert str(money) == text


@given(amounts, currencies)
def test_what_is_written_reads_back_the_same(amount: int, currency: str) -> None:
    money = Money(amount // 10**5, currency)
    assert parse_major(str(money).split()[0], currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("12.34", "USD", 1234), ("12.3", "USD", 1230), ("7", "BHD", 7000), ("-0.5", "EUR", -50)],
)
def test_major_units_are_read(text: str, currency: str, amount: int) -> None:
    assert parse_major(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("text", "currency"), [("12.345", "USD"), ("12.340", "USD"), ("1.0", "JPY"), ("0.0001", "BHD")]
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(TooManyDecimals):
        parse_major(text, currency)


@pytest.mark.parametrize(
    "text", ["", "12.", ".5", "1e3", "1,000", " 1", "+1", "١٢", "NaN", "1\n", "9" * 15, "9" * 9999]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_major(text, "USD")


@given(amounts, amounts, currencies)
def test_arithmetic_and_order_are_those_of_the_amounts(a: int, b: int, currency: str) -> None:
    left, right = Money(a, currency), Money(b, currency)
    assert (left + right).amount == a + b
    assert (left - right).amount == a - b
    assert (left < right, left <= right, left > right, left >= right) == (a < b, a <= b, a > b, a >= b)
    assert (left == right) == (a == b)


def test_two_currencies_do_not_mix() -> None:
    dollars, euros = Money(1, "USD"), Money(1, "EUR")
    assert dollars != euros
    for mix in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrencyMismatch, match="USD and EUR"):
            mix(dollars, euros)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (5, 2, 2),
        (7, 2, 4),
        (-5, 2, -2),
        (-7, 2, -4),
        (1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (5, -2, -2),
        (-7, -2, 4),
        (0, 9, 0),
    ],
)
def test_half_goes_to_the_even_neighbour(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_even(numerator, denominator) == rounded


@given(amounts, amounts.filter(bool))
def test_rounding_is_that_of_exact_fractions(numerator: int, denominator: int) -> None:
    assert round_half_even(numerator, denominator) == round(Fraction(numerator, denominator))
    assert round_half_even(-numerator, denominator) == -round_half_even(numerator, denominator)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**9), min_size=1, max_size=12))
def test_a_fee_given_back_in_parts_goes_back_exactly_once(fee: int, refunds: list[int]) -> None:
    presented = sum(refunds)
    refunded = given_back = 0
    for refund in refunds:
        refunded += refund
        part = share(fee, refunded, presented) - given_back
        assert part >= 0
        given_back += part
        assert given_back <= fee
    assert given_back == fee
