"""The card numbers of Visa's published Visa Direct samples, as cards of our own banks, each behaving in one way.

They are test numbers: nobody's. Three of them fail the check digit, as published; our own API therefore does not take
them, the Visa Direct door does. What a sample documents and our banks do not do of themselves (an approval code, a
decline) has to be staged for the card: ``payments/facades/visa_direct/test_cards.json`` says what.
"""

from typing import Final, NamedTuple

from payments.switch.directory import Bin

VISA_BINS: Final = (
    Bin("400397", "first_prairie", "debit", "US", 1, "USD", 1),
    Bin("400552", "first_prairie", "debit", "US", 1, "USD", 1),
    Bin("406032", "first_prairie", "debit", "US", 1, "USD", 1),
    Bin("410492", "first_prairie", "debit", "US", 1, "USD", 1),
    Bin("412364", "coastline", "debit", "US", 0, "USD", 1),
    Bin("465345", "coastline", "debit", "US", 0, "USD", 1),
    Bin("484092", "coastline", "debit", "US", 0, "USD", 1),
    Bin("489514", "coastline", "debit", "US", 0, "USD", 1),
    Bin("495703", "coastline", "debit", "US", 0, "USD", 1),
)


class VisaCard(NamedTuple):
    """A published number and its made-up holder; ``shows`` says what becomes of a payment with it."""

    key: str
    holder: str
    issuer: str
    funds: int
    number: str
    shows: str
    blocked: bool = False


_APPROVED: Final = "approved: of Visa's samples"
_FUNDS: Final = 1_000_00

VISA_CARDS: Final = (
    VisaCard(
        "visa_0127",
        "Iris Novak",
        "first_prairie",
        _FUNDS,
        "4060320000000127",
        "approved: the card of Visa's push and pull samples",
    ),
    VisaCard(
        "visa_0126",
        "Owen Castle",
        "first_prairie",
        _FUNDS,
        "4060320000000126",
        "approved: the sender's account of Visa's push sample",
    ),
    VisaCard(
        "visa_0001",
        "Petra Lund",
        "first_prairie",
        _FUNDS,
        "4104920120500001",
        "approved: the token of Visa's reversal sample",
    ),
    VisaCard("visa_0002", "Anton Weir", "first_prairie", _FUNDS, "4104920120500002", _APPROVED),
    VisaCard(
        "visa_2156",
        "Rosa Field",
        "first_prairie",
        _FUNDS,
        "4003974278332156",
        "declined (62): Visa's declined sample, blocked here",
        blocked=True,
    ),
    VisaCard("visa_1126", "Hugo Blum", "first_prairie", _FUNDS, "4005520000011126", _APPROVED),
    VisaCard("visa_0462", "Clara Voss", "coastline", _FUNDS, "4957030420210462", _APPROVED),
    VisaCard("visa_0496", "Elias Munk", "coastline", _FUNDS, "4957030420210496", _APPROVED),
    VisaCard("visa_0454", "Nina Hale", "coastline", _FUNDS, "4957030420210454", _APPROVED),
    VisaCard("visa_0006", "Tomas Reyes", "coastline", _FUNDS, "4895142232120006", _APPROVED),
    VisaCard("visa_6666", "John Kamau", "coastline", _FUNDS, "4895140000066666", _APPROVED),
    VisaCard("visa_6154", "Vera Stone", "coastline", _FUNDS, "4653459515756154", _APPROVED),
    VisaCard("visa_1221", "Leon Frost", "coastline", _FUNDS, "4840920103511221", _APPROVED),
    VisaCard("visa_8797", "Maya Brook", "coastline", _FUNDS, "4123640062698797", _APPROVED),
)
