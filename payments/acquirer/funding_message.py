"""Pulls written down, and their messages as the network is sent them: asked for, and undone."""

from typing import Any, Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import SenderCurrencyDiffers
from payments.acquirer.party import written
from payments.acquirer.programme_rules import check_business_application, check_channel
from payments.acquirer.pull import PENDING, Funding, FundingOrder
from payments.acquirer.sender import Sender
from payments.kit.lifecycle import announce
from payments.kit.work import Work
from payments.switch.funding_message import AccountFunding, FundingAdjustment, FundingReversal
from payments.switch.message import CardAcceptor, Party
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import REPLY_WITHIN
from payments.switch.trail import sent

# DE 18 of a pull: a financial institution, selling no goods (ISO 18245). What it is for, the business application says.
_MCC: Final = "6012"


def record_pull(
    work: Work,
    acquirer: Acquirer,
    order: FundingOrder,
    funding_id: str,
    *,
    fee_amount: int,
    transfer: str = "",
    reference: str = "",
) -> tuple[Funding, AccountFunding]:
    """Write a pull down and build its message; part of the step that decides it.

    ``reference`` is the one that it is to have, if that is settled. Raises ``NotFound``, ``SenderCurrencyDiffers``,
    ``UnknownBin``, ``UnknownChannel`` and ``UnknownBusinessApplication``.
    """
    sender = check_pull(work, acquirer, order)
    number = work.next_number()
    funding = Funding(
        id=funding_id,
        acquirer=acquirer.id,
        sender=sender.id,
        transfer=transfer,
        amount=order.amount,
        fee_amount=fee_amount,
        currency=order.currency,
        card_masked=order.card.number.masked,
        card_encrypted=acquirer.world.vault.encrypt(order.card.number),
        card_expiry=order.card.expiry,
        entry_mode=order.card.entry_mode,
        channel=order.channel,
        business_application=order.business_application,
        payer=written(order.payer),
        recipient=written(order.recipient or as_party(sender)),
        reference=reference or retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now + REPLY_WITHIN,
    )
    named = {"sender": sender.id, "channel": order.channel, "business_application": order.business_application}
    announce(work, funding, named | {"amount": order.amount, "currency": order.currency, "transfer": transfer})
    message = account_funding(acquirer, sender, funding, order)
    sent(work, message)
    return work.add(funding), message


def check_pull(work: Work, acquirer: Acquirer, order: FundingOrder) -> Sender:
    """Return the sender of a pull; refuse what cannot be pulled. Raises as ``record_pull`` does."""
    sender = work.fact(Sender, order.sender)
    if order.currency != sender.currency:
        raise SenderCurrencyDiffers(f"{sender.name} sends {sender.currency}.")
    check_channel(order.channel)
    check_business_application(order.business_application)
    acquirer.switch.directory.bin_of(order.card.number)
    return sender


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
        # By name: payer and recipient share an element, and the payer's address has to fit.
        recipient=Party((order.recipient or as_party(sender)).name),
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
