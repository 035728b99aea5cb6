"""Pulls that fund something (AFT), the network's side: price, route to the card's issuer, book what it approved.

A pull may be reversed. So the network declines for an issuer that is silent (91), and has it undo what it may have
done; such a pull never clears.
"""

from dataclasses import replace

from payments.kit.clock import day
from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network import pricing
from payments.network.item import ACCOUNT_FUNDING, postings, record_item
from payments.network.network import Network
from payments.network.reversal import IssuerReversal, record_reversal, reverse
from payments.network.transaction import ANSWERED, FORWARDED, Transaction, trace_of
from payments.network.window import window_id
from payments.switch.codes import APPROVED, INVALID_TRANSACTION, ISSUER_UNAVAILABLE
from payments.switch.directory import Bin
from payments.switch.funding_message import AccountFunding, AccountFundingReply
from payments.switch.numbers import network_number
from payments.switch.switch import REPLY_WITHIN, NoReply
from payments.switch.trail import received, sent
from payments.switch.validity import card_present


async def route(network: Network, pull: AccountFunding) -> AccountFundingReply:
    """Forward a pull to the card's issuer and pass its answer back.

    Raises ``NoReply`` for a repeat while the original is under way.
    """
    transaction, outgoing = await network.step(record_request, pull)
    if isinstance(outgoing, AccountFundingReply):
        return outgoing
    if outgoing is None:
        raise NoReply("the issuer has not answered the original yet")
    try:
        reply = await network.switch.send(outgoing)
    except NoReply:
        return await answer_for_issuer(network, transaction, pull)
    return await network.step(record_reply, transaction, reply)  # type: ignore[no-any-return]


async def answer_for_issuer(network: Network, transaction: Transaction, pull: AccountFunding) -> AccountFundingReply:
    """Decline for an issuer that did not answer (91), and have it undo what it may have debited."""
    reply, reversal = await network.step(record_unanswered, transaction, pull)
    if reversal:
        await reverse(network, reversal.id)
    return reply  # type: ignore[no-any-return]


def _request_reads(_: Network, pull: AccountFunding) -> Reads:
    yield Find(Transaction, "trace", trace_of(pull))
    return []


@hot(_request_reads)
def record_request(
    work: Work, network: Network, pull: AccountFunding
) -> tuple[Transaction, AccountFunding | AccountFundingReply | None]:
    """Number, price and record the pull, and build what goes to the issuer; a repeat gets the answer there was."""
    received(work, pull)
    known = work.find(Transaction, "trace", trace_of(pull))
    transaction = known or _record(work, network, pull)
    if transaction.status != FORWARDED:
        reply = answer(work, network, transaction)
        sent(work, reply)
        return transaction, reply
    if known is not None:
        return known, None
    outgoing = replace(
        pull,
        sender=network.id,
        receiver=transaction.issuer,
        network_id=transaction.network_id,
        window=window_id(work.now),
        interchange_amount=transaction.interchange_amount,
    )
    sent(work, outgoing)
    return transaction, outgoing


def _record(work: Work, network: Network, pull: AccountFunding) -> Transaction:
    to = network.switch.directory.bin_of(pull.card.number)
    priced = _price(work, to, pull)
    interchange, scheme_fee = priced or (0, 0)
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace_of(pull),
        network_id=network_number(network.ids.session, work.next_number()),
        type=ACCOUNT_FUNDING,
        acquirer=pull.sender,
        issuer=to.issuer,
        amount=pull.amount,
        currency=pull.currency,
        card_masked=pull.card.number.masked,
        reference=pull.rrn,
        created_at=work.now,
        writer=work.writer,
        status=FORWARDED if priced else ANSWERED,
        answer_due_at=work.now + REPLY_WITHIN if priced else None,
        response_code="" if priced else INVALID_TRANSACTION,
        decided_by="" if priced else network.id,
        interchange_amount=interchange,
        scheme_fee_amount=scheme_fee,
    )
    if not priced:
        announce(work, transaction, {"response_code": INVALID_TRANSACTION})
    return work.add(transaction)


