"""Truth 0: what was written once is as it was written. Replays each writer's chain of hashes.

One pass over the batches and the append-only rows they wrote, in the order of their numbers. The events that
go by are shown to whoever wants to see them, because reading them twice would take twice as long.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from payments.kit.events import Event, Positions, Tail
from payments.kit.ids import batch_of
from payments.kit.records import Record
from payments.kit.sessions import Batch
from payments.kit.writer import chain_hash
from payments.ledger.entry import Transfer
from payments.ledger.reversal import Reversed
from payments.verify.finding import Finding

CHAINED: Final[tuple[type[Record], ...]] = (Event, Reversed, Transfer)
_STRIDE: Final = 5_000
_NONE_LEFT: Final = 1 << 63
"""A number above that of every batch."""

Row = tuple[Any, ...]


class _Rows:
    """The rows of one append-only table, in order, to be taken batch by batch."""

    def __init__(self, connection: sa.Connection, kind: type[Record]) -> None:
        """Begin to read the table of ``kind``."""
        self.name = kind.shape.name
        table = kind.table()
        self._rows = map(tuple, _stream(connection, sa.select(table).order_by(table.primary_key.columns[0])))
        self._next: Row = ()
        self.batch = 0
        """Whose row comes next."""
        self._take()

    def _take(self) -> Row:
        taken, self._next = self._next, next(self._rows, ())
        self.batch = batch_of(self._next[0]) if self._next else _NONE_LEFT
        return taken

    def before(self, batch: int) -> Iterator[Row]:
        """Take the rows of the batches before ``batch``."""
        while self.batch < batch:
            yield self._take()

    def of(self, batch: int) -> list[Row]:
        """Take the rows of ``batch``, which comes next if it has any."""
        taken = []
        while self.batch == batch:
            taken.append(self._take())
        return taken


def broken_links(connection: sa.Connection, seen: Callable[[Row], None] = lambda _: None) -> Iterator[Finding]:
    """Find the batches whose rows are not those that were written; every event's row is shown to ``seen``."""
    tables = [_Rows(connection, kind) for kind in CHAINED]
    heads: dict[int, str] = {}
    for batch in _stream(connection, _batches()):
        if any(table.batch < batch.id for table in tables):
            yield from _strays(tables, batch.id)
        yield from _replay(tables, batch, heads.get(batch.writer, ""), seen)
        heads[batch.writer] = batch.hash
    yield from _strays(tables, _NONE_LEFT)


def _batches() -> sa.Select[Any]:
    batches, positions = Batch.table(), Positions.table()
    told = sa.func.coalesce(positions.c.events, Tail.c.events)
    return (
        sa.select(batches, told.label("told"))
        .outerjoin(positions, positions.c.batch == batches.c.id)
        .outerjoin(Tail, Tail.c.batch == batches.c.id)
        .order_by(batches.c.id)
    )


def _strays(tables: Sequence[_Rows], batch: int) -> Iterator[Finding]:
    for table in tables:
        for row in table.before(batch):
            yield Finding(
                0,
                f"Row {row[0]} of {table.name} belongs to no batch:"
                " it was not written by the house, or its batch is gone.",
                (f"{table.name} {row[0]}",),
            )


def _replay(tables: Sequence[_Rows], batch: Any, head: str, seen: Callable[[Row], None]) -> Iterator[Finding]:
    written = {table.name: rows for table in tables if (rows := table.of(batch.id))}
    events = written.get(Event.shape.name, [])
    for event in events:
        seen(event)
    where = (f"{Batch.shape.name} {batch.id}",)
    count = sum(map(len, written.values()))
    if batch.previous != head:
        yield Finding(0, f"Batch {batch.id} of writer {batch.writer} does not follow the one before it.", where)
    if count != batch.rows:
        yield Finding(0, f"Batch {batch.id} wrote {batch.rows} rows, but {count} are there.", where)
    elif chain_hash(batch.previous, written) != batch.hash:
        yield Finding(0, f"One of the {count} rows of batch {batch.id} is not as it was written.", where)
    elif (batch.told or 0) != len(events):
        yield Finding(
            0,
            f"Batch {batch.id} wrote {len(events)} events, but {batch.told or 0} are given positions.",
            where,
        )


def misplaced_events(connection: sa.Connection) -> Iterator[Finding]:
    """Find gaps and overlaps in the positions of events."""
    table = Positions.table()
    expected = 1
    for row in _stream(connection, sa.select(table).order_by(table.c.first)):
        if row.first != expected:
            yield Finding(
                0,
                f"The events of batch {row.batch} start at position {row.first} and not at {expected}:"
                " a reader would miss some, or see some twice.",
                (f"{table.name} {row.first}",),
            )
        expected = row.first + row.events


def _stream(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Any]:
    """Read a whole table without holding it in memory."""
    return iter(connection.execution_options(yield_per=_STRIDE).execute(statement))
