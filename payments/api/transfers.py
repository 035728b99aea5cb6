"""Transfers: money from one person's card to another's."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.person_to_person import (
    HELD,
    PAID,
    PENDING,
    PULLED,
    PUSHING,
    REFUSED,
    UNKNOWN,
    Transfer,
    TransferOrder,
)
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender
from payments.acquirer.transfer import transfer
from payments.api import examples
from payments.api.answers import Operation
from payments.api.disbursements import Channel, RecipientCard
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Currency, Id, MessageText, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.party_input import CardholderInput, PartyReply, party, party_shape
from payments.api.presenting import presented
from payments.api.rows import entries_by_reference, one
from payments.kit.clock import rfc3339
from payments.switch.codes import REASONS, reason
from payments.switch.directory import UnknownBin

Status = Literal[
    "pending", "declined", "failed", "pulled", "pushing", "unknown", "paid", "returning", "returned", "held", "refused"
]


class CreateTransfer(Shape):
    """Who sends whom how much, from which card to which, and whose service it is."""

    sender: Reference = Field(
        description="Who runs the service: in its name the money is pulled and pushed.", examples=["snd_brightwater"]
    )
    amount: Amount
    currency: Currency
    payer: CardholderInput
    recipient: CardholderInput
    channel: Channel
    business_application: str = Field(
        default="PP", pattern="^[A-Z]{2}$", description="Business application id, two letters.", examples=["PP"]
    )
    statement_text: MessageText = ""


class Failure(Reply):
    """Why nothing was paid: in a word, by its code (ISO 8583 DE 39; none for what was never sent), and by whom."""

    reason: str
    code: str | None
    by: str


class CardTransferReply(Reply):
    """A transfer. What is ``returning`` is on its way back to the payer's card, what is ``unknown`` may have been paid.

    The payer's card is debited ``amount`` and ``fee_amount``. ``funding`` is the pull, ``disbursement`` the push. Of
    what is ``held`` for its names nothing was pulled: it is released or refused.
    """

    id: str
    object: Literal["transfer"]
    status: Status
    amount: int
    fee_amount: int
    currency: str
    sender: str
    payer: PartyReply
    recipient: PartyReply
    recipient_card: RecipientCard
    channel: Channel
    business_application: str
    statement_text: str
    funding: str | None
    disbursement: str | None
    failure: Failure | None
    reference: str
    created_at: str
    entries: list[str]


def transfer_shape(made: Transfer, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a transfer; ``entries`` are those of both its legs."""
    return {
        "id": made.id,
        "object": "transfer",
        "status": made.status,
        "amount": made.amount,
        "fee_amount": made.fee_amount,
        "currency": made.currency,
        "sender": made.sender,
        "payer": party_shape(made.payer),
        "recipient": party_shape(made.recipient),
        "recipient_card": {"masked": made.recipient_card_masked},
        "channel": made.channel,
        "business_application": made.business_application,
        "statement_text": made.statement_text,
        "funding": None if made.status in (HELD, REFUSED) else made.funding,
        "disbursement": made.disbursement or None,
        "failure": None if made.status in _NO_FAILURE else _failure(made),
        "reference": made.reference,
        "created_at": rfc3339(made.created_at),
        "entries": entries,
    }


_NO_FAILURE: Final = (HELD, PENDING, PULLED, PUSHING, UNKNOWN, PAID)


def _failure(made: Transfer) -> dict[str, Any]:
    code = made.response_code
    if not code:
        return {"reason": "no_answer", "code": None, "by": made.acquirer}
    known = code in REASONS or len(code) == 2
    return {"reason": reason(code) if known else code, "code": code if known else None, "by": made.decided_by}


CREATE: Final = Operation("create_transfer", transfer_shape)

hot = hot_router("transfers")
router = APIRouter(route_class=ApiRoute, tags=["transfers"])


@hot.post(
    "/transfers",
    status_code=201,
    response_model=CardTransferReply,
    responses=problems(400, 404, 409, 413, 415, bin=UnknownBin()),
    openapi_extra=IDEMPOTENT,
)
async def create_transfer(
    call: Calling, order: Annotated[CreateTransfer, Body(openapi_examples=examples.TRANSFER)]
) -> Response:
    """Send money from card to card: pull it from the payer's, push it to the recipient's, or give it back."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Sender, order.sender, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    payer_card, recipient_card = [await presented(call.door, each.card) for each in (order.payer, order.recipient)]

    async def flow(claim: Any) -> Transfer:
        asked = TransferOrder(
            claim,
            order.sender,
            order.amount,
            order.currency,
            party(order.payer),
            payer_card,
            party(order.recipient),
            recipient_card,
            order.channel,
            order.business_application,
            order.statement_text,
        )
        return await transfer(acquirer, asked)

    return await call.answer(CREATE, acquirer, flow)


@router.get("/transfers/{transfer_id}", response_model=CardTransferReply, responses=problems(404))
async def get_transfer(call: Calling, transfer_id: Id) -> Response:
    """Read a transfer."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_transfer, transfer_id))


@router.get("/transfers", response_model=ListReply[CardTransferReply], responses=problems())
async def list_transfers(
    call: Calling, limit: Limit = 20, after: After = None, sender: Filter = None, status: Status | None = None
) -> Response:
    """List transfers, newest first."""
    call.key.must_be_operator()
    data, next = await call.door.read(_read_transfers, limit, after, sender, status)
    return list_reply(data, next)


def _read_transfer(connection: sa.Connection, transfer_id: str) -> dict[str, Any]:
    return _with_entries(connection, [one(connection, Transfer, transfer_id)])[0]


def _read_transfers(
    connection: sa.Connection, limit: int, after: str | None, sender: str | None, status: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found, next = page(connection, Transfer, limit, after, sender=sender, status=status)
    return _with_entries(connection, found), next


def _with_entries(connection: sa.Connection, found: Sequence[Transfer]) -> list[dict[str, Any]]:
    """Return the JSON of transfers, with the entries of both their legs."""
    pushes = Disbursement.table().c
    legs = sa.select(pushes.transfer, pushes.reference).where(pushes.transfer.in_([each.id for each in found]))
    pushed: dict[str, str] = {transfer: reference for transfer, reference in connection.execute(legs)}
    entries = entries_by_reference(connection, [*(each.reference for each in found), *pushed.values()])
    return [
        transfer_shape(each, entries.get(each.reference, []) + entries.get(pushed.get(each.id, ""), []))
        for each in found
    ]
