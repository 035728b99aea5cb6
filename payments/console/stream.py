"""The stream the page lives on: every event, as it happens, as server-sent events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Header, Query
from starlette.responses import Response

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


@router.get("/console/events")
async def events(
    house: House,
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    last_event_id: Annotated[str | None, Header(pattern="^[0-9]{1,18}$")] = None,
) -> Response:
    """Stream events after a position; ``id`` is the position, and ``Last-Event-ID`` resumes after it.

    The first event is ``run``: which world this is, its last position, and its members. Without a position the last
    few hundred events come first.
    """
    return house.stream(_told(house, int(last_event_id) if last_event_id else after))


async def _told(house: House, seen: int | None) -> AsyncGenerator[bytes, None]:
    run = await _run(house)
    yield house.server_sent("run", run, retry=_RETRY)
    start = max(0, run["last"] - _LOOKS_BACK) if seen is None else seen
    async with aclosing(house.follow(start)) as happened:
        async for position, event in happened:
            yield house.server_sent("happened", house.shape(position, event), position)


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
