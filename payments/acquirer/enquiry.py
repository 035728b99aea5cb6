"""Enquiries, the acquirer's side: find out what became of a push that was never answered.

It is asked, never sent again. Until the network knows, the money stays set aside and the question is asked again,
after 1, 2, 4 … minutes, an hour at most.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import record_unknown
from payments.acquirer.outcome import conclude, let_go, outcome_locks
from payments.acquirer.push import PENDING, UNKNOWN, Disbursement
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.codes import RECORD_NOT_FOUND
from payments.switch.message import Enquiry, EnquiryReply
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent


async def enquire(acquirer: Acquirer, disbursement_id: str) -> Disbursement:
    """Ask the network what became of an unknown disbursement; without an answer it stays unknown, and due.

    One that has its outcome is returned as it is. Raises ``NotFound``, and ``MoveNotAllowed`` for one whose first
    answer is still awaited.
    """
    disbursement, enquiry = await acquirer.step(record_enquiry, disbursement_id)
    if enquiry is None:
        return disbursement
    try:
        reply = await acquirer.switch.send(enquiry)
    except NoReply:
        return disbursement
    return await acquirer.step(record_outcome, disbursement, reply)


async def take_over(acquirer: Acquirer, disbursement: Disbursement) -> Disbursement:
    """Go on with a disbursement whose flow died with its process: it is unknown, so ask."""
    await acquirer.step(record_unknown, disbursement)
    return await enquire(acquirer, disbursement.id)


def _enquiry_reads(_: Acquirer, disbursement_id: str) -> list[Lock]:
    return [Lock(Disbursement, disbursement_id)]


@hot(_enquiry_reads)
def record_enquiry(work: Work, acquirer: Acquirer, disbursement_id: str) -> tuple[Disbursement, Enquiry | None]:
    """Count the attempt, say when the next one is due, and build the message."""
    disbursement = work.get(Disbursement, disbursement_id)
    if disbursement.status == PENDING:
        raise MoveNotAllowed("The answer to this disbursement is still awaited: ask in a few seconds.")
    if disbursement.status != UNKNOWN:
        return disbursement, None
    enquiry = Enquiry(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=disbursement.enquiry_stan,
        rrn=disbursement.reference,
        transmitted_at=work.now,
        original_stan=disbursement.stan,
        original_transmitted_at=disbursement.created_at,
    )
    sent(work, enquiry)
    due = repeat_due_at(work.now, disbursement.attempts)
    return work.change(disbursement, attempts=disbursement.attempts + 1, answer_due_at=due), enquiry


def _outcome_reads(_: Acquirer, disbursement: Disbursement, __: EnquiryReply) -> list[Lock]:
    return outcome_locks(disbursement)


@hot(_outcome_reads)
def record_outcome(work: Work, _: Acquirer, asked: Disbursement, reply: EnquiryReply) -> Disbursement:
    """Post or release by what was found out; a push that never arrived is declined with 25.

    The network has promised to decline it should it still arrive.
    """
    received(work, reply)
    disbursement = work.get(Disbursement, asked.id)
    if disbursement.status != UNKNOWN:
        return disbursement
    if reply.code == RECORD_NOT_FOUND:
        return let_go(work, disbursement, reply.code, reply.decided_by, reply.network_id)
    return conclude(work, disbursement, reply.original) if reply.original else disbursement
