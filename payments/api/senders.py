"""Senders: who disburses, and the money paid in for it."""

from typing import Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.sender import Sender, open_sender
from payments.acquirer.standing import Standing, set_low_balance, used_on
from payments.api.documentation import problems
from payments.api.fields import (
    LARGEST,
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
from payments.api.rows import now_of, one
from payments.api.standing import BalanceReply, balance_shape
from payments.kit.clock import DAY, rfc3339
from payments.kit.database import fetch
from payments.ledger.account import account_id

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


class SenderBalance(BalanceReply):
    """What a sender has left to disburse, and what it has pushed today (UTC).

    Below ``low_balance_amount`` (null: never) its funds are ``low``, which an event says.
    """

    low_balance_amount: int | None
    low: bool
    pushed_count: int
    pushed_amount: int


class SetLowBalance(Shape):
    """Below which available amount a sender's funds are low; null is never."""

    amount: int | None = Field(strict=True, ge=0, le=LARGEST, examples=[100_000])


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


@hot.post("/senders/{sender_id}/low_balance", response_model=SenderBalance, responses=problems(400, 404, 413, 415))
async def set_sender_low_balance(call: Calling, order: SetLowBalance, sender_id: Id) -> Response:
    """Have an event say when a sender's funds are low: `sender.low_balance`, once until they are enough again."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Sender, sender_id, "acquirer")
    await call.door.sandbox.acquirers[home].step(set_low_balance, sender_id, order.amount)
    return json_reply(await call.door.read(_read_balance, sender_id))


@router.get("/senders/{sender_id}/balance", response_model=SenderBalance, responses=problems(404))
async def get_sender_balance(call: Calling, sender_id: Id) -> Response:
    """Say what a sender has left to disburse."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_balance, sender_id))


def _read_balance(connection: sa.Connection, sender_id: str) -> dict[str, Any]:
    sender = one(connection, Sender, sender_id)
    balance = balance_shape(connection, account_id(sender.acquirer, "sender", sender.currency, sender.id))
    table = Standing.table()
    found = fetch(connection, Standing, sa.select(table).where(table.c.sender == sender.id))
    standing = found[0] if found else Standing(sender.id)
    count, amount = used_on(standing, now_of(connection) // DAY)
    low = {"low_balance_amount": standing.low_balance_amount, "low": bool(standing.low)}
    return balance | low | {"pushed_count": count, "pushed_amount": amount}
