"""The wire: what a member sends is written out as bytes, and what its receiver gets was read from them."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.switch import iso8583
from payments.switch.bank_message import BANK_MESSAGES
from payments.switch.message import Message, Reply
from payments.switch.message_json import from_json, to_json

Inbox = Callable[[Any], Awaitable[Any]]


def by_wire(inbox: Inbox) -> Inbox:
    """Return ``inbox`` as it is reached over the wire: no object of the sender's gets to it, and none of its back."""

    async def receive(message: Message) -> Message | Reply:
        arrived = carried(message)
        assert isinstance(arrived, Message)
        return carried(await inbox(arrived), answering=arrived)

    return receive


def carried(message: Message | Reply, *, answering: Message | None = None) -> Message | Reply:
    """Return ``message`` as it arrives, written and read: a card message in ISO 8583, one to or from the bank in JSON.

    A reply echoes what SNS-87 has it echo of the request it is ``answering``. Raises ``FormatError`` for a card message
    that has no such form.
    """
    if isinstance(message, BANK_MESSAGES):
        return from_json(to_json(message))
    data = iso8583.encode(message, answering=answering)
    return iso8583.decode(data, sender=message.sender, receiver=message.receiver)
