"""The fields that requests have in common: amounts, currencies, names, ids."""

import re
from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from payments.kit.clock import instant
from payments.kit.money import UnknownCurrency, exponent
from payments.switch.message import NAME_BYTES, TEXT_BYTES
from payments.switch.numbers import luhn_valid

LARGEST: Final = 999_999_999_999
"""The largest amount a message can carry: twelve digits of minor units (ISO 8583 DE 4)."""

_PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"
_CARD_NUMBER: Final = re.compile(r"(?<![0-9])[3-6][0-9]{14,18}(?![0-9])")
"""What may be a card number in a text; shorter ones are left alone, lest an order number or a time be taken for one."""


def _known_currency(code: str) -> str:
    try:
        exponent(code)
    except UnknownCurrency:
        raise UnknownCurrency("Use an ISO 4217 code in capitals, such as USD, EUR or JPY.") from None
    return code


def _at_most(size: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text.encode()) > size:
            problem = "This travels in messages: {size} bytes of UTF-8 at most."
            raise PydanticCustomError("too_many_bytes", problem, {"size": size})
        return text

    return AfterValidator(check)


def may_be_card_number(text: str) -> bool:
    """Tell whether there is something in ``text`` that may be a card number."""
    return any(luhn_valid(found) for found in _CARD_NUMBER.findall(text))


def no_card_number(text: str) -> str:
    """Return ``text``, unless there is a card number in it."""
    if may_be_card_number(text):
        raise PydanticCustomError("card_number", "A card number does not belong in a text.")
    return text


def _as_instant(moment: AwareDatetime) -> int:
    return instant(moment)


Amount = Annotated[
    int,
    Field(
        strict=True,
        gt=0,
        le=LARGEST,
        description="Whole minor units of the currency: 1234 is 12.34 USD, and 1234 JPY.",
        examples=[5841],
    ),
]
Currency = Annotated[str, AfterValidator(_known_currency), Field(description="ISO 4217 code.", examples=["USD"])]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_PRINTABLE),
    _at_most(NAME_BYTES),
    AfterValidator(no_card_number),
]
FreeText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200, pattern=_PRINTABLE),
    AfterValidator(no_card_number),
]
MessageText = Annotated[FreeText, _at_most(TEXT_BYTES)]
Region = Annotated[
    str,
    Field(pattern=r"^[A-Z0-9]{0,3}$", description="State or province: ISO 3166-2 after the country.", examples=["OR"]),
]
PostalCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9 \-]{0,16}$", examples=["97301"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code.", examples=["US"])]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,100}$", description="The id of a resource.")]
Id = Annotated[str, Path(max_length=200, description="The resource's id.")]
Moment = Annotated[
    AwareDatetime,
    Query(description="An instant with its offset from UTC (RFC 3339).", examples=["2026-10-14T14:00:00Z"]),
]
Position = Annotated[int, Query(ge=0, le=2**62, description="The position of an event.")]


class Shape(BaseModel):
    """A request body: it has the fields it has and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(BaseModel):
    """The body of an answer, as the documentation shows it."""

    model_config = ConfigDict(extra="forbid")
