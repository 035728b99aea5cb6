"""Settlement windows: what is cleared between one cut-off and the next is settled together, net.

Which window an item falls in is decided once, in the network's own step, by the time that step sees. It is
worked out, not looked up: windows follow one another every day at the same hour, so nobody on the way of a
payment reads or locks a row for it. A window closes by time alone; its row says how far its settlement has
come.
"""

from datetime import UTC, date, datetime, time
from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.calendar import next_business_day
from payments.kit.clock import DAY, HOUR, MINUTE, day, instant
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.network.network import Network

OPEN: Final = "open"
CLOSED: Final = "closed"
SETTLED: Final = "settled"

CLOSES_AT: Final = 23 * HOUR + 45 * MINUTE
"""When in the UTC day a window closes; a quarter of an hour after the acquirers' cut-off."""

SETTLES_AT: Final = 10 * HOUR
"""When in the next business day it is settled."""


@record("network_windows", Index(None, "status", "id"))
class Window(Record):
    """A settlement window: named by the UTC date on which it closes, such as ``win_2026-10-14``.

    It closes at ``closes_at`` and is settled from ``settles_at`` on, on the next business day; ``netted_at`` is
    when its net positions were worked out.
    """

    noun: ClassVar[str] = "settlement_window"
    prefix: ClassVar[str] = "win"
    moves: ClassVar[tuple[Move, ...]] = (Move("close", OPEN, CLOSED), Move("settle", CLOSED, SETTLED))

    id: Key[str]
    opened_at: int
    closes_at: int
    settles_at: int
    status: Mutable[str]
    netted_at: Mutable[int | None] = None

    @property
    def reference(self) -> str:
        """Return the window's id: its events belong together."""
        return self.id


def window_id(now: int) -> str:
    """Return the id of the window open at the instant ``now``; at its ``closes_at`` it no longer is."""
    return f"{Window.prefix}_{_closing_day(now).isoformat()}"


def window_open_at(now: int) -> Window:
    """Return the window that is open at the instant ``now``, as its row is, or will be, while it is open."""
    closing_day = _closing_day(now)
    closes_at = _midnight(closing_day) + CLOSES_AT
    settles_at = _midnight(next_business_day(closing_day)) + SETTLES_AT
    return Window(f"{Window.prefix}_{closing_day.isoformat()}", closes_at - DAY, closes_at, settles_at, OPEN)


def current_window(work: Work, _: Network) -> Window:
    """Return the window that items of this step fall in. It reads nothing: any step may ask."""
    return window_open_at(work.now)


def open_window(work: Work, network: Network) -> Window:
    """Write the row of the window that is open now, if it is not there yet."""
    window = current_window(work, network)
    return work.get_or_none(Window, window.id) or _write(work, window)


def close_window(work: Work, network: Network, closing: str) -> Window:
    """Close a window whose time is over, and write the row of the one open now; a closed one stays as it is.

    Items need not be told: those of a later time go to a later window by themselves. Those that were under
    way at the moment are seen to when the window is settled.
    """
    window = work.get(Window, closing)
    if window.status == OPEN:
        assert window.closes_at <= work.now, f"{closing} is still open"
        window = advance(work, window, "close")
    open_window(work, network)
    return window


def _write(work: Work, window: Window) -> Window:
    announce(work, window, {"closes_at": window.closes_at, "settles_at": window.settles_at})
    return work.add(window)


def _closing_day(now: int) -> date:
    return day(now + DAY - CLOSES_AT)


def _midnight(on: date) -> int:
    return instant(datetime.combine(on, time(), UTC))
