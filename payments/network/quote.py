"""Quotes as the network remembers them: both amounts of a push across currencies, at a rate locked for a while.

A quote serves one original credit.
"""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.lifecycle import Move, advance
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.network.corridor import Way
from payments.network.network import Network

OPEN: Final = "open"
USED: Final = "used"
EXPIRED: Final = "expired"
DECLINED: Final = "declined"


@record(
    "network_quotes",
    Index(None, "trace", unique=True),
    Index(None, "status", "expires_at"),
    CheckConstraint("amount >= 0 AND recipient_amount >= 0", name="amounts"),
    CheckConstraint("margin_amount BETWEEN 0 AND amount", name="margin"),
)
class Quote(Record):
    """A quote as the network remembers it. ``trace`` tells a repeated request from a new one.

    ``amount`` and ``margin_amount`` are minor units of ``currency``, ``recipient_amount`` of ``recipient_currency``;
    ``rate`` and ``mid_rate`` are with and without the margin. ``requires`` (with commas) is what must be said.
    """

    noun: ClassVar[str] = "network_quote"
    prefix: ClassVar[str] = "nqt"
    moves: ClassVar[tuple[Move, ...]] = (Move("use", OPEN, USED), Move("expire", OPEN, EXPIRED))

    id: Key[str]
    trace: str
    acquirer: str
    payer_country: str
    currency: str
    recipient_country: str
    recipient_currency: str
    amount: int
    recipient_amount: int
    rate: str
    mid_rate: str
    margin_basis_points: int
    margin_amount: int
    requires: str
    reference: str
    response_code: str
    created_at: int
    expires_at: int
    status: Mutable[str]

    @property
    def way(self) -> Way:
        """Return from where to where it goes."""
        return Way(self.payer_country, self.currency, self.recipient_country, self.recipient_currency)


def _quote_reads(_: Network, quote_id: str) -> list[Lock]:
    return [Lock(Quote, quote_id)]


@hot(_quote_reads)
def expire_quote(work: Work, _: Network, quote_id: str) -> Quote:
    """Let a quote go whose time is over; one that was used stays used."""
    found = work.get(Quote, quote_id)
    if found.status != OPEN or found.expires_at > work.now:
        return found
    return advance(work, found, "expire")
