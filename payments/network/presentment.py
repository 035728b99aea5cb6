"""Presentments as the network remembers them: every sale and refund presented, by its ARN, and what became of it."""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record

FORWARDED: Final = "forwarded"
CLEARED: Final = "cleared"
REJECTED: Final = "rejected"


@record(
    "network_presentments",
    Index(None, "arn", unique=True),
    Index(None, "reference"),
    CheckConstraint("amount > 0 AND refunded_amount BETWEEN 0 AND amount", name="refunded"),
    CheckConstraint("returned_amount BETWEEN 0 AND interchange_amount", name="returned"),
)
class Presentment(Record):
    """A presentment that was routed; ``arn`` tells a repeat from a new one. Amounts are minor units of ``currency``.

    ``type`` is sale or refund (``original_arn`` names the sale it gives back). ``programme`` and ``rate`` say how the
    interchange came about; ``refunded_amount`` and ``returned_amount`` are how much of a sale, and of its interchange,
    refunds have given back, those still under way included.
    """

    noun: ClassVar[str] = "presentment"
    prefix: ClassVar[str] = "prs"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("clear", FORWARDED, CLEARED),
        Move("reject", FORWARDED, REJECTED),
    )

    id: Key[str]
    arn: str
    original_arn: str
    type: str
    acquirer: str
    issuer: str
    amount: int
    currency: str
    card_masked: str
    reference: str
    network_id: str
    programme: str
    rate: str
    interchange_amount: int
    scheme_fee_amount: int
    created_at: int
    status: Mutable[str]
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""
    refunded_amount: Mutable[int] = 0
    returned_amount: Mutable[int] = 0
