"""The outcome of a disbursement, however it was learned: what was set aside is posted, or goes back to the sender."""

from typing import Final

from payments.acquirer.pull import funds_code
from payments.acquirer.push import DEFERRED, HELD, PENDING, UNKNOWN, Disbursement
from payments.acquirer.sender import Sender
from payments.acquirer.standing import balance_locks, uncount_use, watch_balance
from payments.acquirer.transfer_legs import follow_push, transfer_lock
from payments.kit.idempotency import IdempotencyKey
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.ledger.account import Account, account_id
from payments.ledger.chart import account
from payments.ledger.entry import Hold, book, post, release, transfer
from payments.switch.codes import IN_PROGRESS
from payments.switch.message import OriginalCreditReply

_OPEN: Final = (PENDING, UNKNOWN, DEFERRED)
_MOVES: Final = {
    "pay": {PENDING: "pay", UNKNOWN: "find_paid", DEFERRED: "pay_deferred"},
    "decline": {PENDING: "decline", UNKNOWN: "find_declined", DEFERRED: "decline_deferred", HELD: "refuse"},
    "defer": {PENDING: "defer", UNKNOWN: "find_deferred"},
}
"""What each outcome is called, by the state in which it is learned."""


def outcome_locks(disbursement: Disbursement) -> list[Lock]:
    """Return what the step that learns the outcome reads: the row, its holds, the sender's money, the claimed key."""
    funds = account_id(
        disbursement.acquirer, funds_code(disbursement.transfer), disbursement.currency, disbursement.sender
    )
    own = [Lock(Disbursement, disbursement.id), Lock(Hold, disbursement.hold)]
    locks = [*own, *balance_locks(disbursement.sender, funds), *transfer_lock(disbursement.transfer)]
    if disbursement.fee_hold:
        locks.append(Lock(Hold, disbursement.fee_hold))
    return [*locks, Lock(IdempotencyKey, disbursement.claim)] if disbursement.claim else locks


def conclude(work: Work, disbursement: Disbursement, reply: OriginalCreditReply) -> Disbursement:
    """Post or release what was set aside, as ``reply`` has it; once there is an outcome, nothing changes it."""
    if disbursement.status not in _OPEN:
        return disbursement
    if reply.code == IN_PROGRESS:
        return _defer(work, disbursement, reply)
    if not reply.approved:
        return let_go(work, disbursement, reply.code, reply.decided_by, reply.network_id)
    _post(work, disbursement, reply)
    paid = advance(
        work,
        disbursement,
        _MOVES["pay"][disbursement.status],
        answer_due_at=None,
        network_id=reply.network_id,
        approval_code=reply.approval_code,
        response_code=reply.code,
        decided_by=reply.decided_by,
        window=reply.window,
        interchange_amount=reply.interchange_amount,
        scheme_fee_amount=reply.scheme_fee_amount,
        **_converted(disbursement, reply),
    )
    return follow_push(work, paid)


def _converted(disbursement: Disbursement, reply: OriginalCreditReply) -> dict[str, str | int]:
    """Return what the network says that it has converted without a quote; nothing if it has not."""
    if disbursement.rate or not reply.rate:
        return {}
    return {
        "recipient_amount": reply.billing_amount,
        "recipient_currency": reply.billing_currency,
        "rate": reply.rate,
    }


def let_go(work: Work, disbursement: Disbursement, code: str, decided_by: str, network_id: str) -> Disbursement:
    """Decline a disbursement, or refuse a held one: its money is the sender's again, and it counts against no limit."""
    release_held(work, disbursement)
    declined = advance(
        work,
        disbursement,
        _MOVES["decline"][disbursement.status],
        answer_due_at=None,
        network_id=network_id,
        response_code=code,
        decided_by=decided_by,
    )
    return follow_push(work, declined)


def _defer(work: Work, disbursement: Disbursement, reply: OriginalCreditReply) -> Disbursement:
    """Note that the network keeps the push: the money stays set aside, and the network will tell what becomes of it."""
    if disbursement.status == DEFERRED:
        return disbursement
    return advance(
        work,
        disbursement,
        _MOVES["defer"][disbursement.status],
        answer_due_at=None,
        network_id=reply.network_id,
        release_at=reply.release_at,
        **_converted(disbursement, reply),
    )


def release_held(work: Work, disbursement: Disbursement) -> None:
    """Give what was set aside back to the sender, of whose limits it takes nothing; part of the step that ends it."""
    book(work, "push_release", disbursement.reference, *(release(each) for each in _held(work, disbursement)))
    uncount_use(work, disbursement)
    if not disbursement.transfer:
        watch_balance(work, work.fact(Sender, disbursement.sender), disbursement.reference)


def _post(work: Work, disbursement: Disbursement, reply: OriginalCreditReply) -> None:
    def own(code: str) -> Account:
        return account(work, disbursement.acquirer, code, disbursement.currency)

    due = own("due_to_network")
    book(
        work,
        "push",
        disbursement.reference,
        *(post(each, each.remaining) for each in _held(work, disbursement)),
        transfer(own("interchange_expense"), due, reply.interchange_amount, "interchange"),
        transfer(own("scheme_fees"), due, reply.scheme_fee_amount, "scheme_fee"),
    )


def _held(work: Work, disbursement: Disbursement) -> list[Hold]:
    return [work.get(Hold, each) for each in (disbursement.hold, disbursement.fee_hold) if each]
