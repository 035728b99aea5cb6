"""The control plane of this door, under /v1/sandbox, for the operator: partners, consumer keys, the encryption key."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, Literal

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from payments.facades.mastercard_send.encryption import make_key
from payments.facades.mastercard_send.entrance import Entrance
from payments.facades.mastercard_send.partner import ConsumerKey, Partner, disable_key, open_partner, register_key
from payments.kit.clock import rfc3339
from payments.kit.database import fetch
from payments.sandbox import Sandbox

PREFIX: Final = "/v1/sandbox/mastercard_send"

PartnerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{32,40}$")]
KeyText = Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.\-]{1,97}$")]
Pem = Annotated[str, Field(min_length=1, max_length=8_000)]


class CreatePartner(BaseModel):
    """A new partner: its id, the sender for whom it pays, and the networks whose cards it may pay (none: any)."""

    model_config = ConfigDict(extra="forbid")

    id: PartnerId
    sender: str = Field(pattern=r"^[A-Za-z0-9_.\-]{1,100}$")
    networks: list[Literal["MASTERCARD", "MAESTRO", "STAR", "PULSE", "NYCE", "VISA"]] = []


class CreateConsumerKey(BaseModel):
    """A new consumer key: from now on the partner's requests must be signed, and with ``encryption_key`` encrypted."""

    model_config = ConfigDict(extra="forbid")

    consumer_key: KeyText
    partner: PartnerId
    public_key: Pem
    encryption_key: Pem | None = None


async def create_partner(sandbox: Sandbox, request: Request) -> Response:
    """Take on a partner."""
    asked = CreatePartner.model_validate_json(await request.body())
    made = await sandbox.operator.step(open_partner, asked.id, asked.sender, asked.networks)
    return _json(_partner(made), 201)


async def list_partners(sandbox: Sandbox, _: Request) -> Response:
    """List the partners."""
    found = await sandbox.world.database.read(_all, Partner)
    return _json({"object": "list", "data": [_partner(each) for each in found], "has_more": False, "next": None})


async def create_consumer_key(sandbox: Sandbox, request: Request) -> Response:
    """Register a consumer key."""
    asked = CreateConsumerKey.model_validate_json(await request.body())
    keys = (asked.public_key, asked.encryption_key or "")
    made = await sandbox.operator.step(register_key, asked.consumer_key, asked.partner, *keys)
    return _json(_consumer_key(made), 201)


async def list_consumer_keys(sandbox: Sandbox, _: Request) -> Response:
    """List the consumer keys."""
    found = await sandbox.world.database.read(_all, ConsumerKey)
    return _json({"object": "list", "data": [_consumer_key(each) for each in found], "has_more": False, "next": None})


async def delete_consumer_key(sandbox: Sandbox, request: Request) -> Response:
    """Disable a consumer key for good."""
    return _json(_consumer_key(await sandbox.operator.step(disable_key, request.path_params["consumer_key"])))


async def read_encryption_key(sandbox: Sandbox, _: Request) -> Response:
    """Read the public key to which request bodies are encrypted."""
    key = await sandbox.operator.step(make_key)
    return _json({"object": "mastercard_send.encryption_key", "public_key": key.public_key})


Endpoint = Callable[[Sandbox, Request], Awaitable[Response]]


def control_routes() -> list[Route]:
    """Return the routes of the control plane."""
    return [
        _route("POST", "/partners", create_partner),
        _route("GET", "/partners", list_partners),
        _route("POST", "/consumer_keys", create_consumer_key),
        _route("GET", "/consumer_keys", list_consumer_keys),
        _route("DELETE", "/consumer_keys/{consumer_key}", delete_consumer_key),
        _route("GET", "/encryption_key", read_encryption_key),
    ]


def _route(method: str, path: str, endpoint: Endpoint) -> Route:
    async def handle(request: Request) -> Response:
        entrance: Entrance = await request.app.state.door.current()
        entrance.visitors += 1
        try:
            (await entrance.keyring.holder(request.headers.get("authorization"))).must_be_operator()
            return await endpoint(entrance.sandbox, request)
        finally:
            entrance.leave()

    name = f"mastercard_send_{endpoint.__name__}"
    return Route(f"{PREFIX}{path}", handle, methods=[method], include_in_schema=False, name=name)


def _all(connection: sa.Connection, kind: type[Any]) -> list[Any]:
    table = kind.table()
    return fetch(connection, kind, sa.select(table).order_by(table.c.id))


def _partner(partner: Partner) -> dict[str, Any]:
    return {
        "id": partner.id,
        "object": "mastercard_send.partner",
        "acquirer": partner.acquirer,
        "sender": partner.sender,
        "currency": partner.currency,
        "networks": partner.networks.split(),
        "created_at": rfc3339(partner.created_at),
    }


def _consumer_key(key: ConsumerKey) -> dict[str, Any]:
    return {
        "consumer_key": key.id,
        "object": "mastercard_send.consumer_key",
        "partner": key.partner,
        "encrypts": bool(key.encryption_key),
        "created_at": rfc3339(key.created_at),
        "disabled_at": None if key.disabled_at is None else rfc3339(key.disabled_at),
    }


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
