"""Clearing, the network's side: price a presentment once, pass it on to the issuer, book what the issuer answered.

A presentment is known by its ARN. The acquirer repeats it until it is answered, and the network is silent as long as
the issuer is: a repeat is passed on at the price of the first, and gets the answer there was once there is one. It
settles in the window that is open when the answer is booked.
"""

from typing import Final

from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network.interchange import price_of_refund, price_of_sale, take_back_refund
from payments.network.item import REFUND, SALE, postings, record_item
from payments.network.network import Network
from payments.network.presentment import CLEARED, FORWARDED, REJECTED, Presentment
from payments.network.window import window_id
from payments.switch import message as wire
from payments.switch.message import PresentmentReply, RefundPresentment
from payments.switch.trail import received, sent

Presented = wire.Presentment | RefundPresentment

_EVENTS: Final = {SALE: "clear_sale", REFUND: "refund"}


async def forward(network: Network, presented: Presented) -> PresentmentReply:
    """Price a sale or a refund, pass it on to the card's issuer and its answer back. Raises ``NoReply``."""
    presentment, outgoing = await network.step(record_incoming, presented)
    if isinstance(outgoing, PresentmentReply):
        return outgoing
    reply = await network.switch.send(outgoing)
    return await network.step(record_answer, presentment, presented, reply)


def _incoming_reads(_: Network, presented: Presented) -> Reads:
    _, original = yield Find(Presentment, "arn", presented.arn), Find(Presentment, "arn", _original_arn(presented))
    return [Lock(Presentment, original.id)] if original else []


def _original_arn(presented: Presented) -> str:
    return presented.original_arn if isinstance(presented, RefundPresentment) else ""


@hot(_incoming_reads)
def record_incoming(
    work: Work, network: Network, presented: Presented
) -> tuple[Presentment, Presented | PresentmentReply]:
    """Price and record what is presented, and build what goes to the issuer; what was answered gets that answer."""
    received(work, presented)
    known = work.find(Presentment, "arn", presented.arn)
    presentment = known or _record(work, network, presented)
    if presentment.status != FORWARDED:
        return presentment, _reply(work, network, presented, presentment)
    outgoing = presented.changed(
        sender=network.id,
        receiver=presentment.issuer,
        transmitted_at=work.now,
        window=window_id(work.now),
        interchange_amount=presentment.interchange_amount,
    )
    sent(work, outgoing)
    return presentment, outgoing


def _record(work: Work, network: Network, presented: Presented) -> Presentment:
    if isinstance(presented, RefundPresentment):
        kind, price = REFUND, price_of_refund(work, presented)
    else:
        kind, price = SALE, price_of_sale(work, network, presented)
    found = network.switch.directory.bins.get(presented.card.number.bin)
    presentment = Presentment(
        id=work.new_id(Presentment.prefix),
        arn=presented.arn,
        original_arn=_original_arn(presented),
        type=kind,
        acquirer=presented.sender,
        issuer=found.issuer if found else "",
        amount=presented.amount,
        currency=presented.currency,
        card_masked=presented.card.number.masked,
        reference=presented.rrn,
        network_id=presented.network_id,
        programme=price.programme,
        rate=price.rate,
        interchange_amount=price.interchange_amount,
        scheme_fee_amount=price.scheme_fee_amount,
        created_at=work.now,
        status=REJECTED if price.refusal else FORWARDED,
        response_code=price.refusal,
        decided_by=network.id if price.refusal else "",
    )
    announce(work, presentment, {"arn": presented.arn, "type": kind, **price._asdict()})
    return work.add(presentment)


def _answer_reads(_: Network, presentment: Presentment, presented: Presented, __: PresentmentReply) -> Reads:
    original = yield Find(Presentment, "arn", _original_arn(presented))
    locks = [Lock(Presentment, presentment.id)]
    return [*locks, Lock(Presentment, original.id)] if original else locks


@hot(_answer_reads)
def record_answer(
    work: Work, network: Network, asked: Presentment, presented: Presented, reply: PresentmentReply
) -> PresentmentReply:
    """Remember the issuer's answer and book what it paid; once there is an answer, nothing changes it."""
    received(work, reply)
    presentment = work.get(Presentment, asked.id)
    if presentment.status == FORWARDED:
        decide = _clear if reply.approved else _reject
        presentment = decide(work, network, presentment, reply)
    return _reply(work, network, presented, presentment)


def _clear(work: Work, network: Network, presentment: Presentment, reply: PresentmentReply) -> Presentment:
    item = record_item(
        work,
        network,
        presentment.type,
        presentment.reference,
        acquirer=presentment.acquirer,
        issuer=presentment.issuer,
        currency=presentment.currency,
        amount=presentment.amount,
        interchange_amount=presentment.interchange_amount,
        scheme_fee_amount=presentment.scheme_fee_amount,
    )
    book(work, _EVENTS[presentment.type], presentment.reference, *postings(work, item))
    answer = {"response_code": reply.code, "decided_by": reply.decided_by}
    return advance(work, presentment, "clear", window=item.window, **answer)


def _reject(work: Work, _: Network, presentment: Presentment, reply: PresentmentReply) -> Presentment:
    take_back_refund(work, presentment)
    return advance(work, presentment, "reject", response_code=reply.code, decided_by=reply.decided_by)


def _reply(work: Work, network: Network, presented: Presented, presentment: Presentment) -> PresentmentReply:
    cleared = presentment.status == CLEARED
    reply = PresentmentReply(
        sender=network.id,
        receiver=presented.sender,
        stan=presented.stan,
        rrn=presented.rrn,
        transmitted_at=work.now,
        code=presentment.response_code,
        decided_by=presentment.decided_by,
        network_id=presented.network_id,
        amount=presentment.amount,
        currency=presentment.currency,
        arn=presentment.arn,
        window=presentment.window,
        interchange_amount=presentment.interchange_amount if cleared else 0,
        scheme_fee_amount=presentment.scheme_fee_amount if cleared else 0,
    )
    sent(work, reply)
    return reply
