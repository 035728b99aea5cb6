"""The stream the page lives on: every event, as it happens, as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Header, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

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

_COMMENTS_EVERY: Final = 15.0
"""After how many seconds of silence a comment shows that the connection stands."""

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
    return EventStream(_told(house, int(last_event_id) if last_event_id else after))


async def _told(house: House, seen: int | None) -> AsyncGenerator[bytes, None]:
    run = await _run(house)
    yield b"event: run\ndata: %s\nretry: %d\n\n" % (orjson.dumps(run), _RETRY)
    start = max(0, run["last"] - _LOOKS_BACK) if seen is None else seen
    async with aclosing(house.follow(start)) as happened:
        async for position, event in happened:
            yield b"event: happened\ndata: %s\nid: %d\n\n" % (orjson.dumps(house.shape(position, event)), position)


class EventStream(Response):
    """Server-sent events, as long as somebody listens. What makes them is closed at once when they have gone.

    Left to itself, a generator is closed when its memory is collected: a world that waits for its visitors to leave,
    as a reset does, would wait until then.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None]) -> None:
        """Send what ``events`` yields."""
        super().__init__(headers={"Cache-Control": "no-store"})
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events, and a comment every now and then, until there are no more or nobody listens."""
        headers = [each for each in self.raw_headers if each[0] != b"content-length"]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.ensure_future(_gone(receive))
        try:
            async with aclosing(self._events):
                await self._send_all(send, gone)
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _send_all(self, send: Send, gone: asyncio.Future[None]) -> None:
        coming = asyncio.ensure_future(anext(self._events, None))
        try:
            while True:
                await asyncio.wait((coming, gone), timeout=_COMMENTS_EVERY, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    return
                chunk: bytes | None = b":\n\n"
                if coming.done():
                    chunk = coming.result()
                    if chunk is None:
                        return
                    coming = asyncio.ensure_future(anext(self._events, None))
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


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
