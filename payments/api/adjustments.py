"""Adjustments: (part of) what was pushed is taken back, if the recipient's bank agrees."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.adjustment import Adjustment, AdjustmentOrder, AdjustmentTooLarge, adjust
from payments.acquirer.adjustment_request import REFUSED
from payments.acquirer.push import Disbursement
from payments.api import examples
from payments.api.answers import Operation
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.presenting import Decline, decline
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import rfc3339


class CreateAdjustment(Shape):
    """Which disbursement, and how much of it; all that is left when no amount is given."""

    disbursement: Reference = Field(examples=["dsb_01k8z0q4v3e7r9t2m5n6p8s1w4"])
    amount: Amount | None = None


class AdjustmentReply(Reply):
    """An adjustment: ``pending`` until the recipient's bank has answered, then ``accepted`` or ``refused``."""

    id: str
    object: Literal["adjustment"]
    type: Literal["debit"]
    status: Literal["pending", "accepted", "refused"]
    disbursement: str
    amount: int
    currency: str
    reason_code: str
    reference: str
    refusal: Decline | None
    window: str | None
    created_at: str
    entries: list[str]


def adjustment_shape(made: Adjustment, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of an adjustment."""
    refused = made.status == REFUSED
    return {
        "id": made.id,
        "object": "adjustment",
        "type": made.type,
        "status": made.status,
        "disbursement": made.disbursement,
        "amount": made.amount,
        "currency": made.currency,
        "reason_code": made.reason_code,
        "reference": made.reference,
        "refusal": decline(made.response_code, made.decided_by) if refused else None,
        "window": made.window or None,
        "created_at": rfc3339(made.created_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_adjustment", adjustment_shape)

hot = hot_router("disbursements")
router = APIRouter(route_class=ApiRoute, tags=["disbursements"])


@hot.post(
    "/adjustments",
    status_code=201,
    response_model=AdjustmentReply,
    responses=problems(400, 404, 409, 413, 415, much=AdjustmentTooLarge()),
    openapi_extra=IDEMPOTENT,
)
async def create_adjustment(
    call: Calling, order: Annotated[CreateAdjustment, Body(openapi_examples=examples.ADJUSTMENT)]
) -> Response:
    """Ask the recipient's bank for (part of) a paid disbursement back. It may refuse."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Disbursement, order.disbursement, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    return await call.answer(
        CREATE, acquirer, lambda claim: adjust(acquirer, AdjustmentOrder(claim, order.disbursement, order.amount))
    )


@router.get("/adjustments/{adjustment_id}", response_model=AdjustmentReply, responses=problems(404))
async def get_adjustment(call: Calling, adjustment_id: Id) -> Response:
    """Read an adjustment. Its entries are those of its disbursement: they share a reference."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_adjustment, adjustment_id))


@router.get("/adjustments", response_model=ListReply[AdjustmentReply], responses=problems())
async def list_adjustments(
    call: Calling, limit: Limit = 20, after: After = None, disbursement: Filter = None
) -> Response:
    """List adjustments, newest first."""
    call.key.must_be_operator()
    data, next = await call.door.read(_read_adjustments, limit, after, disbursement)
    return list_reply(data, next)


def _read_adjustment(connection: sa.Connection, adjustment_id: str) -> dict[str, Any]:
    found = one(connection, Adjustment, adjustment_id)
    entries = entries_by_reference(connection, [found.reference])
    return adjustment_shape(found, entries.get(found.reference, []))


def _read_adjustments(
    connection: sa.Connection, limit: int, after: str | None, disbursement: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found, next = page(connection, Adjustment, limit, after, disbursement=disbursement)
    entries = entries_by_reference(connection, [each.reference for each in found])
    return [adjustment_shape(each, entries.get(each.reference, [])) for each in found], next
