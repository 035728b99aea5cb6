"""The flows of the house that this door uses, each behind one function: here, and only here, ours meet Mastercard's.

What comes in is in this door's neutral words (``Order``, ``Named``), what goes out are the flows' own records.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.push import UNKNOWN, Disbursement, DisbursementOrder
from payments.facades.mastercard_send.codes import UNNAMED_RECIPIENT
from payments.facades.mastercard_send.countries import two_letters
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, IdempotencyKeyReused, Replayed
from payments.ledger.balance import InsufficientFunds
from payments.switch.codes import INSUFFICIENT_FUNDS
from payments.switch.message import CONSUMER, ORGANIZATION, PREFUNDED, Party, PresentedCard


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


@dataclass(frozen=True, slots=True)
class Made:
    """What a flow has made of an instruction: a push, or a pull. ``status`` is our word, ``code`` '' while undecided.

    ``decided_by`` is the member that decided; ``reference`` (RRN) and ``stan`` are those of its message. ``changed_at``
    is when its status last changed.
    """

    id: str
    status: str
    code: str
    decided_by: str
    reference: str
    stan: str
    approval_code: str
    network_id: str
    card_masked: str
    amount: int
    currency: str
    changed_at: int


SOURCES_OF_FUNDS: Final = {
    "CREDIT": "credit_card",
    "DEBIT": "debit_card",
    "PREPAID": "prepaid_card",
    "DEPOSIT_ACCOUNT": "deposit_account",
    "MOBILE_MONEY_ACCOUNT": "mobile_money",
    "CASH": "cash",
}
"""What each funding source is called here; any other is the partner's own funds."""


def party(named: Named, unnamed: str = "") -> Party:
    """Return a sender or recipient as messages name them; who is not named goes by ``unnamed``."""
    kind = ORGANIZATION if named.organization else CONSUMER
    country = two_letters(named.country)
    return Party(named.name or unnamed, named.address, named.city, country, "", named.region, named.postal_code, kind)


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
        party(order.recipient, UNNAMED_RECIPIENT),
        order.statement_text,
        SOURCES_OF_FUNDS.get(order.funding_source, PREFUNDED),
        party(order.payer) if order.payer else None,
        complete=False,
    )
    # Not an error: it is made, or being made, and whoever asks finds it by the claim.
    with suppress(Replayed, IdempotencyKeyInUse, IdempotencyKeyReused):
        await disburse(acquirer, asked)


def find_push(connection: sa.Connection, id: str) -> Made | None:
    """Return what has come of a push so far, by the id of its disbursement."""
    table = Disbursement.table()
    found = fetch(connection, Disbursement, sa.select(table).where(table.c.id == id))
    if not found:
        return None
    (made,) = found
    said = (made.status, made.response_code, made.decided_by, made.reference, made.stan)
    more = (made.approval_code, made.network_id, made.card_masked, made.amount, made.currency)
    return Made(made.id, *said, *more, changed_at(connection, made.reference, made.id) or made.created_at)


def changed_at(connection: sa.Connection, reference: str, id: str) -> int:
    """Return when something was last said of a thing in an event, 0 for never."""
    events = Event.table().c
    own = (events.reference == reference, events.subject == id)
    return int(connection.execute(sa.select(sa.func.max(events.at)).where(*own)).scalar() or 0)


async def find_out(acquirer: Acquirer, made: Made) -> bool:
    """Ask the network what became of an unknown push; of any other nothing is asked, and ``False`` returned."""
    if made.status != UNKNOWN:
        return False
    await enquire(acquirer, made.id)
    return True


def declined_code(refusal: Refusal) -> str:
    """Return the response code of a refusal that reads as a decline here, '' for one that is an error."""
    return INSUFFICIENT_FUNDS if isinstance(refusal, InsufficientFunds) else ""
