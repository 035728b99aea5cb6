"""Business days: the published Federal Reserve holidays, weekends, and counting over them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.kit.calendar import add_business_days, is_business_day, next_business_day

days = st.dates(date(2022, 1, 1), date(2099, 12, 31))

# As published (Federal Reserve Bank of Richmond, "Holiday Schedule"; 2028 by the same rules), without those
# that fall on a Saturday and are not kept.
PUBLISHED = {
    2025: ["01-01", "01-20", "02-17", "05-26", "06-19", "07-04", "09-01", "10-13", "11-11", "11-27", "12-25"],
    2026: ["01-01", "01-19", "02-16", "05-25", "06-19", "09-07", "10-12", "11-11", "11-26", "12-25"],
    2027: ["01-01", "01-18", "02-15", "05-31", "07-05", "09-06", "10-11", "11-11", "11-25"],
    2028: ["01-17", "02-21", "05-29", "06-19", "07-04", "09-04", "10-09", "11-23", "12-25"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_are_the_published_ones(year: int) -> None:
    all_days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0)))
    closed = [day for day in all_days if day.weekday() < 5 and not is_business_day(day)]
    assert closed == [date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year]]


def test_a_saturday_holiday_leaves_the_friday_before_open() -> None:
    assert is_business_day(date(2026, 7, 3))
    assert not is_business_day(date(2026, 7, 4))


def test_a_thursday_before_a_long_weekend_settles_on_the_day_after_it() -> None:
    assert next_business_day(date(2025, 7, 3)) == date(2025, 7, 7)
    assert next_business_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert add_business_days(date(2026, 11, 23), 3) == date(2026, 11, 27)


def test_counting_no_days_stays_and_counting_back_is_a_bug() -> None:
    assert add_business_days(date(2026, 7, 4), 0) == date(2026, 7, 4)
    with pytest.raises(AssertionError):
        add_business_days(date(2026, 7, 4), -1)


@given(days)
def test_the_next_business_day_is_the_first_one_after(day: date) -> None:
    following = next_business_day(day)
    assert is_business_day(following)
    assert day < following <= day + timedelta(days=5)
    assert not any(is_business_day(day + timedelta(days=n)) for n in range(1, (following - day).days))


@given(days, st.integers(0, 10), st.integers(0, 10))
def test_counting_on_in_two_goes_is_counting_once(day: date, first: int, then: int) -> None:
    assert add_business_days(add_business_days(day, first), then) == add_business_days(day, first + then)
