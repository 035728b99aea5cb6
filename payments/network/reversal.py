"""Reversals, the network's side: pass the acquirer's on, and take back itself what an issuer never answered."""

from typing import Any, ClassVar, Final

from payments.kit.clock import MINUTE
from payments.kit.lifecycle import Move, advance, allowed, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.item import ACCOUNT_FUNDING, ORIGINAL_CREDIT
from payments.network.network import Network
from payments.network.transaction import REVERSED, Transaction, trace_of_original
from payments.switch.codes import APPROVED, INVALID_TRANSACTION, RECORD_NOT_FOUND
from payments.switch.funding_message import AccountFunding, FundingReversal, FundingReversalReply
from payments.switch.message import (
    AuthorizationRequest,
    CardAcceptor,
    PresentedCard,
    Reversal,
    ReversalReply,
)
from payments.switch.numbers import network_number, trace_number
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent

WAITING: Final = "waiting"
ANSWERED: Final = "answered"
NO_ANSWER: Final = "4021"


@record("network_reversals", due_index("answer_due_at"))
class IssuerReversal(Record):
    """A reversal the network itself owes an issuer that did not answer, kept until answered."""

    noun: ClassVar[str] = "network_reversal"
    prefix: ClassVar[str] = "nrv"
    moves: ClassVar[tuple[Move, ...]] = (Move("answer", WAITING, ANSWERED),)

    id: Key[str]
    transaction: str
    acquirer_code: str
    reference: str
    stan: str
    original_stan: str
    original_sent_at: int
    card_encrypted: str
    card_expiry: str
    entry_mode: str
    merchant: str
    merchant_name: str
    city: str
    country: str
    mcc: str
    sent_at: int
    status: Mutable[str]
    attempts: Mutable[int]
    answer_due_at: Mutable[int | None]


async def forward(network: Network, reversal: Reversal) -> ReversalReply:
    """Pass an acquirer's reversal on to the issuer; if that does not answer, nor does the network, and it is repeated.

    Raises ``NoReply``.
    """
    transaction, outgoing = await network.step(record_incoming, reversal)
    if isinstance(outgoing, ReversalReply):
        return outgoing
    reply = await network.switch.send(outgoing)
    return await network.step(record_forwarded, transaction.id, reversal, reply)


async def reverse(network: Network, reversal_id: str) -> IssuerReversal:
    """Send the network's own reversal once more; if no answer comes it stays due."""
    reversal, message = await network.step(record_attempt, reversal_id)
    if message is None:
        return reversal
    try:
        reply: ReversalReply | FundingReversalReply = await network.switch.send(message)
    except NoReply:
        return reversal
    return await network.step(record_answer, reversal_id, reply)


def _incoming_reads(_: Network, reversal: Reversal) -> Reads:
    yield Find(Transaction, "trace", trace_of_original(reversal, reversal.original_stan))
    return []


@hot(_incoming_reads)
def record_incoming(work: Work, network: Network, reversal: Reversal) -> tuple[Transaction, Reversal | ReversalReply]:
    """Find what is to be reversed; one that never arrived is remembered, so that it is declined if it still comes."""
    received(work, reversal)
    original = work.find(Transaction, "trace", trace_of_original(reversal, reversal.original_stan))
    if original is None:
        original = work.add(_reversed_before(work, network, reversal))
        reply = _reply(work, network, reversal, original, RECORD_NOT_FOUND)
        sent(work, reply)
        return original, reply
    not_so = original.type in (ORIGINAL_CREDIT, ACCOUNT_FUNDING)
    if original.status == REVERSED or not_so:
        # What was pushed is never taken back, and what was pulled by a reversal of its own.
        code = INVALID_TRANSACTION if not_so else APPROVED
        reply = _reply(work, network, reversal, original, code)
        sent(work, reply)
        return original, reply
    outgoing = reversal.changed(sender=network.id, receiver=original.issuer, network_id=original.network_id)
    sent(work, outgoing)
    return original, outgoing


def _forwarded_reads(_: Network, transaction_id: str, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction_id)]


@hot(_forwarded_reads)
def record_forwarded(
    work: Work, network: Network, transaction_id: str, reversal: Reversal, reply: ReversalReply
) -> ReversalReply:
    """Write down that the issuer has reversed, and build what goes back to the acquirer."""
    received(work, reply)
    transaction = work.get(Transaction, transaction_id)
    _mark_reversed(work, transaction)
    outgoing = _reply(work, network, reversal, transaction, reply.code)
    sent(work, outgoing)
    return outgoing


