"""Sanctions screening: the list that names are looked up in, what it held, and what somebody decided about that."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.held import Decision, refuse, release
from payments.acquirer.push import Disbursement
from payments.acquirer.sanctions_list import HOLD_AT, Draft, ListInForce, SanctionsList
from payments.acquirer.screening import Screening, catch_up, load_list
from payments.api.answers import Operation
from payments.api.disbursements import DisbursementReply, disbursement_shape
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import FreeText, Id, Reply, Shape, Text
from payments.api.hot_route import ApiRoute, Calling, body_of, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.refusals import InvalidRequest
from payments.api.rows import one
from payments.api.sanctions_input import MOST_BYTES, InvalidSanctionsList, read_list
from payments.kit.clock import rfc3339
from payments.kit.database import fetch


class SanctionsListReply(Reply):
    """The list in force: how much is on it, never the names themselves."""

    object: Literal["sanctions_list"]
    id: str | None
    entries: int
    names: int
    hold_at: int = Field(description="From this score on, 0 to 100, a name is a hit.")
    since: str | None


class Decide(Shape):
    """Why it is released or refused, in a few words."""

    note: FreeText = ""


class TryNames(Shape):
    """Names to be scored by the list in force."""

    names: list[Text] = Field(min_length=1, max_length=100, examples=[["Sanctions Test Hit", "Nora Patel"]])


class Score(Reply):
    """How much the n-th name is like a listed one: the entry's own reference, and the score; 0 is no hit."""

    entry: str | None
    score: int
    hit: bool


class ScoresReply(Reply):
    """The scores, in the order of the names."""

    object: Literal["name_scores"]
    sanctions_list: str | None
    hold_at: int
    data: list[Score]


class ScreeningReply(Reply):
    """Why a disbursement was held, and who decided about it."""

    id: str
    object: Literal["screening"]
    status: Literal["held", "released", "refused"]
    disbursement: str
    sanctions_list: str | None
    hold_at: int
    payer: Score
    recipient: Score
    decided_by: str | None = Field(description="The id of the API key.")
    decided_at: str | None
    note: str
    reference: str
    created_at: str


def screening_shape(screening: Screening) -> dict[str, Any]:
    """Return the JSON of a screening."""
    decided_at = screening.decided_at
    return {
        "id": screening.id,
        "object": "screening",
        "status": screening.status,
        "disbursement": screening.disbursement,
        "sanctions_list": screening.list or None,
        "hold_at": screening.hold_at,
        "payer": _score(screening.payer_entry, screening.payer_score),
        "recipient": _score(screening.recipient_entry, screening.recipient_score),
        "decided_by": screening.decided_by or None,
        "decided_at": None if decided_at is None else rfc3339(decided_at),
        "note": screening.note,
        "reference": screening.reference,
        "created_at": rfc3339(screening.created_at),
    }


def _score(entry: str, score: int) -> dict[str, Any]:
    return {"entry": entry or None, "score": score, "hit": score > 0}


_NO_NOTE: Final = Decide()
RELEASE: Final = Operation("release_disbursement", disbursement_shape, 200)
REFUSE: Final = Operation("refuse_disbursement", disbursement_shape, 200)

_ENTRY: Final = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "reference": {"type": "string", "maxLength": 60},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "aliases": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 200}},
    },
}
_JSON_LIST: Final = {
    "type": "object",
    "required": ["entries"],
    "additionalProperties": False,
    "properties": {
        "entries": {"type": "array", "items": _ENTRY},
        "hold_at": {"type": "integer", "minimum": 1, "maximum": 100},
    },
}
_LIST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _JSON_LIST,
                "example": {
                    "entries": [{"reference": "EX-1", "name": "Viktor Zloty", "aliases": ["Виктор Злотый"]}],
                    "hold_at": 88,
                },
            },
            "text/csv": {
                "schema": {"type": "string"},
                "example": "reference,name,aliases\nEX-1,Viktor Zloty,Виктор Злотый; V. Zloty\n",
            },
            "text/plain": {
                "schema": {"type": "string"},
                "example": "# one entry a line\nViktor Zloty; Виктор Злотый\n",
            },
        },
    }
}

hot = hot_router("before a push")
router = APIRouter(route_class=ApiRoute, tags=["before a push"])


