"""Pulls: what is ordered to be taken from a card to fund something (AFT), and how far it has come."""

from dataclasses import dataclass
from typing import ClassVar, Final

import orjson
from sqlalchemy import CheckConstraint, Index

from payments.kit.idempotency import Claim
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.secrets import Vault
from payments.ledger.account import account_id
from payments.switch.message import Party, PresentedCard

PENDING: Final = "pending"
RECEIVED: Final = "received"
DECLINED: Final = "declined"
FAILED: Final = "failed"
REVERSING: Final = "reversing"
REVERSED: Final = "reversed"
ADJUSTING: Final = "adjusting"
ADJUSTED: Final = "adjusted"


@dataclass(frozen=True, slots=True)
class FundingOrder:
    """What a sender asks for: ``amount`` minor units of ``currency`` from ``card``, which is ``payer``'s.

    ``channel`` is where it was started, ``business_application`` what it is for (two letters), ``recipient`` whom the
    money is for (``None``: the sender itself).
    """

    claim: Claim | None
    sender: str
    card: PresentedCard
    amount: int
    currency: str
    channel: str
    business_application: str
    payer: Party
    recipient: Party | None = None


@record(
    "acquirer_fundings",
    Index(None, "sender", "id"),
    Index(None, "transfer"),
    Index(None, "reference", unique=True),
    due_index("answer_due_at"),
    CheckConstraint("amount > 0 AND fee_amount BETWEEN 0 AND amount", name="amounts"),
)
class Funding(Record):
    """A pull from a card that funds something. Amounts are minor units of ``currency``.

    What it brings, less ``fee_amount``, is the sender's; as the first leg of a ``transfer`` ('' it is none) it waits,
    whole, among the sender's transfers. ``reference`` is the RRN, ``stan`` the trace number. ``answer_due_at`` is set,
    and ``writer`` says whose, while an answer is awaited: to the pull, or to the reversal of one that got none. The
    network's answer sets window, interchange and scheme fee. ``payer`` and ``recipient`` are JSON: see ``named``.
    """

    noun: ClassVar[str] = "funding"
    prefix: ClassVar[str] = "fnd"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("approve", PENDING, RECEIVED),
        Move("decline", PENDING, DECLINED),
        Move("give_up", PENDING, FAILED),
        Move("reverse", RECEIVED, REVERSING),
        Move("finish_reversal", REVERSING, REVERSED),
        Move("refuse_reversal", REVERSING, RECEIVED),
        Move("adjust", RECEIVED, ADJUSTING),
        Move("finish_adjustment", ADJUSTING, ADJUSTED),
        Move("refuse_adjustment", ADJUSTING, RECEIVED),
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
    entry_mode: str
    channel: str
    business_application: str
    payer: str
    recipient: str
    reference: str
    stan: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    approved_at: Mutable[int | None] = None
    network_id: Mutable[str] = ""
    approval_code: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""
    interchange_amount: Mutable[int] = 0
    scheme_fee_amount: Mutable[int] = 0

    @property
    def funds_account(self) -> str:
        """Return the id of the account that it credits."""
        return account_id(self.acquirer, funds_code(self.transfer), self.currency, self.sender)

    def card(self, vault: Vault) -> PresentedCard:
        """Return the card as it was presented, but for its CVV, which is never kept."""
        return PresentedCard(vault.card_number(self.card_encrypted), self.card_expiry, None, self.entry_mode)


def funds_code(transfer: str) -> str:
    """Return which of a sender's accounts money comes to and goes from: its own, or that of its transfers."""
    return "transfers" if transfer else "sender"


def written(party: Party) -> str:
    """Return a party as a row keeps it."""
    return orjson.dumps(party).decode()


def named(text: str) -> Party:
    """Return the party that was ``written``."""
    return Party(**orjson.loads(text))
