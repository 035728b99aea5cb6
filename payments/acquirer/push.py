"""Pushes: what a sender has ordered to be paid to a card, and how far it has come."""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.idempotency import Claim
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record
from payments.switch.message import PresentedCard

PENDING: Final = "pending"
PAID: Final = "paid"
DECLINED: Final = "declined"
UNKNOWN: Final = "unknown"
DEFERRED: Final = "deferred"
CANCELLED: Final = "cancelled"
RETURNED: Final = "returned"
SETTLED: Final = "settled"


@dataclass(frozen=True, slots=True)
class DisbursementOrder:
    """What a sender asks for: ``amount`` minor units of ``currency`` to ``card``.

    ``channel`` is where it was started, ``business_application`` what it is for (two letters); ``statement_text`` is
    a word for the recipient. The network is to keep it until ``release_at``, if that is given.
    """

    claim: Claim | None
    sender: str
    card: PresentedCard
    amount: int
    currency: str
    channel: str
    business_application: str
    recipient_name: str
    statement_text: str = ""
    release_at: int | None = None


@record(
    "acquirer_disbursements",
    Index(None, "sender", "id"),
    Index(None, "reference", unique=True),
    Index(None, "answer_due_at"),
    Index(None, "window"),
    CheckConstraint("amount > 0 AND fee_amount >= 0", name="amounts"),
)
class Disbursement(Record):
    """A push to a card (OCT). Amounts are minor units of ``currency``; the sender pays ``amount`` and ``fee_amount``.

    ``hold`` and ``fee_hold`` (``None``: no fee) are the holds on the sender's account. ``reference`` is the RRN,
    ``stan`` the trace number of the push and ``enquiry_stan`` that of its enquiries. ``answer_due_at`` is set, and
    ``writer`` says whose, while an answer is awaited. The network's answer sets window, interchange and scheme fee.
    A deferred one is released at ``release_at``; ``cancel_stan`` is the trace number of what was asked to stop it,
    ``cancel_code`` the answer. Of what was paid, ``taken_back_amount`` came back: returned whole for ``return_reason``,
    or by adjustments.
    """

    noun: ClassVar[str] = "disbursement"
    prefix: ClassVar[str] = "dsb"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("pay", PENDING, PAID),
        Move("decline", PENDING, DECLINED),
        Move("lose_sight", PENDING, UNKNOWN),
        Move("find_paid", UNKNOWN, PAID),
        Move("find_declined", UNKNOWN, DECLINED),
        Move("settle", PAID, SETTLED),
        Move("defer", PENDING, DEFERRED),
        Move("find_deferred", UNKNOWN, DEFERRED),
        Move("pay_deferred", DEFERRED, PAID),
        Move("decline_deferred", DEFERRED, DECLINED),
        Move("cancel", DEFERRED, CANCELLED),
        Move("return", PAID, RETURNED),
        Move("return_settled", SETTLED, RETURNED),
    )

    id: Key[str]
    acquirer: str
    sender: str
    amount: int
    fee_amount: int
    currency: str
    card_masked: str
    card_encrypted: str
    card_expiry: str
    channel: str
    business_application: str
    recipient_name: str
    statement_text: str
    reference: str
    stan: str
    enquiry_stan: str
    hold: str
    fee_hold: str | None
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    network_id: Mutable[str] = ""
    approval_code: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""
    interchange_amount: Mutable[int] = 0
    scheme_fee_amount: Mutable[int] = 0
    release_at: Mutable[int | None] = None
    cancel_stan: Mutable[str] = ""
    cancel_claim: Mutable[str | None] = None
    cancel_code: Mutable[str] = ""
    taken_back_amount: Mutable[int] = 0
    return_reason: Mutable[str] = ""
    returned_at: Mutable[int | None] = None
