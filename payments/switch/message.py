"""The messages institutions exchange, in the field's words.

A message does not change: a hop that changes something sends a new one. Every message has one ISO 8583
form (``iso8583.py``); ``mti`` is its message type indicator and ``processing`` the first two digits
of its processing code (DE 3). ``sender`` and ``receiver`` name the members of one hop, by id, and
are its envelope: they are not part of the ISO form.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Final, Generic, Self, dataclass_transform

from typing_extensions import TypeVar

from payments.kit.secrets import CardNumber, Secret
from payments.switch.codes import APPROVALS

NAME_BYTES: Final = 150
TEXT_BYTES: Final = 200
"""How long a name or city, and a free text, may be in UTF-8, so that all of a message fit its private elements."""


T = TypeVar("T")
R = TypeVar("R", bound="Reply", default=Any, covariant=True)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def message(kind: type[T]) -> type[T]:
    """Make the decorated class a message: a dataclass by keyword.

    That it is frozen is checked by the type checker, not at run time, where it would double the cost of a hop.
    """
    return dataclass(slots=True, kw_only=True)(kind)


class Envelope:
    """What messages and replies have in common: a copy with other values is made for the next hop."""

    __slots__ = ()

    def changed(self, **changes: Any) -> Self:
        """Return a copy with other values of the named attributes."""
        kind: Any = type(self)
        names, values = _attributes(kind)
        made: Self = kind(**{**dict(zip(names, values(self), strict=True)), **changes})
        return made


@cache
def _attributes(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(each.name for each in fields(kind))
    return names, attrgetter(*names)


@dataclass(frozen=True, slots=True)
class PresentedCard:
    """What a merchant knows of a card.

    ``expiry`` is YYMM (valid through the last day of that month), ``cvv`` is never kept,
    ``entry_mode`` is DE 22's first two digits: how the number was read.
    """

    number: CardNumber
    expiry: str = ""
    cvv: Secret | None = None
    entry_mode: str = "81"


@dataclass(frozen=True, slots=True)
class CardAcceptor:
    """Where the card was accepted: merchant, terminal, and what goes on the statement (DE 18, 19, 41-43)."""

    merchant: str
    name: str
    city: str
    country: str
    mcc: str
    terminal: str = "00000001"


@message
class Message(Envelope, Generic[R]):
    """What every message carries, ``R`` being its answer: its hop, its trace numbers, and the acquirer's reference.

    ``stan`` (DE 11) names one exchange and is kept by its repeats; ``rrn`` (DE 37) names the
    transaction for the acquirer, for life; ``network_id`` (DE 62) is the network's own number for
    it, empty until the network has given one. ``transmitted_at`` is in microseconds since the epoch, UTC.
    """

    mti: ClassVar[str] = ""
    processing: ClassVar[str] = ""

    sender: str
    receiver: str
    acquirer: str
    stan: str
    rrn: str
    transmitted_at: int
    network_id: str = ""


@message
class Reply(Envelope):
    """What every answer carries: the trace numbers it answers, a response code, and who decided.

    ``code`` is DE 39 (see ``codes.py``); ``decided_by`` is the member who decided it.
    """

    mti: ClassVar[str] = ""
    processing: ClassVar[str] = ""

    sender: str
    receiver: str
    stan: str
    rrn: str
    transmitted_at: int
    code: str
    decided_by: str
    network_id: str = ""

    @property
    def approved(self) -> bool:
        """Tell whether the answer is an approval."""
        return self.code in APPROVALS


@message
class AuthorizationRequest(Message["AuthorizationReply"]):
    """0100: asks the issuer to hold ``amount`` minor units of ``currency`` for this acceptor."""

    mti: ClassVar[str] = "0100"
    processing: ClassVar[str] = "00"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor


@message
class AuthorizationReply(Reply):
    """0110: the answer; ``approval_code`` (DE 38) is on the receipt when approved."""

    mti: ClassVar[str] = "0110"
    processing: ClassVar[str] = "00"

    amount: int
    currency: str
    approval_code: str = ""


@message
class Reversal(Message["ReversalReply"]):
    """0420 (0421 when repeated): whatever became of the original, undo it; must be accepted.

    ``original_stan`` and ``original_transmitted_at`` identify the original (DE 90); ``replacement_amount``
    (DE 95) is what remains of it, 0 for a full reversal. ``reason`` is one of DE 60's codes: 4000 the
    customer or merchant cancelled, 4021 no answer in time.
    """

    mti: ClassVar[str] = "0420"
    processing: ClassVar[str] = "00"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    original_stan: str
    original_transmitted_at: int
    reason: str
    replacement_amount: int = 0
    repeat: bool = False


@message
class ReversalReply(Reply):
    """0430: accepted, whether or not there was something to undo."""

    mti: ClassVar[str] = "0430"
    processing: ClassVar[str] = "00"


@message
class Presentment(Message["PresentmentReply"]):
    """0220: the acquirer presents a captured sale for payment.

    ``arn`` (acquirer reference number, 23 digits) names this presentment for life; ``approval_code`` and
    ``network_id`` tie it to its authorization; ``final`` says that nothing more will be captured on it.
    ``card_present`` and the acceptor's MCC decide the interchange programme. ``interchange_amount`` is set
    by the network on its way to the issuer: what the issuer earns.
    """

    mti: ClassVar[str] = "0220"
    processing: ClassVar[str] = "00"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    arn: str
    approval_code: str = ""
    final: bool = True
    window: str = ""
    interchange_amount: int = 0
    repeat: bool = False


@message
class RefundPresentment(Message["PresentmentReply"]):
    """0220 with processing code 20: the acquirer presents a credit for (part of) an earlier presentment.

    ``original_arn`` names the presentment it gives back; ``interchange_amount``, set by the network, is the
    interchange the issuer gives back.
    """

    mti: ClassVar[str] = "0220"
    processing: ClassVar[str] = "20"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    arn: str
    original_arn: str
    window: str = ""
    interchange_amount: int = 0
    repeat: bool = False


@message
class PresentmentReply(Reply):
    """0230: cleared (or refused); what the network priced and the settlement window it falls in."""

    mti: ClassVar[str] = "0230"
    processing: ClassVar[str] = "00"

    amount: int
    currency: str
    arn: str
    window: str = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0


CONSUMER: Final = "consumer"
ORGANIZATION: Final = "organization"
PREFUNDED: Final = "prefunded"


@dataclass(frozen=True, slots=True)
class Party:
    """A payer or recipient as a push payment names them (DE 108, their address DE 123).

    ``country`` is ISO 3166-1 alpha-2, ``region`` the part of ISO 3166-2 behind it (state, province); ``kind`` is
    consumer or organization, whose ``name`` is its legal name.
    """

    name: str
    address: str = ""
    city: str = ""
    country: str = ""
    reference: str = ""
    region: str = ""
    postal_code: str = ""
    kind: str = CONSUMER


@message
class OriginalCredit(Message["OriginalCreditReply"]):
    """0200 with processing code 26 (OCT): credit the recipient's card at once. Never reversed.

    ``business_application`` is the two-letter business application id (DE 104 tag BA), ``channel`` how the
    sender started it, ``source_of_funds`` what the payer paid with ('': not said). The network adds ``window`` and
    ``interchange_amount`` (what the issuer earns). It keeps a credit with a ``release_at`` (microseconds since the
    epoch) until then. What it converts, by the ``quote`` that is named or without one, it adds what of it arrives:
    ``billing_amount`` of ``billing_currency`` at ``rate`` (DE 6, 51 and 10), and the interchange is in that currency.
    ``pull_network_id`` is the network's number of the pull (AFT) that paid for it ('': none did).
    """

    mti: ClassVar[str] = "0200"
    processing: ClassVar[str] = "26"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    business_application: str
    channel: str
    payer: Party
    recipient: Party
    source_of_funds: str = PREFUNDED
    statement_text: str = ""
    window: str = ""
    interchange_amount: int = 0
    release_at: int = 0
    pull_network_id: str = ""
    quote: str = ""
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""

    @property
    def credited_amount(self) -> int:
        """Return what the cardholder gets, in minor units of ``credited_currency``."""
        return self.billing_amount or self.amount

    @property
    def credited_currency(self) -> str:
        """Return the currency the cardholder is credited in."""
        return self.billing_currency or self.currency


@message
class OriginalCreditReply(Reply):
    """0210: credited (``approval_code``), declined, or deferred until ``release_at``.

    With what the network priced, and how it was converted.
    """

    mti: ClassVar[str] = "0210"
    processing: ClassVar[str] = "26"

    amount: int
    currency: str
    approval_code: str = ""
    window: str = ""
    interchange_amount: int = 0
    scheme_fee_amount: int = 0
    release_at: int = 0
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""


@message
class Enquiry(Message["EnquiryReply"]):
    """0600 (ours): asks what became of the message with this reference and ``original_stan``."""

    mti: ClassVar[str] = "0600"
    processing: ClassVar[str] = "26"

    original_stan: str
    original_transmitted_at: int


@message
class EnquiryReply(Reply):
    """0610 (ours): ``code`` 00 when the original is known, 25 when it never arrived.

    ``original`` is the answer the original was given (``None`` while it has none: ask again).
    """

    mti: ClassVar[str] = "0610"
    processing: ClassVar[str] = "26"

    original: OriginalCreditReply | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """A member's gross totals of one window and currency: what it owes and what it is owed, minor units."""

    currency: str
    due_to_network: int
    due_from_network: int


@message
class SettlementAdvice(Message["SettlementAdviceReply"]):
    """0520: the window is settled; these are your totals, book them."""

    mti: ClassVar[str] = "0520"

    window: str
    totals: tuple[Totals, ...] = field(default=())


@message
class SettlementAdviceReply(Reply):
    """0530: booked."""

    mti: ClassVar[str] = "0530"
