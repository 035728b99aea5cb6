"""Dispatch: makes a delivery of each new event for each endpoint that wants it, exactly once."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from payments.kit.event_log import last_position, read_events, seal
from payments.kit.events import Event, Tail
from payments.kit.lifecycle import announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.webhooks.delivery import PENDING, Delivery
from payments.webhooks.endpoint import ENABLED, Endpoint

CURSOR: Final = "cursor"
EVENTS_AT_ONCE: Final = 500
_NONE: Final = 2**62

Placed = tuple[int, Event]
"""An event, with its position before it."""


@record("webhooks_cursor")
class Cursor(Record):
    """How far dispatch has read: every event up to ``position`` has its deliveries."""

    id: Key[str]
    position: Mutable[int]


async def dispatch_new(webhooks: Institution) -> int:
    """Make the deliveries of all events since the last time, and return how many; later ones wait for the next time.

    Without an enabled endpoint it is one look at a small table; the events are not read, then or later.
    """
    read = webhooks.world.database.read
    if await read(_nobody_listens):
        return 0
    await place_events(webhooks)
    made, until = 0, await read(last_position)
    after, events = await read(_unread)
    while events and after < until:
        made += await webhooks.step(make_deliveries, after, events)
        after, events = await read(_unread)
    return made


async def place_events(institution: Institution) -> None:
    """Have positions given to all events that have none as this is called; what keeps coming is not waited for."""
    read = institution.world.database.read
    first, until = await read(_waiting)
    while first <= until:
        await institution.step(seal)
        first, _ = await read(_waiting)


def _waiting(connection: sa.Connection) -> tuple[int, int]:
    """Return the first and the last of the batches whose events have no positions, as the tail numbers them."""
    ends = sa.select(sa.func.coalesce(sa.func.min(Tail.c.id), _NONE), sa.func.coalesce(sa.func.max(Tail.c.id), 0))
    first, last = connection.execute(ends).one()
    return first, last


def _nobody_listens(connection: sa.Connection) -> bool:
    return connection.execute(_first_position()).scalar() is None


def _first_position() -> sa.Select[Any]:
    endpoints = Endpoint.table().c
    return sa.select(sa.func.min(endpoints.from_position)).where(endpoints.status == ENABLED)


def _unread(connection: sa.Connection) -> tuple[int, list[Placed]]:
    first: int | None = connection.execute(_first_position()).scalar()
    if first is None:
        return 0, []
    read: int | None = connection.execute(sa.select(Cursor.table().c.position)).scalar()
    after = max(first, read or 0)
    return after, read_events(connection, after, EVENTS_AT_ONCE)


def make_deliveries(work: Work, _: Institution, after: int, events: Sequence[Placed]) -> int:
    """Make the deliveries of ``events``, which follow position ``after``, and move the cursor past them.

    Does nothing when another process has dispatched them meanwhile. Returns how many it made.
    """
    table = Endpoint.table().c
    enabled = work.query(sa.select(table.id).where(table.status == ENABLED).order_by(table.id))
    cursor = work.get_or_none(Cursor, CURSOR)
    if cursor and cursor.position > after:
        return 0
    endpoints = [work.get(Endpoint, id) for (id,) in enabled]
    _move(work, cursor, events[-1][0])
    return sum(_deliver_to(work, each, events) for each in endpoints if each.status == ENABLED)


def _move(work: Work, cursor: Cursor | None, position: int) -> None:
    if cursor:
        work.change(cursor, position=position)
    else:
        work.add(Cursor(CURSOR, position))


def _deliver_to(work: Work, endpoint: Endpoint, events: Sequence[Placed]) -> int:
    wanted = [each for each in events if _is_for(each, endpoint)]
    for ordinal, placed in enumerate(wanted, endpoint.deliveries):
        _deliver(work, endpoint, placed, ordinal)
    if wanted:
        work.change(endpoint, deliveries=endpoint.deliveries + len(wanted))
    return len(wanted)


def _is_for(placed: Placed, endpoint: Endpoint) -> bool:
    position, event = placed
    return position > endpoint.from_position and endpoint.wants(event.type)


def _deliver(work: Work, endpoint: Endpoint, placed: Placed, ordinal: int) -> None:
    position, event = placed
    held_back = endpoint.held_back(ordinal)
    delivery = Delivery(
        id=work.new_id(Delivery.prefix),
        endpoint=endpoint.id,
        event=event.id,
        position=position,
        type=event.type,
        reference=event.reference,
        created_at=work.now,
        status=PENDING,
        due_at=work.now + held_back,
        chaos=endpoint.chaos if held_back else "",
    )
    announce(work, delivery, {"endpoint": endpoint.id, "type": event.type, "position": position})
    work.add(delivery)
