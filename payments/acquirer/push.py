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
SETTLED: Final = "settled"


@dataclass(frozen=True, slots=True)
class DisbursementOrder:
    """What a sender asks for: ``amount`` minor units of ``currency`` to ``card``.

    ``channel`` is where it was started, ``business_application`` what it is for (two letters); ``statement_text`` is
    a word for the recipient. With a ``quote`` (its id) the network converts it to the currency of the card.
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
    quote: str = ""


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
    With a ``quote`` the recipient gets ``recipient_amount`` of ``recipient_currency``, at ``rate``.
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
    quote: str = ""
    recipient_amount: int = 0
    recipient_currency: str = ""
    rate: str = ""
