"""Transactions on a card: pending while the money is only held, posted once it has moved."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record

PENDING: Final = "pending"
POSTED: Final = "posted"
DECLINED: Final = "declined"
REVERSED: Final = "reversed"
EXPIRED: Final = "expired"
ON_HOLD: Final = "on_hold"
RETURNED: Final = "returned"

AUTHORIZATION: Final = "authorization"
PURCHASE: Final = "purchase"
REFUND: Final = "refund"
ORIGINAL_CREDIT: Final = "original_credit"
DEBIT_ADJUSTMENT: Final = "debit_adjustment"
ACCOUNT_FUNDING: Final = "account_funding"


@record(
    "issuer_transactions",
    Index(None, "trace", unique=True),
    Index(None, "account", "id"),
    due_index("expires_at"),
)
class Transaction(Record):
    """One thing that happened, or is pending, on a card.

    ``trace`` tells a repeated message from a new one: the network's id of an authorization, original credit or
    pull, the ARN of a presentment. An authorization's ``hold`` is named; ``cleared_amount`` is what presentments have
    posted of it. ``card`` and ``account`` are empty when no such card exists. The ``hold`` of a credit that is on hold
    keeps its money until it is available; of a credit, ``taken_back_amount`` was returned or adjusted. What the network
    converted was sent as ``sent_amount`` of ``sent_currency``, at ``rate``.
    """

    noun: ClassVar[str] = "transaction"
    prefix: ClassVar[str] = "itx"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("clear", PENDING, POSTED),
        Move("reverse", PENDING, REVERSED),
        Move("expire", PENDING, EXPIRED),
        Move("make_available", ON_HOLD, POSTED),
        Move("return", POSTED, RETURNED),
        Move("return_on_hold", ON_HOLD, RETURNED),
        Move("keep", RETURNED, POSTED),
        Move("give_back", POSTED, REVERSED),
    )

    id: Key[str]
    issuer: str
    trace: str
    type: str
    card: str
    account: str
    amount: int
    currency: str
    description: str
    reference: str
    response_code: str
    approval_code: str
    hold: str | None
    created_at: int
    status: Mutable[str]
    expires_at: Mutable[int | None] = None
    cleared_amount: Mutable[int] = 0
    taken_back_amount: Mutable[int] = 0
    sent_amount: int = 0
    sent_currency: str = ""
    rate: str = ""
