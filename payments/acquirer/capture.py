"""Captures: amounts of a payment that are to be presented to the card's issuer, each under an ARN of its own."""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.payment import Payment
from payments.kit.lifecycle import Move, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.work import Work
from payments.switch.numbers import acquirer_reference, trace_number

WAITING: Final = "waiting"
CLEARED: Final = "cleared"
SETTLED: Final = "settled"
REJECTED: Final = "rejected"


@record(
    "acquirer_captures",
    Index(None, "payment"),
    Index(None, "status", "acquirer", "id"),
    Index(None, "window"),
    due_index("answer_due_at"),
    CheckConstraint("amount > 0 AND refunded_amount BETWEEN 0 AND amount", name="refunded"),
)
class Capture(Record):
    """An amount of a payment to be presented; ``arn`` is its acquirer reference number for life.

    ``final`` (0 or 1) says that nothing more is captured of the payment. The network's answer sets the window
    it settles in, the interchange and the scheme fee. ``refunded_amount`` is how much of it was accepted to be
    given back. ``answer_due_at`` is when to present it again, from the first attempt until there is an answer.
    """

    noun: ClassVar[str] = "capture"
    prefix: ClassVar[str] = "cap"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("clear", WAITING, CLEARED),
        Move("reject", WAITING, REJECTED),
        Move("settle", CLEARED, SETTLED),
    )

    id: Key[str]
    payment: str
    acquirer: str
    merchant: str
    amount: int
    currency: str
    arn: str
    final: int
    reference: str
    stan: str
    created_at: int
    status: Mutable[str]
    answer_due_at: Mutable[int | None] = None
    attempts: Mutable[int] = 0
    response_code: Mutable[str] = ""
    window: Mutable[str] = ""
    interchange_amount: Mutable[int] = 0
    scheme_fee_amount: Mutable[int] = 0
    merchant_fee_amount: Mutable[int] = 0
    refunded_amount: Mutable[int] = 0

    @property
    def refundable_amount(self) -> int:
        """Return how much of it can still be given back, in minor units."""
        return 0 if self.status == REJECTED else self.amount - self.refunded_amount


def record_capture(work: Work, acquirer: Acquirer, payment: Payment, amount: int, final: bool) -> Capture:
    """Write down that ``amount`` of ``payment`` is to be presented; part of the step that decides it."""
    number = work.next_number()
    capture = Capture(
        id=work.new_id(Capture.prefix),
        payment=payment.id,
        acquirer=acquirer.id,
        merchant=payment.merchant,
        amount=amount,
        currency=payment.currency,
        arn=acquirer_reference(acquirer.code, work.now, acquirer.ids.session, number),
        final=int(final),
        reference=payment.reference,
        stan=trace_number(number),
        created_at=work.now,
        status=WAITING,
    )
    announce(work, capture, {"payment": payment.id, "amount": amount, "currency": payment.currency})
    return work.add(capture)
