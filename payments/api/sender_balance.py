"""What a sender has left to disburse, what it has pushed today, and when its funds are low."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.funding_terms import funding_fee, transfer_fee
from payments.acquirer.programme import disbursement_fee
from payments.acquirer.sender import Sender, Standing
from payments.acquirer.standing import set_low_balance, used_on
from payments.api.documentation import problems
from payments.api.fields import LARGEST, Id, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import json_reply
from payments.api.rows import now_of, one
from payments.api.standing import BalanceReply, balance_shape
from payments.kit.clock import DAY, day
from payments.kit.database import fetch
from payments.ledger.account import account_id


class SenderFees(Reply):
    """What its acquirer takes today, in minor units: the payer of a transfer pays the fee, else the sender."""

    disbursement_amount: int
    funding_amount: int
    transfer_amount: int


class SenderBalance(BalanceReply):
    """What a sender has left to disburse, and what it has pushed today (UTC).

    Below ``low_balance_amount`` (null: never) its funds are ``low``, which an event says. ``fees`` are those of today.
    """

    low_balance_amount: int | None
    low: bool
    pushed_count: int
    pushed_amount: int
    fees: SenderFees


class SetLowBalance(Shape):
    """Below which available amount a sender's funds are low; null is never."""

    amount: int | None = Field(strict=True, ge=0, le=LARGEST, examples=[100_000])


hot = hot_router("senders")
router = APIRouter(route_class=ApiRoute, tags=["senders"])


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
    now = now_of(connection)
    count, amount = used_on(standing, now // DAY)
    low = {"low_balance_amount": standing.low_balance_amount, "low": bool(standing.low)}
    fees = _fees(sender.currency, day(now))
    return balance | low | {"pushed_count": count, "pushed_amount": amount, "fees": fees}


def _fees(currency: str, today: date) -> dict[str, int]:
    return {
        "disbursement_amount": disbursement_fee(currency, today),
        "funding_amount": funding_fee(currency, today),
        "transfer_amount": transfer_fee(currency, today),
    }
