"""The control plane of this door, under /v1/sandbox, for the operator: credentials, their switches, their keys."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, Literal

import orjson
import sqlalchemy as sa
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from payments.facades.visa_direct.advice import FORM, PATH, TYPES
from payments.facades.visa_direct.credential import (
    DEMO_BIN,
    DUPLICATE,
    ENCRYPTION_OFF,
    Credential,
    disable_credential,
    encrypt_messages,
    known_credential,
    open_credential,
    set_switches,
)
from payments.facades.visa_direct.door import House, VisaDirectDoor
from payments.kit.clock import rfc3339
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.secrets import Secret
from payments.sandbox import Sandbox
from payments.webhooks.endpoint import webhooks_of
from payments.webhooks.registration import register

PREFIX: Final = "/v1/sandbox/visa_direct"

Repeats = Literal["duplicate", "replay"]
UserId = Annotated[str, Field(pattern=r"^[!-9;-~]{1,60}$", description="As Basic authentication has it: no colon.")]
KeyText = Annotated[str, Field(min_length=1, max_length=100)]


class NotAPublicKey(Refusal):
    """A public key is an RSA key of 2048 bits or more, in PEM."""


class CreateCredential(BaseModel):
    """A new credential: who calls with it, for which sender, and how strictly requests are read."""

    model_config = ConfigDict(extra="forbid")

    user: UserId
    password: KeyText
    sender: str = Field(pattern=r"^[A-Za-z0-9_.\-]{1,100}$")
    acquiring_bin: str = Field(default=DEMO_BIN, pattern=r"^[0-9]{6,11}$")
    any_sender: bool = False
    strict: bool = False
    repeats: Repeats = DUPLICATE
    api_key: KeyText | None = None
    shared_secret: KeyText | None = None


class ChangeSwitches(BaseModel):
    """The switches of a credential."""

    model_config = ConfigDict(extra="forbid")

    strict: bool
    repeats: Repeats


class ChangeKeys(BaseModel):
    """Message-level encryption: whether, and the client's public key (PEM), to which answers are encrypted."""

    model_config = ConfigDict(extra="forbid")

    encryption: Literal["off", "optional", "required"]
    key_id: KeyText
    client_key: str = Field(max_length=8_000)


class Listen(BaseModel):
    """Where an originator listens for advices: the part of the URL before Visa's path."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=400)


async def create_credential(call: "Control") -> Response:
    """Open a credential."""
    asked = CreateCredential.model_validate_json(await call.request.body())
    made = await call.sandbox.operator.step(
        open_credential,
        asked.user,
        Secret(asked.password),
        asked.sender,
        asked.acquiring_bin,
        asked.any_sender,
        asked.strict,
        asked.repeats,
        asked.api_key,
        Secret(asked.shared_secret) if asked.shared_secret else None,
    )
    return _json(_shape(made), 201)


async def list_credentials(call: "Control") -> Response:
    """List the credentials."""
    found = await call.sandbox.world.database.read(_all)
    return _json({"object": "list", "data": [_shape(each) for each in found], "has_more": False, "next": None})


async def change_switches(call: "Control") -> Response:
    """Say how strictly requests are read, and what a repeat gets."""
    asked = ChangeSwitches.model_validate_json(await call.request.body())
    return _json(_shape(await call.sandbox.operator.step(set_switches, call.user, asked.strict, asked.repeats)))


async def change_keys(call: "Control") -> Response:
    """Switch message-level encryption; the answer has the public key to which requests are encrypted."""
    asked = ChangeKeys.model_validate_json(await call.request.body())
    if asked.encryption != ENCRYPTION_OFF:
        _must_be_public(asked.client_key)
    made = RSAKey.generate_key(2048)
    keys = Secret(made.as_pem(private=True).decode()), asked.client_key
    changed = await call.sandbox.operator.step(encrypt_messages, call.user, asked.encryption, asked.key_id, *keys)
    return _json(_shape(changed) | {"server_key": made.as_pem(private=False).decode()})


async def listen(call: "Control") -> Response:
    """Have advices of deferred pushes sent to a base URL of the originator's; Visa's path is put behind it."""
    asked = Listen.model_validate_json(await call.request.body())
    await call.sandbox.operator.step(known_credential, call.user)
    form = f"{FORM}:{call.user}"
    endpoint, secret = await register(webhooks_of(call.sandbox.world), asked.url.rstrip("/") + PATH, TYPES, form)
    return _json({"id": endpoint.id, "object": "webhook_endpoint", "url": endpoint.url, "secret": secret.reveal()}, 201)


async def delete_credential(call: "Control") -> Response:
    """Disable a credential for good."""
    return _json(_shape(await call.sandbox.operator.step(disable_credential, call.user)))


class Control:
    """A request of the operator."""

    def __init__(self, sandbox: Sandbox, request: Request) -> None:
        """Take note of both."""
        self.sandbox = sandbox
        self.request = request

    @property
    def user(self) -> str:
        """Return the user id of the path."""
        return str(self.request.path_params["user"])


def control_routes() -> list[Route]:
    """Return the routes of the control plane."""
    return [
        _route("POST", "/credentials", create_credential),
        _route("GET", "/credentials", list_credentials),
        _route("POST", "/credentials/{user}/switches", change_switches),
        _route("POST", "/credentials/{user}/keys", change_keys),
        _route("POST", "/credentials/{user}/advices", listen),
        _route("DELETE", "/credentials/{user}", delete_credential),
    ]


def _route(method: str, path: str, endpoint: Callable[[Control], Awaitable[Response]]) -> Route:
    async def handle(request: Request) -> Response:
        house: House = await request.app.state.door.current()
        house.visitors += 1
        try:
            (await house.keyring.holder(request.headers.get("authorization"))).must_be_operator()
            door: VisaDirectDoor = request.app.state.visa_direct
            answer = await endpoint(Control(door.sandbox, request))
            door.credentials.forget()
            return answer
        finally:
            house.leave()

    name = f"visa_direct_{endpoint.__name__}"
    return Route(f"{PREFIX}{path}", handle, methods=[method], include_in_schema=False, name=name)


def _must_be_public(pem: str) -> None:
    try:
        key = RSAKey.import_key(pem)
    except (JoseError, ValueError):
        raise NotAPublicKey("It cannot be read.") from None
    if key.is_private or key.raw_value.key_size < 2048:
        raise NotAPublicKey("Send the public key only, of 2048 bits or more.")


def _all(connection: sa.Connection) -> list[Credential]:
    table = Credential.table()
    return fetch(connection, Credential, sa.select(table).order_by(table.c.id))


def _shape(credential: Credential) -> dict[str, Any]:
    return {
        "user": credential.id,
        "object": "visa_direct.credential",
        "acquirer": credential.acquirer,
        "sender": credential.sender,
        "acquiring_bin": credential.acquiring_bin,
        "any_sender": bool(credential.any_sender),
        "strict": bool(credential.strict),
        "repeats": credential.repeats,
        "api_key": credential.api_key,
        "encryption": credential.encryption,
        "key_id": credential.key_id or None,
        "created_at": rfc3339(credential.created_at),
        "disabled_at": None if credential.disabled_at is None else rfc3339(credential.disabled_at),
    }


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
