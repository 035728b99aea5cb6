"""The messages of a pull that funds something (AFT): asked for, reversed, given back by an adjustment.

Unlike a push, a pull may be reversed: with 0420 while its scheme lets it, afterwards with a credit adjustment, which
is cleared like a refund. Both name the pull by ``original_stan`` and ``original_transmitted_at``.
"""

from typing import ClassVar, Final

from payments.switch.message import CardAcceptor, Message, Party, PresentedCard, Reply, message


@message
class AccountFunding(Message["AccountFundingReply"]):
    """0200 with processing code 10 (AFT): debit the payer's card at once, to fund something that is no purchase.

    ``business_application`` says what for (DE 104 tag BA), ``payer`` whose card it is, ``recipient`` whom the money is
    for. The network adds ``window`` and ``interchange_amount`` (what the issuer earns).
    """

    mti: ClassVar[str] = "0200"
    processing: ClassVar[str] = "10"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    business_application: str
    channel: str
    payer: Party
    recipient: Party
    window: str = ""
    interchange_amount: int = 0


@message
class AccountFundingReply(Reply):
    """0210: debited (``approval_code``), or declined; with what the network priced."""

    mti: ClassVar[str] = "0210"
    processing: ClassVar[str] = "10"

    amount: int
    currency: str
    approval_code: str = ""
    window: str = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0


@message
class FundingReversal(Message["FundingReversalReply"]):
    """0420 with processing code 10 (0421 when repeated): whatever became of the pull, undo it; must be accepted.

    ``reason`` is one of DE 60's codes: 4000 cancelled, 4021 no answer in time. On its way to the issuer ``window`` is
    the one in which the pull was cleared; empty if the network never cleared it, so that it never settles.
    ``interchange_amount`` is what the issuer gives back.
    """

    mti: ClassVar[str] = "0420"
    processing: ClassVar[str] = "10"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    original_stan: str
    original_transmitted_at: int
    reason: str
    window: str = ""
    interchange_amount: int = 0
    repeat: bool = False


@message
class FundingReversalReply(Reply):
    """0430: ``code`` 00 when the pull was undone, 25 when there was nothing to undo.

    ``window`` is the one in which the pull had been cleared (empty: it never was), ``interchange_amount`` what is given
    back of it, ``scheme_fee_amount`` what the network keeps.
    """

    mti: ClassVar[str] = "0430"
    processing: ClassVar[str] = "10"

    amount: int
    currency: str
    window: str = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0


@message
class FundingAdjustment(Message["FundingAdjustmentReply"]):
    """0220 with processing code 22 (a credit adjustment): give a pull back whose time for a reversal is over."""

    mti: ClassVar[str] = "0220"
    processing: ClassVar[str] = "22"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    original_stan: str
    original_transmitted_at: int
    reason: str
    window: str = ""
    interchange_amount: int = 0
    repeat: bool = False


@message
class FundingAdjustmentReply(Reply):
    """0230: ``code`` 00 when the pull was given back; the rest as in the answer to a reversal."""

    mti: ClassVar[str] = "0230"
    processing: ClassVar[str] = "22"

    amount: int
    currency: str
    window: str = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0


FUNDING_REQUESTS: Final = (AccountFunding, FundingReversal, FundingAdjustment)
FUNDING_REPLIES: Final = (AccountFundingReply, FundingReversalReply, FundingAdjustmentReply)
FUNDING_MESSAGES: Final = (*FUNDING_REQUESTS, *FUNDING_REPLIES)
"""Every message of a pull that funds something."""
