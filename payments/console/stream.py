"""The stream the page lives on: every event, as it happens, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from payments.console.lent import House
from payments.kit.database import fetch
from payments.kit.event_log import last_position
from payments.kit.sessions import Session
from payments.switch.directory import Member
from payments.webhooks.dispatch import place_events

_LOOKS_BACK: Final = 500
"""How many events a browser is given that comes for the first time."""

_RETRY: Final = 500
"""After how many milliseconds a browser whose connection broke comes again."""

router: Final = APIRouter(include_in_schema=False)


@router.get("/console/events", response_class=EventSourceResponse)
async def events(
    house: House,
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    last_event_id: Annotated[str | None, Header(pattern="^[0-9]{1,18}$")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Stream events after a position; ``id`` is the position, and ``Last-Event-ID`` resumes after it.

    The first event is ``run``: which world this is, its last position, and its members. Without a position the last
    few hundred events come first.
    """
    run = await _run(house)
    yield ServerSentEvent(raw_data=orjson.dumps(run).decode(), event="run", retry=_RETRY)
    seen = int(last_event_id) if last_event_id else after
    start = max(0, run["last"] - _LOOKS_BACK) if seen is None else seen
    async for position, event in house.follow(start):
        text = orjson.dumps(house.shape(position, event)).decode()
        yield ServerSentEvent(raw_data=text, event="happened", id=str(position))


async def _run(house: House) -> dict[str, Any]:
    async with house.visit() as sandbox:
        await place_events(sandbox.operator)
        run: dict[str, Any] = await sandbox.world.database.read(run_of)
        return run


def run_of(connection: sa.Connection) -> dict[str, Any]:
    """Return what tells one world from another: when it was first opened (real time). And its last position, and who.

    A world that is reset, or another file, has another ``run``: what was computed from its events is void then.
    """
    sessions, members = Session.table().c, Member.table()
    first = connection.execute(sa.select(sa.func.min(sessions.started_at))).scalar_one()
    known = fetch(connection, Member, sa.select(members).order_by(members.c.id))
    return {
        "run": f"{first:x}",
        "last": last_position(connection),
        "members": [
            {"id": each.id, "name": each.name, "role": each.role, "code": each.code, "country": each.country}
            for each in known
        ],
    }
