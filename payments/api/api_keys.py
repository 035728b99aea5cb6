"""API keys as a resource: the operator makes them, lists them and disables them."""

from typing import Any, Literal, Self

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.responses import Response

from payments.acquirer.merchant import Merchant
from payments.api.accounts import issuer_named
from payments.api.documentation import problems
from payments.api.fields import Id, Reference, Reply, Shape, Text
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import ISSUER, MERCHANT, ApiKey, disable_key, make_key, new_key
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.rate_limit import read_limit
from payments.api.rows import one
from payments.kit.clock import rfc3339

Role = Literal["operator", "merchant", "issuer"]
Strategy = Literal["fixed-window", "moving-window", "sliding-window-counter"]


class CreateApiKey(Shape):
    """For whom: the ``subject`` is a merchant's or an issuer's id. ``rate_limit`` reads ``100/minute``."""

    role: Role
    subject: Reference | None = Field(default=None, examples=["mch_blue_door_books"])
    name: Text = Field(examples=["Till 1"])
    rate_limit: str | None = Field(default=None, max_length=40, examples=["100/minute"])
    strategy: Strategy = "fixed-window"

    @model_validator(mode="after")
    def _stands_for_somebody(self) -> Self:
        if (self.role == "operator") != (self.subject is None):
            raise ValueError("a merchant's or issuer's key has a subject, an operator's has none")
        return self


class ApiKeyReply(Reply):
    """A key, without the key itself."""

    id: str
    object: Literal["api_key"]
    role: Role
    subject: str | None
    name: str
    rate_limit: str | None
    strategy: Strategy
    created_at: str
    disabled_at: str | None


class NewApiKeyReply(ApiKeyReply):
    """A new key: it is shown this once, and only its hash is kept."""

    key: str


def api_key_shape(key: ApiKey) -> dict[str, Any]:
    """Return the JSON of an API key."""
    return {
        "id": key.id,
        "object": "api_key",
        "role": key.role,
        "subject": key.subject or None,
        "name": key.name,
        "rate_limit": key.rate_limit or None,
        "strategy": key.strategy,
        "created_at": rfc3339(key.created_at),
        "disabled_at": None if key.disabled_at is None else rfc3339(key.disabled_at),
    }


hot = hot_router("api keys")
router = APIRouter(route_class=ApiRoute, tags=["api keys"])


@hot.post("/api_keys", status_code=201, response_model=NewApiKeyReply, responses=problems(400, 404, 413, 415))
async def create_api_key(call: Calling, order: CreateApiKey) -> Response:
    """Make a key. It is in this reply and in no other."""
    call.key.must_be_operator()
    if order.rate_limit:
        read_limit(order.rate_limit)
    if order.role == MERCHANT:
        await call.door.read(one, Merchant, order.subject)
    elif order.role == ISSUER:
        issuer_named(call, order.subject or "")
    key = new_key()
    made = await call.door.sandbox.operator.step(
        make_key, key, order.role, order.subject or "", order.name, order.rate_limit or "", order.strategy
    )
    return json_reply(api_key_shape(made) | {"key": key.reveal()}, 201)


@router.get("/api_keys/{key_id}", response_model=ApiKeyReply, responses=problems(404))
async def get_api_key(call: Calling, key_id: Id) -> Response:
    """Read a key's record."""
    call.key.must_be_operator()
    return json_reply(api_key_shape(await call.door.read(one, ApiKey, key_id)))


@router.get("/api_keys", response_model=ListReply[ApiKeyReply], responses=problems())
async def list_api_keys(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List keys, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(page, ApiKey, limit, after)
    return list_reply([api_key_shape(each) for each in found], next)


@router.delete("/api_keys/{key_id}", response_model=ApiKeyReply, responses=problems(404))
async def delete_api_key(call: Calling, key_id: Id) -> Response:
    """Disable a key for good. Other worker processes learn of it within two seconds."""
    call.key.must_be_operator()
    disabled = await call.door.sandbox.operator.step(disable_key, key_id)
    call.door.keyring.forget()
    return json_reply(api_key_shape(disabled))
