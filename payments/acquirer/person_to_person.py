"""Transfers from person to person: a pull from one card, then a push to another, and how far they have come.

What was pulled waits in an account of the sender's that holds nothing else (``transfers``), so that nobody can spend it
meanwhile. A transfer moves in the very steps in which its legs do.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.acquirer import pull, push
from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.kit.idempotency import Claim
from payments.kit.lifecycle import Move, advance
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.switch.message import Party, PresentedCard
from payments.switch.switch import REPLY_WITHIN

PENDING: Final = "pending"
DECLINED: Final = "declined"
FAILED: Final = "failed"
PULLED: Final = "pulled"
PUSHING: Final = "pushing"
UNKNOWN: Final = "unknown"
PAID: Final = "paid"
RETURNING: Final = "returning"
RETURNED: Final = "returned"


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """What is asked for: ``amount`` minor units of ``currency`` from ``payer``'s card to ``recipient``'s.

    ``sender`` is who runs the service, and in whose books the money waits on its way.
    """

    claim: Claim | None
    sender: str
    amount: int
    currency: str
    payer: Party
    payer_card: PresentedCard
    recipient: Party
    recipient_card: PresentedCard
    channel: str
    business_application: str = "PP"
    statement_text: str = ""


@record(
    "acquirer_transfers",
    Index(None, "sender", "id"),
    Index(None, "answer_due_at"),
    CheckConstraint("amount > 0 AND fee_amount >= 0", name="amounts"),
)
class Transfer(Record):
    """A transfer from person to person. The payer's card is debited ``amount`` and ``fee_amount`` (minor units).

    ``funding`` is its pull, ``disbursement`` its push, ``reversal`` what gives the money back when it cannot be pushed
    ('' there is none). ``reference`` is the pull's. While it has ``answer_due_at``, the flow of ``writer`` is to go on
    with it; ``answered`` (0 or 1) says that the request has had its answer. ``payer`` and ``recipient`` are JSON.
    """

    noun: ClassVar[str] = "transfer"
    prefix: ClassVar[str] = "trf"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("pull", PENDING, PULLED),
        Move("decline", PENDING, DECLINED),
        Move("give_up", PENDING, FAILED),
        Move("push", PULLED, PUSHING),
        Move("refuse", PULLED, RETURNING),
        Move("pay", PUSHING, PAID),
        Move("send_back", PUSHING, RETURNING),
        Move("lose_sight", PUSHING, UNKNOWN),
        Move("find_paid", UNKNOWN, PAID),
        Move("find_declined", UNKNOWN, RETURNING),
        Move("return", RETURNING, RETURNED),
    )

    id: Key[str]
    acquirer: str
    sender: str
    amount: int
    fee_amount: int
    currency: str
    payer: str
    recipient: str
    recipient_card_masked: str
    recipient_card_encrypted: str
    recipient_card_expiry: str
    channel: str
    business_application: str
    statement_text: str
    reference: str
    funding: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    answered: Mutable[int] = 0
    disbursement: Mutable[str] = ""
    reversal: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""


_AFTER_PULL: Final = {pull.RECEIVED: "pull", pull.DECLINED: "decline", pull.FAILED: "give_up"}
_AFTER_PUSH: Final = {
    (PUSHING, push.PAID): "pay",
    (PUSHING, push.DECLINED): "send_back",
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
        changes = {} if funding.status == pull.RECEIVED else said
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
            declined = pushed.status == push.DECLINED
            said = {"response_code": pushed.response_code, "decided_by": pushed.decided_by}
            going_on = {"answer_due_at": work.now} if declined else {}
            _move(work, transfer, move, **going_on, **(said if declined else {}))
    return pushed


def _move(work: Work, transfer: Transfer, move: str, **changes: Any) -> Transfer:
    return advance(work, transfer, move, writer=work.writer, **changes)
