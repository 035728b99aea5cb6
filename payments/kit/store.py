"""How records are read and written in bulk: each table once, whatever the number of rows.

Only the writer's thread uses a store. A batch goes straight to the driver, because on the hot path a statement builder
costs as much as the database itself; everything that is not hot goes through SQLAlchemy.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

from payments.kit.records import Record, Shape

Kind = type[Record]
Row = tuple[Any, ...]
Rows = Sequence[Row]


class Query(NamedTuple):
    """The rows of ``kind`` whose ``column`` is among ``values``; locked, in key order, if ``lock``.

    Rows that another writer has locked are waited for, or left out: ``wait``.
    """

    kind: Kind
    column: str
    values: Sequence[Any]
    lock: bool = False
    wait: bool = True


class Store(Protocol):
    """What the writer asks of a database, inside one transaction. ``alone``: no other process writes to it."""

    alone: bool

    def begin(self) -> None:
        """Start the one transaction of a batch."""

    def begun(self) -> None:
        """Make sure that the transaction has started, for a statement that goes past the store."""

    def wait_for_others(self) -> None:
        """Wait until no other writer's batch is under way, and keep new ones from starting until the commit."""

    def commit(self) -> None:
        """Make the batch durable."""

    def rollback(self) -> None:
        """Forget the batch; does not fail when there is none."""

    def select(self, queries: Sequence[Query]) -> list[Rows]:
        """Return the rows that each query finds."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what is written inside the block together; errors may surface only at its end."""
        yield

    def insert(self, kind: Kind, rows: Rows, *, missing: bool = False) -> None:
        """Insert whole rows; with ``missing`` only those whose key is not there yet."""

    def update(self, kind: Kind, rows: Rows) -> None:
        """Set the mutable columns; each row is the mutable values, then the key."""

    def count(self, kind: Kind, rows: Rows) -> None:
        """Add to the counters; each row is the amounts to add, then the key."""

    def note_tail(self, batch: int, events: int) -> None:
        """Note that the events of ``batch`` have no positions yet (``kit/events.py``)."""


NOTE_TAIL: Final = "INSERT INTO kit_event_tail (batch, events) VALUES ({})"


@cache
def columns(shape: Shape) -> str:
    """Return the column names of ``kind``, as a statement lists them."""
    return ", ".join(map(quoted, shape.columns))


def terms(names: tuple[str, ...], term: str) -> str:
    """Return ``term`` for each of ``names``, as a statement lists them."""
    return ", ".join(term.format(quoted(each)) for each in names)


def quoted(column: str) -> str:
    """Return a column's name in quotes."""
    return f'"{column}"'  # the trade's words are not SQL's: `window`, `transaction`
