"""What can be switched about a webhook endpoint: on and off, its secret, and what is to go wrong on the way to it."""

from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Shape
from payments.api.hot_route import Calling, hot_router
from payments.api.listing import json_reply
from payments.api.webhooks import (
    WebhookEndpointReply,
    WebhookEndpointWithSecret,
    endpoint_shape,
    webhooks_for,
    with_secret,
)
from payments.webhooks.registration import (
    REQUESTED,
    NoSuchChaos,
    disable_endpoint,
    enable,
    rotate_secret,
    set_chaos,
)


class SetWebhookChaos(Shape):
    """What is to go wrong: ``drop``, ``repeat``, ``reorder``, ``delay:<seconds>``, or '' for nothing."""

    chaos: str = Field(max_length=20, examples=["repeat"])


hot = hot_router("webhooks")


@hot.post(
    "/webhook_endpoints/{endpoint_id}/disable",
    response_model=WebhookEndpointReply,
    responses=problems(404, 409),
)
async def disable_webhook_endpoint(call: Calling, endpoint_id: Id) -> Response:
    """Send it nothing until it is enabled again; of what happens meanwhile it never hears."""
    stopped = await webhooks_for(call).step(disable_endpoint, endpoint_id, REQUESTED)
    return json_reply(endpoint_shape(stopped))


@hot.post(
    "/webhook_endpoints/{endpoint_id}/enable",
    response_model=WebhookEndpointReply,
    responses=problems(404, 409),
)
async def enable_webhook_endpoint(call: Calling, endpoint_id: Id) -> Response:
    """Send it events again, from now on."""
    return json_reply(endpoint_shape(await enable(webhooks_for(call), endpoint_id)))


@hot.post(
    "/webhook_endpoints/{endpoint_id}/rotate_secret",
    response_model=WebhookEndpointWithSecret,
    responses=problems(404),
)
async def rotate_webhook_secret(call: Calling, endpoint_id: Id) -> Response:
    """Give it a new secret; for 24 hours the old one signs beside it."""
    endpoint, secret = await webhooks_for(call).step(rotate_secret, endpoint_id)
    return with_secret(endpoint, secret, 200)


@hot.post(
    "/sandbox/webhook_endpoints/{endpoint_id}/chaos",
    response_model=WebhookEndpointReply,
    responses=problems(400, 404, 413, 415, chaos=NoSuchChaos()),
)
async def set_webhook_chaos(call: Calling, order: SetWebhookChaos, endpoint_id: Id) -> Response:
    """Have its webhooks lost, doubled, reordered or late from now on."""
    changed = await webhooks_for(call).step(set_chaos, endpoint_id, order.chaos)
    return json_reply(endpoint_shape(changed))
