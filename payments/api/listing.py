"""Lists: pages in the order of ids, newest first, that go on where the last one ended (never by counting)."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar

import orjson
import sqlalchemy as sa
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from payments.api.fields import Reply
from payments.kit.database import fetch
from payments.kit.records import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[A-Za-z0-9_.\-]+$", description="`next` of the page before."),
]
Filter = Annotated[str | None, Query(max_length=200, pattern=r"^[A-Za-z0-9_.\-]+$")]


class ListReply(Reply, Generic[T]):
    """A page of a list. ``next`` is what to ask for ``after``, if there is more."""

    object: Literal["list"]
    data: list[T]
    has_more: bool
    next: str | None = Field(examples=["pay_01k8z0q4v3e7r9t2m5n6p8s1w4"])


def page(
    connection: sa.Connection, kind: type[R], limit: int, after: str | None, **columns: Any
) -> tuple[list[R], str | None]:
    """Return a page of records whose ``columns`` have these values (``None``: any), and where the next begins."""
    table, key = kind.table(), kind.shape.key
    query = sa.select(table).order_by(table.c[key].desc()).limit(limit + 1)
    wanted = [table.c[name] == value for name, value in columns.items() if value is not None]
    if after is not None:
        wanted.append(table.c[key] < after)
    rows = fetch(connection, kind, query.where(*wanted))
    more = len(rows) > limit
    return rows[:limit], kind.shape.key_of(rows[limit - 1]) if more else None


def list_reply(data: Sequence[Any], next: str | None) -> Response:
    """Return a page as it is sent."""
    return json_reply({"object": "list", "data": data, "has_more": next is not None, "next": next})


def json_reply(body: Any, status: int = 200) -> Response:
    """Return ``body`` as JSON."""
    return Response(orjson.dumps(body), status, media_type="application/json")
