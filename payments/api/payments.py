"""Payments: a merchant asks a card for money, captures it, or lets it go."""

from functools import partial
from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.authorization import authorize, void
from payments.acquirer.clearing import capture
from payments.acquirer.payment import DECLINED, Order, Payment
from payments.api import examples
from payments.api.answers import Operation
from payments.api.call import Call
from payments.api.card_input import CardInput
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Currency, FreeText, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import MERCHANT
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.presenting import CardShown, Decline, decline, presented, shown
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import rfc3339
from payments.kit.idempotency import IdempotencyKeyReused
from payments.switch.directory import UnknownBin

Status = Literal["pending", "authorized", "declined", "failed", "voided", "expired", "captured"]


class CreatePayment(Shape):
    """What a merchant asks of a card: to hold the money, and with ``capture`` to take it at once."""

    merchant: Reference = Field(examples=["mch_blue_door_books"])
    amount: Amount
    currency: Currency
    card: CardInput
    capture: bool = Field(default=False, strict=True, description="Capture at once what is authorized.")
    description: FreeText = ""


class CapturePayment(Shape):
    """How much to take. Unless ``final`` the rest stays open for more captures."""

    amount: Amount | None = Field(default=None, description="Minor units; all that is left if not given.")
    final: bool = Field(default=True, strict=True)


class PaymentReply(Reply):
    """A payment. Every message and ledger entry of it is found under ``reference``, its retrieval reference number."""

    id: str
    object: Literal["payment"]
    status: Status
    amount: int
    currency: str
    captured_amount: int
    refunded_amount: int
    merchant: str
    card: CardShown
    description: str
    reference: str
    network_id: str | None
    approval_code: str | None
    decline: Decline | None
    created_at: str
    expires_at: str | None
    entries: list[str] = Field(
        description="Ledger entries, in any book: those this request wrote; when read, all so far."
    )


def payment_shape(payment: Payment, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a payment."""
    declined = payment.status == DECLINED
    return {
        "id": payment.id,
        "object": "payment",
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "captured_amount": payment.captured_amount,
        "refunded_amount": payment.refunded_amount,
        "merchant": payment.merchant,
        "card": shown(payment.card_masked, payment.entry_mode),
        "description": payment.description,
        "reference": payment.reference,
        "network_id": payment.network_id or None,
        "approval_code": payment.approval_code or None,
        "decline": decline(payment.response_code, payment.decided_by) if declined else None,
        "created_at": rfc3339(payment.created_at),
        "expires_at": None if payment.expires_at is None else rfc3339(payment.expires_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_payment", payment_shape)
CAPTURE: Final = Operation("capture_payment", payment_shape, 200)
VOID: Final = Operation("void_payment", payment_shape, 200)

hot = hot_router("payments")
router = APIRouter(route_class=ApiRoute, tags=["payments"])


@hot.post(
    "/payments",
    status_code=201,
    response_model=PaymentReply,
    responses=problems(400, 404, 409, 413, 415, bin=UnknownBin(), key=IdempotencyKeyReused()),
    openapi_extra=IDEMPOTENT,
)
async def create_payment(
    call: Calling, order: Annotated[CreatePayment, Body(openapi_examples=examples.PAYMENT)]
) -> Response:
    """Ask the card's issuer, through the network, to hold the money. A decline is a payment, too."""
    call.key.must_stand_for(MERCHANT, order.merchant)
    acquirer = call.door.sandbox.acquirers[await call.door.merchant_home(order.merchant)]
    card = await presented(call.door, order.card)

    async def flow(claim: Any) -> Payment:
        asked = Order(claim, order.merchant, card, order.amount, order.currency, order.capture, order.description)
        return await authorize(acquirer, asked)

    return await call.answer(CREATE, acquirer, flow)


@hot.post(
    "/payments/{payment_id}/capture",
    response_model=PaymentReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def capture_payment(
    call: Calling,
    order: Annotated[CapturePayment, Body(openapi_examples=examples.CAPTURE)] = CapturePayment(),  # noqa: B008 - frozen
    *,
    payment_id: Id,
) -> Response:
    """Take all or part of what is authorized. It is presented to the issuer at the clearing cut-off."""
    acquirer = await _acquirer_of(call, payment_id)
    flow = partial(capture, acquirer, payment_id, order.amount, final=order.final)
    return await call.answer(CAPTURE, acquirer, lambda claim: flow(claim=claim))


@hot.post(
    "/payments/{payment_id}/void",
    response_model=PaymentReply,
    responses=problems(404, 409),
    openapi_extra=IDEMPOTENT,
)
async def void_payment(call: Calling, payment_id: Id) -> Response:
    """Let an authorization go of which nothing was captured: the issuer releases the money."""
    acquirer = await _acquirer_of(call, payment_id)
    return await call.answer(VOID, acquirer, lambda claim: void(acquirer, payment_id, claim))


@router.get("/payments/{payment_id}", response_model=PaymentReply, responses=problems(404))
async def get_payment(call: Calling, payment_id: Id) -> Response:
    """Read a payment."""
    payment, entries = await call.door.read(_read_payment, payment_id)
    call.key.must_stand_for(MERCHANT, payment.merchant)
    return json_reply(payment_shape(payment, entries))


@router.get("/payments", response_model=ListReply[PaymentReply], responses=problems())
async def list_payments(
    call: Calling,
    limit: Limit = 20,
    after: After = None,
    merchant: Filter = None,
    status: Status | None = None,
) -> Response:
    """List payments, newest first."""
    mine = call.key.only(MERCHANT, merchant)
    data, next = await call.door.read(_read_payments, limit, after, mine, status)
    return list_reply(data, next)


async def _acquirer_of(call: Call, payment_id: str) -> Any:
    acquirer, merchant = await call.door.payment_home(payment_id)
    call.key.must_stand_for(MERCHANT, merchant)
    return call.door.sandbox.acquirers[acquirer]


def _read_payment(connection: sa.Connection, payment_id: str) -> tuple[Payment, list[str]]:
    payment = one(connection, Payment, payment_id)
    entries = entries_by_reference(connection, [payment.reference])
    return payment, entries.get(payment.reference, [])


def _read_payments(
    connection: sa.Connection, limit: int, after: str | None, merchant: str | None, status: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found, next = page(connection, Payment, limit, after, merchant=merchant, status=status)
    entries = entries_by_reference(connection, [each.reference for each in found])
    return [payment_shape(each, entries.get(each.reference, [])) for each in found], next
