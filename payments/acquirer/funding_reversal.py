"""Giving a pull back: by a reversal while the scheme lets it, afterwards by a credit adjustment.

The money is set aside at once, and the pull's fee with it; it goes when the issuer has given it to the cardholder.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.funding_terms import reversal_terms
from payments.acquirer.pull import Funding
from payments.acquirer.pull_reversal import ADJUSTMENT, REVERSAL, PullReversal, set_aside
from payments.acquirer.undoing import undo
from payments.kit.clock import day, rfc3339
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, claim_key
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.work import Work


class ReversalWindowOver(Refusal):
    """The time in which this pull could be reversed is over: give it back by an adjustment."""


class ReversalNeedsFailedPayment(Refusal):
    """This scheme lets a pull be reversed only when the payment it was for failed: give it back by an adjustment."""


async def reverse_funding(
    acquirer: Acquirer, funding_id: str, claim: Claim | None = None, *, payment_failed: bool = False
) -> Funding:
    """Give a pull back to its card by a reversal, repeated until it is answered.

    Raises ``ReversalWindowOver``, ``ReversalNeedsFailedPayment`` (unless ``payment_failed``), ``InsufficientFunds``,
    ``MoveNotAllowed`` and ``NotFound``.
    """
    reversal = await acquirer.step(record_reversal, funding_id, claim, payment_failed)
    return await undo(acquirer, reversal.id)


async def adjust_funding(acquirer: Acquirer, funding_id: str, claim: Claim | None = None) -> Funding:
    """Give a pull back to its card by a credit adjustment, at any time, repeated until it is answered.

    Raises ``InsufficientFunds``, ``MoveNotAllowed`` and ``NotFound``.
    """
    adjustment = await acquirer.step(record_adjustment, funding_id, claim)
    return await undo(acquirer, adjustment.id)


def record_reversal(
    work: Work, acquirer: Acquirer, funding_id: str, claim: Claim | None, payment_failed: bool
) -> PullReversal:
    """Write down that a pull is to be reversed, if its scheme still lets it; a cold step, it is rare."""
    claim_key(work, claim, funding_id)
    funding = _received(work, funding_id)
    terms = reversal_terms(funding.card_masked, day(funding.created_at))
    assert funding.approved_at is not None
    if work.now > (until := funding.approved_at + terms.within):
        raise ReversalWindowOver(f"It could be reversed until {rfc3339(until)}: ask for an adjustment of {funding.id}.")
    if terms.only_if_payment_failed and not payment_failed:
        raise ReversalNeedsFailedPayment(f"Say that the payment failed, or ask for an adjustment of {funding.id}.")
    return _accept(work, acquirer, funding, claim, REVERSAL)


def record_adjustment(work: Work, acquirer: Acquirer, funding_id: str, claim: Claim | None) -> PullReversal:
    """Write down that a pull is to be given back by an adjustment; a cold step, it is rare."""
    claim_key(work, claim, funding_id)
    return _accept(work, acquirer, _received(work, funding_id), claim, ADJUSTMENT)


def _received(work: Work, funding_id: str) -> Funding:
    funding = work.get(Funding, funding_id)
    if funding.transfer:
        raise MoveNotAllowed(
            f"This pull is part of {funding.transfer}: its money is pushed on, or given back, by that."
        )
    return funding


def _accept(work: Work, acquirer: Acquirer, funding: Funding, claim: Claim | None, means: str) -> PullReversal:
    reversal = set_aside(work, acquirer, funding, means)
    acquirer.answer(work, claim.id if claim else None, work.get(Funding, funding.id))
    return reversal