def record_reversal(
    work: Work, network: Network, transaction: Transaction, request: AuthorizationRequest | AccountFunding
) -> IssuerReversal:
    """Write down that the issuer is to reverse ``transaction``; part of the step that gives up on it."""
    reversal = IssuerReversal(
        id=work.new_id(IssuerReversal.prefix),
        transaction=transaction.id,
        acquirer_code=request.acquirer,
        reference=transaction.reference,
        stan=trace_number(work.next_number()),
        original_stan=request.stan,
        original_sent_at=request.transmitted_at,
        card_encrypted=network.world.vault.encrypt(request.card.number),
        card_expiry=request.card.expiry,
        entry_mode=request.card.entry_mode,
        merchant=request.acceptor.merchant,
        merchant_name=request.acceptor.name,
        city=request.acceptor.city,
        country=request.acceptor.country,
        mcc=request.acceptor.mcc,
        sent_at=work.now,
        status=WAITING,
        attempts=0,
        answer_due_at=work.now,
    )
    announce(work, reversal, {"transaction": transaction.id})
    return work.add(reversal)


def record_attempt(
    work: Work, network: Network, reversal_id: str
) -> tuple[IssuerReversal, Reversal | FundingReversal | None]:
    """Count an attempt, say when the next one is due, and build the message."""
    reversal = work.get(IssuerReversal, reversal_id)
    if reversal.status == ANSWERED:
        return reversal, None
    transaction = work.get(Transaction, reversal.transaction)
    message = _message(network, reversal, transaction)
    sent(work, message)
    due = work.now + min(2**reversal.attempts, 60) * MINUTE
    return work.change(reversal, attempts=reversal.attempts + 1, answer_due_at=due), message


def record_answer(
    work: Work, _: Network, reversal_id: str, reply: ReversalReply | FundingReversalReply
) -> IssuerReversal:
    """Write down that the issuer has answered."""
    received(work, reply)
    reversal = work.get(IssuerReversal, reversal_id)
    if reversal.status == ANSWERED:
        return reversal
    _mark_reversed(work, work.get(Transaction, reversal.transaction))
    return advance(work, reversal, "answer", answer_due_at=None)


def _mark_reversed(work: Work, transaction: Transaction) -> None:
    for move in ("reverse", "reverse_unanswered", "reverse_forwarded"):
        if allowed(transaction, move):
            advance(work, transaction, move, answer_due_at=None)
            return


def _message(network: Network, reversal: IssuerReversal, transaction: Transaction) -> Reversal | FundingReversal:
    number = network.world.vault.card_number(reversal.card_encrypted)
    pull = transaction.type == ACCOUNT_FUNDING
    kind: Any = FundingReversal if pull else Reversal
    more = {"interchange_amount": transaction.interchange_amount} if pull else {}
    message: Reversal | FundingReversal = kind(
        sender=network.id,
        receiver=transaction.issuer,
        acquirer=reversal.acquirer_code,
        stan=reversal.stan,
        rrn=reversal.reference,
        transmitted_at=reversal.sent_at,
        network_id=transaction.network_id,
        card=PresentedCard(number, reversal.card_expiry, None, reversal.entry_mode),
        amount=transaction.amount,
        currency=transaction.currency,
        acceptor=CardAcceptor(reversal.merchant, reversal.merchant_name, reversal.city, reversal.country, reversal.mcc),
        original_stan=reversal.original_stan,
        original_transmitted_at=reversal.original_sent_at,
        reason=NO_ANSWER,
        repeat=reversal.attempts > 0,
        **more,
    )
    return message


def _reversed_before(work: Work, network: Network, reversal: Reversal) -> Transaction:
    return Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace_of_original(reversal, reversal.original_stan),
        network_id=network_number(network.ids.session, work.next_number()),
        type="authorization",
        acquirer=reversal.sender,
        issuer=network.switch.directory.bin_of(reversal.card.number).issuer,
        amount=reversal.amount,
        currency=reversal.currency,
        card_masked=reversal.card.number.masked,
        reference=reversal.rrn,
        created_at=work.now,
        writer=work.writer,
        status=REVERSED,
        answer_due_at=None,
        response_code=INVALID_TRANSACTION,
        decided_by=network.id,
    )


def _reply(work: Work, network: Network, reversal: Reversal, transaction: Transaction, code: str) -> ReversalReply:
    return ReversalReply(
        sender=network.id,
        receiver=reversal.sender,
        stan=reversal.stan,
        rrn=reversal.rrn,
        transmitted_at=work.now,
        code=code,
        decided_by=network.id,
        network_id=transaction.network_id,
    )
