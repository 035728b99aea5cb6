"""The control plane: verify the books, start again, and the cards to try things with."""

import asyncio
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Reply
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import ListReply, json_reply, list_reply
from payments.api.refusals import NotAvailable


class FindingReply(Reply):
    """Something that is wrong: which of the truths it breaks, and a sentence about it."""

    truth: int
    what: str
    where: list[str]
    amounts: dict[str, int]


class Verification(Reply):
    """Whether every cent is right."""

    object: Literal["verification"]
    clean: bool
    findings: list[FindingReply]


class ResetReply(Reply):
    """A new world is in place."""

    object: Literal["reset"]
    done: Literal[True]


class TestCard(Reply):
    """A card of the seeded world, and what it is for. It is no real card, so its number is no secret."""

    id: str
    object: Literal["test_card"]
    account: str
    holder: str
    issuer: str
    currency: str
    number: str = Field(examples=["4000121111104242"])
    expiry: str = Field(examples=["12/29"])
    cvv: str
    does: str


hot = hot_router("sandbox")
router = APIRouter(route_class=ApiRoute, tags=["sandbox"])


@router.get("/sandbox/verify", response_model=Verification, responses=problems())
async def verify_sandbox(call: Calling) -> Response:
    """Check everything that must always be true, over every book, and say what is wrong."""
    call.key.must_be_operator()
    found = await asyncio.to_thread(call.door.powers.verify, call.door.sandbox.world.database)
    findings = [_finding_shape(each) for each in found]
    return json_reply({"object": "verification", "clean": not findings, "findings": findings})


@hot.post("/sandbox/reset", response_model=ResetReply, responses=problems(no=NotAvailable()))
async def reset_sandbox(call: Calling) -> Response:
    """Start again with a new world, seeded as on the first day. The old one is left behind as it was."""
    call.key.must_be_operator()
    await call.door.powers.reset()
    return json_reply({"object": "reset", "done": True})


@router.get("/sandbox/cards", response_model=ListReply[TestCard], responses=problems())
async def list_test_cards(call: Calling) -> Response:
    """List the seeded cards and what each does."""
    return list_reply(call.door.powers.test_cards, None)


def _finding_shape(finding: Any) -> dict[str, Any]:
    return {
        "truth": finding.truth,
        "what": finding.what,
        "where": list(finding.where),
        "amounts": dict(finding.amounts),
    }
