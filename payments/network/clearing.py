"""Clearing, the network's side: price a presentment once, pass it on to the issuer, book what the issuer answered.

A presentment is known by its ARN. The acquirer repeats it until it is answered, and the network is silent as long as
the issuer is: a repeat is passed on at the price of the first, and gets the answer there was once there is one. It
settles in the window that is open when the answer is booked.
"""

from dataclasses import replace
from typing import Final, NamedTuple

from payments.kit.clock import day
from payments.kit.lifecycle import advance, announce
from payments.kit.money import share
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network import pricing
from payments.network.item import REFUND, SALE, postings, record_item
from payments.network.network import Network
from payments.network.presentment import CLEARED, FORWARDED, REJECTED, Presentment
from payments.network.window import window_id
from payments.switch import message as wire
from payments.switch.codes import INVALID_AMOUNT, INVALID_TRANSACTION, RECORD_NOT_FOUND
from payments.switch.directory import UnknownBin
from payments.switch.message import PresentmentReply, RefundPresentment
from payments.switch.trail import received, sent
from payments.switch.validity import card_present

Presented = wire.Presentment | RefundPresentment

_EVENTS: Final = {SALE: "clear_sale", REFUND: "refund"}


class _Price(NamedTuple):
    """What an item costs, or the ``refusal`` (a response code) of one that cannot be cleared."""

    interchange_amount: int = 0
    scheme_fee_amount: int = 0
    programme: str = ""
    rate: str = ""
    refusal: str = ""


async def forward(network: Network, presented: Presented) -> PresentmentReply:
    """Price a sale or a refund, pass it on to the card's issuer and its answer back. Raises ``NoReply``."""
    presentment, outgoing = await network.step(record_incoming, presented)
    if isinstance(outgoing, PresentmentReply):
        return outgoing
    reply = await network.switch.send(outgoing)
    return await network.step(record_answer, presentment, presented, reply)  # type: ignore[no-any-return]


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
    outgoing = replace(
        presented,
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
        kind, price = REFUND, _give_back(work, presented)
    else:
        kind, price = SALE, _price(work, network, presented)
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


def _price(work: Work, network: Network, sale: wire.Presentment) -> _Price:
    try:
        found = network.switch.directory.bin_of(sale.card.number)
        card = pricing.CardProduct(found.product, found.region, bool(found.regulated))
        present = card_present(sale.card.entry_mode)
        priced = pricing.Priced(sale.amount, sale.currency, present, sale.acceptor.mcc, day(work.now))
        interchange, scheme_fee = pricing.interchange(card, priced), pricing.scheme_fee(card, priced)
    except (UnknownBin, pricing.NoFeeProgramme):
        return _Price(refusal=INVALID_TRANSACTION)
    return _Price(interchange.amount, scheme_fee.amount, interchange.programme, interchange.rate)


def _give_back(work: Work, refund: RefundPresentment) -> _Price:
    """Set aside what of its sale, and of the sale's interchange, a refund gives back; there is no fee on it."""
    sale = work.find(Presentment, "arn", refund.original_arn)
    if sale is None or sale.status != CLEARED or sale.type != SALE or sale.acquirer != refund.sender:
        return _Price(refusal=RECORD_NOT_FOUND)
    refunded = sale.refunded_amount + refund.amount
    if refunded > sale.amount or refund.currency != sale.currency:
        return _Price(refusal=INVALID_AMOUNT)
    # After a rejected refund the parts given back may be a cent ahead of the whole; the next one waits for it.
    returned = max(sale.returned_amount, share(sale.interchange_amount, refunded, sale.amount))
    work.change(sale, refunded_amount=refunded, returned_amount=returned)
    return _Price(returned - sale.returned_amount, 0, sale.programme, sale.rate)


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
    sale = work.find(Presentment, "arn", presentment.original_arn)
    if sale is not None:
        refunded = sale.refunded_amount - presentment.amount
        returned = sale.returned_amount - presentment.interchange_amount
        work.change(sale, refunded_amount=refunded, returned_amount=returned)
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
