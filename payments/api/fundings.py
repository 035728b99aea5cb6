"""Fundings: money pulled from a card to fund something, and given back."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.funding import pull
from payments.acquirer.pull import DECLINED, Funding, FundingOrder
from payments.acquirer.sender import Sender
from payments.api import examples
from payments.api.answers import Operation
from payments.api.card_input import CardInput
from payments.api.disbursements import Channel
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Currency, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.party_input import PartyInput, PartyReply, party, party_shape
from payments.api.presenting import CardShown, Decline, decline, presented, shown
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import rfc3339
from payments.switch.directory import UnknownBin

Status = Literal["pending", "received", "declined", "failed", "reversing", "reversed", "adjusting", "adjusted"]


class CreateFunding(Shape):
    """For whom how much is pulled from whose card, where it was started, and what it is for."""

    sender: Reference = Field(description="Whom the money is for.", examples=["snd_brightwater"])
    amount: Amount
    currency: Currency
    card: CardInput
    payer: PartyInput
    channel: Channel
    business_application: str = Field(
        default="FT", pattern="^[A-Z]{2}$", description="Business application id, two letters.", examples=["FT"]
    )


class FundingReply(Reply):
    """A pull. One that ``failed`` had no answer: it is reversed until that is answered, whatever had become of it."""

    id: str
    object: Literal["funding"]
    status: Status
    amount: int
    fee_amount: int
    currency: str
    sender: str
    transfer: str | None
    card: CardShown
    payer: PartyReply
    channel: Channel
    business_application: str
    reference: str
    network_id: str | None
    approval_code: str | None
    decline: Decline | None
    window: str | None
    interchange_amount: int
    scheme_fee_amount: int
    created_at: str
    approved_at: str | None
    entries: list[str]


def funding_shape(funding: Funding, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a funding."""
    declined = funding.status == DECLINED
    return {
        "id": funding.id,
        "object": "funding",
        "status": funding.status,
        "amount": funding.amount,
        "fee_amount": funding.fee_amount,
        "currency": funding.currency,
        "sender": funding.sender,
        "transfer": funding.transfer or None,
        "card": shown(funding.card_masked, funding.entry_mode),
        "payer": party_shape(funding.payer),
        "channel": funding.channel,
        "business_application": funding.business_application,
        "reference": funding.reference,
        "network_id": funding.network_id or None,
        "approval_code": funding.approval_code or None,
        "decline": decline(funding.response_code, funding.decided_by) if declined else None,
        "window": funding.window or None,
        "interchange_amount": funding.interchange_amount,
        "scheme_fee_amount": funding.scheme_fee_amount,
        "created_at": rfc3339(funding.created_at),
        "approved_at": None if funding.approved_at is None else rfc3339(funding.approved_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_funding", funding_shape)
hot = hot_router("fundings")
router = APIRouter(route_class=ApiRoute, tags=["fundings"])


@hot.post(
    "/fundings",
    status_code=201,
    response_model=FundingReply,
    responses=problems(400, 404, 409, 413, 415, bin=UnknownBin()),
    openapi_extra=IDEMPOTENT,
)
async def create_funding(
    call: Calling, order: Annotated[CreateFunding, Body(openapi_examples=examples.FUNDING)]
) -> Response:
    """Pull money from a card (AFT): the cardholder is debited at once, the sender credited."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Sender, order.sender, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    card = await presented(call.door, order.card)

    async def flow(claim: Any) -> Funding:
        asked = FundingOrder(
            claim,
            order.sender,
            card,
            order.amount,
            order.currency,
            order.channel,
            order.business_application,
            party(order.payer),
        )
        return await pull(acquirer, asked)

    return await call.answer(CREATE, acquirer, flow)


@router.get("/fundings/{funding_id}", response_model=FundingReply, responses=problems(404))
async def get_funding(call: Calling, funding_id: Id) -> Response:
    """Read a funding."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_funding, funding_id))


@router.get("/fundings", response_model=ListReply[FundingReply], responses=problems())
async def list_fundings(
    call: Calling, limit: Limit = 20, after: After = None, sender: Filter = None, status: Status | None = None
) -> Response:
    """List fundings, newest first."""
    call.key.must_be_operator()
    data, next = await call.door.read(_read_fundings, limit, after, sender, status)
    return list_reply(data, next)


def _read_funding(connection: sa.Connection, funding_id: str) -> dict[str, Any]:
    found = one(connection, Funding, funding_id)
    entries = entries_by_reference(connection, [found.reference])
    return funding_shape(found, entries.get(found.reference, []))


def _read_fundings(
    connection: sa.Connection, limit: int, after: str | None, sender: str | None, status: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found, next = page(connection, Funding, limit, after, sender=sender, status=status)
    entries = entries_by_reference(connection, [each.reference for each in found])
    return [funding_shape(each, entries.get(each.reference, [])) for each in found], next
