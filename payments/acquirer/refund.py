"""Refunds, the acquirer's side: giving back what was captured, accepted now and presented at the cut-off.

A refund names the captures it gives back, oldest first: one ``RefundItem`` for each, because each is presented
under an ARN of its own against the ARN of one presentment. Nearly every refund has one item.

Where the money comes from is decided when the refund is accepted. Of a capture that is not settled, the money is still
in the merchant's pending account, stays there when the sale settles, and is taken from there when the refund clears.
Of a settled one it is held in the merchant's available account at once, and the refund is refused if it is not there.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import SETTLED as SALE_SETTLED
from payments.acquirer.capture import Capture
from payments.acquirer.merchant import Merchant, available_account
from payments.acquirer.payment import Payment
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, hold
from payments.switch.numbers import acquirer_reference, trace_number

PENDING: Final = "pending"
WAITING: Final = "waiting"
CLEARED: Final = "cleared"
SETTLED: Final = "settled"
REJECTED: Final = "rejected"


class RefundExceedsCapture(Refusal):
    """No more can be refunded than was captured."""


@record(
    "acquirer_refunds",
    Index(None, "payment", "id"),
    CheckConstraint("cleared_amount + rejected_amount <= amount", name="amounts"),
    CheckConstraint("amount > 0 AND settled_amount <= cleared_amount", name="settled"),
)
class Refund(Record):
    """What a merchant gives back of a payment, in minor units.

    It is cleared (or rejected, if all of it was) when its last item is, and settled when all that cleared is.
    ``hold`` is the hold of what it gives back of settled captures.
    """

    noun: ClassVar[str] = "refund"
    prefix: ClassVar[str] = "ref"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("clear", PENDING, CLEARED),
        Move("reject", PENDING, REJECTED),
        Move("settle", CLEARED, SETTLED),
    )

    id: Key[str]
    payment: str
    acquirer: str
    merchant: str
    amount: int
    currency: str
    reason: str
    reference: str
    hold: str | None
    created_at: int
    status: Mutable[str]
    cleared_amount: Mutable[int] = 0
    rejected_amount: Mutable[int] = 0
    settled_amount: Mutable[int] = 0


@record(
    "acquirer_refund_items",
    Index(None, "refund"),
    Index(None, "capture"),
    Index(None, "status", "acquirer", "id"),
    Index(None, "window"),
    due_index("answer_due_at"),
    CheckConstraint("amount > 0", name="amount"),
)
class RefundItem(Record):
    """The part of a refund that gives back (part of) one capture, presented under its own ``arn``.

    ``held`` (0 or 1): its money is held in the merchant's available account, else it lies in the pending one.
    ``interchange_amount`` is the interchange that came back.
    """

    noun: ClassVar[str] = "refund_item"
    prefix: ClassVar[str] = "rfi"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("clear", WAITING, CLEARED),
        Move("reject", WAITING, REJECTED),
        Move("settle", CLEARED, SETTLED),
    )

    id: Key[str]
    refund: str
    payment: str
    capture: str
    acquirer: str
    merchant: str
    amount: int
    currency: str
    held: int
    arn: str
    original_arn: str
    reference: str
    stan: str
    created_at: int
    status: Mutable[str]
    answer_due_at: Mutable[int | None] = None
    attempts: Mutable[int] = 0
    response_code: Mutable[str] = ""
    window: Mutable[str] = ""
    interchange_amount: Mutable[int] = 0


async def refund(
    acquirer: Acquirer, payment_id: str, amount: int | None, claim: Claim | None = None, reason: str = ""
) -> Refund:
    """Give back ``amount`` (minor units; ``None``: all that is left) of what was captured.

    Raises ``RefundExceedsCapture``, ``InsufficientFunds`` and ``NotFound``.
    """
    captures = await acquirer.world.database.read(captures_of, payment_id)
    return await acquirer.step(record_refund, payment_id, captures, amount, claim, reason)


def captures_of(connection: sa.Connection, payment_id: str) -> tuple[str, ...]:
    """Return the ids of a payment's captures, oldest first."""
    captures = Capture.table().c
    query = sa.select(captures.id).where(captures.payment == payment_id).order_by(captures.id)
    return tuple(connection.execute(query).scalars())


