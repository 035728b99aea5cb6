"""Rates of exchange, in force and as the operator sets them, and the corridors in which quotes are given at them."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from payments.api import examples
from payments.api.documentation import problems
from payments.api.fields import Currency, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import ListReply, json_reply, list_reply
from payments.kit.clock import CLOCK, Clock, day, instant, real_now, rfc3339
from payments.kit.database import fetch
from payments.network.corridor import rows_in_force
from payments.network.rate import (
    NotARate,
    OneCurrency,
    Rate,
    RateSheet,
    pair_of,
    published_currencies,
    rate_at,
    set_rate,
)


class SetRate(Shape):
    """What one unit of ``currency`` is worth in ``recipient_currency``; the other direction is the inverse."""

    currency: Currency
    recipient_currency: Currency = Field(examples=["EUR"])
    rate: str = Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,12})?$", description="A decimal.", examples=["0.9214"])
    valid_from: AwareDatetime | None = Field(default=None, description="Left out: from now on.")


class RateReply(Reply):
    """A mid-market rate, before any margin: ``published`` figures are made up, an operator's are what was set."""

    object: Literal["rate"]
    currency: str
    recipient_currency: str
    rate: str
    set_by: Literal["published", "operator"]
    valid_from: str


class CorridorReply(Reply):
    """A rule of which pushes may cross a border or a currency: the first that matches decides, without one it is shut.

    ``when`` names facts of a push with the values the rule is for; ``most`` is in major units of the sender's currency.
    """

    object: Literal["corridor"]
    when: dict[str, list[str | bool]] = Field(examples=[{"currency": ["USD"], "recipient_currency": ["EUR"]}])
    open: bool
    margin_basis_points: int | None
    locked_seconds: int | None
    most: dict[str, str]
    requires: list[str]
    quote_required: bool


def corridor_shape(row: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of a row of the corridors."""
    return {
        "object": "corridor",
        "when": row["when"],
        "open": row["open"],
        "margin_basis_points": row.get("margin_basis_points"),
        "locked_seconds": row.get("locked_seconds"),
        "most": row.get("most", {}),
        "requires": row.get("requires", []),
        "quote_required": row.get("quote_required", False),
    }


def rate_shape(rate: Rate) -> dict[str, Any]:
    """Return the JSON of a rate."""
    return {
        "object": "rate",
        "currency": rate.currency,
        "recipient_currency": rate.counter,
        "rate": rate.rate,
        "set_by": rate.set_by,
        "valid_from": rfc3339(rate.valid_from),
    }


hot = hot_router("sandbox")
router = APIRouter(route_class=ApiRoute, tags=["sandbox"])

_PROBLEMS: Final = problems(400, 413, 415, rate=NotARate(), currency=OneCurrency())


@hot.post("/sandbox/rates", status_code=201, response_model=RateReply, responses=_PROBLEMS)
async def set_sandbox_rate(call: Calling, order: Annotated[SetRate, Body(openapi_examples=examples.RATE)]) -> Response:
    """Set a rate from an instant on. What was quoted before keeps its rate."""
    call.key.must_be_operator()
    at = None if order.valid_from is None else instant(order.valid_from)
    pair = (order.currency, order.recipient_currency)
    return json_reply(rate_shape(await call.door.sandbox.network.step(set_rate, *pair, order.rate, at)), 201)


@router.get("/sandbox/rates", response_model=ListReply[RateReply], responses=problems())
async def list_sandbox_rates(
    call: Calling, currency: Currency = "USD", recipient_currency: Currency | None = None
) -> Response:
    """List the rates in force from one currency to the others."""
    call.key.must_be_operator()
    return list_reply(await call.door.read(_rates, currency, recipient_currency), None)


@router.get("/sandbox/corridors", response_model=ListReply[CorridorReply], responses=problems())
async def list_sandbox_corridors(call: Calling) -> Response:
    """List the corridors in force, in the order in which they are tried."""
    call.key.must_be_operator()
    return list_reply([corridor_shape(each) for each in rows_in_force(day(await call.door.read(_now)))], None)


def _now(connection: sa.Connection) -> int:
    (clock,) = fetch(connection, Clock, sa.select(Clock.table()).where(Clock.table().c.id == CLOCK))
    return clock.now(real_now())


def _rates(connection: sa.Connection, currency: str, counter: str | None) -> list[dict[str, Any]]:
    now = _now(connection)
    sheets = {each.pair: each for each in fetch(connection, RateSheet, sa.select(RateSheet.table()))}
    known = {*published_currencies(), *(code for pair in sheets for code in pair.split("."))}
    wanted = sorted(known if counter is None else {counter})
    found = (rate_at(sheets.get(pair_of(currency, each)), currency, each, now) for each in wanted if each != currency)
    return [rate_shape(each) for each in found if each]
