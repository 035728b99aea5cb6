"""The fields that requests of both generations have in common."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from payments.facades.mastercard_send.codes import PAYMENT_TYPES
from payments.facades.mastercard_send.countries import is_country
from payments.kit.money import UnknownCurrency, exponent
from payments.switch.numbers import luhn_valid

_CARD_NUMBER: Final = re.compile(r"(?<![0-9])[3-6][0-9]{14,18}(?![0-9])")
_PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"


class Shape(BaseModel):
    """A request body, or a part of one. Fields that nobody knows are left alone, as Mastercard leaves them."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


def no_card_number(text: str) -> str:
    """Return ``text``, unless there is a card number in it: only an account URI may hold one."""
    for found in _CARD_NUMBER.findall(text):
        if luhn_valid(found):
            raise PydanticCustomError("card_number", "A card number does not belong in a text")
    return text


def _payment_type(text: str) -> str:
    if text not in PAYMENT_TYPES:
        raise PydanticCustomError("payment_type", "Invalid value")
    return text


def _currency(code: str) -> str:
    try:
        exponent(code)
    except UnknownCurrency:
        raise PydanticCustomError("currency", "Invalid value") from None
    return code


def _country(code: str) -> str:
    if not is_country(code):
        raise PydanticCustomError("country", "Invalid value")
    return code


def _more_than_nothing(amount: str) -> str:
    if int(amount) == 0:
        raise PydanticCustomError("amount", "Invalid value")
    return amount


def text(longest: int, shortest: int = 0) -> AfterValidator:
    """Return what checks a free text of ``shortest`` to ``longest`` characters."""

    def check(given: str) -> str:
        if len(given) < shortest:
            raise PydanticCustomError("string_too_short", "Invalid length")
        if len(given) > longest:
            raise PydanticCustomError("string_too_long", "Invalid length")
        return no_card_number(given)

    return AfterValidator(check)


Printable = Annotated[str, StringConstraints(pattern=_PRINTABLE)]
PartnerReference = Annotated[
    str,
    StringConstraints(min_length=6, max_length=40, pattern=r"^[A-Za-z0-9*,\-._~]+$"),
    AfterValidator(no_card_number),
]
Amount = Annotated[
    str, StringConstraints(min_length=1, max_length=12, pattern=r"^[0-9]+$"), AfterValidator(_more_than_nothing)
]
"""Whole minor units, in digits: 6000 is 60.00 USD."""

Currency = Annotated[str, StringConstraints(min_length=3, max_length=3), AfterValidator(_currency)]
Country = Annotated[str, StringConstraints(min_length=3, max_length=3), AfterValidator(_country)]
"""ISO 3166-1 alpha-3."""

PaymentType = Annotated[str, StringConstraints(min_length=3, max_length=3), AfterValidator(_payment_type)]
Mcc = Annotated[str, Field(min_length=4, max_length=4, pattern=r"^[0-9]{4}$")]
TwoDigits = Annotated[str, Field(min_length=2, max_length=2, pattern=r"^[0-9]{2}$")]
UniqueReference = Annotated[str, Field(max_length=19, pattern=r"^[0-9]*$")]
LocalMoment = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$"),
]
"""A local date and time, in v1 with its offset from UTC."""
