"""What the house lends to the page's door, which may not import the API, the jobs or the verifier."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from payments.kit.events import Event
from payments.sandbox import Sandbox


@dataclass(frozen=True)
class Lent:
    """``visit()`` lets a visitor in: the sandbox that is served just now, and that is not replaced meanwhile.

    ``follow(after)`` yields each event after a position as it happens, until the sandbox closes; ``shape(position,
    event)`` is an event's JSON as the API gives it; ``server_sent(name, data, position, retry)`` writes one for a
    stream, and ``stream(events)`` sends what was so written; ``key`` opens the API for the page (the demo key: no
    secret).
    """

    visit: Callable[[], AbstractAsyncContextManager[Sandbox]]
    follow: Callable[[int], AsyncGenerator[tuple[int, Event], None]]
    shape: Callable[[int, Event], dict[str, Any]]
    server_sent: Callable[..., bytes]
    stream: Callable[[AsyncGenerator[bytes, None]], Response]
    key: str = field(repr=False)


async def lent(request: Request) -> Lent:
    """Return what the house has lent; for endpoints' signatures."""
    given: Lent = request.app.state.console
    return given


House = Annotated[Lent, Depends(lent)]
