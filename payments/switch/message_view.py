"""A message as one looks at it after the fact: its form on the wire, made from the JSON its event keeps."""

from dataclasses import dataclass

import orjson

from payments.kit.errors import Refusal
from payments.switch.bank_message import BANK_MESSAGES
from payments.switch.iso8583 import encode
from payments.switch.iso8583_fields import FormatError
from payments.switch.iso8583_view import Field, fields
from payments.switch.message_json import from_json


class NoForm(Refusal):
    """This message has no ISO 8583 form."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in words and as bytes, its number masked and its CVV never kept.

    ``fields`` are its ISO 8583 elements and tags in wire order, none for a message to or from the bank. ``wire`` is all
    of it as it is sent, printable ASCII (JSON for the bank), but with asterisks for the middle of the number.
    """

    type: str
    mti: str
    sender: str
    receiver: str
    format: str
    fields: tuple[Field, ...]
    wire: str


def view_of(event_data: str) -> MessageView:
    """Return the view of a message, given the ``data`` of the event that it was sent.

    Raises ``NoForm`` for one that no wire could carry, and ``NotAMessage`` for what is no message's.
    """
    message, data = from_json(event_data), orjson.loads(event_data)
    ends = data["type"], data["mti"], message.sender, message.receiver
    if isinstance(message, BANK_MESSAGES):
        return MessageView(*ends, "json", (), event_data)
    try:
        return MessageView(
            *ends, "iso8583", tuple(fields(message)), encode(message, withhold_secrets=True).decode("ascii")
        )
    except FormatError as error:
        raise NoForm(f"It was carried within the process and would not fit the wire: {error}.") from None
