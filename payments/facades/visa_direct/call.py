"""Calls: what every request of this door goes through, on its way in and out.

In: the media type, the credentials, the encryption, JSON. Out: JSON under exactly the content type Visa uses, the
correlation id that every answer bears, and for everything that goes wrong the envelope.
"""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson
import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from payments.facades.visa_direct.admission import admit
from payments.facades.visa_direct.credential import Credential
from payments.facades.visa_direct.door import House, VisaDirectDoor
from payments.facades.visa_direct.encryption import is_encrypted, opened, sealed
from payments.facades.visa_direct.envelope import (
    CARRIED_OUT,
    NO_PERMISSION,
    RequestRefused,
    envelope,
    invalid,
    refused,
    staged_error,
)
from payments.facades.visa_direct.fields import parsed
from payments.kit.clock import CLOCK, SECOND, Clock, real_now
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.log import log
from payments.switch.directory import Directory
from payments.switch.outcome import DOOR
from payments.switch.playing import play_at_the_door

MEDIA_TYPE: Final = "application/json;charset=UTF-8"
"""Exactly so: there are clients that compare it letter by letter."""

BODY_LIMIT: Final = 1_000_000

_XML: Final = ("application/xml", "text/xml")
_counter: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with; ``body`` is JSON, ``None`` for no body at all."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """A request that was let in."""

    door: VisaDirectDoor
    house: House
    request: Request
    credential: Credential
    body: Any = field(repr=False)
    encrypted: bool = False

    async def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """Run ``query(connection, *arguments)`` over a snapshot."""
        return await self.door.sandbox.world.database.read(query, *arguments)

    @property
    def directory(self) -> Directory:
        """Return who the members are and whose card numbers are whose."""
        return self.door.sandbox.switch.directory

    @property
    def fields(self) -> dict[str, Any]:
        """Return the body, which must be an object. Raises ``RequestRefused``."""
        if not isinstance(self.body, dict):
            raise invalid("The body must be one JSON object.")
        return self.body

    def header(self, name: str) -> str:
        """Return a header, '' if it is not there."""
        return self.request.headers.get(name, "").strip()

    def permitted(self, acquiring_bin: str) -> str:
        """Return the acquiring BIN, if the credential may use it. Raises ``RequestRefused`` (403, 9611)."""
        if acquiring_bin != self.credential.acquiring_bin:
            raise RequestRefused(403, NO_PERMISSION, "This credential is not enrolled under this acquiringBin.")
        return acquiring_bin


def sandbox_now(connection: sa.Connection) -> int:
    """Return what the sandbox's clock shows."""
    return _clock(connection).now(real_now())


def _clock(connection: sa.Connection) -> Clock:
    table = Clock.table()
    return fetch(connection, Clock, sa.select(table).where(table.c.id == CLOCK))[0]


Endpoint = Callable[[Call], Awaitable[Answer]]
Broken = Callable[[str], Answer | None]
"""What a product answers to a staged HTTP status in words of its own; ``None``: none but the envelope's."""


def in_the_envelope(_: str) -> None:
    """Have no words of its own for any status."""


def behind_the_door(endpoint: Endpoint, broken: Broken = in_the_envelope) -> Callable[[Request], Awaitable[Response]]:
    """Return ``endpoint`` with all that every request goes through around it."""

    async def handle(request: Request) -> Response:
        house: House = await request.app.state.house.door.current()
        house.visitors += 1
        try:
            return await _handled(house, request, endpoint, broken)
        finally:
            house.leave()

    return handle


async def _handled(house: House, request: Request, endpoint: Endpoint, broken: Broken) -> Response:
    call: Call | None = None
    try:
        call = await _let_in(house, request)
        answer = await _answered(call, endpoint, broken)
    except Refusal as refusal:
        answer = _error(refused(refusal))
    except ClientDisconnect:
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours is answered in Visa's envelope, and logged
        log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
        answer = _error(RequestRefused(500, "500", "This is a bug of the sandbox: its log says more."))
    return _response(answer, call.credential if call and call.encrypted else None)


async def _answered(call: Call, endpoint: Endpoint, broken: Broken) -> Answer:
    """Answer a request, or with the error that is staged for the credential's sender: after it, or in its place."""
    stagings = call.door.sandbox.stagings
    staged = await stagings.for_sender(DOOR, call.credential.sender)
    status = await stagings.step(play_at_the_door, staged) if staged else ""
    if not status:
        return await endpoint(call)
    if status in CARRIED_OUT:
        await endpoint(call)
    return broken(status) or _error(staged_error(status))


async def _let_in(house: House, request: Request) -> Call:
    door = cast(VisaDirectDoor, request.app.state.house.visa_direct)
    _accept_json(request)
    body = await _read(request)
    credential = await admit(
        door.credentials,
        door.sandbox.world.vault,
        {name.lower(): value for name, value in request.headers.items()},
        request.url.path,
        request.url.query,
        request.query_params.get("apikey", ""),
        body,
    )
    call = Call(door, house, request, credential, None)
    if request.method == "POST":
        given = parsed(body)
        call.encrypted = is_encrypted(given)
        call.body = opened(credential, door.sandbox.world.vault, request.headers.get("keyid"), given)
    else:
        call.encrypted = credential.encryption == "required"
    return call


def _accept_json(request: Request) -> None:
    accepted = request.headers.get("accept", "")
    if any(each in accepted for each in _XML) and not any(each in accepted for each in ("json", "*/*")):
        raise RequestRefused(406, "406", "The sandbox answers in JSON only: send Accept: application/json.")
    if request.method != "POST":
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        words = "The sandbox does not read XML: " if kind in _XML else ""
        raise RequestRefused(415, "415", f"{words}send Content-Type: application/json.")


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise RequestRefused(413, "413", f"A request body may have {BODY_LIMIT:,} bytes.")
    return bytes(body)


def _error(refusal: RequestRefused) -> Answer:
    headers = {"x-error-origin": "payments-sandbox", "x-app-status": str(refusal.http_status), **refusal.headers}
    return Answer(refusal.http_status, envelope(refusal.http_status, refusal.error, refusal.detail), headers)


def _response(answer: Answer, sealed_for: Credential | None = None) -> Response:
    headers = {"x-correlation-id": _correlation_id(), **answer.headers}
    if answer.body is None:
        return Response(None, answer.status, headers)
    text = orjson.dumps(answer.body)
    if sealed_for is not None:
        text = sealed(sealed_for, text)
    return Response(text, answer.status, headers, MEDIA_TYPE)


def _correlation_id() -> str:
    number = next(_counter)
    return f"{real_now() // SECOND}_{number % 1000:03d}_{number}_VDP_WS"


async def refused_by_framework(_: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: an unknown path, a method that a path does not know."""
    assert isinstance(error, HTTPException)
    words = {404: "There is nothing at this path.", 405: "This path does not know this method."}
    refusal = RequestRefused(error.status_code, str(error.status_code), words.get(error.status_code, error.detail))
    refusal.headers = dict(error.headers or {})
    return _response(_error(refusal))
