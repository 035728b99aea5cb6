"""What may still be said about a push after it was sent: held back, cancelled, returned, adjusted.

None of these undoes an original credit: that is never reversed. Each has its ISO 8583 form, as in ``message.py``.
"""

from typing import ClassVar, Final

from payments.switch.message import CardAcceptor, Message, PresentedCard, Reply, message

CREDIT_NOT_ACCEPTED: Final = "1380"
"""DE 60 of a return: the recipient does not accept the credit (ours, after the dispute condition 13.8)."""

ORIGINAL_CREDIT_ADJUSTMENT: Final = "2150"
"""DE 60 of an adjustment: it is about an original credit."""


@message
class Cancellation(Message["CancellationReply"]):
    """0400 with processing code 26: do not release the deferred original credit ``original_stan``.

    It may be refused, which a reversal may not: once the credit is released, nothing takes it back.
    """

    mti: ClassVar[str] = "0400"
    processing: ClassVar[str] = "26"

    original_stan: str
    original_transmitted_at: int


@message
class CancellationReply(Reply):
    """0410: 85 cancelled, R0 cancelled before, 21 too late, 25 no such credit."""

    mti: ClassVar[str] = "0410"
    processing: ClassVar[str] = "26"


@message
class OriginalCreditAdvice(Message["OriginalCreditAdviceReply"]):
    """0220 with processing code 26: what became of an original credit that the network had deferred.

    It carries what the reply to the credit would have: ``code``, who decided, what the network priced and converted.
    """

    mti: ClassVar[str] = "0220"
    processing: ClassVar[str] = "26"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    code: str
    decided_by: str
    approval_code: str = ""
    window: str = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""


@message
class OriginalCreditAdviceReply(Reply):
    """0230: heard."""

    mti: ClassVar[str] = "0230"
    processing: ClassVar[str] = "26"

    amount: int
    currency: str


@message
class OriginalCreditReturn(Message["OriginalCreditReturnReply"]):
    """0422 with processing code 26: the issuer gives an approved original credit back, whole.

    The network's id names the credit. ``reason`` (DE 60) says why. Of one that was converted, ``amount`` is what was
    sent, and ``billing_amount`` what the cardholder gives back.
    """

    mti: ClassVar[str] = "0422"
    processing: ClassVar[str] = "26"

    amount: int
    currency: str
    reason: str
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""


@message
class OriginalCreditReturnReply(Reply):
    """0432: taken back, in the settlement ``window`` named; or why not."""

    mti: ClassVar[str] = "0432"
    processing: ClassVar[str] = "26"

    window: str = ""


@message
class Adjustment(Message["AdjustmentReply"]):
    """0200 with processing code 02 (debit adjustment): give ``amount`` of an original credit back, if you agree.

    The network's id names the credit. ``reason`` (DE 60) is 2150. It has a trace number of its own and may be repeated.
    Of one that was converted, the network adds what the cardholder is to give back: ``billing_amount`` of
    ``billing_currency``, at the ``rate`` of the credit.
    """

    mti: ClassVar[str] = "0200"
    processing: ClassVar[str] = "02"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    reason: str
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""

    @property
    def debited_amount(self) -> int:
        """Return what the cardholder is to give back, in minor units of ``debited_currency``."""
        return self.billing_amount or self.amount

    @property
    def debited_currency(self) -> str:
        """Return the currency in which the cardholder is to give it back."""
        return self.billing_currency or self.currency


@message
class AdjustmentReply(Reply):
    """0210: the issuer agrees and has taken it, in the settlement ``window`` named; or why not."""

    mti: ClassVar[str] = "0210"
    processing: ClassVar[str] = "02"

    amount: int
    currency: str
    window: str = ""


REQUESTS: Final = (Cancellation, OriginalCreditAdvice, OriginalCreditReturn, Adjustment)
REPLIES: Final = (CancellationReply, OriginalCreditAdviceReply, OriginalCreditReturnReply, AdjustmentReply)
