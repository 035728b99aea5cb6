"""Cards: issued, blocked and unblocked; their numbers are shown once and then only masked."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.api.accounts import issuer_of
from payments.api.call import Call
from payments.api.card_input import Cvv, Expiry, Number, from_wire, to_wire
from payments.api.documentation import problems
from payments.api.fields import Amount, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import ISSUER
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.issuer.card import Card
from payments.issuer.issuer import Issuer
from payments.issuer.issuing import block_card as block
from payments.issuer.issuing import issue_card
from payments.issuer.issuing import unblock_card as unblock
from payments.kit.clock import rfc3339
from payments.switch.directory import UnknownBin


class CreateCard(Shape):
    """On which account; number, expiry and CVV are made up if they are not given."""

    account: Reference = Field(examples=["acct_nora_patel"])
    number: Number | None = None
    expiry: Expiry = "12/29"
    cvv: Cvv | None = None
    transaction_limit: Amount | None = Field(
        default=None, description="The most one purchase may cost, in minor units."
    )


class CardReply(Reply):
    """A card, masked: the first six and last four digits of its number."""

    id: str
    object: Literal["card"]
    status: Literal["active", "blocked"]
    masked: str
    expiry: str
    account: str
    issuer: str
    transaction_limit: int | None
    created_at: str


class NewCardReply(CardReply):
    """A new card: its number and CVV are shown this once."""

    number: str
    cvv: str


def card_shape(card: Card) -> dict[str, Any]:
    """Return the JSON of a card."""
    return {
        "id": card.id,
        "object": "card",
        "status": card.status,
        "masked": card.number_masked,
        "expiry": from_wire(card.expiry),
        "account": card.account,
        "issuer": card.issuer,
        "transaction_limit": card.transaction_limit,
        "created_at": rfc3339(card.created_at),
    }


hot = hot_router("cards")
router = APIRouter(route_class=ApiRoute, tags=["cards"])


@hot.post(
    "/cards",
    status_code=201,
    response_model=NewCardReply,
    responses=problems(400, 404, 413, 415, bin=UnknownBin()),
)
async def create_card(call: Calling, order: CreateCard) -> Response:
    """Issue a card on an account. Its number and CVV are in this reply and in no other."""
    issuer = await issuer_of(call, order.account)
    issued = await issuer.step(
        issue_card, order.account, order.number, to_wire(order.expiry), order.cvv, order.transaction_limit
    )
    secrets = {"number": issued.number.reveal(), "cvv": issued.cvv.reveal()}
    return json_reply(card_shape(issued.card) | secrets, 201)


@hot.post("/cards/{card_id}/block", response_model=CardReply, responses=problems(404, 409))
async def block_card(call: Calling, card_id: Id) -> Response:
    """Block a card: whatever it asks for is declined (62)."""
    issuer = await _issuer_of_card(call, card_id)
    return json_reply(card_shape(await issuer.step(block, card_id)))


@hot.post("/cards/{card_id}/unblock", response_model=CardReply, responses=problems(404, 409))
async def unblock_card(call: Calling, card_id: Id) -> Response:
    """Let a blocked card pay again."""
    issuer = await _issuer_of_card(call, card_id)
    return json_reply(card_shape(await issuer.step(unblock, card_id)))


@router.get("/cards/{card_id}", response_model=CardReply, responses=problems(404))
async def get_card(call: Calling, card_id: Id) -> Response:
    """Read a card, masked."""
    await _issuer_of_card(call, card_id)
    return json_reply(card_shape(await call.door.read(one, Card, card_id)))


@router.get("/cards", response_model=ListReply[CardReply], responses=problems())
async def list_cards(call: Calling, limit: Limit = 20, after: After = None, account: Filter = None) -> Response:
    """List cards, masked; an issuer's key sees its own."""
    mine = call.key.only(ISSUER, None)
    found, next = await call.door.read(lambda c: page(c, Card, limit, after, account=account, issuer=mine))
    return list_reply([card_shape(each) for each in found], next)


async def _issuer_of_card(call: Call, card_id: str) -> Issuer:
    (issuer,) = await call.door.home(Card, card_id, "issuer")
    call.key.must_stand_for(ISSUER, issuer)
    return call.door.sandbox.issuers[issuer]
