"""Messages to and from the settlement bank: not card messages, so JSON on the wire, not ISO 8583."""

from dataclasses import dataclass
from typing import ClassVar, Final

from payments.switch.message import Message, Reply, message


@message
class FundsReceived(Message["BankReply"]):
    """Money came in from outside for ``sender``: credit its reserve (a deposit, a top-up, a repayment)."""

    mti: ClassVar[str] = "funds_received"

    amount: int
    currency: str


@message
class PayMerchant(Message["BankReply"]):
    """Pay ``amount`` out of the sender's reserve into a merchant's bank account."""

    mti: ClassVar[str] = "pay_merchant"

    merchant: str
    merchant_name: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class NetPosition:
    """One member's net position in a settlement instruction: positive is paid out to it, negative pays in."""

    member: str
    amount: int


@message
class SettlementInstruction(Message["BankReply"]):
    """Move the members' net positions of one window and currency between their reserves, all or nothing.

    ``positions`` holds the network's own line too, and sums to zero.
    """

    mti: ClassVar[str] = "settlement_instruction"

    window: str
    currency: str
    positions: tuple[NetPosition, ...]


@message
class BankReply(Reply):
    """The bank's answer: 00 done, 51 a member's reserve is short (``short`` names it)."""

    mti: ClassVar[str] = "bank_reply"

    short: str = ""


BANK_MESSAGES: Final = (FundsReceived, PayMerchant, SettlementInstruction, BankReply)
"""Every message to or from the bank; all others are card messages."""
