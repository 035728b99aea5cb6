"""A limit that is reached because somebody has staged it: the push is declined, and nothing is set aside or sent."""

from typing import NamedTuple

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import Disbursement, DisbursementOrder
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.switch.outcome import ACQUIRER, PARTNER_LIMIT
from payments.switch.staging import Staged, staging_locks


class StagedLimit(NamedTuple):
    """The stagings by which a limit may be reached, as of a ``revision`` of all that is staged."""

    staged: Staged
    revision: int


NO_LIMIT = StagedLimit((), -1)


async def staged_limit(acquirer: Acquirer, order: DisbursementOrder) -> StagedLimit:
    """Return by which stagings the limit for this sender, or this card, may be reached."""
    stagings = acquirer.switch.stagings
    staged = await stagings.for_push(ACQUIRER, order.card.number, order.sender)
    return StagedLimit(staged, stagings.revision)


def outdated(acquirer: Acquirer, limit: StagedLimit) -> bool:
    """Tell, within a step, whether something was staged since ``limit`` was read.

    The first step of a push is the first batch of all, so nothing has told the process before.
    """
    return limit.revision != acquirer.world.writer.faults_revision


def limit_locks(limit: StagedLimit) -> list[Lock]:
    """Return what the step that may ``decline_at_limit`` has to lock."""
    return staging_locks(limit.staged)


def decline_at_limit(work: Work, acquirer: Acquirer, pushed: Disbursement, limit: StagedLimit) -> Disbursement | None:
    """Decline a push just begun if a limit is staged to be reached (``None``: it is not); part of the first step."""
    staging = acquirer.switch.stagings.play(work, limit.staged, pushed.reference, PARTNER_LIMIT)
    if staging is None:
        return None
    code = {"response_code": staging.code, "decided_by": acquirer.id}
    declined = advance(work, work.add(pushed), "decline", answer_due_at=None, **code)
    acquirer.answer(work, declined.claim, declined)
    return declined
