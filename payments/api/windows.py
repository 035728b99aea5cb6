"""Settlement windows: what was cleared together and is settled together, net."""

from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.kit.clock import rfc3339
from payments.network.window import Window


class WindowReply(Reply):
    """A settlement window, named by the UTC date on which it closes."""

    id: str
    object: Literal["settlement_window"]
    status: Literal["open", "closed", "settled"]
    opened_at: str
    closes_at: str
    settles_at: str


def window_shape(window: Window) -> dict[str, Any]:
    """Return the JSON of a settlement window."""
    return {
        "id": window.id,
        "object": "settlement_window",
        "status": window.status,
        "opened_at": rfc3339(window.opened_at),
        "closes_at": rfc3339(window.closes_at),
        "settles_at": rfc3339(window.settles_at),
    }


router = APIRouter(route_class=ApiRoute, tags=["settlement"])


@router.get("/settlement_windows", response_model=ListReply[WindowReply], responses=problems())
async def list_settlement_windows(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List settlement windows, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(page, Window, limit, after)
    return list_reply([window_shape(each) for each in found], next)


@router.get("/settlement_windows/{window_id}", response_model=WindowReply, responses=problems(404))
async def get_settlement_window(call: Calling, window_id: Id) -> Response:
    """Read a settlement window."""
    call.key.must_be_operator()
    return json_reply(window_shape(await call.door.read(one, Window, window_id)))
