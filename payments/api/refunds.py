"""Refunds: a merchant gives back (part of) what was captured."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.refund import Refund, RefundExceedsCapture, refund
from payments.api import examples
from payments.api.answers import Operation
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, FreeText, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import MERCHANT
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import rfc3339


class CreateRefund(Shape):
    """Of which payment, how much (all that is left if not given), and why."""

    payment: Reference = Field(examples=["pay_01k8z0q4v3e7r9t2m5n6p8s1w4"])
    amount: Amount | None = None
    reason: FreeText = ""


class RefundReply(Reply):
    """A refund: ``pending`` until it is presented at the cut-off, then ``cleared``, ``settled`` with its window."""

    id: str
    object: Literal["refund"]
    status: Literal["pending", "cleared", "settled", "rejected"]
    amount: int
    currency: str
    payment: str
    merchant: str
    reason: str
    reference: str
    created_at: str
    entries: list[str]


def refund_shape(refund: Refund, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a refund."""
    return {
        "id": refund.id,
        "object": "refund",
        "status": refund.status,
        "amount": refund.amount,
        "currency": refund.currency,
        "payment": refund.payment,
        "merchant": refund.merchant,
        "reason": refund.reason,
        "reference": refund.reference,
        "created_at": rfc3339(refund.created_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_refund", refund_shape)

hot = hot_router("refunds")
router = APIRouter(route_class=ApiRoute, tags=["refunds"])


@hot.post(
    "/refunds",
    status_code=201,
    response_model=RefundReply,
    responses=problems(400, 404, 409, 413, 415, much=RefundExceedsCapture()),
    openapi_extra=IDEMPOTENT,
)
async def create_refund(
    call: Calling, order: Annotated[CreateRefund, Body(openapi_examples=examples.REFUND)]
) -> Response:
    """Give back (part of) what was captured; it is presented at the clearing cut-off."""
    home, merchant = await call.door.payment_home(order.payment)
    call.key.must_stand_for(MERCHANT, merchant)
    acquirer = call.door.sandbox.acquirers[home]
    return await call.answer(
        CREATE, acquirer, lambda claim: refund(acquirer, order.payment, order.amount, claim, order.reason)
    )


@router.get("/refunds/{refund_id}", response_model=RefundReply, responses=problems(404))
async def get_refund(call: Calling, refund_id: Id) -> Response:
    """Read a refund. Its entries are those of its payment: they share a reference."""
    found, entries = await call.door.read(_read_refund, refund_id)
    call.key.must_stand_for(MERCHANT, found.merchant)
    return json_reply(refund_shape(found, entries))


@router.get("/refunds", response_model=ListReply[RefundReply], responses=problems())
async def list_refunds(
    call: Calling, limit: Limit = 20, after: After = None, payment: Filter = None, merchant: Filter = None
) -> Response:
    """List refunds, newest first."""
    mine = call.key.only(MERCHANT, merchant)
    data, next = await call.door.read(_read_refunds, limit, after, payment, mine)
    return list_reply(data, next)


def _read_refund(connection: sa.Connection, refund_id: str) -> tuple[Refund, list[str]]:
    found = one(connection, Refund, refund_id)
    return found, entries_by_reference(connection, [found.reference]).get(found.reference, [])


def _read_refunds(
    connection: sa.Connection, limit: int, after: str | None, payment: str | None, merchant: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found, next = page(connection, Refund, limit, after, payment=payment, merchant=merchant)
    entries = entries_by_reference(connection, [each.reference for each in found])
    return [refund_shape(each, entries.get(each.reference, [])) for each in found], next
