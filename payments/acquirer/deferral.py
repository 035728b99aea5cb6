"""Deferred pushes, the acquirer's side: the network tells what became of one after its release."""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.outcome import conclude, outcome_locks
from payments.acquirer.push import PENDING, Disbursement
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.switch.codes import APPROVED, RECORD_NOT_FOUND
from payments.switch.message import OriginalCreditReply
from payments.switch.push_message import OriginalCreditAdvice, OriginalCreditAdviceReply
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent


async def learn(acquirer: Acquirer, advice: OriginalCreditAdvice) -> OriginalCreditAdviceReply:
    """Post or release what was set aside for a deferred push, as the network advises.

    Raises ``NoReply`` while the first answer to the push is still awaited here; the advice is repeated.
    """
    reply = await acquirer.step(answer_advice, advice)
    if reply is None:
        raise NoReply("the push is still under way here")
    return reply


def _advice_reads(_: Acquirer, advice: OriginalCreditAdvice) -> Reads:
    found = yield Find(Disbursement, "reference", advice.rrn)
    return outcome_locks(found) if found else []


@hot(_advice_reads)
def answer_advice(work: Work, acquirer: Acquirer, advice: OriginalCreditAdvice) -> OriginalCreditAdviceReply | None:
    """Conclude the push once, however often the advice comes; ``None`` while its first answer is awaited."""
    received(work, advice)
    disbursement = work.find(Disbursement, "reference", advice.rrn)
    if disbursement is not None:
        if disbursement.status == PENDING:
            return None
        conclude(work, disbursement, _as_reply(advice))
    reply = OriginalCreditAdviceReply(
        sender=acquirer.id,
        receiver=advice.sender,
        stan=advice.stan,
        rrn=advice.rrn,
        transmitted_at=work.now,
        code=APPROVED if disbursement else RECORD_NOT_FOUND,
        decided_by=acquirer.id,
        network_id=advice.network_id,
        amount=advice.amount,
        currency=advice.currency,
    )
    sent(work, reply)
    return reply


def _as_reply(advice: OriginalCreditAdvice) -> OriginalCreditReply:
    """Return the reply to the push that the advice stands for."""
    return OriginalCreditReply(
        sender=advice.sender,
        receiver=advice.receiver,
        stan=advice.stan,
        rrn=advice.rrn,
        transmitted_at=advice.transmitted_at,
        code=advice.code,
        decided_by=advice.decided_by,
        network_id=advice.network_id,
        amount=advice.amount,
        currency=advice.currency,
        approval_code=advice.approval_code,
        window=advice.window,
        interchange_amount=advice.interchange_amount,
        scheme_fee_amount=advice.scheme_fee_amount,
        billing_amount=advice.billing_amount,
        billing_currency=advice.billing_currency,
        rate=advice.rate,
    )
