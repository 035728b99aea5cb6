"""Original credits, the network's side: price the push, route it to the card's issuer, book what it approved.

A push is never reversed. So the network never declines for an issuer that is silent: it is silent itself, and finds out
(``enquiry.py``).
"""

from dataclasses import replace

from payments.kit.clock import MINUTE, day
from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network import pricing
from payments.network.admission import admission_finds, admission_locks, card_fingerprint, refused
from payments.network.conversion import billing
from payments.network.crossing import Crossing, cross, quote_locks, rate_finds
from payments.network.deferral import fate, keep
from payments.network.eligibility import refusal_code
from payments.network.item import ORIGINAL_CREDIT
from payments.network.network import Network
from payments.network.outcome import WAITING, answer, conclude, outcome_locks
from payments.network.transaction import ANSWERED, DEFERRED, FORWARDED, Transaction, trace_of
from payments.network.velocity import count_push
from payments.network.window import window_id
from payments.switch.directory import Bin
from payments.switch.message import OriginalCredit, OriginalCreditReply
from payments.switch.numbers import network_number
from payments.switch.outcome import NETWORK
from payments.switch.staging import Staged, staging_locks
from payments.switch.switch import REPLY_WITHIN, NoReply
from payments.switch.trail import received, sent
from payments.switch.validity import card_present


async def route(network: Network, credit: OriginalCredit) -> OriginalCreditReply:
    """Forward an original credit to the card's issuer and pass its answer back.

    Raises ``NoReply`` while the issuer has not answered, for a repeat too: whether it has credited is not known.
    """
    stagings = network.switch.stagings
    sender = credit.acceptor.merchant
    staged = () if stagings.none_armed else await stagings.for_push(NETWORK, credit.card.number, sender)
    transaction, outgoing = await network.step(record_request, credit, staged)
    if isinstance(outgoing, OriginalCreditReply):
        return outgoing
    if outgoing is None:
        raise NoReply("the issuer has not answered the original yet")
    try:
        reply = await network.switch.send(outgoing)
    except NoReply:
        await network.step(record_unanswered, transaction)
        raise
    return await network.step(record_reply, transaction, reply)


def _request_reads(network: Network, credit: OriginalCredit, staged: Staged = ()) -> Reads:
    to = network.switch.directory.bin_of(credit.card.number)
    yield Find(Transaction, "trace", trace_of(credit)), *admission_finds(network, credit, to), *rate_finds(credit, to)
    return [*admission_locks(network, credit, to), *quote_locks(credit), *staging_locks(staged)]


@hot(_request_reads)
def record_request(
    work: Work, network: Network, credit: OriginalCredit, staged: Staged = ()
) -> tuple[Transaction, OriginalCredit | OriginalCreditReply | None]:
    """Number, price and record the push, and build what goes to the issuer.

    A repeat gets the answer there was, if there is one. So does what comes after the network has told an enquiry
    that it never arrived: it is declined. What is to be deferred is kept, and answered with 09.
    """
    received(work, credit)
    known = work.find(Transaction, "trace", trace_of(credit))
    transaction = known or _record(work, network, credit, staged)
    if transaction.status not in WAITING:
        reply = answer(work, network, transaction, credit)
        sent(work, reply)
        return transaction, reply
    if known is not None:
        return known, None
    outgoing = credit.changed(
        sender=network.id,
        receiver=transaction.issuer,
        network_id=transaction.network_id,
        window=window_id(work.now),
        interchange_amount=transaction.billing_interchange_amount or transaction.interchange_amount,
        **billing(transaction),
    )
    sent(work, outgoing)
    return transaction, outgoing


def _record(work: Work, network: Network, credit: OriginalCredit, staged: Staged) -> Transaction:
    to = network.switch.directory.bin_of(credit.card.number)
    crossing = cross(work, credit, to)
    interchange, scheme_fee = _price(work, to, credit, crossing)
    code, release_at = refusal_code(network, credit, to) or crossing.refusal, None
    code = code or refused(work, network, credit, crossing.credited(credit))
    if not code:
        code, release_at = fate(work, network, credit, staged)
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace_of(credit),
        network_id=network_number(network.ids.session, work.next_number()),
        type=ORIGINAL_CREDIT,
        acquirer=credit.sender,
        issuer=to.issuer,
        amount=credit.amount,
        currency=credit.currency,
        card_masked=credit.card.number.masked,
        reference=credit.rrn,
        created_at=work.now,
        writer=work.writer,
        status=ANSWERED if code else FORWARDED if release_at is None else DEFERRED,
        answer_due_at=work.now + REPLY_WITHIN if not code and release_at is None else None,
        response_code=code,
        decided_by=network.id if code else "",
        scheme_fee_amount=scheme_fee,
        card_fingerprint=card_fingerprint(network, credit),
        business_application=credit.business_application,
        release_at=release_at,
        **crossing.terms(interchange),
    )
    if code:
        announce(work, transaction, {"response_code": code})
    else:
        count_push(work, transaction)
    if release_at is not None:
        keep(work, network, transaction, credit, release_at)
    return work.add(transaction)


def _price(work: Work, to: Bin, credit: OriginalCredit, crossing: Crossing) -> tuple[int, int]:
    """Return the interchange, in the currency the recipient gets, and the network's fee, in the sender's."""
    product = pricing.CardProduct(to.product, to.region, bool(to.regulated))
    present = card_present(credit.card.entry_mode)
    priced = pricing.Priced(credit.amount, credit.currency, present, credit.acceptor.mcc, day(work.now))
    arriving = priced
    if by := crossing.quote:
        arriving = replace(priced, amount=by.recipient_amount, currency=by.recipient_currency)
    interchange = pricing.original_credit_interchange(product, arriving)
    return interchange.amount, pricing.original_credit_scheme_fee(product, priced).amount


def _transaction_reads(_: Network, transaction: Transaction, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction.id)]


@hot(_transaction_reads)
def record_unanswered(work: Work, _: Network, asked: Transaction) -> None:
    """Write down that the issuer was silent, and that it is to be asked in a minute what it has done."""
    transaction = work.get(Transaction, asked.id)
    if transaction.status == FORWARDED:
        advance(work, transaction, "time_out", answer_due_at=work.now + MINUTE)


def _reply_reads(_: Network, transaction: Transaction, reply: OriginalCreditReply) -> list[Lock]:
    return outcome_locks(transaction, approved=reply.approved)


@hot(_reply_reads)
def record_reply(work: Work, network: Network, asked: Transaction, reply: OriginalCreditReply) -> OriginalCreditReply:
    """Remember the issuer's answer, book it if it is an approval, and build what goes back to the acquirer."""
    received(work, reply)
    decided = conclude(
        work, network, work.get(Transaction, asked.id), reply.code, reply.approval_code, reply.decided_by
    )
    outgoing = answer(work, network, decided)
    sent(work, outgoing)
    return outgoing
