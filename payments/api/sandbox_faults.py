"""Faults on demand: what the switch is to break, between whom, how many times."""

from typing import Annotated, Any, Final, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.api import examples
from payments.api.documentation import problems
from payments.api.fields import Id, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply
from payments.api.refusals import InvalidRequest
from payments.kit.clock import rfc3339
from payments.kit.database import fetch
from payments.switch import bank_message, funding_message, inquiry_message, message, push_message, quote_message
from payments.switch.faults import FaultOrder, arm_fault, clear_faults, disarm_fault, message_type
from payments.switch.message import Message

Kind = Literal["lose_request", "lose_reply", "delay", "duplicate"]

MESSAGES: Final = frozenset(
    message_type(each.__new__(each))
    for module in (message, inquiry_message, funding_message, bank_message, push_message, quote_message)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Message) and each is not Message
)
"""The types of message that can be struck, as faults name them."""


class CreateFault(Shape):
    """What to break. ``sender``, ``receiver`` and ``message`` may be left out: then it strikes any."""

    kind: Kind
    sender: str = Field(default="", max_length=60, examples=["harbor"])
    receiver: str = Field(default="", max_length=60, examples=["opennet"])
    message: str = Field(default="", max_length=60, examples=["authorization_request"])
    times: int = Field(default=1, ge=1, le=10_000, strict=True)
    delay_seconds: int = Field(
        0, ge=0, le=3600, strict=True, description="For a delay; beyond the reply timer nobody waits for it."
    )


class FaultReply(Reply):
    """A fault that is armed: ``times`` is how often it still strikes."""

    id: str
    object: Literal["fault"]
    kind: Kind
    sender: str
    receiver: str
    message: str
    times: int
    delay_seconds: int
    created_at: str


class Cleared(Reply):
    """How many faults were disarmed."""

    object: Literal["cleared"]
    cleared: int


def fault_shape(fault: FaultOrder) -> dict[str, Any]:
    """Return the JSON of a fault."""
    return {
        "id": fault.id,
        "object": "fault",
        "kind": fault.kind,
        "sender": fault.sender,
        "receiver": fault.receiver,
        "message": fault.message,
        "times": fault.times,
        "delay_seconds": fault.delay_seconds,
        "created_at": rfc3339(fault.created_at),
    }


hot = hot_router("sandbox")
router = APIRouter(route_class=ApiRoute, tags=["sandbox"])


@hot.post("/sandbox/faults", status_code=201, response_model=FaultReply, responses=problems(400, 413, 415))
async def create_fault(call: Calling, order: Annotated[CreateFault, Body(openapi_examples=examples.FAULT)]) -> Response:
    """Arm a fault: the next matching messages are lost, late, or sent twice."""
    call.key.must_be_operator()
    members = call.door.sandbox.switch.directory.members
    if not {order.sender, order.receiver} <= {"", *members}:
        raise InvalidRequest(f"The members here are {', '.join(members)}.")
    if order.message and order.message not in MESSAGES:
        raise InvalidRequest(f"The messages here are {', '.join(sorted(MESSAGES))}.")
    hop = (order.sender, order.receiver, order.message)
    fault = await call.door.sandbox.faults.step(arm_fault, order.kind, *hop, order.times, order.delay_seconds)
    return json_reply(fault_shape(fault), 201)


@router.get("/sandbox/faults", response_model=ListReply[FaultReply], responses=problems())
async def list_faults(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List the faults that are still to strike, newest first."""
    call.key.must_be_operator()
    found = await call.door.read(_armed, limit + 1, after)
    next = found[limit - 1].id if len(found) > limit else None
    return list_reply([fault_shape(each) for each in found[:limit]], next)


@router.delete("/sandbox/faults", response_model=Cleared, responses=problems())
async def delete_faults(call: Calling) -> Response:
    """Disarm every fault."""
    call.key.must_be_operator()
    return json_reply({"object": "cleared", "cleared": await call.door.sandbox.faults.step(clear_faults)})


@router.delete("/sandbox/faults/{fault_id}", response_model=FaultReply, responses=problems(404))
async def delete_fault(call: Calling, fault_id: Id) -> Response:
    """Disarm a fault."""
    call.key.must_be_operator()
    return json_reply(fault_shape(await call.door.sandbox.faults.step(disarm_fault, fault_id)))


def _armed(connection: sa.Connection, limit: int, after: str | None) -> list[FaultOrder]:
    table = FaultOrder.table()
    armed = sa.select(table).where(table.c.times > 0, *([table.c.id < after] if after else []))
    return fetch(connection, FaultOrder, armed.order_by(table.c.id.desc()).limit(limit))
