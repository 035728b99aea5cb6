"""Webhook deliveries: what became of each event on its way to each endpoint."""

from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Reply
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.api.webhooks import instant_shown, webhooks_for
from payments.kit.clock import rfc3339
from payments.webhooks.attempt import resend
from payments.webhooks.delivery import Delivery

DeliveryStatus = Literal["pending", "delivered", "failed"]


class WebhookDeliveryReply(Reply):
    """One event for one endpoint. ``id`` is the ``webhook-id`` header of every attempt; ``error`` is the last one's."""

    id: str
    object: Literal["webhook_delivery"]
    status: DeliveryStatus
    endpoint: str
    type: str
    position: int
    reference: str
    attempts: int
    attempted_at: str | None
    due_at: str | None
    response_code: int | None
    error: str | None
    chaos: str | None
    created_at: str


def delivery_shape(delivery: Delivery) -> dict[str, Any]:
    """Return the JSON of a delivery."""
    return {
        "id": delivery.id,
        "object": "webhook_delivery",
        "status": delivery.status,
        "endpoint": delivery.endpoint,
        "type": delivery.type,
        "position": delivery.position,
        "reference": delivery.reference,
        "attempts": delivery.attempts,
        "attempted_at": instant_shown(delivery.attempted_at),
        "due_at": instant_shown(delivery.due_at),
        "response_code": delivery.response_code,
        "error": delivery.error or None,
        "chaos": delivery.chaos or None,
        "created_at": rfc3339(delivery.created_at),
    }


hot = hot_router("webhooks")
router = APIRouter(route_class=ApiRoute, tags=["webhooks"])


@router.get("/webhook_deliveries", response_model=ListReply[WebhookDeliveryReply], responses=problems())
async def list_webhook_deliveries(
    call: Calling,
    limit: Limit = 20,
    after: After = None,
    endpoint: Filter = None,
    status: DeliveryStatus | None = None,
) -> Response:
    """List deliveries, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(lambda c: page(c, Delivery, limit, after, endpoint=endpoint, status=status))
    return list_reply([delivery_shape(each) for each in found], next)


@router.get("/webhook_deliveries/{delivery_id}", response_model=WebhookDeliveryReply, responses=problems(404))
async def get_webhook_delivery(call: Calling, delivery_id: Id) -> Response:
    """Read a delivery."""
    call.key.must_be_operator()
    return json_reply(delivery_shape(await call.door.read(one, Delivery, delivery_id)))


@hot.post(
    "/webhook_deliveries/{delivery_id}/resend",
    response_model=WebhookDeliveryReply,
    responses=problems(404),
)
async def resend_webhook_delivery(call: Calling, delivery_id: Id) -> Response:
    """Send it again at once, under the same id, whatever became of it."""
    return json_reply(delivery_shape(await webhooks_for(call).step(resend, delivery_id)))
