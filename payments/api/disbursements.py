"""Disbursements: a sender pushes money to a card."""

from typing import Annotated, Any, Final, Literal, Self

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import AwareDatetime, Field, model_validator
from starlette.responses import Response

from payments.acquirer.disbursement import DECLINED, Disbursement, DisbursementOrder, disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.party import named
from payments.acquirer.push import CANCELLED, REFUSED
from payments.acquirer.quoted_push import QuoteExpired
from payments.acquirer.sender import Sender
from payments.api import examples
from payments.api.answers import Operation
from payments.api.card_input import CardInput
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Currency, Id, MessageText, Reference, Reply, Shape, Text
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.parties import PartyInput, PartyReply, party_shape
from payments.api.presenting import Decline, decline, presented
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import instant, rfc3339
from payments.ledger.balance import InsufficientFunds
from payments.switch.codes import reason
from payments.switch.directory import UnknownBin
from payments.switch.message import PREFUNDED, Party

Channel = Literal["mobile_app", "bank_branch", "web", "api", "file"]
Status = Literal[
    "pending", "paid", "declined", "unknown", "settled", "held", "refused", "deferred", "cancelled", "returned"
]


class CreateDisbursement(Shape):
    """Who sends how much to which card, where it was started, and what it is for."""

    sender: Reference = Field(examples=["snd_city_of_alder"])
    amount: Amount
    currency: Currency
    card: CardInput
    channel: Channel
    business_application: str = Field(
        default="", pattern="^([A-Z]{2})?$", description="Business application id, two letters.", examples=["GD"]
    )
    programme: str = Field(default="", max_length=40, description="What kind of push, by `GET /v1/push_programmes`.")
    source_of_funds: str = Field(default=PREFUNDED, max_length=40, description="What the payer paid with.")
    payer: PartyInput | None = Field(default=None, description="On whose behalf; the sender itself, when not said.")
    recipient: PartyInput | None = None
    recipient_name: Text | None = Field(
        default=None, description="The short form of `recipient`.", examples=["Nora Patel"]
    )
    statement_text: MessageText = ""
    release_at: AwareDatetime | None = Field(
        default=None, description="The network keeps it until then; it can be cancelled meanwhile."
    )
    quote: Reference | None = Field(
        default=None,
        description="For a card in another currency: an open quote; without one the network converts at its rate.",
    )

    @model_validator(mode="after")
    def _enough_is_said(self) -> Self:
        if (self.recipient is None) == (self.recipient_name is None):
            raise ValueError("give the recipient, or the recipient_name alone: one of the two")
        if not (self.business_application or self.programme):
            raise ValueError("give the business_application or the programme, or both")
        return self

    def paid(self) -> Party:
        """Return who is paid."""
        return self.recipient.party() if self.recipient else Party(self.recipient_name or "")


class RecipientCard(Reply):
    """The card that was paid, masked."""

    masked: str


class Cancellation(Reply):
    """How the network answered when it was asked to cancel a deferred disbursement: by code, and in a word."""

    accepted: bool
    code: str
    reason: str


class Returned(Reply):
    """When the recipient's bank returned it, and why (DE 60)."""

    at: str
    reason_code: str


class DisbursementReply(Reply):
    """A disbursement. What became of an ``unknown`` one is still to be found out: its money stays set aside.

    So does that of a ``held`` one, until somebody releases or refuses it.
    A ``deferred`` one is kept by the network until ``release_at``. Of what was paid, ``taken_back_amount`` is back.
    """

    id: str
    object: Literal["disbursement"]
    status: Status
    amount: int
    fee_amount: int
    currency: str
    sender: str
    card: RecipientCard
    channel: Channel
    programme: str
    business_application: str
    source_of_funds: str
    payer: PartyReply
    recipient: PartyReply
    recipient_name: str
    statement_text: str
    reference: str
    network_id: str | None
    approval_code: str | None
    decline: Decline | None
    window: str | None
    interchange_amount: int
    scheme_fee_amount: int
    release_at: str | None
    cancellation: Cancellation | None
    taken_back_amount: int
    returned: Returned | None
    quote: str | None
    recipient_amount: int | None = Field(description="What the recipient gets, when it is converted.")
    recipient_currency: str | None
    rate: str | None
    created_at: str
    entries: list[str]


