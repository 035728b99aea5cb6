"""The flows of the house that this door uses, each behind one function: here, and only here, ours meet Mastercard's.

What comes in is in this door's neutral words (``Order``, ``Named``), what goes out are the flows' own records.
"""

from contextlib import suppress
from dataclasses import dataclass

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.push import UNKNOWN, Disbursement, DisbursementOrder
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, IdempotencyKeyReused, Replayed
from payments.ledger.balance import InsufficientFunds
from payments.switch.codes import INSUFFICIENT_FUNDS
from payments.switch.message import PresentedCard


@dataclass(frozen=True, slots=True)
class Named:
    """A sender or recipient as a request names them. ``country`` is alpha-3, as it came."""

    name: str = ""
    organization: bool = False
    address: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be pushed: ``amount`` minor units to ``card``. ``funding_source`` is v1's word for it."""

    amount: int
    currency: str
    business_application: str
    channel: str
    funding_source: str
    payer: Named | None
    recipient: Named
    statement_text: str


async def push(acquirer: Acquirer, sender: str, claim: Claim, card: PresentedCard, order: Order) -> None:
    """Push money to a card, once under ``claim``. Raises what ``disburse`` refuses, but no repeat."""
    asked = DisbursementOrder(
        claim,
        sender,
        card,
        order.amount,
        order.currency,
        order.channel,
        order.business_application,
        order.recipient.name,
        order.statement_text,
    )
    # Not an error: it is made, or being made, and whoever asks finds it by the claim.
    with suppress(Replayed, IdempotencyKeyInUse, IdempotencyKeyReused):
        await disburse(acquirer, asked)


async def find_out(acquirer: Acquirer, disbursement: Disbursement) -> bool:
    """Ask the network what became of an unknown push; of any other nothing is asked, and ``False`` returned."""
    if disbursement.status != UNKNOWN:
        return False
    await enquire(acquirer, disbursement.id)
    return True


def declined_code(refusal: Refusal) -> str:
    """Return the response code of a refusal that reads as a decline here, '' for one that is an error."""
    return INSUFFICIENT_FUNDS if isinstance(refusal, InsufficientFunds) else ""
