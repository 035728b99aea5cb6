"""Cancellations, the network's side: a deferred credit is not released; one that was is beyond recall."""

from typing import Final

from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.deferral import DeferredCredit
from payments.network.network import Network
from payments.network.outcome import outcome_locks
from payments.network.transaction import CANCELLED, DEFERRED, Transaction, trace_of_original
from payments.network.velocity import uncount_push
from payments.switch.codes import NO_ACTION_TAKEN, NO_REASON_TO_DECLINE, RECORD_NOT_FOUND, STOPPED
from payments.switch.push_message import Cancellation, CancellationReply
from payments.switch.trail import received, sent

# Codes as a published push API has them for its cancel: 85 cancelled, R0 already, 25 not found, 21 being processed.
_CODES: Final = {DEFERRED: NO_REASON_TO_DECLINE, CANCELLED: STOPPED}


async def stop(network: Network, cancellation: Cancellation) -> CancellationReply:
    """Keep a deferred credit from being released, or say why that cannot be."""
    return await network.step(answer_cancellation, cancellation)


def _cancellation_reads(_: Network, cancellation: Cancellation) -> Reads:
    found = yield Find(Transaction, "trace", trace_of_original(cancellation, cancellation.original_stan))
    return [*outcome_locks(found), Lock(DeferredCredit, found.id)] if found else []


@hot(_cancellation_reads)
def answer_cancellation(work: Work, network: Network, cancellation: Cancellation) -> CancellationReply:
    """Cancel what is still kept: 85; then R0 whoever asks again. What is released: 21; what never came: 25."""
    received(work, cancellation)
    found = work.find(Transaction, "trace", trace_of_original(cancellation, cancellation.original_stan))
    code = RECORD_NOT_FOUND
    if found is not None and found.acquirer == cancellation.sender:
        transaction = work.get(Transaction, found.id)
        code = _CODES.get(transaction.status, NO_ACTION_TAKEN)
        if transaction.status == DEFERRED:
            work.change(work.get(DeferredCredit, transaction.id), release_at=None)
            uncount_push(work, transaction)
            advance(work, transaction, "cancel", response_code=STOPPED, decided_by=transaction.acquirer)
    reply = CancellationReply(
        sender=network.id,
        receiver=cancellation.sender,
        stan=cancellation.stan,
        rrn=cancellation.rrn,
        transmitted_at=work.now,
        code=code,
        decided_by=network.id,
        network_id=found.network_id if found else "",
    )
    sent(work, reply)
    return reply
