"""The event log: giving events their positions, and reading them in that order.

A batch's events get positions only after it has committed, in the order of the tail, so a reader who goes on
from the last position it saw never skips an event, however many processes write.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from payments.kit.database import fetch
from payments.kit.events import Event, Positions, Tail
from payments.kit.ids import batch_of, first_row
from payments.kit.steps import BATCH_LIMIT
from payments.kit.work import Work
from payments.kit.world import Institution

READ_LIMIT: Final = 500
"""How many batches one query reads; a page of events is never longer."""

_SEALING: Final = 0x5EA1
_STRIDE: Final = 10_000

Range = tuple[int, int]


def seal(work: Work, institution: Institution, limit: int = 16 * BATCH_LIMIT) -> int:
    """Give positions to the events of at most ``limit`` committed batches; return the last position given.

    A cold step. Processes that seal at the same time do so one after another: each waits for the one before.
    """
    if not institution.world.database.sqlite:
        work.query(sa.select(sa.func.pg_advisory_xact_lock(_SEALING)))
    last: int = work.query(_last_position())[0][0]
    waiting = sa.select(Tail.c.id).order_by(Tail.c.id).limit(limit)
    taken = sa.delete(Tail).where(Tail.c.id.in_(waiting)).returning(Tail.c.id, Tail.c.batch, Tail.c.events)
    # Taken from the tail and given in one transaction: nothing between these two may refuse.
    for _, batch, events in sorted(work.query(taken)):  # type: ignore[arg-type]
        work.add(Positions(last + 1, batch, events))
        last += events
    return last


def last_position(connection: sa.Connection) -> int:
    """Return the position of the last event that has one; 0 if none has."""
    position: int = connection.execute(_last_position()).scalar_one()
    return position


def read_events(
    connection: sa.Connection, after: int, limit: int, reference: str | None = None, type: str | None = None
) -> list[tuple[int, Event]]:
    """Return at most ``limit`` (500) events after position ``after``, oldest first, each with its position.

    ``reference`` keeps those of one payment; ``type`` those of one type, or of one noun: ``payment.*``.
    """
    limit = min(limit, READ_LIMIT)
    if reference is not None:
        of_it = _referring(connection, reference, _type_is(type))
        return list(islice((each for each in of_it if each[0] > after), limit))
    return list(islice(walk(connection, after, type, _STRIDE if type else limit), limit))


def walk(
    connection: sa.Connection, after: int = 0, type: str | None = None, stride: int = _STRIDE
) -> Iterator[tuple[int, Event]]:
    """Yield every event after position ``after`` with its position, reading about ``stride`` events at a time."""
    start = _batch_holding(connection, after + 1)
    while batches := _batches(connection, start, after, stride):
        yield from (each for each in _numbered(connection, batches, _type_is(type)) if each[0] > after)
        start = batches[-1].first + batches[-1].events


def _last_position() -> sa.Select[Any]:
    table = Positions.table().c
    last = sa.select(table.first + table.events - 1).order_by(table.first.desc()).limit(1).scalar_subquery()
    return sa.select(sa.func.coalesce(last, 0))


def _batch_holding(connection: sa.Connection, position: int) -> int:
    table = Positions.table().c
    first = sa.select(sa.func.max(table.first)).where(table.first <= position)
    return connection.execute(first).scalar_one() or 1


def _batches(connection: sa.Connection, start: int, after: int, enough: int) -> list[Positions]:
    """Return the batches from ``start`` that hold ``enough`` events after ``after``, and no more than needed."""
    table = Positions.table()
    following = sa.select(table).where(table.c.first >= start).order_by(table.c.first)
    batches = fetch(connection, Positions, following.limit(min(enough, READ_LIMIT)))
    last = max(start, after + 1) + enough
    return [each for each in batches if each.first < last]


def _numbered(
    connection: sa.Connection, batches: Sequence[Positions], wanted: Sequence[Any] = ()
) -> Iterator[tuple[int, Event]]:
    """Yield the ``wanted`` events of ``batches`` with their positions, in order."""
    table = Event.table()
    found: dict[int, list[Event]] = {}
    for event in fetch(connection, Event, sa.select(table).where(_rows_of(batches), *wanted).order_by(table.c.id)):
        found.setdefault(batch_of(event.id), []).append(event)
    holding = [each for each in batches if each.batch in found]
    rank = _ranks(connection, holding) if wanted else None
    for each in holding:
        for n, event in enumerate(found[each.batch]):
            yield each.first + (n if rank is None else rank(event.id)), event


def _ranks(connection: sa.Connection, batches: Sequence[Positions]) -> Callable[[int], int]:
    """Return what tells, for an event of ``batches``, how many of its batch come before it."""
    id = Event.table().c.id
    ranks: dict[int, int] = {}
    counts: dict[int, int] = {}
    for (row,) in connection.execute(sa.select(id).where(_rows_of(batches)).order_by(id)) if batches else ():
        batch = batch_of(row)
        ranks[row] = counts.get(batch, 0)
        counts[batch] = ranks[row] + 1
    return ranks.__getitem__


def _referring(connection: sa.Connection, reference: str, wanted: Sequence[Any]) -> Iterator[tuple[int, Event]]:
    """Yield the ``wanted`` events of one payment that have positions, in order."""
    events, positions = Event.table(), Positions.table()
    ids = connection.scalars(sa.select(events.c.id).where(events.c.reference == reference))
    numbers = sorted({batch_of(id) for id in ids})
    batches: list[Positions] = []
    for n in range(0, len(numbers), READ_LIMIT):
        some = positions.c.batch.in_(numbers[n : n + READ_LIMIT])
        batches += fetch(connection, Positions, sa.select(positions).where(some))
    batches.sort(key=lambda each: each.first)
    for n in range(0, len(batches), READ_LIMIT):
        yield from _numbered(connection, batches[n : n + READ_LIMIT], [events.c.reference == reference, *wanted])


def _rows_of(batches: Sequence[Positions]) -> sa.ColumnElement[bool]:
    """Return the condition that an event was written by one of ``batches``."""
    id = Event.table().c.id
    return sa.or_(*(sa.and_(id >= low, id < high) for low, high in _ranges(batches)))


def _ranges(batches: Sequence[Positions]) -> list[Range]:
    """Return the row numbers of ``batches`` as few ranges: a process numbers its batches in a row."""
    ranges: list[Range] = []
    for number in sorted(each.batch for each in batches):
        low, high = first_row(number), first_row(number + 1)
        if ranges and ranges[-1][1] == low:
            ranges[-1] = (ranges[-1][0], high)
        else:
            ranges.append((low, high))
    return ranges


def _type_is(type: str | None) -> list[sa.ColumnElement[bool]]:
    if type is None:
        return []
    column = Event.table().c.type
    return [column.startswith(type[:-1], autoescape=True) if type.endswith(".*") else column == type]
