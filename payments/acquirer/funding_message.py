"""The messages of a pull, as the network is sent them: asked for, and undone."""

from typing import Any, Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.pull import Funding, FundingOrder
from payments.acquirer.sender import Sender
from payments.switch.funding_message import AccountFunding, FundingAdjustment, FundingReversal
from payments.switch.message import CardAcceptor, Party

# DE 18 of a pull: a financial institution, selling no goods (ISO 18245). What it is for, the business application says.
_MCC: Final = "6012"


def account_funding(acquirer: Acquirer, sender: Sender, funding: Funding, order: FundingOrder) -> AccountFunding:
    """Return the message that pulls ``funding`` from the card of ``order``, with its CVV if there is one."""
    return AccountFunding(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=funding.stan,
        rrn=funding.reference,
        transmitted_at=funding.created_at,
        card=order.card,
        amount=funding.amount,
        currency=funding.currency,
        acceptor=_acceptor(sender),
        business_application=funding.business_application,
        channel=funding.channel,
        payer=order.payer,
        recipient=order.recipient or as_party(sender),
    )


def undoing(
    acquirer: Acquirer, sender: Sender, funding: Funding, *, kind: type, stan: str, at: int, reason: str, repeat: bool
) -> FundingReversal | FundingAdjustment:
    """Return the message (of ``kind``) that undoes ``funding``: the same at each attempt, but for ``repeat``."""
    common: dict[str, Any] = {
        "sender": acquirer.id,
        "receiver": acquirer.network,
        "acquirer": acquirer.code,
        "stan": stan,
        "rrn": funding.reference,
        "transmitted_at": at,
        "network_id": funding.network_id,
        "card": funding.card(acquirer.world.vault),
        "amount": funding.amount,
        "currency": funding.currency,
        "acceptor": _acceptor(sender),
        "original_stan": funding.stan,
        "original_transmitted_at": funding.created_at,
        "reason": reason,
        "repeat": repeat,
    }
    message: FundingReversal | FundingAdjustment = kind(**common)
    return message


def _acceptor(sender: Sender) -> CardAcceptor:
    return CardAcceptor(sender.acceptor, sender.name, sender.city, sender.country, _MCC)


def as_party(sender: Sender) -> Party:
    """Return a sender as messages name it, as a payer or a recipient."""
    return Party(sender.name, sender.address, sender.city, sender.country, sender.id)
