"""Giving a pull back: by a reversal while the scheme lets it, afterwards by a credit adjustment.

Either is repeated until it is answered. The money is set aside at once, and the pull's fee with it; it goes when the
issuer has given it to the cardholder. A pull that got no answer has brought nothing: then the answer to its reversal
tells what the network had cleared.
"""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.funding_message import undoing
from payments.acquirer.funding_terms import reversal_terms
from payments.acquirer.person_to_person import Transfer, transfer_lock
from payments.acquirer.pull import ADJUSTING, FAILED, Funding, funds_code
from payments.acquirer.sender import Sender
from payments.kit.clock import day, rfc3339
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, claim_key
from payments.kit.lifecycle import Move, MoveNotAllowed, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Hold, book, hold, post, release, transfer
from payments.switch.funding_message import (
    FundingAdjustment,
    FundingAdjustmentReply,
    FundingReversal,
    FundingReversalReply,
)
from payments.switch.numbers import trace_number
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent

WAITING: Final = "waiting"
ANSWERED: Final = "answered"

CANCELLED: Final = "4000"
NO_ANSWER: Final = "4021"

REVERSAL: Final = "reversal"
ADJUSTMENT: Final = "adjustment"
_KINDS: Final[dict[str, type]] = {REVERSAL: FundingReversal, ADJUSTMENT: FundingAdjustment}


class ReversalWindowOver(Refusal):
    """The time in which this pull could be reversed is over: give it back by an adjustment."""


class ReversalNeedsFailedPayment(Refusal):
    """This scheme lets a pull be reversed only when the payment it was for failed: give it back by an adjustment."""


@record("acquirer_pull_reversals", Index(None, "funding"), Index(None, "answer_due_at"))
class PullReversal(Record):
    """What gives a pull back, on its way until answered. ``means`` is reversal or adjustment.

    ``hold`` is what is set aside for it (``None``: the pull had no answer, so it brought nothing); ``reason`` is
    DE 60's code, ``sent_at`` its DE 7.
    """

    noun: ClassVar[str] = "pull_reversal"
    prefix: ClassVar[str] = "prv"
    moves: ClassVar[tuple[Move, ...]] = (Move("answer", WAITING, ANSWERED),)

    id: Key[str]
    funding: str
    transfer: str
    acquirer: str
    means: str
    reference: str
    stan: str
    reason: str
    hold: str | None
    funds_account: str
    sent_at: int
    status: Mutable[str]
    attempts: Mutable[int]
    answer_due_at: Mutable[int | None]


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


async def undo(acquirer: Acquirer, reversal_id: str) -> Funding:
    """Send a reversal or adjustment once more; if no answer comes it stays due and is repeated by the clock."""
    reversal, funding, message = await acquirer.step(record_attempt, reversal_id)
    if message is None:
        return funding  # type: ignore[no-any-return]
    try:
        reply = await acquirer.switch.send(message)
    except NoReply:
        return funding  # type: ignore[no-any-return]
    return await acquirer.step(record_answer, reversal, reply)  # type: ignore[no-any-return]


# ── decided ──


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


def means_for(work: Work, funding: Funding) -> str:
    """Return how a pull whose payment has failed is given back now: by a reversal while that is still allowed."""
    assert funding.approved_at is not None
    within = reversal_terms(funding.card_masked, day(funding.created_at)).within
    return REVERSAL if work.now <= funding.approved_at + within else ADJUSTMENT


def set_aside(work: Work, acquirer: Acquirer, funding: Funding, means: str) -> PullReversal:
    """Set aside what a pull has brought, and write down that it is to be given back; part of the step that decides it.

    The step has to lock the pull and the balance it credited. Raises ``InsufficientFunds`` and ``MoveNotAllowed``.
    """
    taken = advance(work, funding, "reverse" if means == REVERSAL else "adjust")
    funds = account(work, funding.acquirer, funds_code(funding.transfer), funding.currency, funding.sender)
    fees = account(work, funding.acquirer, "funding_fees", funding.currency)
    due = account(work, funding.acquirer, "due_to_network", funding.currency)
    reversal = record_undoing(work, acquirer, taken, CANCELLED, means, work.new_id("hold"))
    assert reversal.hold
    book(
        work,
        f"pull_{means}_hold",
        funding.reference,
        transfer(fees, funds, funding.fee_amount, "funding_fee"),
        hold(reversal.hold, reversal.id, funds, due, funding.amount, f"pull_{means}"),
    )
    return reversal