def _refund_reads(
    acquirer: Acquirer, payment_id: str, captures: Sequence[str], _: int | None, claim: Claim | None, *__: str
) -> Reads:
    payment = yield Find(Payment, "id", payment_id)
    if payment is None:
        return [Lock(IdempotencyKey, claim.id)] if claim else []
    available = account_id(acquirer.id, "merchant_available", payment.currency, payment.merchant)
    locks = [Lock(Payment, payment_id), Lock(Balance, available), *(Lock(Capture, each) for each in captures)]
    return [*locks, Lock(IdempotencyKey, claim.id)] if claim else locks


@hot(_refund_reads)
def record_refund(
    work: Work,
    acquirer: Acquirer,
    payment_id: str,
    captures: Sequence[str],
    amount: int | None,
    claim: Claim | None,
    reason: str,
) -> Refund:
    """Accept a refund: spread it over ``captures`` and hold what of it is settled already."""
    refund_id = work.new_id(Refund.prefix)
    claim_key(work, claim, refund_id)
    payment = work.get(Payment, payment_id)
    parts = _spread([work.get(Capture, each) for each in captures], amount)
    given_back = sum(part for _, part in parts)
    to_hold = sum(part for capture, part in parts if capture.status == SALE_SETTLED)
    refund = Refund(
        id=refund_id,
        payment=payment.id,
        acquirer=acquirer.id,
        merchant=payment.merchant,
        amount=given_back,
        currency=payment.currency,
        reason=reason,
        reference=payment.reference,
        hold=work.new_id("hold") if to_hold else None,
        created_at=work.now,
        status=PENDING,
    )
    _hold_available(work, refund, to_hold)
    announce(work, refund, {"payment": payment.id, "amount": given_back, "currency": payment.currency})
    for capture, part in parts:
        _record_item(work, acquirer, refund, capture, part)
    work.change(payment, refunded_amount=payment.refunded_amount + given_back)
    acquirer.answer(work, claim.id if claim else None, refund)
    return work.add(refund)


def _spread(captures: list[Capture], amount: int | None) -> list[tuple[Capture, int]]:
    """Divide ``amount`` among the captures, oldest first."""
    left = sum(each.refundable_amount for each in captures)
    wanted = left if amount is None else amount
    assert amount is None or amount > 0, "amounts are checked at the door"
    if not 0 < wanted <= left:
        raise RefundExceedsCapture(f"At most {left} of this payment can still be refunded (minor units).")
    parts = []
    for capture in captures:
        part = min(wanted, capture.refundable_amount)
        wanted -= part
        if part:
            parts.append((capture, part))
    return parts


def _hold_available(work: Work, refund: Refund, amount: int) -> None:
    if refund.hold is None:
        return
    available = available_account(work, work.fact(Merchant, refund.merchant))
    due_to_network = account(work, refund.acquirer, "due_to_network", refund.currency)
    held = hold(refund.hold, refund.id, available, due_to_network, amount, "refund")
    book(work, "hold_refund", refund.reference, held)


def _record_item(work: Work, acquirer: Acquirer, refund: Refund, capture: Capture, amount: int) -> None:
    number = work.next_number()
    item = RefundItem(
        id=work.new_id(RefundItem.prefix),
        refund=refund.id,
        payment=refund.payment,
        capture=capture.id,
        acquirer=acquirer.id,
        merchant=refund.merchant,
        amount=amount,
        currency=refund.currency,
        held=int(capture.status == SALE_SETTLED),
        arn=acquirer_reference(acquirer.code, work.now, acquirer.ids.session, number),
        original_arn=capture.arn,
        reference=refund.reference,
        stan=trace_number(number),
        created_at=work.now,
        status=WAITING,
    )
    announce(work, item, {"refund": refund.id, "amount": amount, "original_arn": capture.arn})
    work.change(capture, refunded_amount=capture.refunded_amount + amount)
    work.add(item)
