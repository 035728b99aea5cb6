"""The arithmetic of an exchange: whatever the rate, no minor unit is created, and the network never pays for it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import orjson
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from payments.kit.clock import DAY, instant
from payments.kit.money import exponent
from payments.network.corridor import Way, corridor
from payments.network.exchange import WHOLE, cost, exchange_from, exchange_to, received, with_margin
from payments.network.rate import PUBLISHED, RateSheet, decimal, pair_of, rate_at, written
from payments.switch.iso8583_places import PLACES

NOON = instant(datetime(2026, 10, 14, 12, tzinfo=UTC))
ON = datetime(2026, 10, 14, tzinfo=UTC).date()

# No, two, three and four decimals.
currencies = st.sampled_from(["JPY", "USD", "EUR", "BHD", "CLF"])
amounts = st.integers(1, 10**12 - 1)
mid_rates = st.builds(decimal, st.integers(1, 10**12 - 1), st.integers(0, 12))
margins = st.integers(0, 2_000)


def minor(rate: str, currency: str, counter: str) -> Fraction:
    """What one minor unit brings, worked out in another way: over major units."""
    return Fraction(rate) / Fraction(10) ** exponent(currency) * Fraction(10) ** exponent(counter)


@given(amounts, mid_rates, margins, currencies, currencies)
@example(100_00, "0.9214", 75, "USD", "EUR")
@example(1, "151.32", 100, "USD", "JPY")
@example(3, "0.0024847", 200, "JPY", "BHD")
def test_what_is_paid_covers_what_arrives(amount: int, mid: str, margin: int, currency: str, counter: str) -> None:
    rate = with_margin(mid, margin)
    assume(rate)
    assert Fraction(rate) <= Fraction(mid) * (WHOLE - margin) / WHOLE
    there = exchange_from(amount, rate, mid, currency, counter)
    exact = amount * minor(rate, currency, counter)
    assert there.amount == amount
    assert exact - 1 < there.recipient_amount <= exact
    assert 0 <= there.margin_amount <= amount
    # At mid-market, what stays in the position is worth what has left the other one, and less than a unit more.
    kept = there.amount - there.margin_amount
    worth = there.recipient_amount / minor(mid, currency, counter)
    assert worth <= kept < worth + 1


@given(amounts, mid_rates, margins, currencies, currencies)
@example(3, "0.0024847", 200, "JPY", "BHD")
def test_so_does_what_is_paid_for_an_exact_arrival(
    wanted: int, mid: str, margin: int, currency: str, counter: str
) -> None:
    rate = with_margin(mid, margin)
    assume(rate)
    there = exchange_to(wanted, rate, mid, currency, counter)
    exact = wanted / minor(rate, currency, counter)
    assert there.recipient_amount == wanted
    assert exact <= there.amount < exact + 1
    assert 0 <= there.margin_amount <= there.amount


@given(amounts, mid_rates, currencies, currencies)
def test_there_and_back_never_makes_more(amount: int, mid: str, currency: str, counter: str) -> None:
    rate = with_margin(mid, 0)
    assume(rate)
    there = received(amount, rate, currency, counter)
    assert cost(there, rate, currency, counter) <= amount
    assert received(cost(amount, rate, currency, counter), rate, currency, counter) >= amount


@given(mid_rates, margins)
def test_a_rate_is_what_de_10_carries(mid: str, margin: int) -> None:
    rate = with_margin(mid, margin)
    assume(rate)
    form: dict[str, str] = {}
    PLACES["rate"].write(form, rate)
    assert len(form["10"]) == 8
    assert PLACES["rate"].read(form) == rate


def test_the_form_of_de_10() -> None:
    for rate, digits in (("1", "00000001"), ("0.9144895", "79144895"), ("149.8068", "41498068"), ("0.02", "20000002")):
        form: dict[str, str] = {}
        PLACES["rate"].write(form, rate)
        assert form == {"10": digits}


@pytest.mark.parametrize("mid", ["10000000", "0.0000000009"])
def test_a_rate_that_no_message_can_carry_is_none(mid: str) -> None:
    assert with_margin(mid, 0) == ""


# ── rates ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("currency", "counter", "rate"),
    [
        ("USD", "EUR", "0.9214"),
        ("EUR", "USD", "1.0853049707"),
        ("EUR", "JPY", "164.228348166"),
        ("JPY", "BHD", "0.00248480042294"),
    ],
)
def test_a_pair_is_worked_out_over_the_base(currency: str, counter: str, rate: str) -> None:
    found = rate_at(None, currency, counter, NOON)
    assert found is not None
    assert (found.rate, found.set_by) == (rate, PUBLISHED)


def test_rates_are_dated() -> None:
    new_year = instant(datetime(2026, 1, 1, tzinfo=UTC))
    told = [rate_at(None, "USD", "EUR", at) for at in (new_year - 1, new_year, 0)]
    assert [each and each.rate for each in told] == ["0.9000", "0.9214", None]
    assert rate_at(None, "USD", "XPF", NOON) is None


def test_what_an_operator_sets_counts_from_its_instant_on_in_both_directions() -> None:
    rows: list[Any] = [[NOON, "USD", "0.5"], [NOON + DAY, "EUR", "4"]]
    sheet = RateSheet(pair_of("USD", "EUR"), orjson.dumps(rows).decode())
    told = [
        rate_at(sheet, *pair, at) for at in (NOON - 1, NOON, NOON + DAY) for pair in (("USD", "EUR"), ("EUR", "USD"))
    ]
    assert [each and each.rate for each in told] == ["0.9214", "1.0853049707", "0.5", "2", "0.25", "4"]


@given(st.fractions(Fraction(1, 1000), 10**9))
def test_a_rate_is_written_to_twelve_digits(rate: Fraction) -> None:
    assert abs(Fraction(written(rate, 12)) - rate) * 10**11 <= rate


# ── corridors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("way", "terms"),
    [
        (Way("US", "USD", "IT", "EUR"), (75, None)),
        (Way("US", "USD", "JP", "JPY"), (100, 2_500_00)),
        (Way("IT", "EUR", "US", "USD"), (200, None)),
        (Way("US", "USD", "IT", "USD"), (0, None)),
        (Way("JP", "JPY", "BH", "BHD"), None),
        (Way("US", "USD", "GB", "GBP"), None),
    ],
)
def test_what_is_open_and_on_which_terms(way: Way, terms: tuple[int, int | None] | None) -> None:
    found = corridor(way, ON)
    assert (found and (found.margin_basis_points, found.most)) == terms
    assert corridor(way, ON.replace(year=2015, month=12, day=8)) is None


def test_nothing_is_crossed_at_home_or_where_no_border_is_known() -> None:
    assert not Way("US", "USD", "US", "USD").crosses
    assert not Way("US", "USD", "", "USD").crosses
    assert Way("US", "USD", "", "EUR").crosses
    assert Way("US", "USD", "IT", "USD").crosses
