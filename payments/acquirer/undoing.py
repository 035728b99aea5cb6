"""Sending what gives a pull back, until it is answered, and booking the answer.

A pull that got no answer has brought nothing: then the answer to its reversal tells what the network had cleared.
"""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.funding_message import undoing
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull import ADJUSTING, FAILED, Funding
from payments.acquirer.pull_reversal import ADJUSTMENT, ANSWERED, REVERSAL, PullReversal
from payments.acquirer.sender import Sender
from payments.acquirer.transfer_legs import transfer_lock
from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Hold, book, post, release, transfer
from payments.switch.funding_message import (
    FundingAdjustment,
    FundingAdjustmentReply,
    FundingReversal,
    FundingReversalReply,
)
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent

_KINDS: Final[dict[str, type]] = {REVERSAL: FundingReversal, ADJUSTMENT: FundingAdjustment}


async def undo(acquirer: Acquirer, reversal_id: str) -> Funding:
    """Send a reversal or adjustment once more; if no answer comes it stays due and is repeated by the clock."""
    reversal, funding, message = await acquirer.step(record_attempt, reversal_id)
    if message is None:
        return funding
    try:
        reply: FundingReversalReply | FundingAdjustmentReply = await acquirer.switch.send(message)
    except NoReply:
        return funding
    return await acquirer.step(record_answer, reversal, reply)


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