def record_undoing(
    work: Work,
    acquirer: Acquirer,
    funding: Funding,
    reason: str,
    means: str = REVERSAL,
    hold_id: str | None = None,
) -> PullReversal:
    """Write down that ``funding`` is to be undone; part of the step that decides it. It reads nothing."""
    reversal = PullReversal(
        id=work.new_id(PullReversal.prefix),
        funding=funding.id,
        transfer=funding.transfer,
        acquirer=acquirer.id,
        means=means,
        reference=funding.reference,
        stan=trace_number(work.next_number()),
        reason=reason,
        hold=hold_id,
        funds_account=funding.funds_account,
        sent_at=work.now,
        status=WAITING,
        attempts=0,
        answer_due_at=work.now,
    )
    announce(work, reversal, {"funding": funding.id, "means": means, "reason": reason})
    return work.add(reversal)


# ── sent ──


def _attempt_reads(_: Acquirer, reversal_id: str) -> Reads:
    reversal = yield Find(PullReversal, "id", reversal_id)
    return [Lock(PullReversal, reversal_id), Lock(Funding, reversal.funding)] if reversal else []


@hot(_attempt_reads)
def record_attempt(
    work: Work, acquirer: Acquirer, reversal_id: str
) -> tuple[PullReversal, Funding, FundingReversal | FundingAdjustment | None]:
    """Count an attempt, say when the next one is due, and build the message; none if it was answered."""
    reversal = work.get(PullReversal, reversal_id)
    funding = work.get(Funding, reversal.funding)
    if reversal.status == ANSWERED:
        return reversal, funding, None
    message = undoing(
        acquirer,
        work.fact(Sender, funding.sender),
        funding,
        kind=_KINDS[reversal.means],
        stan=reversal.stan,
        at=reversal.sent_at,
        reason=reversal.reason,
        repeat=reversal.attempts > 0,
    )
    sent(work, message)
    due = repeat_due_at(work.now, reversal.attempts)
    if funding.status == FAILED:
        funding = work.change(funding, answer_due_at=due)
    return work.change(reversal, attempts=reversal.attempts + 1, answer_due_at=due), funding, message


# ── answered ──


def _answer_reads(_: Acquirer, reversal: PullReversal, *_rest: object) -> list[Lock]:
    locks = [Lock(PullReversal, reversal.id), Lock(Funding, reversal.funding), *transfer_lock(reversal.transfer)]
    return [*locks, Lock(Hold, reversal.hold), Lock(Balance, reversal.funds_account)] if reversal.hold else locks


@hot(_answer_reads)
def record_answer(
    work: Work, _: Acquirer, asked: PullReversal, reply: FundingReversalReply | FundingAdjustmentReply
) -> Funding:
    """Book what was given back; a second answer changes nothing."""
    received(work, reply)
    reversal = work.get(PullReversal, asked.id)
    funding = work.get(Funding, reversal.funding)
    if reversal.status == ANSWERED:
        return funding
    advance(work, reversal, "answer", answer_due_at=None)
    if reversal.hold is None:
        return _note_given_up(work, funding, reply)
    move = "adjustment" if funding.status == ADJUSTING else "reversal"
    if not reply.approved:
        book(work, f"pull_{reversal.means}_release", funding.reference, release(work.get(Hold, reversal.hold)))
        return advance(work, funding, f"refuse_{move}")
    _book_given_back(work, funding, reversal)
    if reversal.transfer:
        advance(work, work.get(Transfer, reversal.transfer), "return")
    return advance(work, funding, f"finish_{move}")


def _book_given_back(work: Work, funding: Funding, reversal: PullReversal) -> None:
    held = work.get(Hold, reversal.hold)
    due = account(work, funding.acquirer, "due_to_network", funding.currency)
    interchange = account(work, funding.acquirer, "interchange_expense", funding.currency)
    book(
        work,
        f"pull_{reversal.means}",
        funding.reference,
        post(held, held.remaining),
        transfer(due, interchange, funding.interchange_amount, "interchange"),
    )


def _note_given_up(work: Work, funding: Funding, reply: FundingReversalReply | FundingAdjustmentReply) -> Funding:
    """Book what the network had cleared of a pull whose answer was lost, and cleared back; its fee is kept."""

    def own(code: str) -> Account:
        return account(work, funding.acquirer, code, funding.currency)

    cleared = funding.amount - reply.interchange_amount if reply.window else 0
    due_to_network = own("due_to_network")
    book(
        work,
        "pull_reversal",
        funding.reference,
        transfer(own("due_from_network"), due_to_network, cleared, "pull_reversal"),
        transfer(own("scheme_fees"), due_to_network, reply.scheme_fee_amount, "scheme_fee"),
    )
    return work.change(funding, answer_due_at=None, network_id=reply.network_id)
