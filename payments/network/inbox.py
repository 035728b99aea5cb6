"""The network's inbox: which flow each message from a member starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.network import (
    adjustment,
    authorization,
    cancellation,
    card_validation,
    clearing,
    disbursement,
    eligibility,
    enquiry,
    funding,
    funding_reversal,
    quoting,
    returning,
    reversal,
)
from payments.network.network import Network
from payments.switch.funding_message import AccountFunding, FundingAdjustment, FundingReversal
from payments.switch.inquiry_message import CardValidation, EligibilityInquiry
from payments.switch.message import (
    AuthorizationRequest,
    Enquiry,
    Message,
    OriginalCredit,
    Presentment,
    RefundPresentment,
    Reversal,
)
from payments.switch.push_message import Adjustment, Cancellation, OriginalCreditReturn
from payments.switch.quote_message import QuoteRequest

FLOWS: dict[type[Message], Callable[[Network, Any], Awaitable[Any]]] = {
    AuthorizationRequest: authorization.route,
    Reversal: reversal.forward,
    Presentment: clearing.forward,
    RefundPresentment: clearing.forward,
    OriginalCredit: disbursement.route,
    Enquiry: enquiry.tell,
    EligibilityInquiry: eligibility.tell,
    CardValidation: card_validation.route,
    Cancellation: cancellation.stop,
    Adjustment: adjustment.forward,
    OriginalCreditReturn: returning.forward,
    AccountFunding: funding.route,
    FundingReversal: funding_reversal.forward,
    FundingAdjustment: funding_reversal.forward,
    QuoteRequest: quoting.quote,
}


async def receive(network: Network, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](network, message)
