"""Card validations: whether card, address and name are its holder's, by the word of the card's bank."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.card_validation import CardValidation, CardValidationOrder, validate_card
from payments.acquirer.sender import Sender
from payments.api import examples
from payments.api.call import Call
from payments.api.card_input import CardInput
from payments.api.documentation import problems
from payments.api.fields import Id, MessageText, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.merchants import acquirer_named
from payments.api.presenting import presented
from payments.api.rows import one
from payments.kit.clock import rfc3339
from payments.kit.fate import durable
from payments.switch.codes import reason
from payments.switch.directory import UnknownBin
from payments.switch.inquiry_message import HolderAddress, HolderName

_ADDRESS: Final = {"Y": "match", "A": "street_only", "Z": "postal_code_only", "N": "no_match", "U": "unknown"}
_NAME: Final = {"01": "match", "02": "partial_match", "03": "no_match"}
_CVV: Final = {"M": "match", "N": "no_match"}


class AddressInput(Shape):
    """An address to be checked, as far as it is known."""

    street: MessageText = Field(default="", examples=["12 Juniper Lane"])
    postal_code: MessageText = Field(default="", max_length=16, examples=["53001"])


class NameInput(Shape):
    """A name to be checked, as far as it is known."""

    first: MessageText = Field(default="", examples=["Nora"])
    middle: MessageText = ""
    last: MessageText = Field(default="", examples=["Patel"])


class CreateCardValidation(Shape):
    """Which card (with expiry and CVV as far as they are to be checked), whose, and living where."""

    card: CardInput
    address: AddressInput = AddressInput()
    name: NameInput = NameInput()
    sender: Reference | None = Field(default=None, description="On whose behalf; its acquirer asks.")
    acquirer: Reference = Field(default="harbor", description="Who asks, when it is for no sender.")


class Result(Reply):
    """What one comparison came to: in a word, and by its code."""

    result: str
    code: str


class NameResult(Reply):
    """What the comparison of a name came to, whole and part by part; null for what was not asked about."""

    whole: Result | None
    first: Result | None
    middle: Result | None
    last: Result | None


class ValidatedCard(Reply):
    """The card that was asked about, masked."""

    masked: str


class CardValidationReply(Reply):
    """What the bank said. Null is what was not asked about, or cannot be told because there is no such card."""

    id: str
    object: Literal["card_validation"]
    status: Literal["pending", "answered", "unanswered"]
    card: ValidatedCard
    sender: str | None
    response: Result | None = Field(description="About the card: approved (00), expired_card (54), …")
    by: str | None
    cvv: Result | None
    address: Result | None
    name: NameResult
    reference: str
    network_id: str | None
    created_at: str


def validation_shape(found: CardValidation) -> dict[str, Any]:
    """Return the JSON of a card validation."""
    code = found.response_code
    return {
        "id": found.id,
        "object": "card_validation",
        "status": found.status,
        "card": {"masked": found.card_masked},
        "sender": found.sender or None,
        "response": {"result": reason(code), "code": code} if code else None,
        "by": found.decided_by or None,
        "cvv": _result(_CVV, found.cvv_result),
        "address": _result(_ADDRESS, found.address_result),
        "name": {
            "whole": _result(_NAME, found.name_result),
            "first": _result(_NAME, found.first_name_result),
            "middle": _result(_NAME, found.middle_name_result),
            "last": _result(_NAME, found.last_name_result),
        },
        "reference": found.reference,
        "network_id": found.network_id or None,
        "created_at": rfc3339(found.created_at),
    }


def _result(words: dict[str, str], code: str) -> dict[str, str] | None:
    return {"result": words.get(code, f"code_{code}"), "code": code} if code else None


hot = hot_router("before a push")
router = APIRouter(route_class=ApiRoute, tags=["before a push"])


@hot.post(
    "/card_validations",
    status_code=201,
    response_model=CardValidationReply,
    responses=problems(400, 404, 413, 415, bin=UnknownBin()),
)
async def create_card_validation(
    call: Calling, order: Annotated[CreateCardValidation, Body(openapi_examples=examples.CARD_VALIDATION)]
) -> Response:
    """Ask a card's bank whether card, CVV, address and name go together. Nothing moves."""
    call.key.must_be_operator()
    acquirer = await _who_asks(call, order)
    asked = CardValidationOrder(
        await presented(call.door, order.card),
        HolderAddress(order.address.street, order.address.postal_code),
        HolderName(order.name.first, order.name.middle, order.name.last),
        order.sender or "",
    )
    return json_reply(validation_shape(await durable(validate_card(acquirer, asked))), 201)


@router.get("/card_validations/{validation_id}", response_model=CardValidationReply, responses=problems(404))
async def get_card_validation(call: Calling, validation_id: Id) -> Response:
    """Read a card validation: its results, for name and address themselves are not kept."""
    call.key.must_be_operator()
    return json_reply(validation_shape(await call.door.read(one, CardValidation, validation_id)))


@router.get("/card_validations", response_model=ListReply[CardValidationReply], responses=problems())
async def list_card_validations(
    call: Calling, limit: Limit = 20, after: After = None, sender: Filter = None
) -> Response:
    """List card validations, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(lambda c: page(c, CardValidation, limit, after, sender=sender))
    return list_reply([validation_shape(each) for each in found], next)


async def _who_asks(call: Call, order: CreateCardValidation) -> Acquirer:
    if order.sender is None:
        return acquirer_named(call, order.acquirer)
    (home,) = await call.door.home(Sender, order.sender, "acquirer")
    return call.door.sandbox.acquirers[home]
