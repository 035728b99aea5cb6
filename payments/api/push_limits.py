"""Push limits: what may be pushed to a card at the network, and what a sender may push at its acquirer."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, Self

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field, model_validator
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
from payments.api.fields import LARGEST, Currency, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import ListReply, json_reply, list_reply
from payments.api.merchants import acquirer_named
from payments.api.rows import now_of
from payments.kit.database import fetch
from payments.network.card_limit import CardLimit, default_limit, set_card_limit
from payments.network.programme import WINDOWS

Per = Literal["card", "sender"]
MaybeAmount = Annotated[int | None, Field(strict=True, ge=0, le=LARGEST)]
MaybeCount = Annotated[int | None, Field(strict=True, ge=0, le=1_000_000_000)]


class WindowLimit(Shape):
    """How much (minor units) and how often may be pushed in so many days of UTC, today among them; null: no limit."""

    days: Literal[1, 3, 7, 30]
    amount: MaybeAmount = None
    count: MaybeCount = None


class SetPushLimit(Shape):
    """Which limit, and what of it is to be set: what is not said stays as it is, and null takes a limit away.

    Per ``card``: any one card, over all acquirers, by pushes of one ``business_application`` or of all. Per ``sender``:
    this ``sender``, or each sender of an ``acquirer``, in one ``programme`` or in all; in a day.
    """

    per: Per
    currency: Currency
    business_application: str = Field(default="", pattern="^([A-Z]{2})?$")
    sender: Reference | None = None
    acquirer: Reference | None = None
    programme: str = Field(default="", max_length=40)
    least_amount: MaybeAmount = None
    transaction_amount: MaybeAmount = None
    windows: list[WindowLimit] = Field(default=[], max_length=4)
    alert_percent: int = Field(default=90, ge=1, le=100, strict=True)

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        given = self.model_fields_set
        if self.per == "card" and given & {"sender", "acquirer", "programme", "least_amount", "alert_percent"}:
            raise ValueError("a limit per card has a business_application, a transaction_amount and windows")
        if self.per == "sender" and (self.sender is None) == (self.acquirer is None):
            raise ValueError("name the sender, or the acquirer for each of its senders")
        if self.per == "sender" and (self.business_application or any(each.days > 1 for each in self.windows)):
            raise ValueError("a limit per sender has a programme, and a window of 1 day")
        return self


class WindowLimitReply(Reply):
    """What may be pushed in so many days; null is no limit."""

    days: int
    amount: int | None
    count: int | None


class PushLimitReply(Reply):
    """A limit. ``member`` keeps it; ``is_default`` says that it is what holds while the operator has set nothing."""

    id: str
    object: Literal["push_limit"]
    per: Per
    member: str
    currency: str
    business_application: str | None
    sender: str | None
    programme: str | None
    least_amount: int | None
    transaction_amount: int | None
    windows: list[WindowLimitReply]
    alert_percent: int | None
    is_default: bool


def card_limit_shape(limit: CardLimit, network: str, is_default: bool = False) -> dict[str, Any]:
    """Return the JSON of a limit per card."""
    return {
        "id": limit.id,
        "object": "push_limit",
        "per": "card",
        "member": network,
        "currency": limit.currency,
        "business_application": limit.business_application or None,
        "sender": None,
        "programme": None,
        "least_amount": None,
        "transaction_amount": limit.transaction_amount,
        "windows": [
            {"days": days, "amount": getattr(limit, f"amount_{days}d"), "count": getattr(limit, f"count_{days}d")}
            for days in WINDOWS
        ],
        "alert_percent": None,
        "is_default": is_default,
    }


def sender_limit_shape(limit: PushLimit) -> dict[str, Any]:
    """Return the JSON of a limit per sender."""
    return {
        "id": limit.id,
        "object": "push_limit",
        "per": "sender",
        "member": limit.acquirer,
        "currency": limit.currency,
        "business_application": None,
        "sender": limit.sender or None,
        "programme": limit.programme or None,
        "least_amount": limit.least_amount,
        "transaction_amount": limit.most_amount,
        "windows": [{"days": 1, "amount": limit.daily_amount, "count": limit.daily_count}],
        "alert_percent": limit.alert_percent,
        "is_default": False,
    }


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
    return await acquirer.step(set_sender_limit, *owner, given)  # type: ignore[no-any-return]


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
