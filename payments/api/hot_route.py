"""Routes: what every request of the API goes through, and the short way for those that come in thousands.

``HotRoute`` overrides FastAPI's documented hook ``get_route_handler``: it reads the body, checks the key, validates and calls
the endpoint by itself, which halves the cost of a request. What FastAPI reads off the endpoint's signature (OpenAPI, the
shape of a 422) stays as it is.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.responses import Response

from payments.api.answers import Operation, keep_answer, keep_refusal
from payments.api.door import Door
from payments.api.keys import ApiKey
from payments.api.problems import MEDIA_TYPE, InvalidRequest, UnsupportedMediaType, problem_body
from payments.kit.errors import NotFound, Refusal
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, IdempotencyKeyReused, Replayed
from payments.kit.steps import entries_written
from payments.kit.world import Institution

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,200}")
_KEY: Final = re.compile(r"[!-~]{1,255}")


@dataclass(slots=True)
class Call:
    """A request that was let in: through which door, by whose key, with which body."""

    door: Door
    key: ApiKey
    request: Request
    body: bytes = b""

    def claim(self, operation: Operation) -> Claim | None:
        """Return the claim of the request's ``Idempotency-Key``, if it has one. Raises ``InvalidRequest``."""
        given = self.request.headers.get("idempotency-key")
        if given is None:
            return None
        if not _KEY.fullmatch(given):
            raise InvalidRequest("An Idempotency-Key has 1 to 255 printable ASCII characters without spaces.")
        whole = b"%s\n%s" % (self.request.scope["path"].encode(), self.body)
        return Claim.on(self.key.id, given, operation.name, whole)

    async def answer(
        self,
        operation: Operation,
        institution: Institution,
        flow: Callable[[Claim | None], Awaitable[Any]],
        *,
        keyed: bool = True,
    ) -> Response:
        """Run a flow that moves money and answer with what it made, and with every ledger entry it wrote in any book.

        One that does nothing when it is repeated need not be ``keyed``: an ``Idempotency-Key`` is not looked at.
        """
        claim = self.claim(operation) if keyed else None
        entries: list[str] = []
        entries_written.set(entries)
        try:
            resource = await flow(claim)
        except Replayed as replayed:
            return _again(replayed)
        except (IdempotencyKeyInUse, IdempotencyKeyReused):
            raise
        except Refusal as refusal:
            return await _refused(institution, claim, refusal)
        body, to_keep = self.door.answers.take(operation, resource, entries)
        if to_keep and claim:
            await keep_answer(institution, claim, operation.status, body)
        return Response(body, operation.status, media_type="application/json")


async def _refused(institution: Institution, claim: Claim | None, refusal: Refusal) -> Response:
    if claim is None:
        raise refusal
    try:
        await keep_refusal(institution, claim, *problem_body(refusal))
    except Replayed as replayed:
        return _again(replayed)
    except IdempotencyKeyReused:
        pass
    raise refusal


def _again(replayed: Replayed) -> Response:
    kind = MEDIA_TYPE if replayed.status >= 400 else "application/json"
    return Response(replayed.body, replayed.status, {"Idempotent-Replayed": "true"}, kind)


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


async def admitted_operator(request: Request) -> Call:
    """Return the call, if it is the operator's: for endpoints that cannot refuse any more once they run."""
    call = await admitted(request)
    call.key.must_be_operator()
    return call


Calling = Annotated[Call, Depends(admitted)]
Operating = Annotated[Call, Depends(admitted_operator)]


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


def body_reader(route: APIRoute) -> Callable[[Request, Call], Awaitable[tuple[Any, ...]]]:
    """Return what reads and validates the body of a route's requests; () for a route without."""
    parameters = route.dependant.body_params
    assert not route.dependant.query_params, "a hot route has no query"
    if not parameters:
        return _no_body
    validate = TypeAdapter[Any](cast(Any, parameters[0].field_info.annotation)).validate_json
    optional = not parameters[0].field_info.is_required()

    async def read(request: Request, call: Call) -> tuple[Any, ...]:
        call.body = body = await request.body()
        if not body and optional:
            body = b"{}"
        elif "json" not in request.headers.get("content-type", "json"):
            raise UnsupportedMediaType("Send the header Content-Type: application/json.")
        return (validate(body),)

    return read


async def _no_body(_: Request, __: Call) -> tuple[Any, ...]:
    return ()


def _with_limits(request: Request, response: Response) -> Response:
    if headers := getattr(request.state, "limit_headers", None):
        response.headers.update(headers)
    return response
