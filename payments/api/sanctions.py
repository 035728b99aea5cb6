"""The sanctions list: loaded whole, in force at once, its names never shown."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.list_loading import catch_up, load_list
from payments.acquirer.name_index import HOLD_AT
from payments.acquirer.sanctions_list import Draft, ListInForce, SanctionsList
from payments.api.body_schemas import schema_of
from payments.api.documentation import problems
from payments.api.fields import Reply, Shape, Text
from payments.api.hot_route import ApiRoute, Calling, body_of
from payments.api.listing import json_reply
from payments.api.refusals import InvalidRequest
from payments.api.sanctions_input import MOST_BYTES, InvalidSanctionsList, SanctionsListInput, read_list
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


def score_shape(entry: str, score: int) -> dict[str, Any]:
    """Return the JSON of a score."""
    return {"entry": entry or None, "score": score, "hit": score > 0}


_LIST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": schema_of(SanctionsListInput),
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
    return json_reply(await call.door.read(_read_list, next(iter(call.door.sandbox.acquirers))))


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
    data = [score_shape(*index.match(each)) for each in order.names]
    return json_reply(
        {"object": "name_scores", "sanctions_list": index.id or None, "hold_at": index.hold_at, "data": data}
    )


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
