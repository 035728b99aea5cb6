"""Events: everything that happened, in order, as a list and as a live stream."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Header, Query
from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.door import Door
from payments.api.event_stream import EventStream, server_sent
from payments.api.fields import Position, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import list_reply
from payments.kit.clock import rfc3339
from payments.kit.event_log import READ_LIMIT, last_position, read_events
from payments.kit.events import Event
from payments.webhooks.dispatch import place_events

_LOOKS_EVERY_SECONDS: Final = 0.5
"""How long another worker's events may take to be seen; this process's own are seen at once."""

_AT_ONCE: Final = 200

EventType = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z_]{1,60}\.([a-z_]{1,60}|\*)$",
        description="One type, or all of one noun.",
        examples=["payment.*"],
    ),
]
EventReference = Annotated[
    str | None, Query(pattern=r"^[A-Za-z0-9_.\-]{1,100}$", description="Of one payment or push.")
]


class EventReply(Reply):
    """One thing that happened. ``position`` counts from 1 without gaps: ask for what comes ``after`` it."""

    position: int
    object: Literal["event"]
    type: str = Field(examples=["payment.authorized"])
    institution: str
    subject: str
    reference: str
    at: str
    data: dict[str, Any]


class EventList(Reply):
    """A page of events, oldest first."""

    object: Literal["list"]
    data: list[EventReply]
    has_more: bool
    next: int | None


def event_shape(position: int, event: Event) -> dict[str, Any]:
    """Return the JSON of an event."""
    return {
        "position": position,
        "object": "event",
        "type": event.type,
        "institution": event.institution,
        "subject": event.subject,
        "reference": event.reference,
        "at": rfc3339(event.at),
        "data": orjson.loads(event.data),
    }


router = APIRouter(route_class=ApiRoute, tags=["events"])


@router.get("/events", response_model=EventList, responses=problems())
async def list_events(
    call: Calling,
    after: Position = 0,
    limit: Annotated[int, Query(ge=1, le=READ_LIMIT)] = 100,
    reference: EventReference = None,
    type: EventType = None,
) -> Response:
    """List events after a position, oldest first. After a full page there may be more."""
    call.key.must_be_operator()
    await place_events(call.door.sandbox.operator)
    found = await call.door.read(read_events, after, limit, reference, type)
    data = [event_shape(*each) for each in found]
    return list_reply(data, data[-1]["position"] if len(data) == limit else None)


@router.get("/events/stream", status_code=200, response_class=EventStream, responses=problems())
async def stream_events(
    call: Calling,
    after: Position | None = None,
    reference: EventReference = None,
    type: EventType = None,
    last_event_id: Annotated[str | None, Header(pattern="^[0-9]{1,18}$")] = None,
) -> Response:
    """Stream events as they happen (server-sent events); ``id`` is the position, ``Last-Event-ID`` resumes after it."""
    call.key.must_be_operator()
    start = int(last_event_id) if last_event_id else after or 0
    return EventStream(_told(call.door, start, reference, type))


async def _told(door: Door, after: int, reference: str | None, type: str | None) -> AsyncGenerator[bytes, None]:
    async with aclosing(follow(door, after, reference, type)) as happened:
        async for position, event in happened:
            yield server_sent(event.type, event_shape(position, event), position)


async def follow(
    door: Door, after: int, reference: str | None = None, type: str | None = None
) -> AsyncGenerator[tuple[int, Event], None]:
    """Yield events after a position, and then each as it happens, until the door closes."""
    door.visitors += 1
    try:
        while not door.closing.is_set():
            door.sandbox.world.steps.committed.clear()
            await place_events(door.sandbox.operator)
            found, after = await door.read(_read_on, after, reference, type)
            for each in found:
                yield each
            if len(found) < _AT_ONCE:
                await _something_happens(door)
    finally:
        door.leave()


def _read_on(
    connection: sa.Connection, after: int, reference: str | None, type: str | None
) -> tuple[list[tuple[int, Event]], int]:
    found = read_events(connection, after, _AT_ONCE, reference, type)
    # What was looked at and not wanted need not be looked at again.
    return found, found[-1][0] if len(found) == _AT_ONCE else max(after, last_position(connection))


async def _something_happens(door: Door) -> None:
    waits = [asyncio.create_task(door.sandbox.world.steps.committed.wait())]
    waits.append(asyncio.create_task(door.closing.wait()))
    try:
        await asyncio.wait(waits, timeout=_LOOKS_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
