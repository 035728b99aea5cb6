"""A limit that is reached because somebody has staged it: the push is declined, and nothing is set aside or sent."""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import Disbursement, DisbursementOrder
from payments.kit.lifecycle import advance
from payments.kit.work import Work
from payments.switch.staging import ACQUIRER, PARTNER_LIMIT, Staged


async def staged_limit(acquirer: Acquirer, order: DisbursementOrder) -> Staged:
    """Return the stagings by which the limit for this sender, or this card, may be reached."""
    stagings = acquirer.switch.stagings
    return () if stagings.none_armed else await stagings.for_push(ACQUIRER, order.card.number, order.sender)


def decline_at_limit(work: Work, acquirer: Acquirer, pushed: Disbursement, staged: Staged) -> Disbursement | None:
    """Decline a push just begun if a limit is staged to be reached (``None``: it is not); part of the first step."""
    staging = acquirer.switch.stagings.play(work, staged, pushed.reference, PARTNER_LIMIT)
    if staging is None:
        return None
    code = {"response_code": staging.code, "decided_by": acquirer.id}
    declined = advance(work, work.add(pushed), "decline", answer_due_at=None, **code)
    acquirer.answer(work, declined.claim, declined)
    return declined
