"""The network's inbox: which flow each message from a member starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.network import authorization, reversal
from payments.network.network import Network
from payments.switch.message import AuthorizationRequest, Message, Reversal

FLOWS: dict[type[Message], Callable[[Network, Any], Awaitable[Any]]] = {
    AuthorizationRequest: authorization.route,
    Reversal: reversal.forward,
}


async def receive(network: Network, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](network, message)
