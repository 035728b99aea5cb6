"""Which rows of a story are told where (SQLite: all; PostgreSQL: some again; the wire: one), and what comes first.

A story that is told in many rows (every fault at every hop, every reason to decline) varies what happens, not how it is
stored or written. So PostgreSQL tells every story, and each of a short table's rows; of a long one, every fifth, a step
at which all that the rows are multiplied from changes together. Over the wire each story is told with its first row.
The kernel's own tests, and a soak, tell everything everywhere.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

SHORT: Final = 4
"""So many rows are told in full on both databases."""

STEP: Final = 5
"""Prime to the twos, threes and fours that tables are multiplied from."""

KERNEL: Final = ("kit", "ledger", "switch")
LONG: Final = ("crash", "properties", "page")
"""Folders whose tests take seconds, and some a minute: nobody should wait for one of these alone at the end."""

EVERY_ROW: Final = "every_row"
"""The mark of a story whose rows differ in how they are stored or written: all are told everywhere."""


def told(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that are to run, in their order."""
    places = {item.nodeid: (_story(item), _mode(item)) for item in items}
    rows = Counter(places.values())
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for item in items:
        place = places[item.nodeid]
        if _is_told(item, place[1], seen[place], rows[place]):
            kept.append(item)
        seen[place] += 1
    return kept


def long_ones_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which workers end together."""
    return sorted(items, key=lambda item: LONG.index(_folder(item)) if _folder(item) in LONG else len(LONG))


def _is_told(item: pytest.Item, mode: str, row: int, rows: int) -> bool:
    if mode == "" or _folder(item) in KERNEL or item.get_closest_marker(EVERY_ROW):
        return True
    return row == 0 if mode == "wire" else rows <= SHORT or row % STEP == 0


def _folder(item: pytest.Item) -> str:
    return Path(item.nodeid).parts[1]


def _story(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _mode(item: pytest.Item) -> str:
    """Say whether the test is told again, and where: on PostgreSQL, over the wire, or '' where it is told first."""
    callspec = getattr(item, "callspec", None)
    values = callspec.params.values() if callspec else ()
    return next((mode for mode in ("postgresql", "wire") if mode in values), "")
