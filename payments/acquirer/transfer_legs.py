"""How a transfer follows its legs: it moves in the very steps in which its pull and its push do."""

from typing import Any, Final

from payments.acquirer import pull, push
from payments.acquirer.person_to_person import PUSHING, UNKNOWN, Transfer
from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.switch.switch import REPLY_WITHIN

_AFTER_PULL: Final = {pull.RECEIVED: "pull", pull.DECLINED: "decline", pull.FAILED: "give_up"}
_AFTER_PUSH: Final = {
    (PUSHING, push.PAID): "pay",
    **dict.fromkeys(((PUSHING, each) for each in push.GIVEN_BACK), "send_back"),
    (PUSHING, push.UNKNOWN): "lose_sight",
    (UNKNOWN, push.PAID): "find_paid",
    (UNKNOWN, push.DECLINED): "find_declined",
}


def transfer_lock(transfer: str) -> list[Lock]:
    """Return what a step on a leg of ``transfer`` has to lock besides; nothing if it is a leg of none ('')."""
    return [Lock(Transfer, transfer)] if transfer else []


def follow_pull(work: Work, funding: Funding) -> None:
    """Move the transfer whose pull has come to an end; the flow is to go on with it."""
    if funding.transfer:
        transfer = work.get(Transfer, funding.transfer)
        said = {"response_code": funding.response_code, "decided_by": funding.decided_by}
        changes = {"pull_network_id": funding.network_id} if funding.status == pull.RECEIVED else said
        _move(work, transfer, _AFTER_PULL[funding.status], answer_due_at=work.now + REPLY_WITHIN, **changes)


def begin_push(work: Work, transfer: str, disbursement: str) -> None:
    """Note the push of a transfer whose money has come. Raises ``MoveNotAllowed`` when it was pushed before."""
    if transfer:
        due = work.now + REPLY_WITHIN
        _move(work, work.get(Transfer, transfer), "push", disbursement=disbursement, answer_due_at=due)


def follow_push(work: Work, pushed: Disbursement) -> Disbursement:
    """Move the transfer whose push has moved; what was declined is to be given back at once."""
    if pushed.transfer:
        transfer = work.get(Transfer, pushed.transfer)
        if move := _AFTER_PUSH.get((transfer.status, pushed.status)):
            declined = pushed.status in push.GIVEN_BACK
            said = {"response_code": pushed.response_code, "decided_by": pushed.decided_by}
            going_on = {"answer_due_at": work.now} if declined else {}
            _move(work, transfer, move, **going_on, **(said if declined else {}))
    return pushed


def _move(work: Work, transfer: Transfer, move: str, **changes: Any) -> Transfer:
    return advance(work, transfer, move, writer=work.writer, **changes)
