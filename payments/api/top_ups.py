"""Top-ups: money paid in for senders, so that they can disburse."""

from typing import Any, Final, Literal

from starlette.responses import Response

from payments.acquirer.sender import Sender
from payments.acquirer.top_up import TopUp, top_up
from payments.api.answers import Operation
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Id, Reply, Shape
from payments.api.hot_route import Calling, hot_router
from payments.kit.clock import rfc3339


class CreateTopUp(Shape):
    """How much is paid in."""

    amount: Amount


class TopUpReply(Reply):
    """Money paid in: ``pending`` until the bank has it, then ``credited``."""

    id: str
    object: Literal["top_up"]
    status: Literal["pending", "credited", "refused"]
    amount: int
    currency: str
    sender: str
    reference: str
    created_at: str
    entries: list[str]


def top_up_shape(made: TopUp, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a top-up."""
    return {
        "id": made.id,
        "object": "top_up",
        "status": made.status,
        "amount": made.amount,
        "currency": made.currency,
        "sender": made.sender,
        "reference": made.reference,
        "created_at": rfc3339(made.created_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_top_up", top_up_shape)

hot = hot_router("senders")


@hot.post(
    "/senders/{sender_id}/top_ups",
    status_code=201,
    response_model=TopUpReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def create_top_up(call: Calling, order: CreateTopUp, sender_id: Id) -> Response:
    """Pay money in for a sender, so that it can disburse."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Sender, sender_id, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    return await call.answer(CREATE, acquirer, lambda claim: top_up(acquirer, sender_id, order.amount, claim))
