"""Payments: what a merchant asked of a card, and how far it has come."""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.secrets import Vault
from payments.switch.message import PresentedCard

PENDING: Final = "pending"
AUTHORIZED: Final = "authorized"
DECLINED: Final = "declined"
FAILED: Final = "failed"
VOIDED: Final = "voided"
EXPIRED: Final = "expired"
CAPTURED: Final = "captured"


class CurrencyNotSupported(Refusal):
    """The merchant does not sell in this currency."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a merchant asks for: ``amount`` minor units of ``currency`` from ``card``.

    With ``capture`` all of it is captured as soon as it is authorized.
    """

    claim: Claim | None
    merchant: str
    card: PresentedCard
    amount: int
    currency: str
    capture: bool = False
    description: str = ""


@record(
    "acquirer_payments",
    Index(None, "merchant", "id"),
    Index(None, "reference", unique=True),
    due_index("expires_at"),
    due_index("answer_due_at"),
    CheckConstraint("refunded_amount <= captured_amount", name="refunded"),
    CheckConstraint("cleared_amount BETWEEN 0 AND captured_amount", name="cleared"),
    CheckConstraint("amount > 0 AND captured_amount >= 0 AND refunded_amount >= 0", name="amounts"),
)
class Payment(Record):
    """A payment by card. Amounts are minor units of ``currency``; ``refunded_amount <= captured_amount`` always.

    ``captured_amount`` leaves out what was rejected at clearing; ``cleared_amount`` is how much of it has cleared.

    ``reference`` is the RRN, under which every message and every entry of it is found. ``answer_due_at`` is set, and
    ``writer`` says whose, while an answer is awaited. ``expires_at`` is when the authorization ends, if it is open.
    """

    noun: ClassVar[str] = "payment"
    prefix: ClassVar[str] = "pay"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("approve", PENDING, AUTHORIZED),
        Move("approve_and_capture", PENDING, CAPTURED),
        Move("decline", PENDING, DECLINED),
        Move("give_up", PENDING, FAILED),
        Move("capture", AUTHORIZED, CAPTURED),
        Move("close", AUTHORIZED, CAPTURED),
        Move("void", AUTHORIZED, VOIDED),
        Move("expire", AUTHORIZED, EXPIRED),
    )

    id: Key[str]
    acquirer: str
    merchant: str
    amount: int
    currency: str
    card_masked: str
    card_encrypted: str
    card_expiry: str
    entry_mode: str
    reference: str
    stan: str
    description: str
    capture_at_once: int
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    captured_amount: Mutable[int] = 0
    cleared_amount: Mutable[int] = 0
    refunded_amount: Mutable[int] = 0
    network_id: Mutable[str] = ""
    approval_code: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    expires_at: Mutable[int | None] = None

    def card(self, vault: Vault) -> PresentedCard:
        """Return the card as it was presented, but for its CVV, which is never kept."""
        return PresentedCard(vault.card_number(self.card_encrypted), self.card_expiry, None, self.entry_mode)
