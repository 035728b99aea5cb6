"""The issuer's inbox: which flow each message from the network starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.issuer import (
    adjustment,
    authorization,
    card_validation,
    clearing,
    disbursement,
    enquiry,
    funding,
    funding_reversal,
    refund,
    settlement,
)
from payments.issuer.issuer import Issuer
from payments.switch.funding_message import AccountFunding, FundingAdjustment, FundingReversal
from payments.switch.inquiry_message import CardValidation
from payments.switch.message import (
    AuthorizationRequest,
    Enquiry,
    Message,
    OriginalCredit,
    Presentment,
    RefundPresentment,
    Reversal,
    SettlementAdvice,
)
from payments.switch.push_message import Adjustment

FLOWS: dict[type[Message], Callable[[Issuer, Any], Awaitable[Any]]] = {
    AuthorizationRequest: authorization.authorize,
    Reversal: authorization.take_back,
    SettlementAdvice: settlement.settle,
    Presentment: clearing.pay,
    RefundPresentment: refund.credit,
    OriginalCredit: disbursement.credit,
    Enquiry: enquiry.tell,
    CardValidation: card_validation.validate,
    Adjustment: adjustment.consent,
    AccountFunding: funding.debit,
    FundingReversal: funding_reversal.give_back,
    FundingAdjustment: funding_reversal.give_back,
}


async def receive(issuer: Issuer, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](issuer, message)
