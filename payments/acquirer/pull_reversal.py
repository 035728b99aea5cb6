"""What gives a pull back, by a reversal or a credit adjustment: the money is set aside until that is answered."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.funding_terms import reversal_terms
from payments.acquirer.pull import Funding, funds_code
from payments.kit.clock import day
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import book, hold, transfer
from payments.switch.numbers import trace_number

WAITING: Final = "waiting"
ANSWERED: Final = "answered"

CANCELLED: Final = "4000"
NO_ANSWER: Final = "4021"

REVERSAL: Final = "reversal"
ADJUSTMENT: Final = "adjustment"


@record("acquirer_pull_reversals", Index(None, "funding"), due_index("answer_due_at"))
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
