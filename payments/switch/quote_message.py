"""Messages by which an acquirer asks the network for a rate, to be locked for one original credit."""

from typing import ClassVar, Final

from payments.switch.message import Message, Reply, message


@message
class QuoteRequest(Message["QuoteReply"]):
    """0620 (ours): asks what a push from ``currency`` to a card billed in ``billing_currency`` costs, or brings.

    Either ``amount`` (the sender's, DE 4) or ``billing_amount`` (the recipient's, DE 6) is given, the other is 0. The
    countries are those of the sender and of the card.
    """

    mti: ClassVar[str] = "0620"
    processing: ClassVar[str] = "26"

    amount: int
    currency: str
    billing_amount: int
    billing_currency: str
    payer_country: str
    recipient_country: str


@message
class QuoteReply(Reply):
    """0630 (ours): both amounts at a ``rate`` that is locked until ``quote_expires_at``, or why there is none.

    ``rate`` and ``mid_rate`` are decimals: units of ``billing_currency`` for one unit of ``currency``, with and without
    the network's margin, of which ``margin_amount`` (minor units of ``currency``) is what is taken here. ``quote`` is
    what the original credit is to name, ``requires`` (with commas) what it must say of its parties.
    """

    mti: ClassVar[str] = "0630"
    processing: ClassVar[str] = "26"

    amount: int
    currency: str
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""
    mid_rate: str = ""
    margin_basis_points: int = 0
    margin_amount: int = 0
    quote: str = ""
    quote_expires_at: int = 0
    requires: str = ""


QUOTE_MESSAGES: Final = (QuoteRequest, QuoteReply)
"""Both of them."""
