"""Releasing deferred credits: forward one when its time has come, and tell its acquirer what became of it."""

from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.network.conversion import billing
from payments.network.credit_notice import ANSWERED, CreditNotice, close
from payments.network.deferral import DeferredCredit, record_release, restored
from payments.network.disbursement import record_unanswered
from payments.network.network import Network
from payments.network.outcome import answer, conclude, outcome_locks
from payments.network.transaction import Transaction
from payments.switch.asking import ask
from payments.switch.message import OriginalCreditReply
from payments.switch.push_message import OriginalCreditAdvice, OriginalCreditAdviceReply
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent


async def release(network: Network, transaction_id: str) -> Transaction:
    """Forward a deferred credit whose time has come, and tell its acquirer; one that is not due is left alone.

    Without an answer the issuer is asked what it did, as for any other credit; the acquirer is told then.
    """
    transaction, outgoing = await network.step(record_release, transaction_id)
    if outgoing is None:
        return transaction
    try:
        reply = await network.switch.send(outgoing)
    except NoReply:
        await network.step(record_unanswered, transaction)
        return transaction
    decided = await network.step(record_outcome, transaction, reply)
    await advise(network, transaction_id)
    return decided


async def advise(network: Network, notice_id: str) -> CreditNotice:
    """Tell an acquirer once more; if no answer comes the notice stays due and is repeated by the clock."""
    return await ask(network, notice_id, record_attempt, record_heard)


def _outcome_reads(_: Network, transaction: Transaction, reply: OriginalCreditReply) -> list[Lock]:
    return outcome_locks(transaction, approved=reply.approved)


@hot(_outcome_reads)
def record_outcome(work: Work, network: Network, asked: Transaction, reply: OriginalCreditReply) -> Transaction:
    """Remember the issuer's answer to a released credit, and book it if it is an approval."""
    received(work, reply)
    known = work.get(Transaction, asked.id)
    return conclude(work, network, known, reply.code, reply.approval_code, reply.decided_by)


def _attempt_reads(_: Network, notice_id: str) -> list[Lock]:
    return [Lock(kind, notice_id) for kind in (CreditNotice, Transaction, DeferredCredit)]


@hot(_attempt_reads)
def record_attempt(work: Work, network: Network, notice_id: str) -> tuple[CreditNotice, OriginalCreditAdvice | None]:
    """Count an attempt, say when the next is due, and build the message; none if the acquirer has heard."""
    notice = work.get(CreditNotice, notice_id)
    if notice.status == ANSWERED:
        return notice, None
    message = _advice(work, network, notice)
    sent(work, message)
    due = repeat_due_at(work.now, notice.attempts)
    return work.change(notice, attempts=notice.attempts + 1, answer_due_at=due), message


def _advice(work: Work, network: Network, notice: CreditNotice) -> OriginalCreditAdvice:
    transaction = work.get(Transaction, notice.id)
    credit = restored(network, work.get(DeferredCredit, notice.id))
    told = answer(work, network, transaction)
    return OriginalCreditAdvice(
        sender=network.id,
        receiver=transaction.acquirer,
        acquirer=credit.acquirer,
        stan=notice.stan,
        rrn=notice.reference,
        transmitted_at=notice.created_at,
        network_id=transaction.network_id,
        card=credit.card,
        amount=told.amount,
        currency=told.currency,
        acceptor=credit.acceptor,
        code=told.code,
        decided_by=told.decided_by,
        approval_code=told.approval_code,
        window=told.window,
        interchange_amount=told.interchange_amount,
        scheme_fee_amount=told.scheme_fee_amount,
        **billing(transaction),
    )


def _heard_reads(_: Network, asked: CreditNotice, __: OriginalCreditAdviceReply) -> list[Lock]:
    return [Lock(CreditNotice, asked.id)]


@hot(_heard_reads)
def record_heard(work: Work, _: Network, asked: CreditNotice, reply: OriginalCreditAdviceReply) -> CreditNotice:
    """Write down that the acquirer has heard."""
    received(work, reply)
    return close(work, work.get(CreditNotice, asked.id))
