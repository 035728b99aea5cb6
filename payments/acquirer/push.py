"""Pushes: what a sender has ordered to be paid to a card, and how far it has come."""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, IdempotencyKey
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.switch.message import PREFUNDED, Party, PresentedCard

PENDING: Final = "pending"
PAID: Final = "paid"
DECLINED: Final = "declined"
UNKNOWN: Final = "unknown"
DEFERRED: Final = "deferred"
CANCELLED: Final = "cancelled"
RETURNED: Final = "returned"
SETTLED: Final = "settled"
HELD: Final = "held"
REFUSED: Final = "refused"

GIVEN_BACK: Final = (DECLINED, REFUSED, CANCELLED)
"""The states of a push that never came about: its money is the sender's again, and it counts against no limit."""


@dataclass(frozen=True, slots=True)
class DisbursementOrder:
    """What a sender asks for: ``amount`` minor units of ``currency`` to ``card``.

    ``channel`` is where it was started, ``business_application`` what it is for (two letters; ''  is that of the
    ``programme``, whose name '' is the first that has such an application); ``statement_text`` is a word for the
    recipient. ``payer`` is on whose behalf (``None``: the sender's own), ``source_of_funds`` what they paid with.
    What the programme asks to be known of the two is asked for, unless a door that is lenient says that the order need
    not be ``complete``. The network is to keep it until ``release_at``, if that is given. As the second leg of a
    ``transfer`` it is paid from what that has pulled, and its ``fee_amount`` is the transfer's (``None``: as the
    acquirer charges). ``pull_network_id`` is the network's number of the pull that paid for it, which it quotes. To a
    card in another currency the network converts it: by the ``quote`` (its id), else at the rate of the moment.
    ``id`` is the id its disbursement is to have, if that was settled beforehand: it can be made only once.
    """

    claim: Claim | None
    sender: str
    card: PresentedCard
    amount: int
    currency: str
    channel: str
    business_application: str
    recipient: Party
    statement_text: str = ""
    source_of_funds: str = PREFUNDED
    payer: Party | None = None
    programme: str = ""
    complete: bool = True
    release_at: int | None = None
    transfer: str = ""
    fee_amount: int | None = None
    pull_network_id: str = ""
    id: str | None = None
    quote: str = ""


@record(
    "acquirer_disbursements",
    Index(None, "sender", "id"),
    Index(None, "transfer"),
    Index(None, "reference", unique=True),
    due_index("answer_due_at"),
    Index(None, "window"),
    CheckConstraint("amount > 0 AND fee_amount >= 0", name="amounts"),
)
class Disbursement(Record):
    """A push to a card (OCT). Amounts are minor units of ``currency``; the sender pays ``amount`` and ``fee_amount``.

    ``hold`` and ``fee_hold`` (``None``: no fee) are the holds on the sender's account, or on that of its
    transfers when this is the push of a ``transfer`` ('' it is none); ``pull_network_id`` is the number of a pull that
    paid for it. ``reference`` is the RRN,
    ``stan`` the trace number of the push and ``enquiry_stan`` that of its enquiries. ``answer_due_at`` is set, and
    ``writer`` says whose, while an answer is awaited. ``claim`` is of the request that is to be answered: a held one
    has answered its own, and is released or refused by another. The network's answer sets window, interchange and
    scheme fee. ``payer`` and ``recipient`` are JSON: read them by ``named``. A deferred one is released at
    ``release_at``; ``cancel_stan`` is the trace number of what was asked to stop it, ``cancel_code`` the answer. Of
    what was paid, ``taken_back_amount`` came back: returned whole for ``return_reason``, or by adjustments. What is
    converted brings the recipient ``recipient_amount`` of ``recipient_currency``, at ``rate``: with a ``quote`` that is
    known from the start, without one from the network's answer.
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
        Move("release", HELD, PENDING),
        Move("refuse", HELD, REFUSED),
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
    transfer: str
    amount: int
    fee_amount: int
    currency: str
    card_masked: str
    card_encrypted: str
    card_expiry: str
    channel: str
    programme: str
    business_application: str
    source_of_funds: str
    payer: str
    recipient: str
    statement_text: str
    reference: str
    stan: str
    enquiry_stan: str
    hold: str
    fee_hold: str | None
    pull_network_id: str
    created_at: int
    claim: Mutable[str | None]
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
    recipient_amount: Mutable[int] = 0
    recipient_currency: Mutable[str] = ""
    rate: Mutable[str] = ""
    release_at: Mutable[int | None] = None
    cancel_stan: Mutable[str] = ""
    cancel_claim: Mutable[str | None] = None
    cancel_code: Mutable[str] = ""
    taken_back_amount: Mutable[int] = 0
    return_reason: Mutable[str] = ""
    returned_at: Mutable[int | None] = None


class AlreadyDisbursed(Refusal):
    """This disbursement has been made already."""


def order_locks(order: DisbursementOrder) -> list[Lock]:
    """Return what tells whether an order was carried out before: the key it claims, the disbursement it names."""
    claimed = [Lock(IdempotencyKey, order.claim.id)] if order.claim else []
    return [*claimed, Lock(Disbursement, order.id)] if order.id else claimed


def order_id(work: Work, order: DisbursementOrder) -> str:
    """Return the id of the disbursement about to be made. Raises ``AlreadyDisbursed``."""
    if order.id and work.get_or_none(Disbursement, order.id):
        raise AlreadyDisbursed
    return order.id or work.new_id(Disbursement.prefix)
