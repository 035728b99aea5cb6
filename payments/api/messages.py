"""Messages: what was said between two members, as it looks on the wire."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import json_reply
from payments.kit.errors import NotFound
from payments.kit.event_log import read_events
from payments.kit.events import Event
from payments.switch.message_view import NoForm, view_of
from payments.webhooks.dispatch import place_events


class ElementReply(Reply):
    """An ISO 8583 element, or a ``tag`` of a private one. ``number`` 0 is the message type."""

    number: int = Field(examples=[4])
    tag: str = Field(examples=[""])
    name: str = Field(examples=["transaction amount"])
    value: str = Field(examples=["000000005841"])
    meaning: str = Field(examples=["58.41 USD"])


class MessageReply(Reply):
    """A message between two members. A card number is masked, a CVV was never kept.

    ``fields`` are its elements in wire order, none for a message to or from the settlement bank, which is JSON;
    ``wire`` is the whole of it as it is sent, with asterisks for the middle of the number.
    """

    object: Literal["message"]
    event: int
    type: str = Field(examples=["authorization_request"])
    mti: str = Field(examples=["0100"])
    sender: str
    receiver: str
    format: Literal["iso8583", "json"]
    fields: list[ElementReply]
    wire: str


router = APIRouter(route_class=ApiRoute, tags=["events"])


@router.get(
    "/events/{position}/message",
    response_model=MessageReply,
    responses=problems(404, no_form=NoForm()),
)
async def get_message(
    call: Calling, position: Annotated[int, Path(ge=1, le=2**62, description="The event's position.")]
) -> Response:
    """Get the message that an event says was sent or received."""
    call.key.must_be_operator()
    await place_events(call.door.sandbox.operator)
    data = await call.door.read(message_data, position)
    return json_reply({"object": "message", "event": position} | asdict(view_of(data)))


def message_data(connection: sa.Connection, position: int) -> str:
    """Return the JSON of the message that the event at ``position`` is about. Raises ``NotFound``.

    The receiver's event names the hop only: what was received is what was last sent on it.
    """
    found = read_events(connection, position - 1, 1)
    if not found or found[0][0] != position:
        raise NotFound(f"There is no event {position}.")
    event = found[0][1]
    if event.type == "message.sent":
        return event.data
    if event.type != "message.received":
        raise NotFound(f"Event {position} is not about a message: it is {event.type}.")
    return _sent_before(connection, position, event)


def _sent_before(connection: sa.Connection, position: int, received: Event) -> str:
    hop = orjson.loads(received.data)
    for before, event in reversed(read_events(connection, 0, position, received.reference, "message.sent")):
        if before < position and event.subject == received.subject and _is_on(hop, event):
            return event.data
    raise NotFound(f"Nobody here sent what event {position} says was received.")


def _is_on(hop: dict[str, Any], sent: Event) -> bool:
    data = orjson.loads(sent.data)
    # A repeat says so in its type, but not to who notes that it came.
    return {name: data[name] for name in ("sender", "receiver")} == {
        name: hop[name] for name in ("sender", "receiver")
    } and data["mti"][:3] == hop["mti"][:3]
