"""Payouts: what is a merchant's is paid into the merchant's bank account."""

from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.payout import Payout, pay_out
from payments.api.answers import Operation
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Id, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import MERCHANT
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import rfc3339
from payments.ledger.balance import InsufficientFunds


class CreatePayout(Shape):
    """How much to pay out; all that is available if not given."""

    amount: Amount | None = Field(default=None)


class PayoutReply(Reply):
    """A payout: ``pending`` until the bank has answered."""

    id: str
    object: Literal["payout"]
    status: str = Field(examples=["paid"])
    amount: int
    currency: str
    merchant: str
    reference: str
    created_at: str
    entries: list[str]


def payout_shape(payout: Payout, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a payout."""
    return {
        "id": payout.id,
        "object": "payout",
        "status": payout.status,
        "amount": payout.amount,
        "currency": payout.currency,
        "merchant": payout.merchant,
        "reference": payout.reference,
        "created_at": rfc3339(payout.created_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_payout", payout_shape)

hot = hot_router("merchants")
router = APIRouter(route_class=ApiRoute, tags=["merchants"])


@hot.post(
    "/merchants/{merchant_id}/payouts",
    status_code=201,
    response_model=PayoutReply,
    responses=problems(400, 404, 409, 413, 415, funds=InsufficientFunds()),
    openapi_extra=IDEMPOTENT,
)
async def create_payout(
    call: Calling,
    order: CreatePayout = CreatePayout(),  # noqa: B008 - frozen
    *,
    merchant_id: Id,
) -> Response:
    """Pay what is available into the merchant's bank account, without waiting for the daily payout."""
    call.key.must_stand_for(MERCHANT, merchant_id)
    acquirer = call.door.sandbox.acquirers[await call.door.merchant_home(merchant_id)]
    return await call.answer(CREATE, acquirer, lambda claim: pay_out(acquirer, merchant_id, order.amount, claim))


@router.get("/merchants/{merchant_id}/payouts", response_model=ListReply[PayoutReply], responses=problems(404))
async def list_payouts(call: Calling, merchant_id: Id, limit: Limit = 20, after: After = None) -> Response:
    """List a merchant's payouts, newest first."""
    call.key.must_stand_for(MERCHANT, merchant_id)
    await call.door.merchant_home(merchant_id)

    def read(connection: Any) -> tuple[list[dict[str, Any]], str | None]:
        found, next = page(connection, Payout, limit, after, merchant=merchant_id)
        entries = entries_by_reference(connection, [each.reference for each in found])
        return [payout_shape(each, entries.get(each.reference, [])) for each in found], next

    return list_reply(*await call.door.read(read))


@router.get("/payouts/{payout_id}", response_model=PayoutReply, responses=problems(404))
async def get_payout(call: Calling, payout_id: Id) -> Response:
    """Read a payout."""

    def read(connection: Any) -> tuple[Payout, list[str]]:
        found = one(connection, Payout, payout_id)
        return found, entries_by_reference(connection, [found.reference]).get(found.reference, [])

    payout, entries = await call.door.read(read)
    call.key.must_stand_for(MERCHANT, payout.merchant)
    return json_reply(payout_shape(payout, entries))
