"""Webhook endpoints: where programs listen for events."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.api.call import Call
from payments.api.documentation import problems
from payments.api.door import no_such
from payments.api.fields import Id, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply
from payments.kit.clock import rfc3339
from payments.kit.secrets import Secret
from payments.kit.world import Institution
from payments.webhooks.endpoint import Endpoint, find_endpoint, list_endpoints, webhooks_of
from payments.webhooks.registration import (
    NoSuchEventType,
    TooManyWebhookEndpoints,
    WebhookUrlNotAllowed,
    delete_endpoint,
    register,
)

EventType = Annotated[str, Field(max_length=100)]

_SECRET: Final = "Shown this once. Check signatures with it, by any library of https://www.standardwebhooks.com."


class CreateWebhookEndpoint(Shape):
    """Where to send events, and which. Without ``types`` all public ones; ``*`` is everything there is."""

    url: str = Field(max_length=4000, examples=["http://127.0.0.1:9000/hooks"])
    types: list[EventType] = Field([], max_length=50, examples=[["payment.captured", "refund.*"]])


class WebhookEndpointReply(Reply):
    """A place events are sent to; ``disabled_reason`` is ``requested``, or ``gone`` after it answered 410."""

    id: str
    object: Literal["webhook_endpoint"]
    status: Literal["enabled", "disabled", "deleted"]
    url: str
    types: list[str]
    chaos: str
    disabled_reason: str | None
    old_secret_until: str | None
    deliveries: int
    created_at: str


class WebhookEndpointWithSecret(WebhookEndpointReply):
    """A place events are sent to, with the secret that signs them."""

    secret: str = Field(description=_SECRET)


def endpoint_shape(endpoint: Endpoint) -> dict[str, Any]:
    """Return the JSON of an endpoint, without its secret."""
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "status": endpoint.status,
        "url": endpoint.url,
        "types": endpoint.types.split(),
        "chaos": endpoint.chaos,
        "disabled_reason": endpoint.disabled_reason or None,
        "old_secret_until": instant_shown(endpoint.old_secret_until),
        "deliveries": endpoint.deliveries,
        "created_at": rfc3339(endpoint.created_at),
    }


hot = hot_router("webhooks")
router = APIRouter(route_class=ApiRoute, tags=["webhooks"])


@hot.post(
    "/webhook_endpoints",
    status_code=201,
    response_model=WebhookEndpointWithSecret,
    responses=problems(
        400, 413, 415, url=WebhookUrlNotAllowed(), type=NoSuchEventType(), many=TooManyWebhookEndpoints()
    ),
)
async def create_webhook_endpoint(call: Calling, order: CreateWebhookEndpoint) -> Response:
    """Have events sent to a program of yours from now on, signed with the secret in the reply."""
    endpoint, secret = await register(webhooks_for(call), order.url, order.types)
    return with_secret(endpoint, secret, 201)


@router.get("/webhook_endpoints", response_model=ListReply[WebhookEndpointReply], responses=problems())
async def list_webhook_endpoints(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List the endpoints, newest first."""
    call.key.must_be_operator()
    found = await call.door.read(list_endpoints, limit + 1, after)
    next = found[limit - 1].id if len(found) > limit else None
    return list_reply([endpoint_shape(each) for each in found[:limit]], next)


@router.get("/webhook_endpoints/{endpoint_id}", response_model=WebhookEndpointReply, responses=problems(404))
async def get_webhook_endpoint(call: Calling, endpoint_id: Id) -> Response:
    """Read an endpoint."""
    call.key.must_be_operator()
    return json_reply(endpoint_shape(await call.door.read(_read_endpoint, endpoint_id)))


@hot.delete("/webhook_endpoints/{endpoint_id}", response_model=WebhookEndpointReply, responses=problems(404))
async def delete_webhook_endpoint(call: Calling, endpoint_id: Id) -> Response:
    """Send it nothing any more; what was sent can still be read."""
    return json_reply(endpoint_shape(await webhooks_for(call).step(delete_endpoint, endpoint_id)))


def webhooks_for(call: Call) -> Institution:
    """Return the party whose steps webhooks are, to the operator. Raises ``NotAllowed``."""
    call.key.must_be_operator()
    return webhooks_of(call.door.sandbox.world)


def _read_endpoint(connection: sa.Connection, endpoint_id: str) -> Endpoint:
    found = find_endpoint(connection, endpoint_id)
    if found is None:
        raise no_such(Endpoint, endpoint_id)
    return found


def with_secret(endpoint: Endpoint, secret: Secret, status: int) -> Response:
    """Return the one reply that shows an endpoint's secret."""
    return json_reply(endpoint_shape(endpoint) | {"secret": secret.reveal()}, status)


def instant_shown(at: int | None) -> str | None:
    """Return an instant as replies show it, if there is one."""
    return None if at is None else rfc3339(at)
