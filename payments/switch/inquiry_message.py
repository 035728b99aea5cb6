"""Inquiries before a push: what may be done with a card, and whether it and its holder are what they are said to be.

An inquiry moves nothing. One that is lost is simply asked anew, and one that arrives twice is answered twice.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from payments.switch.message import CardAcceptor, Message, PresentedCard, Reply, message

HIDDEN: Final = "***"
"""What an event keeps in the place of a name or an address that was only asked about."""


@message
class EligibilityInquiry(Message["EligibilityReply"]):
    """0300 with processing code 39 (ours): asks the network's directory what may be pushed to this card, or pulled.

    ``origin`` is the country of who would send (ISO 3166-1 alpha-2); ``business_application`` what for, "" when that
    is open.
    """

    mti: ClassVar[str] = "0300"
    processing: ClassVar[str] = "39"

    card: PresentedCard
    origin: str
    business_application: str = ""


@dataclass(frozen=True, slots=True)
class CardAttributes:
    """What the directory says of a range of cards, whoever asks.

    ``product`` is debit, credit or prepaid; ``platform`` consumer, business, commercial or government. ``fast_funds``
    is B (domestic and cross-border), D (domestic only), C (cross-border only) or N. ``reloadable`` is of a prepaid
    card. ``gambling``: winnings may be pushed to it.
    """

    issuer: str
    issuer_name: str
    country: str
    product: str
    platform: str
    currency: str
    fast_funds: str
    reloadable: bool
    gambling: bool
    push_domestic: bool
    push_cross_border: bool
    pull_domestic: bool
    pull_cross_border: bool


@message
class EligibilityReply(Reply):
    """0310: what the directory says of the card, and what follows from that for who asked.

    ``cross_border``: the card is from another country than the asking acquirer. ``geo_blocked``: its issuer takes
    nothing from ``origin``. ``refusal`` is the first reason against a push, in a word, "" when it may be made; money
    is promised within ``funds_within_seconds``, or, when that is 0, within ``funds_within_business_days``.
    """

    mti: ClassVar[str] = "0310"
    processing: ClassVar[str] = "39"

    attributes: CardAttributes
    cross_border: bool
    geo_blocked: bool
    push_allowed: bool
    pull_allowed: bool
    refusal: str = ""
    funds_within_seconds: int = 0
    funds_within_business_days: int = 0


@dataclass(frozen=True, slots=True)
class HolderAddress:
    """An address to be checked: as much of it as is asked about."""

    street: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class HolderName:
    """A name to be checked, in parts; those that are not asked about are ""."""

    first: str = ""
    middle: str = ""
    last: str = ""


NO_ADDRESS: Final = HolderAddress()
NO_NAME: Final = HolderName()
"""Nothing is asked about either."""


@message
class CardValidation(Message["CardValidationReply"]):
    """0100 with processing code 38, over no amount: asks the issuer whether card, address and name are its holder's."""

    mti: ClassVar[str] = "0100"
    processing: ClassVar[str] = "38"

    card: PresentedCard
    amount: int
    currency: str
    acceptor: CardAcceptor
    address: HolderAddress = NO_ADDRESS
    holder: HolderName = NO_NAME

    def without_the_person(self) -> "CardValidation":
        """Return the message as it is kept: with what is asked about, and without name and address themselves."""
        address, holder = self.address, self.holder
        return self.changed(
            address=HolderAddress(_hide(address.street), _hide(address.postal_code)),
            holder=HolderName(_hide(holder.first), _hide(holder.middle), _hide(holder.last)),
        )


def _hide(asked: str) -> str:
    return HIDDEN if asked else ""


@message
class CardValidationReply(Reply):
    """0110 with processing code 38: ``code`` is about the card; of what was asked about, each has a result.

    ``cvv_result`` is M or N; ``address_result`` Y (street and postal code match), A (street only), Z (postal code
    only), N or U (the issuer knows no address); the names' are 01 match, 02 partial match, 03 no match. What was not
    asked about, or cannot be answered because there is no such card, is "".
    """

    mti: ClassVar[str] = "0110"
    processing: ClassVar[str] = "38"

    amount: int
    currency: str
    cvv_result: str = ""
    address_result: str = ""
    name_result: str = ""
    first_name_result: str = ""
    middle_name_result: str = ""
    last_name_result: str = ""


INQUIRY_MESSAGES: Final = (EligibilityInquiry, EligibilityReply, CardValidation, CardValidationReply)
"""Every message of this file."""
