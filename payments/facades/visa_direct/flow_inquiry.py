"""What is asked before a push, as this door asks it: what may be done with a card, and whether it is its holder's."""

from payments.acquirer.card_validation import UNANSWERED, CardValidationOrder, validate_card
from payments.acquirer.eligibility import inquire
from payments.facades.visa_direct.contract import Attributes, Validated, Validation
from payments.sandbox import Sandbox
from payments.switch.directory import ISSUER
from payments.switch.inquiry_message import HolderAddress, HolderName
from payments.switch.message import PresentedCard


async def attributes(sandbox: Sandbox, acquirer: str, card: PresentedCard, origin: str) -> Attributes | None:
    """Ask the network what may be pushed to a card, or pulled from it."""
    told = (await inquire(sandbox.acquirers[acquirer], card, origin)).answer
    if told is None:
        return None
    known = told.attributes
    return Attributes(
        issuer_name=known.issuer_name,
        country=known.country,
        currency=known.currency,
        product=known.product,
        platform=known.platform,
        reloadable=known.reloadable,
        fast_funds=known.fast_funds,
        gambling=known.gambling,
        geo_blocked=told.geo_blocked,
        push_domestic=known.push_domestic,
        push_cross_border=known.push_cross_border,
        pull_cross_border=known.pull_cross_border,
    )


async def validate(sandbox: Sandbox, acquirer: str, asked: Validation) -> Validated | None:
    """Ask a card's issuer whether card, address and name are its holder's."""
    order = CardValidationOrder(
        card=asked.card,
        address=HolderAddress(asked.street, asked.postal_code),
        holder=HolderName(asked.first_name, asked.middle_name, asked.last_name),
        sender=asked.sender,
    )
    told = await validate_card(sandbox.acquirers[acquirer], order)
    if told.status == UNANSWERED:
        return None
    decider = sandbox.switch.directory.members.get(told.decided_by)
    return Validated(
        action_code=told.response_code,
        by_issuer=decider is not None and decider.role == ISSUER,
        network_id=told.network_id,
        cvv_result=told.cvv_result,
        address_result=told.address_result,
        name_result=told.name_result,
        first_name_result=told.first_name_result,
        middle_name_result=told.middle_name_result,
        last_name_result=told.last_name_result,
    )