@router.put(
    "/sanctions_list",
    response_model=SanctionsListReply,
    responses=problems(400, 413, 415, list=InvalidSanctionsList("See what is wrong with each line.")),
    openapi_extra=_LIST_BODY,
)
async def put_sanctions_list(
    call: Calling,
    hold_at: Annotated[int | None, Query(ge=1, le=100, description="From which score on a name is a hit.")] = None,
) -> Response:
    """Load the list that both acquirers screen by, in the place of the one before; an empty one ends screening."""
    call.key.must_be_operator()
    body = await body_of(call.request, MOST_BYTES)
    entries, own = read_list(body, call.request.headers.get("content-type", "application/json"))
    chosen = HOLD_AT if own is None and hold_at is None else own if hold_at is None else hold_at
    if type(chosen) is not int or not 1 <= chosen <= 100:
        raise InvalidRequest("hold_at is a whole number from 1 to 100.")
    draft = Draft.of(entries, chosen)
    for acquirer in call.door.sandbox.acquirers.values():
        await load_list(acquirer, draft)
    return json_reply(await call.door.read(_read_list, acquirer.id))


@router.get("/sanctions_list", response_model=SanctionsListReply, responses=problems())
async def get_sanctions_list(call: Calling) -> Response:
    """Say which list is in force, and how long it is."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_list, next(iter(call.door.sandbox.acquirers))))


@router.post("/sanctions_list/scores", response_model=ScoresReply, responses=problems(400, 413, 415))
async def score_names(call: Calling, order: TryNames) -> Response:
    """Score some names by the list in force, to see what would be held. Nothing is kept."""
    call.key.must_be_operator()
    acquirer = next(iter(call.door.sandbox.acquirers.values()))
    await catch_up(acquirer)
    index = acquirer.screener.index
    data = [_score(*index.match(each)) for each in order.names]
    return json_reply(
        {"object": "name_scores", "sanctions_list": index.id or None, "hold_at": index.hold_at, "data": data}
    )


@hot.post(
    "/disbursements/{disbursement_id}/release",
    response_model=DisbursementReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def release_disbursement(
    call: Calling, disbursement_id: Id, order: Annotated[Decide, Body()] = _NO_NOTE
) -> Response:
    """Send a held disbursement after all."""
    return await _decided(call, RELEASE, release, disbursement_id, order)


@hot.post(
    "/disbursements/{disbursement_id}/refuse",
    response_model=DisbursementReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def refuse_disbursement(
    call: Calling, disbursement_id: Id, order: Annotated[Decide, Body()] = _NO_NOTE
) -> Response:
    """Refuse a held disbursement: its money goes back to the sender, and nothing was ever sent."""
    return await _decided(call, REFUSE, refuse, disbursement_id, order)


async def _decided(call: Calling, operation: Operation, decide: Any, disbursement_id: str, order: Decide) -> Response:
    call.key.must_be_operator()
    (home,) = await call.door.home(Disbursement, disbursement_id, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]

    async def flow(claim: Any) -> Disbursement:
        return await decide(acquirer, disbursement_id, Decision(claim, call.key.id, order.note))  # type: ignore[no-any-return]

    return await call.answer(operation, acquirer, flow)


@router.get("/screenings/{screening_id}", response_model=ScreeningReply, responses=problems(404))
async def get_screening(call: Calling, screening_id: Id) -> Response:
    """Read why a disbursement was held, and who decided about it."""
    call.key.must_be_operator()
    return json_reply(screening_shape(await call.door.read(one, Screening, screening_id)))


@router.get("/screenings", response_model=ListReply[ScreeningReply], responses=problems())
async def list_screenings(
    call: Calling,
    limit: Limit = 20,
    after: After = None,
    disbursement: Filter = None,
    status: Literal["held", "released", "refused"] | None = None,
) -> Response:
    """List screenings that hit, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(
        lambda c: page(c, Screening, limit, after, disbursement=disbursement, status=status)
    )
    return list_reply([screening_shape(each) for each in found], next)


def _read_list(connection: sa.Connection, acquirer: str) -> dict[str, Any]:
    force, lists = ListInForce.table(), SanctionsList.table()
    current = next(iter(fetch(connection, ListInForce, sa.select(force).where(force.c.acquirer == acquirer))), None)
    columns = lists.c.entries, lists.c.names, lists.c.hold_at
    kept = connection.execute(sa.select(*columns).where(lists.c.id == current.list)).first() if current else None
    entries, names, hold_at = kept or (0, 0, HOLD_AT)
    return {
        "object": "sanctions_list",
        "id": current.list or None if current else None,
        "entries": entries,
        "names": names,
        "hold_at": hold_at,
        "since": rfc3339(current.since) if current else None,
    }
