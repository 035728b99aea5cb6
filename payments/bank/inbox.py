"""The bank's inbox: which flow each message from a member starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.bank.bank import Bank
from payments.switch.message import Message

FLOWS: dict[type[Message], Callable[[Bank, Any], Awaitable[Any]]] = {}


async def receive(bank: Bank, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](bank, message)
