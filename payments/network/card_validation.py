"""Card validation, the network's side: pass the question to the card's issuer, and its answer back.

Nothing is remembered but the messages: a validation moves nothing, and whoever repeats it is asked and answered again.
"""

from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.network.network import Network
from payments.switch.codes import ISSUER_UNAVAILABLE
from payments.switch.inquiry_message import CardValidation, CardValidationReply
from payments.switch.numbers import network_number
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent


async def route(network: Network, asked: CardValidation) -> CardValidationReply:
    """Pass a card validation on to the card's issuer; for one that is silent the answer is 91."""
    outgoing = await network.step(record_request, asked)
    try:
        reply = await network.switch.send(outgoing)
    except NoReply:
        return await network.step(answer_for_issuer, outgoing, asked)
    return await network.step(record_reply, reply, asked)


def _nothing(_: Network, *__: object) -> list[Lock]:
    return []


@hot(_nothing)
def record_request(work: Work, network: Network, asked: CardValidation) -> CardValidation:
    """Number the question and build what goes to the issuer."""
    received(work, asked)
    outgoing = asked.changed(
        sender=network.id,
        receiver=network.switch.directory.bin_of(asked.card.number).issuer,
        network_id=network_number(network.ids.session, work.next_number()),
    )
    sent(work, outgoing.without_the_person())
    return outgoing


@hot(_nothing)
def answer_for_issuer(
    work: Work, network: Network, outgoing: CardValidation, asked: CardValidation
) -> CardValidationReply:
    """Answer that the issuer cannot be reached (91)."""
    reply = CardValidationReply(
        sender=network.id,
        receiver=asked.sender,
        stan=asked.stan,
        rrn=asked.rrn,
        transmitted_at=work.now,
        code=ISSUER_UNAVAILABLE,
        decided_by=network.id,
        network_id=outgoing.network_id,
        amount=asked.amount,
        currency=asked.currency,
    )
    sent(work, reply)
    return reply


@hot(_nothing)
def record_reply(
    work: Work, network: Network, reply: CardValidationReply, asked: CardValidation
) -> CardValidationReply:
    """Build what goes back to the acquirer."""
    received(work, reply)
    outgoing = reply.changed(sender=network.id, receiver=asked.sender)
    sent(work, outgoing)
    return outgoing