def disbursement_shape(disbursement: Disbursement, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a disbursement."""
    declined, recipient = disbursement.status in (DECLINED, REFUSED), named(disbursement.recipient)
    return {
        "id": disbursement.id,
        "object": "disbursement",
        "status": disbursement.status,
        "amount": disbursement.amount,
        "fee_amount": disbursement.fee_amount,
        "currency": disbursement.currency,
        "sender": disbursement.sender,
        "card": {"masked": disbursement.card_masked},
        "channel": disbursement.channel,
        "programme": disbursement.programme,
        "business_application": disbursement.business_application,
        "source_of_funds": disbursement.source_of_funds,
        "payer": party_shape(named(disbursement.payer)),
        "recipient": party_shape(recipient),
        "recipient_name": recipient.name,
        "statement_text": disbursement.statement_text,
        "reference": disbursement.reference,
        "network_id": disbursement.network_id or None,
        "approval_code": disbursement.approval_code or None,
        "decline": decline(disbursement.response_code, disbursement.decided_by) if declined else None,
        "window": disbursement.window or None,
        "interchange_amount": disbursement.interchange_amount,
        "scheme_fee_amount": disbursement.scheme_fee_amount,
        "release_at": rfc3339(disbursement.release_at) if disbursement.release_at else None,
        "cancellation": _cancellation(disbursement),
        "taken_back_amount": disbursement.taken_back_amount,
        "returned": _returned(disbursement),
        "quote": disbursement.quote or None,
        "recipient_amount": disbursement.recipient_amount or None,
        "recipient_currency": disbursement.recipient_currency or None,
        "rate": disbursement.rate or None,
        "created_at": rfc3339(disbursement.created_at),
        "entries": entries,
    }


def _cancellation(disbursement: Disbursement) -> dict[str, Any] | None:
    code = disbursement.cancel_code
    return {"accepted": disbursement.status == CANCELLED, "code": code, "reason": reason(code)} if code else None


def _returned(disbursement: Disbursement) -> dict[str, Any] | None:
    at = disbursement.returned_at
    return None if at is None else {"at": rfc3339(at), "reason_code": disbursement.return_reason}


CREATE: Final = Operation("create_disbursement", disbursement_shape)
ENQUIRE: Final = Operation("enquire_disbursement", disbursement_shape, 200)

hot = hot_router("disbursements")
router = APIRouter(route_class=ApiRoute, tags=["disbursements"])


@hot.post(
    "/disbursements",
    status_code=201,
    response_model=DisbursementReply,
    responses=problems(400, 404, 409, 413, 415, bin=UnknownBin(), funds=InsufficientFunds(), quote=QuoteExpired()),
    openapi_extra=IDEMPOTENT,
)
async def create_disbursement(
    call: Calling, order: Annotated[CreateDisbursement, Body(openapi_examples=examples.DISBURSEMENT)]
) -> Response:
    """Push money to a card: set it aside, ask the recipient's bank, post it or let it go."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Sender, order.sender, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    card = await presented(call.door, order.card)

    async def flow(claim: Any) -> Disbursement:
        asked = DisbursementOrder(
            claim,
            order.sender,
            card,
            order.amount,
            order.currency,
            order.channel,
            order.business_application,
            order.paid(),
            order.statement_text,
            order.source_of_funds,
            order.payer.party() if order.payer else None,
            order.programme,
            release_at=None if order.release_at is None else instant(order.release_at),
            quote=order.quote or "",
        )
        return await disburse(acquirer, asked)

    return await call.answer(CREATE, acquirer, flow)


@hot.post(
    "/disbursements/{disbursement_id}/enquire",
    response_model=DisbursementReply,
    responses=problems(404, 409),
)
async def enquire_disbursement(call: Calling, disbursement_id: Id) -> Response:
    """Ask the network what became of an unknown disbursement. It is asked, never sent again."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Disbursement, disbursement_id, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    return await call.answer(ENQUIRE, acquirer, lambda _: enquire(acquirer, disbursement_id), keyed=False)


@router.get("/disbursements/{disbursement_id}", response_model=DisbursementReply, responses=problems(404))
async def get_disbursement(call: Calling, disbursement_id: Id) -> Response:
    """Read a disbursement."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_disbursement, disbursement_id))


@router.get("/disbursements", response_model=ListReply[DisbursementReply], responses=problems())
async def list_disbursements(
    call: Calling, limit: Limit = 20, after: After = None, sender: Filter = None, status: Status | None = None
) -> Response:
    """List disbursements, newest first."""
    call.key.must_be_operator()
    data, next = await call.door.read(_read_disbursements, limit, after, sender, status)
    return list_reply(data, next)


def _read_disbursement(connection: sa.Connection, disbursement_id: str) -> dict[str, Any]:
    found = one(connection, Disbursement, disbursement_id)
    entries = entries_by_reference(connection, [found.reference])
    return disbursement_shape(found, entries.get(found.reference, []))


def _read_disbursements(
    connection: sa.Connection, limit: int, after: str | None, sender: str | None, status: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found, next = page(connection, Disbursement, limit, after, sender=sender, status=status)
    entries = entries_by_reference(connection, [each.reference for each in found])
    return [disbursement_shape(each, entries.get(each.reference, [])) for each in found], next
