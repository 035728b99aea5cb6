"""The entrance: what every request goes through before it is carried out, and every answer on its way out."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from payments.acquirer.acquirer import Acquirer
from payments.facades.mastercard_send import encryption, xml_body
from payments.facades.mastercard_send.awaited import Awaited
from payments.facades.mastercard_send.codes import BODY_BYTES, V1, V2
from payments.facades.mastercard_send.errors import (
    CARRIED_OUT,
    TOO_LONG,
    Refused,
    envelope,
    invalid,
    refused_by_flow,
    staged_error,
    unauthorized,
    wrong_fields,
)
from payments.facades.mastercard_send.partner import ConsumerKey, Partner, find_partner, rsa_key
from payments.facades.mastercard_send.signature import (
    BadSignature,
    NonceUsed,
    Sent,
    Signature,
    check_signature,
    read_signature,
    record_call,
)
from payments.kit.errors import Refusal
from payments.kit.fate import durable
from payments.sandbox import Sandbox
from payments.switch.outcome import DOOR
from payments.switch.playing import play_at_the_door

STATIC: Final = "/send/static"
_NO_BODY: Final = ("GET", "DELETE")


class Guard(Protocol):
    """Who holds which API key, as the house's own door knows."""

    async def holder(self, authorization: str | None) -> Any:
        """Return the key that an Authorization header carries."""


class Entrance(Protocol):
    """What this door needs of the house's: the sandbox that is open now, and a count of who is inside."""

    sandbox: Sandbox
    visitors: int
    keyring: Guard

    async def current(self) -> "Entrance":
        """Return the entrance to the world that is open now."""

    def leave(self) -> None:
        """Note that a visitor has gone."""


@dataclass(slots=True)
class Visit:
    """A request that was let in: by which partner, signed with which key (verified or not), with which body."""

    sandbox: Sandbox
    request: Request
    generation: str
    awaited: Awaited
    body: bytes = field(default=b"", repr=False)
    partner: Partner = field(init=False)
    consumer_key: str = ""
    key: ConsumerKey | None = None
    request_id: str = field(default_factory=lambda: f"rqst_{uuid.uuid4().hex}")

    @property
    def acquirer(self) -> Acquirer:
        """Return the partner's acquirer."""
        return self.sandbox.acquirers[self.partner.acquirer]

    @property
    def static(self) -> bool:
        """Tell whether the request came in as to Mastercard's static sandbox."""
        return str(self.request.scope["path"]).startswith(f"{STATIC}/")

    async def data(self) -> dict[str, Any]:
        """Return the request's body: JSON, in v1 also XML, in Send 2.0 also encrypted JSON. Raises ``Refused``."""
        if self.generation == V1 and "xml" in self.request.headers.get("content-type", ""):
            return xml_body.read(self.body)
        data = json_object(self.body)
        if self.generation == V2 and (encryption.is_encrypted(data) or (self.key and self.key.encryption_key)):
            return json_object(await encryption.opened(self.sandbox.world, data))
        return data

    def reply(self, body: dict[str, Any] | list[Any], status: int = 200) -> Response:
        """Return an answer, in the form the request asks for; each carries a correlation id."""
        headers = {"Correlation-ID": self.request_id}
        if self.generation == V1 and isinstance(body, dict) and self._wants_xml():
            return Response(xml_body.written(body), status, headers, "application/xml")
        if self.key and self.key.encryption_key and self.generation == V2:
            body = encryption.sealed(rsa_key(self.key.encryption_key), orjson.dumps(body))
        return Response(orjson.dumps(body), status, headers, "application/json")

    def _wants_xml(self) -> bool:
        asked = self.request.query_params.get("Format", self.request.query_params.get("format", "")).upper()
        accepted = self.request.headers.get("accept", "")
        return asked == "XML" or (asked != "JSON" and "xml" in accepted and "json" not in accepted)


Endpoint = Callable[[Visit], Awaitable[Response]]


def send_route(method: str, path: str, endpoint: Endpoint, awaited: Awaited) -> Route:
    """Return a route of this door; where it leads says which generation's words are spoken."""
    generation = V1 if "/v1/" in path else V2

    async def handle(request: Request) -> Response:
        entrance: Entrance = await request.app.state.door.current()
        entrance.visitors += 1
        try:
            return await _served(Visit(entrance.sandbox, request, generation, awaited), endpoint)
        finally:
            entrance.leave()

    return Route(path, handle, methods=[method], include_in_schema=False, name=f"mastercard_send_{endpoint.__name__}")


async def _served(visit: Visit, endpoint: Endpoint) -> Response:
    try:
        visit.body = b"" if visit.request.method in _NO_BODY else await _body_of(visit.request)
        await _let_in(visit)
        return await _answered(visit, endpoint)
    except Refused as refused:
        problem = refused
    except ValidationError as error:
        problem = wrong_fields(error)
    except Refusal as refusal:
        problem = refused_by_flow(refusal)
    return visit.reply(envelope(problem, visit.generation, visit.request_id), problem.http_status)


async def _answered(visit: Visit, endpoint: Endpoint) -> Response:
    """Answer a request, or with the error that is staged for the partner's sender: after it, or in its place."""
    stagings = visit.sandbox.stagings
    staged = await stagings.for_sender(DOOR, visit.partner.sender)
    status = await stagings.step(play_at_the_door, staged) if staged else ""
    if status and status not in CARRIED_OUT:
        raise staged_error(status)
    answer = await durable(endpoint(visit))
    if status:
        raise staged_error(status)
    return answer


async def _body_of(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES:
            raise invalid("body", TOO_LONG)
    return bytes(body)


async def _let_in(visit: Visit) -> None:
    """Find out who asks: an unknown partner is unauthorized, a registered key is checked, others are only noted."""
    request = visit.request
    try:
        signature = read_signature(request.headers.get("authorization"))
    except BadSignature as bad:
        raise unauthorized(bad.detail) from None
    visit.consumer_key = signature.consumer_key if signature else ""
    partner, keys = await visit.sandbox.world.database.read(find_partner, request.path_params["partner_id"])
    if partner is None:
        raise unauthorized("There is no such partner.")
    visit.partner = partner
    visit.key = next((each for each in keys if each.id == visit.consumer_key), None)
    try:
        await _check(visit, signature, bool(keys))
    except (BadSignature, NonceUsed) as bad:
        visit.key = None  # whoever asks may not read what is encrypted for the key's owner
        raise unauthorized(bad.detail) from None


async def _check(visit: Visit, signature: Signature | None, has_keys: bool) -> None:
    if has_keys and (signature is None or visit.key is None):
        raise BadSignature("This partner has registered a consumer key: sign with it.")
    if signature is None:
        return
    request = visit.request
    if visit.key:
        check_signature(signature, rsa_key(visit.key.public_key), _sent(visit))
    path = str(request.scope["path"])
    await visit.acquirer.step(record_call, signature, visit.key is not None, request.method, path)


def _sent(visit: Visit) -> Sent:
    scope = visit.request.scope
    path = scope.get("raw_path") or scope["path"].encode()
    host = visit.request.headers.get("host", "")
    url = f"{scope['scheme']}://{host}{path.decode('latin-1').partition('?')[0]}"
    return Sent(visit.request.method, url, scope["query_string"].decode("latin-1"), visit.body)


def json_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises ``Refused``."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise invalid("body", description="Send one JSON object, in UTF-8") from None
    if not isinstance(data, dict):
        raise invalid("body", description="Send one JSON object, in UTF-8")
    return data
