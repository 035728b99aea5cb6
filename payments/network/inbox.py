"""The network's inbox: which flow each message from a member starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.network import authorization, clearing, disbursement, enquiry, quoting, reversal
from payments.network.network import Network
from payments.switch.message import (
    AuthorizationRequest,
    Enquiry,
    Message,
    OriginalCredit,
    Presentment,
    RefundPresentment,
    Reversal,
)
from payments.switch.quote_message import QuoteRequest

FLOWS: dict[type[Message], Callable[[Network, Any], Awaitable[Any]]] = {
    AuthorizationRequest: authorization.route,
    Reversal: reversal.forward,
    Presentment: clearing.forward,
    RefundPresentment: clearing.forward,
    OriginalCredit: disbursement.route,
    Enquiry: enquiry.tell,
    QuoteRequest: quoting.quote,
}


async def receive(network: Network, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](network, message)
