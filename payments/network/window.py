"""Settlement windows: what is cleared between one cut-off and the next is settled together, net."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record

OPEN: Final = "open"
CLOSED: Final = "closed"
SETTLED: Final = "settled"


@record("network_windows", Index(None, "status", "id"))
class Window(Record):
    """A settlement window: named by the UTC date on which it closes, such as ``win_2026-10-14``.

    It closes at ``closes_at`` and is settled at ``settles_at``, on the next business day.
    """

    noun: ClassVar[str] = "settlement_window"
    prefix: ClassVar[str] = "win"
    moves: ClassVar[tuple[Move, ...]] = (Move("close", OPEN, CLOSED), Move("settle", CLOSED, SETTLED))

    id: Key[str]
    opened_at: int
    closes_at: int
    settles_at: int
    status: Mutable[str]

    @property
    def reference(self) -> str:
        """Return the window's id: its events belong together."""
        return self.id
