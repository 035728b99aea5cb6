"""Business days: the days on which banks settle. Every date is a UTC date.

The holidays are those of the Federal Reserve Banks (Federal Reserve Bank of Richmond, "Holiday Schedule",
https://richmondfed.org/about_us/holiday_schedule), kept in ``holidays.json`` as rules rather than dates, so
that a clock wound forward never runs off the end of a list.
"""

import json
from calendar import SATURDAY, SUNDAY
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)


class _Holiday(NamedTuple):
    name: str
    month: int
    day: int
    weekday: str | None = None


_TABLE = json.loads(Path(__file__).with_name("holidays.json").read_text(encoding="utf-8"))
_HOLIDAYS = [_Holiday(**row) for row in _TABLE["holidays"]]


def is_business_day(day: date) -> bool:
    """Tell whether banks settle on this day: no weekend and no Federal Reserve holiday."""
    return day.weekday() < SATURDAY and day not in _kept_in(day.year)


def next_business_day(day: date) -> date:
    """Return the first business day strictly after ``day``."""
    day += _DAY
    while not is_business_day(day):
        day += _DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """Return the ``count``-th business day strictly after ``day``; for 0 ``day`` itself, whatever day it is.

    A negative count is a bug.
    """
    assert count >= 0, "business days are counted forward"
    for _ in range(count):
        day = next_business_day(day)
    return day


@lru_cache(maxsize=64)
def _kept_in(year: int) -> frozenset[date]:
    return frozenset(_kept_on(holiday, year) for holiday in _HOLIDAYS)


def _kept_on(holiday: _Holiday, year: int) -> date:
    day = date(year, holiday.month, holiday.day)
    if holiday.weekday is not None:
        return day + _DAY * ((_WEEKDAYS.index(holiday.weekday) - day.weekday()) % 7)
    return day + _DAY if day.weekday() == SUNDAY else day
