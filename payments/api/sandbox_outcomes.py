"""Outcomes on demand: what is to become of the pushes to a card, or of a sender's next ones."""

import re
from functools import partial
from typing import Annotated, Any, Literal, Self

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field, model_validator
from starlette.responses import Response

from payments.acquirer.sender import Sender
from payments.api import examples
from payments.api.card_input import CardInput
from payments.api.documentation import problems
from payments.api.fields import Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.presenting import presented
from payments.api.sandbox_faults import Cleared
from payments.kit.clock import rfc3339
from payments.kit.secrets import CardNumber
from payments.switch.directory import UnknownBin
from payments.switch.outcome import DOOR, OUTCOMES
from payments.switch.playing import Stagings
from payments.switch.staging import NotADecline, Staging, remove_all_stagings, remove_staging, stage

OutcomeName = Literal[
    "decline",
    "lost_then_approved",
    "lost_then_never_processed",
    "duplicate",
    "available_later",
    "returned",
    "deferred",
    "partner_limit",
    "adjustment_refused",
    "approved_vip",
    "pull_declined",
    "card_result",
    "cvv_result",
    "address_result",
    "http_error",
]
_LONGEST = 366 * 24 * 3600


class CreateOutcome(Shape):
    """What is to happen to which pushes: those to a ``card``, or those of a ``sender``; one of the two."""

    outcome: OutcomeName
    card: CardInput | None = None
    sender: Reference | None = Field(default=None, examples=["snd_city_of_alder"])
    code: str | None = Field(
        default=None,
        pattern="^[0-9A-Z]{1,3}$",
        description="The code of an outcome that has one: a response code (DE 39), a result's letter, a HTTP status.",
        examples=["51"],
    )
    by: Literal["issuer", "network"] | None = Field(default=None, description="Who declines; the issuer if not said.")
    seconds: int | None = Field(
        default=None, ge=0, le=_LONGEST, strict=True, description="How much later, on the sandbox's clock."
    )
    times: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = Field(
        default=1, description="How often; null is until it is removed."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.card is None) == (self.sender is None):
            raise ValueError("give a card or a sender, one of the two")
        if self.by and self.outcome != "decline":
            raise ValueError("only of a decline can be said who makes it")
        if self.code and not OUTCOMES[self.outcome].code:
            raise ValueError("this outcome has no code of its own")
        if self.code and not re.fullmatch(OUTCOMES[self.outcome].codes, self.code):
            raise ValueError("this code is none of this outcome's")
        if self.sender is None and OUTCOMES[self.outcome].by == DOOR:
            raise ValueError("this is of a sender's requests, whatever the card")
        return self


class StagedCard(Reply):
    """The card whose pushes are meant, masked."""

    masked: str


class OutcomeReply(Reply):
    """A staged outcome: ``times`` is how often it is still played (null: until it is removed)."""

    id: str
    object: Literal["staged_outcome"]
    outcome: OutcomeName
    status: Literal["armed", "used_up", "removed"]
    by: Literal["acquirer", "network", "issuer", "line", "door"]
    code: str | None
    seconds: int | None
    card: StagedCard | None
    sender: str | None
    times: int | None
    created_at: str


def outcome_shape(staging: Staging) -> dict[str, Any]:
    """Return the JSON of a staged outcome."""
    return {
        "id": staging.id,
        "object": "staged_outcome",
        "outcome": staging.outcome,
        "status": staging.status,
        "by": staging.played_by,
        "code": staging.code or None,
        "seconds": staging.seconds,
        "card": {"masked": staging.card_masked} if staging.card_masked else None,
        "sender": staging.sender or None,
        "times": staging.times,
        "created_at": rfc3339(staging.created_at),
    }


hot = hot_router("sandbox")
router = APIRouter(route_class=ApiRoute, tags=["sandbox"])


@hot.post(
    "/sandbox/outcomes",
    status_code=201,
    response_model=OutcomeReply,
    responses=problems(400, 404, 413, 415, bin=UnknownBin(), code=NotADecline()),
)
async def create_outcome(
    call: Calling, order: Annotated[CreateOutcome, Body(openapi_examples=examples.OUTCOME)]
) -> Response:
    """Stage an outcome for the next pushes to a card, or of a sender."""
    call.key.must_be_operator()
    number, sender = await _meant(call, order)
    stagings = call.door.sandbox.stagings
    given = {"code": order.code or "", "by": order.by or "", "seconds": order.seconds, "times": order.times}
    staging = await stagings.step(partial(_stage, number, sender, given), order.outcome)
    stagings.look_again()
    return json_reply(outcome_shape(staging), 201)


async def _meant(call: Calling, order: CreateOutcome) -> tuple[CardNumber | None, tuple[str, str]]:
    if order.card is not None:
        return (await presented(call.door, order.card)).number, ("", "")
    assert order.sender is not None
    (acceptor,) = await call.door.home(Sender, order.sender, "acceptor")
    return None, (order.sender, acceptor)


def _stage(
    number: CardNumber | None, sender: tuple[str, str], given: dict[str, Any], work: Any, stagings: Stagings, name: str
) -> Staging:
    return stage(work, stagings, name, number=number, sender=sender, **given)


@router.get("/sandbox/outcomes", response_model=ListReply[OutcomeReply], responses=problems())
async def list_outcomes(
    call: Calling,
    limit: Limit = 20,
    after: After = None,
    status: Literal["armed", "used_up", "removed"] | None = "armed",
) -> Response:
    """List staged outcomes, newest first: those still to be played, if not said otherwise."""
    call.key.must_be_operator()
    found, next = await call.door.read(_read, limit, after, status)
    return list_reply([outcome_shape(each) for each in found], next)


@router.delete("/sandbox/outcomes", response_model=Cleared, responses=problems())
async def delete_outcomes(call: Calling) -> Response:
    """Take every staged outcome away."""
    call.key.must_be_operator()
    cleared = await call.door.sandbox.stagings.step(remove_all_stagings)
    return json_reply({"object": "cleared", "cleared": cleared})


@router.delete("/sandbox/outcomes/{outcome_id}", response_model=OutcomeReply, responses=problems(404, 409))
async def delete_outcome(call: Calling, outcome_id: Id) -> Response:
    """Take a staged outcome away."""
    call.key.must_be_operator()
    return json_reply(outcome_shape(await call.door.sandbox.stagings.step(remove_staging, outcome_id)))


def _read(
    connection: sa.Connection, limit: int, after: str | None, status: str | None
) -> tuple[list[Staging], str | None]:
    return page(connection, Staging, limit, after, status=status)
