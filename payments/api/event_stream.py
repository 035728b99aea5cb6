"""Server-sent events: how they are written, and sent for as long as somebody listens.

The API's stream and the page's are sent by this; the house lends it to the page's door.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_COMMENTS_EVERY: Final = 15.0
"""After how many seconds of silence a comment shows that the connection stands."""


def server_sent(name: str, data: Any, position: int | None = None, retry: int | None = None) -> bytes:
    """Return an event as it is sent: its name, its data as JSON, and its position, after which a listener may resume.

    ``retry`` says after how many milliseconds a listener whose connection broke comes again.
    """
    lines = [b"event: " + name.encode(), b"data: " + orjson.dumps(data)]
    if position is not None:
        lines.append(b"id: %d" % position)
    if retry is not None:
        lines.append(b"retry: %d" % retry)
    return b"\n".join(lines) + b"\n\n"


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
        gone = asyncio.ensure_future(_gone(receive))
        try:
            async with aclosing(self._events):
                await send({"type": "http.response.start", "status": 200, "headers": headers})
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
