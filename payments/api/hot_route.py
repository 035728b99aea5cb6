"""Routes: what every request of the API goes through, and the short way for those that come in thousands.

``HotRoute`` overrides FastAPI's documented hook ``get_route_handler``: it reads the body, checks the key, validates
and calls the endpoint by itself, which halves the cost of a request. What FastAPI reads off the endpoint's signature
(OpenAPI) stays as it is.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response

from payments.api.call import Call
from payments.api.door import Door
from payments.api.refusals import BodyTooLarge, UnsupportedMediaType
from payments.kit.errors import NotFound

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

BODY_LIMIT: Final = 1_000_000
"""The most bytes a request body may have; a route that takes files reads them by itself."""

_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,200}")


async def admit(door: Door, request: Request) -> Call:
    """Let a request in: whose key is it, and may it ask now? Raises what ``problems`` calls 401, 404 and 429."""
    key = await door.keyring.holder(request.headers.get("authorization"))
    if key.rate_limit:
        request.state.limit_headers = await door.limits.count(key)
    for part in request.path_params.values():
        if not _NAME.fullmatch(part):
            raise NotFound("There is nothing with such an id.")
    return Call(door, key, request)


async def admitted(request: Request) -> Call:
    """Return the call that the route has let in; for endpoints' signatures."""
    call: Call = request.state.call
    return call


Calling = Annotated[Call, Depends(admitted)]


class ApiRoute(APIRoute):
    """A route behind the door: only requests with a key come in, as often as its limit allows."""

    def get_route_handler(self) -> Handler:
        """Return FastAPI's own handler behind ``admit``."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            door: Door = await request.app.state.door.current()
            door.visitors += 1
            try:
                request.state.call = await admit(door, request)
                return _with_limits(request, await inner(request))
            finally:
                door.leave()

        return handle


class HotRoute(APIRoute):
    """A route for a JSON body, or none, and no query: ``endpoint(call, body, **path parameters)``."""

    def get_route_handler(self) -> Handler:
        """Return the short way to the endpoint."""
        endpoint, read = self.endpoint, body_reader(self)

        async def handle(request: Request) -> Response:
            door: Door = await request.app.state.door.current()
            door.visitors += 1
            try:
                call = await admit(door, request)
                given = await read(request, call)
                response: Response = await endpoint(call, *given, **request.path_params)
                return _with_limits(request, response) if call.key.rate_limit else response
            finally:
                door.leave()

        return handle


def hot_router(tag: str) -> APIRouter:
    """Return a router of hot routes under /v1, to be put into the app one by one: a router in between costs time."""
    return APIRouter(
        prefix="/v1", route_class=HotRoute, tags=[tag], generate_unique_id_function=lambda route: route.name
    )


def body_reader(route: APIRoute) -> Callable[[Request, Call], Awaitable[tuple[Any, ...]]]:
    """Return what reads and validates the body of a route's requests; () for a route without."""
    parameters = route.dependant.body_params
    assert not route.dependant.query_params, "a hot route has no query"
    if not parameters:
        return _no_body
    validate = TypeAdapter[Any](cast(Any, parameters[0].field_info.annotation)).validate_json
    optional = not parameters[0].field_info.is_required()

    async def read(request: Request, call: Call) -> tuple[Any, ...]:
        call.body = body = await body_of(request)
        if not body and optional:
            body = b"{}"
        elif "json" not in request.headers.get("content-type", "json"):
            raise UnsupportedMediaType("Send the header Content-Type: application/json.")
        return (validate(body),)

    return read


async def body_of(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """Return the body of a request. Raises ``BodyTooLarge`` before more than the limit has been read."""
    length = request.headers.get("content-length")
    if length is not None:
        if not length.isdecimal() or int(length) > limit:
            raise BodyTooLarge(f"A request body may have {limit:,} bytes.")
        return await request.body()
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise BodyTooLarge(f"A request body may have {limit:,} bytes.")
    return bytes(body)


async def _no_body(_: Request, __: Call) -> tuple[Any, ...]:
    return ()


def _with_limits(request: Request, response: Response) -> Response:
    if headers := getattr(request.state, "limit_headers", None):
        response.headers.update(headers)
    return response
