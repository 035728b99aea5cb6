"""The message of a disbursement, as the network is sent it."""

from dataclasses import replace

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.party import named
from payments.acquirer.programme import PROGRAMMES
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender
from payments.switch.message import CardAcceptor, OriginalCredit, PresentedCard


def original_credit(
    acquirer: Acquirer, sender: Sender, disbursement: Disbursement, card: PresentedCard
) -> OriginalCredit:
    """Return the original credit that pushes ``disbursement`` of ``sender`` to ``card``.

    A push proves nothing about who holds the card: its CVV is neither asked nor passed on.
    """
    return OriginalCredit(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=disbursement.stan,
        rrn=disbursement.reference,
        transmitted_at=disbursement.created_at,
        card=replace(card, cvv=None),
        amount=disbursement.amount,
        currency=disbursement.currency,
        acceptor=CardAcceptor(sender.acceptor, sender.name, sender.city, sender.country, _mcc(disbursement)),
        business_application=disbursement.business_application,
        channel=disbursement.channel,
        payer=named(disbursement.payer),
        recipient=named(disbursement.recipient),
        source_of_funds=disbursement.source_of_funds,
        statement_text=disbursement.statement_text,
        release_at=disbursement.release_at or 0,
        pull_network_id=disbursement.pull_network_id,
    )


def _mcc(disbursement: Disbursement) -> str:
    """Return DE 18 of a push: most often a financial institution. What the money is for, the application says."""
    return PROGRAMMES[disbursement.programme].mcc
