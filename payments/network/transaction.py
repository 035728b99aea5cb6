"""Transactions as the network remembers them: what was asked, of whom, and what was answered."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.switch.message import Message

FORWARDED: Final = "forwarded"
ANSWERED: Final = "answered"
UNANSWERED: Final = "unanswered"
REVERSING: Final = "reversing"
REVERSED: Final = "reversed"
DEFERRED: Final = "deferred"
CANCELLED: Final = "cancelled"


@record(
    "network_transactions",
    Index(None, "trace", unique=True),
    Index(None, "network_id", unique=True),
    due_index("answer_due_at"),
)
class Transaction(Record):
    """One request that was routed. ``trace`` (acquirer, reference, trace number) tells a repeat from a new one.

    ``network_id`` is the number the network gave it, for life. The parts of the answer are kept as they were given, so
    that a repeat or an enquiry gets the same. ``window`` and the fees (minor units) are those of an original credit or
    a pull, which clear at once: a sale has them only once it is presented. A pull is ``reversing`` until its issuer has
    answered the reversal; from then on it can no longer clear. ``card_fingerprint`` is the keyed hash of the number,
    under which the velocity of credits is counted, by ``business_application``. A deferred credit is forwarded at
    ``release_at``. Of one that was approved, ``taken_back_amount`` was returned or adjusted, or is about to be.

    What the network converts has a ``quote``: the recipient gets ``billing_amount`` of ``billing_currency`` at
    ``rate``, its issuer ``billing_interchange_amount``; the network keeps ``margin_amount`` of ``currency``. Of what is
    taken back of it, ``billing_taken_back_amount`` comes from the recipient, ``margin_taken_back_amount`` from the
    margin.
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
        Move("release", DEFERRED, FORWARDED),
        Move("cancel", DEFERRED, CANCELLED),
        Move("take_back", ANSWERED, REVERSING),
        Move("take_back_unanswered", UNANSWERED, REVERSING),
        Move("take_back_forwarded", FORWARDED, REVERSING),
        Move("finish_reversal", REVERSING, REVERSED),
        Move("refuse_reversal", REVERSING, ANSWERED),
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
    release_at: Mutable[int | None] = None
    taken_back_amount: Mutable[int] = 0
    billing_taken_back_amount: Mutable[int] = 0
    margin_taken_back_amount: Mutable[int] = 0
    interchange_amount: int = 0
    scheme_fee_amount: int = 0
    card_fingerprint: str = ""
    business_application: str = ""
    quote: str = ""
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""
    margin_amount: int = 0
    billing_interchange_amount: int = 0

    @property
    def credited_amount(self) -> int:
        """Return what the card gets, in minor units of ``credited_currency``."""
        return self.billing_amount or self.amount

    @property
    def credited_currency(self) -> str:
        """Return the currency the card is credited in."""
        return self.billing_currency or self.currency


def trace_of(message: Message) -> str:
    """Return what tells ``message`` from every other: its acquirer, reference and trace number."""
    return f"{message.acquirer}.{message.rrn}.{message.stan}"


def trace_of_original(message: Message, original_stan: str) -> str:
    """Return the trace of the message that ``message`` is about."""
    return f"{message.acquirer}.{message.rrn}.{original_stan}"
