"""Senders: who disburses, and the money paid in for it."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.sender import Sender, open_sender
from payments.api.documentation import problems
from payments.api.fields import (
    Country,
    Currency,
    Id,
    MessageText,
    PostalCode,
    Reference,
    Region,
    Reply,
    Shape,
    Text,
)
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.merchants import acquirer_named
from payments.api.rows import one
from payments.kit.clock import rfc3339

Kind = Literal["merchant", "company", "government", "person"]


class CreateSender(Shape):
    """Who is to disburse, and in which currency."""

    name: Text = Field(examples=["City of Alder"])
    kind: Kind
    address: MessageText = ""
    city: Text = Field(examples=["Alder"])
    country: Country
    region: Region = ""
    postal_code: PostalCode = ""
    currency: Currency
    acquirer: Reference = Field(default="harbor", description="Its bank: harbor or summit.")


class SenderReply(Reply):
    """A sender of disbursements."""

    id: str
    object: Literal["sender"]
    name: str
    kind: Kind
    address: str
    city: str
    country: str
    region: str
    postal_code: str
    currency: str
    acquirer: str
    created_at: str


def sender_shape(sender: Sender) -> dict[str, Any]:
    """Return the JSON of a sender."""
    return {
        "id": sender.id,
        "object": "sender",
        "name": sender.name,
        "kind": sender.kind,
        "address": sender.address,
        "city": sender.city,
        "country": sender.country,
        "region": sender.region,
        "postal_code": sender.postal_code,
        "currency": sender.currency,
        "acquirer": sender.acquirer,
        "created_at": rfc3339(sender.created_at),
    }


hot = hot_router("senders")
router = APIRouter(route_class=ApiRoute, tags=["senders"])


@hot.post("/senders", status_code=201, response_model=SenderReply, responses=problems(400, 404, 413, 415))
async def create_sender(call: Calling, order: CreateSender) -> Response:
    """Take a sender on, with an account for its funds."""
    call.key.must_be_operator()
    acquirer = acquirer_named(call, order.acquirer)
    place = order.city, order.country, order.currency, order.address, None, None, order.region, order.postal_code
    sender = await acquirer.step(open_sender, order.name, order.kind, *place)
    return json_reply(sender_shape(sender), 201)


@router.get("/senders/{sender_id}", response_model=SenderReply, responses=problems(404))
async def get_sender(call: Calling, sender_id: Id) -> Response:
    """Read a sender."""
    call.key.must_be_operator()
    return json_reply(sender_shape(await call.door.read(one, Sender, sender_id)))


@router.get("/senders", response_model=ListReply[SenderReply], responses=problems())
async def list_senders(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List senders."""
    call.key.must_be_operator()
    found, next = await call.door.read(page, Sender, limit, after)
    return list_reply([sender_shape(each) for each in found], next)
