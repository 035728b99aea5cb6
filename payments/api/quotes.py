"""Quotes: what a disbursement across currencies costs, or brings, at a rate that is locked for a while."""

from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, Body
from pydantic import Field, model_validator
from starlette.responses import Response

from payments.acquirer.quote import DECLINED, Quote, QuoteOrder
from payments.acquirer.quoting import OneCurrency, quote
from payments.acquirer.sender import Sender
from payments.api import examples
from payments.api.answers import Operation
from payments.api.card_input import CardInput
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Country, Currency, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.presenting import Decline, decline, presented
from payments.api.rows import one
from payments.kit.clock import rfc3339
from payments.switch.directory import UnknownBin

Status = Literal["pending", "open", "declined", "used", "expired"]


class CreateQuote(Shape):
    """Who pays, either how much or how much is to arrive, and where to: a card, or its country and currency."""

    sender: Reference = Field(examples=["snd_city_of_alder"])
    amount: Amount | None = Field(default=None, description="What the sender pays, in its own currency.")
    recipient_amount: Amount | None = Field(default=None, description="What the recipient gets, in theirs.")
    card: CardInput | None = None
    recipient_country: Country | None = None
    recipient_currency: Currency | None = None

    @model_validator(mode="after")
    def _one_amount_and_one_place(self) -> Self:
        if (self.amount is None) == (self.recipient_amount is None):
            raise ValueError("give amount or recipient_amount, one of the two")
        place = (self.recipient_country is None, self.recipient_currency is None)
        if place != ((True, True) if self.card else (False, False)):
            raise ValueError("give the card, or recipient_country and recipient_currency")
        return self


class Margin(Reply):
    """What the network keeps of the mid-market rate, and what that is here, in minor units of the sender's currency."""

    basis_points: int
    amount: int
    currency: str


class QuoteReply(Reply):
    """A quote: good for one disbursement while it is ``open``, until ``expires_at`` on the sandbox's clock.

    ``rate`` is how many units of the recipient's currency one unit of the sender's brings; ``mid_rate`` is that without
    the margin. An amount that was not asked for is 0 until the network has answered.
    """

    id: str
    object: Literal["quote"]
    status: Status
    sender: str
    amount: int
    currency: str
    recipient_amount: int
    recipient_country: str
    recipient_currency: str
    rate: str | None = Field(examples=["0.9144895"])
    mid_rate: str | None = Field(examples=["0.9214"])
    margin: Margin | None
    requires: list[str] = Field(description="What must be said of sender and recipient.", examples=[["payer.address"]])
    expires_at: str | None
    decline: Decline | None
    disbursement: str | None = Field(description="What it was used for.")
    reference: str
    created_at: str


def quote_shape(made: Quote, _: list[str]) -> dict[str, Any]:
    """Return the JSON of a quote, for which nothing is booked anywhere."""
    margin = {"basis_points": made.margin_basis_points, "amount": made.margin_amount, "currency": made.currency}
    return {
        "id": made.id,
        "object": "quote",
        "status": made.status,
        "sender": made.sender,
        "amount": made.amount,
        "currency": made.currency,
        "recipient_amount": made.recipient_amount,
        "recipient_country": made.recipient_country,
        "recipient_currency": made.recipient_currency,
        "rate": made.rate or None,
        "mid_rate": made.mid_rate or None,
        "margin": margin if made.rate else None,
        "requires": made.requires.split(",") if made.requires else [],
        "expires_at": None if made.expires_at is None else rfc3339(made.expires_at),
        "decline": decline(made.response_code, made.decided_by) if made.status == DECLINED else None,
        "disbursement": made.disbursement or None,
        "reference": made.reference,
        "created_at": rfc3339(made.created_at),
    }


CREATE: Final = Operation("create_quote", quote_shape)

hot = hot_router("quotes")
router = APIRouter(route_class=ApiRoute, tags=["quotes"])


@hot.post(
    "/quotes",
    status_code=201,
    response_model=QuoteReply,
    responses=problems(400, 404, 409, 413, 415, bin=UnknownBin(), currency=OneCurrency()),
    openapi_extra=IDEMPOTENT,
)
async def create_quote(call: Calling, order: Annotated[CreateQuote, Body(openapi_examples=examples.QUOTE)]) -> Response:
    """Ask the network what a disbursement across currencies costs, or brings, and have the rate locked."""
    call.key.must_be_operator()
    (home,) = await call.door.home(Sender, order.sender, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    country, currency = order.recipient_country or "", order.recipient_currency or ""
    if order.card is not None:
        card = await presented(call.door, order.card)
        found = acquirer.switch.directory.bin_of(card.number)
        country, currency = found.country, found.currency
    asked = (order.sender, country, currency, order.amount or 0, order.recipient_amount or 0)
    return await call.answer(CREATE, acquirer, lambda claim: quote(acquirer, QuoteOrder(claim, *asked)))


@router.get("/quotes/{quote_id}", response_model=QuoteReply, responses=problems(404))
async def get_quote(call: Calling, quote_id: Id) -> Response:
    """Read a quote."""
    call.key.must_be_operator()
    return json_reply(quote_shape(await call.door.read(one, Quote, quote_id), []))


@router.get("/quotes", response_model=ListReply[QuoteReply], responses=problems())
async def list_quotes(
    call: Calling, limit: Limit = 20, after: After = None, sender: Filter = None, status: Status | None = None
) -> Response:
    """List quotes, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(lambda c: page(c, Quote, limit, after, sender=sender, status=status))
    return list_reply([quote_shape(each, []) for each in found], next)
