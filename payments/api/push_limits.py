"""Push limits: reading and setting what may be pushed to a card, and what a sender may push."""

from collections.abc import Iterable
from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Body
from starlette.responses import Response

from payments.acquirer.disbursement import SenderCurrencyDiffers
from payments.acquirer.programme import PROGRAMMES
from payments.acquirer.programme_rules import UnknownProgramme
from payments.acquirer.push_limit import PushLimit, set_sender_limit
from payments.acquirer.sender import Sender
from payments.api import examples
from payments.api.call import Call
from payments.api.documentation import problems
from payments.api.door import Door, no_such
from payments.api.fields import Id
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import ListReply, json_reply, list_reply
from payments.api.merchants import acquirer_named
from payments.api.push_limit_shapes import (
    PushLimitReply,
    SetPushLimit,
    WindowLimit,
    card_limit_shape,
    sender_limit_shape,
)
from payments.api.rows import now_of
from payments.kit.database import fetch
from payments.network.card_limit import CardLimit, default_limit, set_card_limit

hot = hot_router("push limits")
router = APIRouter(route_class=ApiRoute, tags=["push limits"])

_NAMES: Final = {"least_amount": "least_amount", "transaction_amount": "most_amount", "alert_percent": "alert_percent"}


@hot.post(
    "/push_limits",
    response_model=PushLimitReply,
    responses=problems(400, 404, 413, 415, programme=UnknownProgramme(), currency=SenderCurrencyDiffers()),
)
async def set_push_limit(
    call: Calling, order: Annotated[SetPushLimit, Body(openapi_examples=examples.PUSH_LIMIT)]
) -> Response:
    """Set what may be pushed; it holds from the next push on."""
    call.key.must_be_operator()
    if order.per == "sender":
        return json_reply(sender_limit_shape(await _set_sender_limit(call, order)))
    network = call.door.sandbox.network
    given = {"transaction_amount": order.transaction_amount} if "transaction_amount" in order.model_fields_set else {}
    given |= _windows(order.windows, "amount_{}d", "count_{}d")
    limit = await network.step(set_card_limit, order.currency, order.business_application, given)
    return json_reply(card_limit_shape(limit, network.id))


async def _set_sender_limit(call: Call, order: SetPushLimit) -> PushLimit:
    home = order.acquirer
    if order.sender:
        home, currency = await call.door.home(Sender, order.sender, "acquirer", "currency")
        if currency != order.currency:
            raise SenderCurrencyDiffers(f"{order.sender} sends {currency}.")
    if order.programme and order.programme not in PROGRAMMES:
        raise UnknownProgramme(f"programme: {order.programme!r} is none of {', '.join(PROGRAMMES)}.")
    given = {column: getattr(order, name) for name, column in _NAMES.items() if name in order.model_fields_set}
    given |= _windows(order.windows, "daily_amount", "daily_count")
    acquirer = acquirer_named(call, home or "")
    owner = order.sender or "", order.programme, order.currency
    return await acquirer.step(set_sender_limit, *owner, given)


def _windows(windows: Iterable[WindowLimit], amount: str, count: str) -> dict[str, int | None]:
    given: dict[str, int | None] = {}
    for each in windows:
        for name, column in (("amount", amount), ("count", count)):
            if name in each.model_fields_set:
                given[column.format(each.days)] = getattr(each, name)
    return given


@router.get("/push_limits", response_model=ListReply[PushLimitReply], responses=problems())
async def list_push_limits(call: Calling) -> Response:
    """List every limit: those of the network in each currency, set or not, and those that are set for senders."""
    call.key.must_be_operator()
    return list_reply(await call.door.read(_read_limits, call.door), None)


@router.get("/push_limits/{limit_id}", response_model=PushLimitReply, responses=problems(404))
async def get_push_limit(call: Calling, limit_id: Id) -> Response:
    """Read a limit, such as `card.USD` or `harbor.USD.payroll`."""
    call.key.must_be_operator()
    found = [each for each in await call.door.read(_read_limits, call.door) if each["id"] == limit_id]
    if not found:
        raise no_such(PushLimit, limit_id)
    return json_reply(found[0])


def _read_limits(connection: sa.Connection, door: Door) -> list[dict[str, Any]]:
    network = door.sandbox.network.id
    limits = {each.id: each for each in fetch(connection, CardLimit, sa.select(CardLimit.table()))}
    now = now_of(connection)
    default = {each.currency: default_limit(each.currency, now) for each in door.sandbox.switch.directory.bins.values()}
    shapes = [card_limit_shape(each, network, True) for each in default.values() if each.id not in limits]
    shapes += [card_limit_shape(each, network) for each in limits.values()]
    shapes += [sender_limit_shape(each) for each in fetch(connection, PushLimit, sa.select(PushLimit.table()))]
    return sorted(shapes, key=lambda each: (each["per"], each["id"]))