def _price(work: Work, to: Bin, pull: AccountFunding) -> tuple[int, int] | None:
    """Return interchange and scheme fee in minor units, as of a sale; ``None`` when nothing prices such a card."""
    product = pricing.CardProduct(to.product, to.region, bool(to.regulated))
    present = card_present(pull.card.entry_mode)
    priced = pricing.Priced(pull.amount, pull.currency, present, pull.acceptor.mcc, day(work.now))
    try:
        return pricing.interchange(product, priced).amount, pricing.scheme_fee(product, priced).amount
    except pricing.NoFeeProgramme:
        return None


def _transaction_reads(_: Network, transaction: Transaction, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction.id)]


@hot(_transaction_reads)
def record_reply(work: Work, network: Network, asked: Transaction, reply: AccountFundingReply) -> AccountFundingReply:
    """Remember the issuer's answer, clear it if it is an approval, and build what goes back to the acquirer.

    An answer to what is being reversed meanwhile changes nothing, and is passed on as a decline.
    """
    received(work, reply)
    transaction = work.get(Transaction, asked.id)
    if transaction.status == FORWARDED:
        transaction = advance(
            work,
            transaction,
            "answer",
            answer_due_at=None,
            response_code=reply.code,
            approval_code=reply.approval_code,
            decided_by=reply.decided_by,
            window=_clear(work, network, transaction) if reply.approved else "",
        )
    outgoing = answer(work, network, transaction)
    sent(work, outgoing)
    return outgoing


def _clear(work: Work, network: Network, transaction: Transaction) -> str:
    item = record_item(
        work,
        network,
        ACCOUNT_FUNDING,
        transaction.reference,
        acquirer=transaction.acquirer,
        issuer=transaction.issuer,
        currency=transaction.currency,
        amount=transaction.amount,
        interchange_amount=transaction.interchange_amount,
        scheme_fee_amount=transaction.scheme_fee_amount,
    )
    book(work, "pull", transaction.reference, *postings(work, item))
    return item.window


@hot(_transaction_reads)
def record_unanswered(
    work: Work, network: Network, asked: Transaction, pull: AccountFunding
) -> tuple[AccountFundingReply, IssuerReversal | None]:
    """Write down that the issuer was silent, and that it is to undo what it may have done."""
    transaction = work.get(Transaction, asked.id)
    reversal = None
    if transaction.status == FORWARDED:
        changes = {"response_code": ISSUER_UNAVAILABLE, "decided_by": network.id}
        transaction = advance(work, transaction, "time_out", answer_due_at=None, **changes)
        reversal = record_reversal(work, network, transaction, pull)
    reply = answer(work, network, transaction)
    sent(work, reply)
    return reply, reversal


def answer(work: Work, network: Network, transaction: Transaction) -> AccountFundingReply:
    """Return the answer a pull was given, for whoever asked or asks again; a reversed one is declined (12)."""
    cleared = transaction.status == ANSWERED and transaction.response_code == APPROVED
    refused = "" if transaction.response_code == APPROVED else transaction.response_code
    return AccountFundingReply(
        sender=network.id,
        receiver=transaction.acquirer,
        stan=transaction.trace.rpartition(".")[2],
        rrn=transaction.reference,
        transmitted_at=work.now,
        code=APPROVED if cleared else refused or INVALID_TRANSACTION,
        decided_by=transaction.decided_by or network.id,
        network_id=transaction.network_id,
        amount=transaction.amount,
        currency=transaction.currency,
        approval_code=transaction.approval_code if cleared else "",
        window=transaction.window if cleared else "",
        interchange_amount=transaction.interchange_amount if cleared else 0,
        scheme_fee_amount=transaction.scheme_fee_amount if cleared else 0,
    )
