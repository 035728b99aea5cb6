"""Adjustments: what a sender wants back of a paid push, and how far that has come.

Of the two adjustments that card schemes know, this is the debit adjustment of an original credit. The credit adjustment
of an account funding (processing code 22, reason 2140) has its place beside it: another ``type``, with the message and
the postings that give a pull back.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import PAID, SETTLED, Disbursement
from payments.kit.errors import NotFound, Refusal
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, MoveNotAllowed, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.numbers import trace_number
from payments.switch.push_message import ORIGINAL_CREDIT_ADJUSTMENT

PENDING: Final = "pending"
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"

DEBIT: Final = "debit"


class AdjustmentTooLarge(Refusal):
    """More than is left of the disbursement cannot be taken back."""


@dataclass(frozen=True, slots=True)
class AdjustmentOrder:
    """What is to be taken back of which disbursement: ``amount`` minor units (``None``: all that is left)."""

    claim: Claim | None
    disbursement: str
    amount: int | None = None


@record(
    "acquirer_adjustments",
    Index(None, "disbursement", "id"),
    due_index("answer_due_at"),
    CheckConstraint("amount > 0", name="amount"),
)
class Adjustment(Record):
    """An adjustment of a disbursement. ``type`` is debit: the recipient is debited ``amount`` minor units.

    ``reason_code`` is 2150. ``reference`` is the disbursement's RRN, ``stan`` its own trace number.
    """

    noun: ClassVar[str] = "adjustment"
    prefix: ClassVar[str] = "adj"
    moves: ClassVar[tuple[Move, ...]] = (Move("accept", PENDING, ACCEPTED), Move("refuse", PENDING, REFUSED))

    id: Key[str]
    acquirer: str
    type: str
    disbursement: str
    sender: str
    amount: int
    currency: str
    reason_code: str
    reference: str
    stan: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""


def _order_reads(_: Acquirer, order: AdjustmentOrder) -> list[Lock]:
    locks = [Lock(Disbursement, order.disbursement)]
    return [*locks, Lock(IdempotencyKey, order.claim.id)] if order.claim else locks


@hot(_order_reads)
def record_adjustment(work: Work, acquirer: Acquirer, order: AdjustmentOrder) -> Adjustment:
    """Write down what is to be asked back, and set it aside in the disbursement: it is not asked back twice.

    Raises ``NotFound``, ``MoveNotAllowed`` for what is not paid, and ``AdjustmentTooLarge``.
    """
    pushed = work.get(Disbursement, order.disbursement)
    if pushed.acquirer != acquirer.id:
        raise NotFound(f"There is no disbursement {pushed.id}.")
    adjustment_id = work.new_id(Adjustment.prefix)
    claim_key(work, order.claim, adjustment_id)
    amount = _amount(pushed, order.amount)
    work.change(pushed, taken_back_amount=pushed.taken_back_amount + amount)
    made = Adjustment(
        id=adjustment_id,
        acquirer=acquirer.id,
        type=DEBIT,
        disbursement=pushed.id,
        sender=pushed.sender,
        amount=amount,
        currency=pushed.currency,
        reason_code=ORIGINAL_CREDIT_ADJUSTMENT,
        reference=pushed.reference,
        stan=trace_number(work.next_number()),
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now,
    )
    announce(work, made, {"disbursement": pushed.id, "amount": amount, "currency": pushed.currency})
    return work.add(made)


def _amount(pushed: Disbursement, asked: int | None) -> int:
    if pushed.status not in (PAID, SETTLED):
        raise MoveNotAllowed(f"This disbursement is {pushed.status}: only what was paid can be adjusted.")
    left = pushed.amount - pushed.taken_back_amount
    amount = left if asked is None else asked
    if not 0 < amount <= left:
        raise AdjustmentTooLarge(f"{left} is left of this disbursement (minor units).")
    return amount
