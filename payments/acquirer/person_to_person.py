"""Transfers from person to person: a pull from one card, then a push to another, and how far they have come.

What was pulled waits in an account of the sender's that holds nothing else (``transfers``), so that nobody can spend it
meanwhile. A transfer moves in the very steps in which its legs do.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.idempotency import Claim
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.switch.message import Party, PresentedCard

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
    due_index("answer_due_at"),
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
