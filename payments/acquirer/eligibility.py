"""Eligibility, the acquirer's side: ask the network what may be done with a card, before anything is sent to it."""

from dataclasses import dataclass, replace

from payments.acquirer.acquirer import Acquirer
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.inquiry_message import EligibilityInquiry, EligibilityReply
from payments.switch.message import PresentedCard
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What was asked about a card, and the network's ``answer``; none came when that is ``None``: ask again.

    ``origin`` is the country of who would send; ``reference`` (RRN) names the inquiry in messages and events.
    """

    reference: str
    card_masked: str
    origin: str
    business_application: str
    answer: EligibilityReply | None


async def inquire(
    acquirer: Acquirer, card: PresentedCard, origin: str = "", business_application: str = ""
) -> Eligibility:
    """Ask the network what may be pushed to ``card``, or pulled from it; nothing moves and nothing is kept.

    ``origin`` is the country of who would send ("": the acquirer's own), ``business_application`` what for, when that
    is known. Raises ``UnknownBin``.
    """
    acquirer.switch.directory.bin_of(card.number)
    origin = origin or acquirer.switch.directory.members[acquirer.id].country
    inquiry = await acquirer.step(record_inquiry, card, origin, business_application)
    try:
        reply = await acquirer.switch.send(inquiry)
        await acquirer.step(record_answer, reply)
    except NoReply:
        reply = None
    return Eligibility(inquiry.rrn, card.number.masked, origin, business_application, reply)


def _nothing(_: Acquirer, *__: object) -> list[Lock]:
    return []


@hot(_nothing)
def record_inquiry(
    work: Work, acquirer: Acquirer, card: PresentedCard, origin: str, business_application: str
) -> EligibilityInquiry:
    """Build the inquiry; the CVV is not the network's business."""
    number = work.next_number()
    inquiry = EligibilityInquiry(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=trace_number(number),
        rrn=retrieval_reference(work.now, acquirer.ids.session, number),
        transmitted_at=work.now,
        card=replace(card, cvv=None),
        origin=origin,
        business_application=business_application,
    )
    sent(work, inquiry)
    return inquiry


@hot(_nothing)
def record_answer(work: Work, _: Acquirer, reply: EligibilityReply) -> None:
    """Write down that the answer came."""
    received(work, reply)
