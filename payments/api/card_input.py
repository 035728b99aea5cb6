"""Cards in requests: as a merchant knows them, by number, or as the sandbox does, by id."""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from payments.api.fields import Reference, Shape
from payments.kit.errors import Refusal
from payments.kit.secrets import CardNumber, Secret
from payments.switch.numbers import luhn_valid

ENTRY_MODES: Final = {"contactless": "07", "chip": "05", "swipe": "90", "online": "81", "keyed": "01"}
"""How a card was read, and what DE 22 says of it (first two digits, ISO 8583:1987 code list)."""

ENTRY_WORDS: Final = {code: word for word, code in ENTRY_MODES.items()}

EntryMode = Literal["contactless", "chip", "swipe", "online", "keyed"]


class InvalidCardNumber(Refusal):
    """This is no card number."""


def card_number(given: Any) -> CardNumber:
    """Return a card number as it was given. Raises ``InvalidCardNumber``, which shows nothing of it."""
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{12,19}", given):
        raise InvalidCardNumber("A card number is a text of 12 to 19 digits, without spaces.")
    if not luhn_valid(given):
        raise InvalidCardNumber("The last digit does not check (ISO/IEC 7812-1, Luhn): a digit is wrong.")
    return CardNumber(given)


def _cvv(given: Any) -> Secret:
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{3,4}", given):
        raise ValueError("a CVV is a text of three or four digits")
    return Secret(given)


Number = Annotated[
    CardNumber,
    PlainValidator(card_number),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{12,19}$", "examples": ["4000121111114242"]}),
]
Cvv = Annotated[
    Secret,
    PlainValidator(_cvv),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{3,4}$", "examples": ["123"]}),
]
Expiry = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])/[0-9]{2}$", description="MM/YY.", examples=["12/29"])]


class CardInput(Shape):
    """A card: its ``number`` (with ``expiry`` and ``cvv`` as far as they are known), or its ``id`` in this sandbox."""

    number: Number | None = None
    expiry: Expiry | None = None
    cvv: Cvv | None = None
    id: Reference | None = None
    entry_mode: EntryMode = Field(default="online", description="How the card was read.")

    @model_validator(mode="after")
    def _either_number_or_id(self) -> Self:
        if (self.number is None) == (self.id is None):
            raise ValueError("give the card's number or its id, one of the two")
        if self.id is not None and (self.expiry or self.cvv):
            raise ValueError("with an id the sandbox knows the rest: leave expiry and cvv out")
        return self


def to_wire(expiry: str | None) -> str:
    """Return MM/YY as messages carry it, YYMM; nothing is ''."""
    return f"{expiry[3:]}{expiry[:2]}" if expiry else ""


def from_wire(expiry: str) -> str:
    """Return YYMM as people write it, MM/YY."""
    return f"{expiry[2:]}/{expiry[:2]}" if expiry else ""
