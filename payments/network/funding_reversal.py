"""Reversals and adjustments of pulls, the network's side: pass them on, and clear what is given back.

From the moment a reversal arrives the pull can no longer clear. What was cleared before goes back as an item of its
own, in the window open when the issuer answers; what was not is undone by the issuer, and never settles.
"""

from typing import Final

from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network.item import ACCOUNT_FUNDING, PULL_ADJUSTMENT, PULL_REVERSAL, postings, record_item
from payments.network.network import Network
from payments.network.transaction import (
    ANSWERED,
    FORWARDED,
    REVERSED,
    REVERSING,
    UNANSWERED,
    Transaction,
    trace_of_original,
)
from payments.network.undoing import Undoing, Undone, never_arrived, undone_reply
from payments.switch.codes import APPROVED, INVALID_TRANSACTION, RECORD_NOT_FOUND
from payments.switch.funding_message import (
    FundingReversal,
)
from payments.switch.trail import received, sent

_TAKE_BACK: Final = {
    ANSWERED: "take_back",
    UNANSWERED: "take_back_unanswered",
    FORWARDED: "take_back_forwarded",
}


async def forward(network: Network, undoing: Undoing) -> Undone:
    """Pass an acquirer's reversal or adjustment on to the issuer; while that is silent, so is the network.

    Raises ``NoReply``: the acquirer repeats it until it is answered.
    """
    transaction, outgoing = await network.step(record_incoming, undoing)
    if isinstance(outgoing, Undone):
        return outgoing
    reply: Undone = await network.switch.send(outgoing)
    return await network.step(record_undone, transaction.id, undoing, reply)


def _incoming_reads(_: Network, undoing: Undoing) -> Reads:
    found = yield Find(Transaction, "trace", trace_of_original(undoing, undoing.original_stan))
    return [Lock(Transaction, found.id)] if found else []


@hot(_incoming_reads)
def record_incoming(work: Work, network: Network, undoing: Undoing) -> tuple[Transaction, Undoing | Undone]:
    """Find the pull and see to it that it can no longer clear; one that never arrived will be declined if it comes."""
    received(work, undoing)
    found = work.find(Transaction, "trace", trace_of_original(undoing, undoing.original_stan))
    transaction = work.get(Transaction, found.id) if found else work.add(never_arrived(work, network, undoing))
    if code := _known_answer(transaction):
        reply = undone_reply(work, network, undoing, transaction, code)
        sent(work, reply)
        return transaction, reply
    if transaction.status != REVERSING:
        transaction = advance(work, transaction, _TAKE_BACK[transaction.status], answer_due_at=None)
    outgoing = undoing.changed(
        sender=network.id,
        receiver=transaction.issuer,
        network_id=transaction.network_id,
        window=transaction.window,
        interchange_amount=transaction.interchange_amount,
    )
    sent(work, outgoing)
    return transaction, outgoing


def _known_answer(transaction: Transaction) -> str:
    """Return the code with which the network answers by itself, or '' if the issuer has to be asked."""
    if transaction.type != ACCOUNT_FUNDING:
        return INVALID_TRANSACTION
    if transaction.status == REVERSED:
        return APPROVED if transaction.window else RECORD_NOT_FOUND
    declined = transaction.status == ANSWERED and transaction.response_code != APPROVED
    return RECORD_NOT_FOUND if declined else ""


def _undone_reads(_: Network, transaction_id: str, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction_id)]


@hot(_undone_reads)
def record_undone(work: Work, network: Network, transaction_id: str, undoing: Undoing, reply: Undone) -> Undone:
    """Clear what the issuer has given back, once, and build what goes back to the acquirer."""
    received(work, reply)
    transaction = work.get(Transaction, transaction_id)
    code = reply.code
    if transaction.status == REVERSING:
        if transaction.window and not reply.approved:
            transaction = advance(work, transaction, "refuse_reversal")
        else:
            transaction = advance(work, transaction, "finish_reversal")
            _clear(work, network, transaction, undoing)
    elif transaction.status == REVERSED:
        code = _known_answer(transaction)
    outgoing = undone_reply(work, network, undoing, transaction, code)
    sent(work, outgoing)
    return outgoing


def _clear(work: Work, network: Network, transaction: Transaction, undoing: Undoing) -> None:
    """Book that a pull goes back to the issuer, with its interchange; one that was never cleared costs nobody anything.

    The scheme fee is kept, as with a refund.
    """
    if not transaction.window:
        return
    kind = PULL_REVERSAL if isinstance(undoing, FundingReversal) else PULL_ADJUSTMENT
    item = record_item(
        work,
        network,
        kind,
        transaction.reference,
        acquirer=transaction.acquirer,
        issuer=transaction.issuer,
        currency=transaction.currency,
        amount=transaction.amount,
        interchange_amount=transaction.interchange_amount,
        scheme_fee_amount=0,
    )
    book(work, kind, transaction.reference, *postings(work, item))
