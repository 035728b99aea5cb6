"""Eligibility inquiries: what may be done with a card, before anything is sent to it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.eligibility import Eligibility, inquire
from payments.api import examples
from payments.api.card_input import CardInput
from payments.api.documentation import problems
from payments.api.fields import Country, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import json_reply
from payments.api.merchants import acquirer_named
from payments.api.presenting import presented
from payments.kit.fate import durable
from payments.switch.directory import UnknownBin
from payments.switch.inquiry_message import EligibilityReply as Told


class CreateEligibilityInquiry(Shape):
    """Which card, and as far as it is known from where and what for money would be pushed to it."""

    card: CardInput
    origin: Country | None = Field(default=None, description="The sender's country; the acquirer's when left out.")
    business_application: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="Business application id, two letters.", examples=["GP"]
    )
    acquirer: Reference = Field(default="harbor", description="Who asks: harbor or summit.")


class CardFacts(Reply):
    """What the network's directory says of the card, whoever asks."""

    network: str
    issuer: str
    issuer_name: str
    country: str
    currency: str
    product: str = Field(description="debit, credit or prepaid.")
    platform: str = Field(description="consumer, business, commercial or government.")
    reloadable: bool | None = Field(description="Of prepaid cards only.")
    gambling: bool = Field(description="Whether gambling winnings may be pushed to it.")
    fast_funds: Literal["B", "C", "D", "N"] = Field(
        description="B domestic and cross-border, D domestic only, C cross-border only, N none."
    )
    push_domestic: bool
    push_cross_border: bool
    pull_domestic: bool
    pull_cross_border: bool


class FundsAvailable(Reply):
    """By when pushed money is promised: within seconds (fast funds), or within business days."""

    seconds: int | None
    business_days: int | None


class EligibilityReply(Reply):
    """What may be done with the card. ``unanswered``: the network was silent, ask again."""

    object: Literal["eligibility"]
    status: Literal["answered", "unanswered"]
    masked: str
    origin: str
    business_application: str | None
    reference: str
    card: CardFacts | None
    cross_border: bool | None
    geo_blocked: bool | None
    push_allowed: bool | None
    pull_allowed: bool | None
    refusal: str | None = Field(description="The first reason against a push, in a word.")
    funds_within: FundsAvailable | None


def eligibility_shape(found: Eligibility, network: str) -> dict[str, Any]:
    """Return the JSON of an answered inquiry, or of one that was not."""
    told = found.answer
    return {
        "object": "eligibility",
        "status": "answered" if told else "unanswered",
        "masked": found.card_masked,
        "origin": found.origin,
        "business_application": found.business_application or None,
        "reference": found.reference,
        "card": _facts(told, network) if told else None,
        "cross_border": told.cross_border if told else None,
        "geo_blocked": told.geo_blocked if told else None,
        "push_allowed": told.push_allowed if told else None,
        "pull_allowed": told.pull_allowed if told else None,
        "refusal": told.refusal or None if told else None,
        "funds_within": _promise(told) if told else None,
    }


def _facts(told: Told, network: str) -> dict[str, Any]:
    card = told.attributes
    return {
        "network": network,
        "issuer": card.issuer,
        "issuer_name": card.issuer_name,
        "country": card.country,
        "currency": card.currency,
        "product": card.product,
        "platform": card.platform,
        "reloadable": card.reloadable if card.product == "prepaid" else None,
        "gambling": card.gambling,
        "fast_funds": card.fast_funds,
        "push_domestic": card.push_domestic,
        "push_cross_border": card.push_cross_border,
        "pull_domestic": card.pull_domestic,
        "pull_cross_border": card.pull_cross_border,
    }


def _promise(told: Told) -> dict[str, int | None]:
    return {
        "seconds": told.funds_within_seconds or None,
        "business_days": told.funds_within_business_days or None,
    }


hot = hot_router("before a push")
router = APIRouter(route_class=ApiRoute, tags=["before a push"])


@hot.post(
    "/eligibility_inquiries",
    response_model=EligibilityReply,
    responses=problems(400, 404, 413, 415, bin=UnknownBin()),
)
async def create_eligibility_inquiry(
    call: Calling, order: Annotated[CreateEligibilityInquiry, Body(openapi_examples=examples.ELIGIBILITY)]
) -> Response:
    """Ask the network what may be pushed to a card, or pulled from it. Nothing moves, and nothing is kept."""
    call.key.must_be_operator()
    acquirer = acquirer_named(call, order.acquirer)
    card = await presented(call.door, order.card)
    found = await durable(inquire(acquirer, card, order.origin or "", order.business_application or ""))
    return json_reply(eligibility_shape(found, acquirer.network))
