"""Transactions as the network remembers them: what was asked, of whom, and what was answered."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record
from payments.switch.message import Message

FORWARDED: Final = "forwarded"
ANSWERED: Final = "answered"
UNANSWERED: Final = "unanswered"
REVERSED: Final = "reversed"


@record(
    "network_transactions",
    Index(None, "trace", unique=True),
    Index(None, "network_id", unique=True),
    Index(None, "answer_due_at"),
)
class Transaction(Record):
    """One request that was routed. ``trace`` (acquirer, reference, trace number) tells a repeat from a new one.

    ``network_id`` is the number the network gave it, for life. The parts of the answer are kept as they were given, so
    that a repeat or an enquiry gets the same. ``window`` and the fees (minor units) are an original credit's: a sale
    has them only once it is presented. What the network converts has a ``quote``: the recipient gets
    ``billing_amount`` of ``billing_currency`` at ``rate``, its issuer ``billing_interchange_amount``; the network keeps
    ``margin_amount`` of ``currency``.
    """

    noun: ClassVar[str] = "network_transaction"
    prefix: ClassVar[str] = "ntx"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("answer", FORWARDED, ANSWERED),
        Move("time_out", FORWARDED, UNANSWERED),
        Move("answer_late", UNANSWERED, ANSWERED),
        Move("reverse", ANSWERED, REVERSED),
        Move("reverse_unanswered", UNANSWERED, REVERSED),
        Move("reverse_forwarded", FORWARDED, REVERSED),
    )

    id: Key[str]
    trace: str
    network_id: str
    type: str
    acquirer: str
    issuer: str
    amount: int
    currency: str
    card_masked: str
    reference: str
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    response_code: Mutable[str] = ""
    approval_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0
    quote: str = ""
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""
    margin_amount: int = 0
    billing_interchange_amount: int = 0


def trace_of(message: Message) -> str:
    """Return what tells ``message`` from every other: its acquirer, reference and trace number."""
    return f"{message.acquirer}.{message.rrn}.{message.stan}"


def trace_of_original(message: Message, original_stan: str) -> str:
    """Return the trace of the message that ``message`` is about."""
    return f"{message.acquirer}.{message.rrn}.{original_stan}"
