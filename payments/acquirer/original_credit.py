"""The message of a disbursement, as the network is sent it."""

from dataclasses import replace
from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender
from payments.switch.message import CardAcceptor, OriginalCredit, Party, PresentedCard

# DE 18 of a push: a financial institution (ISO 18245). What the money is for, the business application says.
_MCC: Final = "6012"


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
        acceptor=CardAcceptor(sender.acceptor, sender.name, sender.city, sender.country, _MCC),
        business_application=disbursement.business_application,
        channel=disbursement.channel,
        payer=Party(sender.name, sender.address, sender.city, sender.country, sender.id),
        recipient=Party(disbursement.recipient_name),
        statement_text=disbursement.statement_text,
        release_at=disbursement.release_at or 0,
    )
