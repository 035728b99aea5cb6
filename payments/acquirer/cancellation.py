"""Cancellations, the acquirer's side: stop a deferred push before the network releases it.

The network answers that it is cancelled, or that it is too late. Without an answer the push stays deferred and the
question is repeated; asking twice does nothing more. What is released is beyond recall: a push is never reversed.
"""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.outcome import outcome_locks, release_held
from payments.acquirer.push import CANCELLED, DEFERRED, Disbursement
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import MoveNotAllowed, advance
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.codes import NO_REASON_TO_DECLINE, STOPPED
from payments.switch.numbers import trace_number
from payments.switch.push_message import Cancellation, CancellationReply
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent

_STOPPED: Final = (NO_REASON_TO_DECLINE, STOPPED)


async def cancel(acquirer: Acquirer, disbursement_id: str, claim: Claim | None = None) -> Disbursement:
    """Cancel a deferred disbursement; without an answer it stays deferred, and the question is repeated.

    One that is cancelled is returned as it is. When the network has released it already it stays deferred here until
    the outcome is known, and ``cancel_code`` says so (21). Raises ``NotFound``, and ``MoveNotAllowed`` for one that is
    not deferred.
    """
    disbursement, message = await acquirer.step(record_cancellation, disbursement_id, claim)
    return await _ask(acquirer, disbursement, message)


async def cancel_again(acquirer: Acquirer, disbursement_id: str) -> Disbursement:
    """Repeat a cancellation that was not answered."""
    disbursement, message = await acquirer.step(record_repeat, disbursement_id)
    return await _ask(acquirer, disbursement, message)


async def _ask(acquirer: Acquirer, disbursement: Disbursement, message: Cancellation | None) -> Disbursement:
    if message is None:
        return disbursement
    try:
        reply = await acquirer.switch.send(message)
    except NoReply:
        return disbursement
    return await acquirer.step(record_stopped, disbursement, reply)


def _cancellation_reads(_: Acquirer, disbursement_id: str, claim: Claim | None) -> list[Lock]:
    locks = [Lock(Disbursement, disbursement_id)]
    return [*locks, Lock(IdempotencyKey, claim.id)] if claim else locks


@hot(_cancellation_reads)
def record_cancellation(
    work: Work, acquirer: Acquirer, disbursement_id: str, claim: Claim | None
) -> tuple[Disbursement, Cancellation | None]:
    """Write down that the network is to be asked, and build the question. Raises as ``cancel`` does."""
    disbursement = _own(work, acquirer, disbursement_id)
    claim_key(work, claim, disbursement.id)
    if disbursement.status == CANCELLED:
        acquirer.answer(work, claim.id if claim else None, disbursement)
        return disbursement, None
    if disbursement.status != DEFERRED:
        raise MoveNotAllowed(f"This disbursement is {disbursement.status}: only a deferred one can be cancelled.")
    stan = disbursement.cancel_stan or trace_number(work.next_number())
    asked = work.change(disbursement, cancel_stan=stan, cancel_claim=claim.id if claim else disbursement.cancel_claim)
    return _attempt(work, acquirer, asked)


def _own(work: Work, acquirer: Acquirer, disbursement_id: str) -> Disbursement:
    disbursement = work.get(Disbursement, disbursement_id)
    if disbursement.acquirer != acquirer.id:
        raise NotFound(f"There is no disbursement {disbursement_id}.")
    return disbursement


def _repeat_reads(_: Acquirer, disbursement_id: str) -> list[Lock]:
    return [Lock(Disbursement, disbursement_id)]


@hot(_repeat_reads)
def record_repeat(work: Work, acquirer: Acquirer, disbursement_id: str) -> tuple[Disbursement, Cancellation | None]:
    """Build the question once more, unless there is nothing left to ask."""
    disbursement = _own(work, acquirer, disbursement_id)
    if disbursement.status != DEFERRED or disbursement.answer_due_at is None:
        return disbursement, None
    return _attempt(work, acquirer, disbursement)


def _attempt(work: Work, acquirer: Acquirer, disbursement: Disbursement) -> tuple[Disbursement, Cancellation]:
    message = Cancellation(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=disbursement.cancel_stan,
        rrn=disbursement.reference,
        transmitted_at=work.now,
        network_id=disbursement.network_id,
        original_stan=disbursement.stan,
        original_transmitted_at=disbursement.created_at,
    )
    sent(work, message)
    due = repeat_due_at(work.now, disbursement.attempts)
    asked = work.change(disbursement, attempts=disbursement.attempts + 1, answer_due_at=due, writer=work.writer)
    return asked, message


def _stopped_reads(_: Acquirer, disbursement: Disbursement, __: CancellationReply) -> list[Lock]:
    locks = outcome_locks(disbursement)
    return [*locks, Lock(IdempotencyKey, disbursement.cancel_claim)] if disbursement.cancel_claim else locks


@hot(_stopped_reads)
def record_stopped(work: Work, acquirer: Acquirer, asked: Disbursement, reply: CancellationReply) -> Disbursement:
    """Give the sender's money back if the push is cancelled; else go on waiting for what becomes of it."""
    received(work, reply)
    disbursement = work.get(Disbursement, asked.id)
    if disbursement.status != DEFERRED:
        decided = disbursement
    elif reply.code in _STOPPED:
        release_held(work, disbursement)
        decided = advance(work, disbursement, "cancel", answer_due_at=None, cancel_code=reply.code)
    else:
        decided = work.change(disbursement, answer_due_at=None, cancel_code=reply.code)
    acquirer.answer(work, asked.cancel_claim, decided)
    return decided
