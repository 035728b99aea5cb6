"""Merchants: taking them on, and what is theirs."""

from typing import Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import FEE_BASIS_POINTS, Merchant, open_merchant
from payments.api.call import Call
from payments.api.documentation import problems
from payments.api.fields import Country, Currency, Id, Reference, Reply, Shape, Text
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import MERCHANT
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.kit.clock import rfc3339
from payments.kit.errors import NotFound
from payments.ledger.account import account_id
from payments.ledger.statement import current_balance


class CreateMerchant(Shape):
    """Who sells what, where, in which currency. ``mcc`` is the merchant category code (ISO 18245)."""

    name: Text = Field(examples=["Blue Door Books"])
    city: Text = Field(examples=["Alder"])
    country: Country
    mcc: str = Field(pattern="^[0-9]{4}$", examples=["5942"])
    currency: Currency
    acquirer: Reference = Field(default="harbor", description="Its bank: harbor or summit.")
    fee_basis_points: int = Field(default=FEE_BASIS_POINTS, ge=0, le=10_000, strict=True)
    fee_fixed: int = Field(default=0, ge=0, le=1_000_000, strict=True, description="Minor units.")


class MerchantReply(Reply):
    """A merchant; its fee on a sale is ``fee_basis_points`` (hundredths of a percent) plus ``fee_fixed``."""

    id: str
    object: Literal["merchant"]
    name: str
    city: str
    country: str
    mcc: str
    currency: str
    acquirer: str
    fee_basis_points: int
    fee_fixed: int
    created_at: str


class MerchantBalance(Reply):
    """What is theirs (minor units): cleared but not settled, free to refund or pay out, and promised away of that."""

    object: Literal["merchant_balance"]
    merchant: str
    pending: int
    available: int
    held: int
    currency: str


def merchant_shape(merchant: Merchant) -> dict[str, Any]:
    """Return the JSON of a merchant."""
    return {
        "id": merchant.id,
        "object": "merchant",
        "name": merchant.name,
        "city": merchant.city,
        "country": merchant.country,
        "mcc": merchant.mcc,
        "currency": merchant.currency,
        "acquirer": merchant.acquirer,
        "fee_basis_points": merchant.fee_basis_points,
        "fee_fixed": merchant.fee_fixed,
        "created_at": rfc3339(merchant.created_at),
    }


hot = hot_router("merchants")
router = APIRouter(route_class=ApiRoute, tags=["merchants"])


@hot.post("/merchants", status_code=201, response_model=MerchantReply, responses=problems(400, 404, 413, 415))
async def create_merchant(call: Calling, order: CreateMerchant) -> Response:
    """Take a merchant on, with its accounts in its acquirer's book."""
    call.key.must_be_operator()
    merchant = await acquirer_named(call, order.acquirer).step(
        open_merchant,
        order.name,
        order.city,
        order.country,
        order.mcc,
        order.currency,
        order.fee_basis_points,
        order.fee_fixed,
    )
    return json_reply(merchant_shape(merchant), 201)


@router.get("/merchants/{merchant_id}", response_model=MerchantReply, responses=problems(404))
async def get_merchant(call: Calling, merchant_id: Id) -> Response:
    """Read a merchant."""
    call.key.must_stand_for(MERCHANT, merchant_id)
    return json_reply(merchant_shape(await call.door.read(one, Merchant, merchant_id)))


@router.get("/merchants", response_model=ListReply[MerchantReply], responses=problems())
async def list_merchants(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List merchants; a merchant's key sees its own."""
    mine = call.key.only(MERCHANT, None)
    found, next = await call.door.read(lambda c: page(c, Merchant, limit, after, id=mine))
    return list_reply([merchant_shape(each) for each in found], next)


@router.get("/merchants/{merchant_id}/balance", response_model=MerchantBalance, responses=problems(404))
async def get_merchant_balance(call: Calling, merchant_id: Id) -> Response:
    """Say what is theirs now."""
    call.key.must_stand_for(MERCHANT, merchant_id)
    return json_reply(await call.door.read(_read_balance, merchant_id))


def acquirer_named(call: Call, acquirer_id: str) -> Acquirer:
    """Return an acquirer of the sandbox. Raises ``NotFound``."""
    found = call.door.sandbox.acquirers.get(acquirer_id)
    if found is None:
        raise NotFound(f"The acquirers here are {' and '.join(call.door.sandbox.acquirers)}.")
    return found


def _read_balance(connection: sa.Connection, merchant_id: str) -> dict[str, Any]:
    merchant = one(connection, Merchant, merchant_id)
    pending, available = (
        current_balance(connection, account_id(merchant.acquirer, code, merchant.currency, merchant.id))
        for code in ("merchant_pending", "merchant_available")
    )
    return {
        "object": "merchant_balance",
        "merchant": merchant.id,
        "pending": pending.ledger,
        "available": available.available,
        "held": available.held,
        "currency": merchant.currency,
    }
