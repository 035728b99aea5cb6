"""Quotes of the acquirer: what a sender was told that a push across currencies costs or brings, and for how long.

A quote serves one disbursement, whatever becomes of that.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.kit.idempotency import Claim
from payments.kit.lifecycle import Move, advance
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work

PENDING: Final = "pending"
OPEN: Final = "open"
DECLINED: Final = "declined"
USED: Final = "used"
EXPIRED: Final = "expired"


@dataclass(frozen=True, slots=True)
class QuoteOrder:
    """What a sender wants to know: either ``amount`` (its own minor units) or ``recipient_amount`` is given, not both.

    ``recipient_country`` and ``recipient_currency`` are the card's, as the directory has them.
    """

    claim: Claim | None
    sender: str
    recipient_country: str
    recipient_currency: str
    amount: int = 0
    recipient_amount: int = 0


@record("acquirer_quotes", Index(None, "sender", "id"), due_index("answer_due_at"), Index(None, "status", "expires_at"))
class Quote(Record):
    """A quote, once it is open: ``amount`` of ``currency`` brings ``recipient_amount`` of ``recipient_currency``.

    ``rate`` and ``mid_rate`` (decimals: units of the recipient's currency for one of the sender's) are with and without
    the network's margin, of which ``margin_amount`` is what is taken here. ``network_quote`` is the network's name for
    it, ``requires`` (with commas) what the push must say of its parties, ``disbursement`` what it was used for.
    """

    noun: ClassVar[str] = "quote"
    prefix: ClassVar[str] = "qte"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("open", PENDING, OPEN),
        Move("decline", PENDING, DECLINED),
        Move("use", OPEN, USED),
        Move("expire", OPEN, EXPIRED),
    )

    id: Key[str]
    acquirer: str
    sender: str
    currency: str
    payer_country: str
    recipient_country: str
    recipient_currency: str
    reference: str
    stan: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    amount: Mutable[int]
    recipient_amount: Mutable[int]
    attempts: Mutable[int] = 0
    rate: Mutable[str] = ""
    mid_rate: Mutable[str] = ""
    margin_basis_points: Mutable[int] = 0
    margin_amount: Mutable[int] = 0
    network_quote: Mutable[str] = ""
    requires: Mutable[str] = ""
    expires_at: Mutable[int | None] = None
    disbursement: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""


def _quote_reads(_: Acquirer, quote_id: str) -> list[Lock]:
    return [Lock(Quote, quote_id)]


@hot(_quote_reads)
def expire_quote(work: Work, _: Acquirer, quote_id: str) -> Quote:
    """Let a quote go whose time is over; one that was used stays used."""
    found = work.get(Quote, quote_id)
    if found.status != OPEN or found.expires_at is None or found.expires_at > work.now:
        return found
    return advance(work, found, "expire")
