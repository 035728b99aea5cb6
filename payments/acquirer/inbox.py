"""The acquirer's inbox: which flow each message from the network starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.acquirer import deferral, returning, settlement
from payments.acquirer.acquirer import Acquirer
from payments.switch.message import Message, SettlementAdvice
from payments.switch.push_message import OriginalCreditAdvice, OriginalCreditReturn

FLOWS: dict[type[Message], Callable[[Acquirer, Any], Awaitable[Any]]] = {
    SettlementAdvice: settlement.settle,
    OriginalCreditAdvice: deferral.learn,
    OriginalCreditReturn: returning.take_back,
}


async def receive(acquirer: Acquirer, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](acquirer, message)
