"""Reading requests: from documented fields to amounts, cards and names of ours. Every refusal is 400, code 3001."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from payments.facades.visa_direct.envelope import invalid
from payments.facades.visa_direct.fields import as_number, as_text
from payments.kit.clock import instant
from payments.kit.money import UnknownCurrency, alpha_code, exponent
from payments.kit.secrets import CardNumber, Secret
from payments.switch.directory import Directory, UnknownBin
from payments.switch.message import NAME_BYTES, Party, PresentedCard
from payments.switch.numbers import luhn_valid

_LARGEST: Final = Decimal("999999999.999")
_RRN: Final = re.compile(r"[0-9](00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])[0-9]{8}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_CARD_NUMBER: Final = re.compile(r"(?<![0-9])[3-6][0-9]{14,18}(?![0-9])")


_COUNTRIES: Final[dict[str, str]] = {
    code: row[:2]
    for row in json.loads(Path(__file__).with_name("countries.json").read_text(encoding="utf-8"))
    for code in (row[:2], row[2:5], row[5:])
}


def text(body: dict[str, Any], path: str) -> str:
    """Return the text at a path, or the digits of a number; '' when there is none."""
    value: Any = body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return as_text(value)


def digits(body: dict[str, Any], path: str, least: int, most: int) -> str:
    """Return digits at a path, with the leading zeros a number loses put back up to ``least``."""
    given = text(body, path).zfill(least)
    if not re.fullmatch(rf"[0-9]{{{least},{most}}}", given):
        raise invalid(f"{path} must have {least} to {most} digits.")
    return given


def short(body: dict[str, Any], path: str, most: int) -> str:
    """Return a text of ``most`` plain characters at the most, such as an acceptor's id; '' when there is none."""
    given = text(body, path)
    if len(given) > most or _CONTROL.search(given) or has_card_number(given):
        raise invalid(f"{path} must have 1 to {most} characters, and no card number.")
    return given


def has_card_number(given: str) -> bool:
    """Tell whether there is a card number in a text."""
    return any(luhn_valid(each) for each in _CARD_NUMBER.findall(given))


def trace_number(body: dict[str, Any]) -> str:
    """Return the STAN, six digits."""
    return digits(body, "systemsTraceAuditNumber", 6, 6)


def reference(body: dict[str, Any]) -> str:
    """Return the RRN: twelve digits, of which the second to fourth are a day of the year (001 to 366)."""
    given = text(body, "retrievalReferenceNumber").zfill(12)
    if not _RRN.fullmatch(given):
        raise invalid("retrievalReferenceNumber must be ydddhhnnnnnn: 12 digits, ddd from 001 to 366.")
    return given


def currency(body: dict[str, Any], path: str) -> str:
    """Return a currency's three letters; it may be given by letters or by number."""
    given = text(body, path)
    try:
        if given.isdigit():
            return alpha_code(given.zfill(3))
        exponent(given)
    except UnknownCurrency:
        raise invalid(f"{path} must be an ISO 4217 code, letters or digits.") from None
    return given


def amount(body: dict[str, Any], of: str) -> int:
    """Return the amount in minor units of the currency ``of``.

    It has no more decimals than its currency; in one of three decimals the last must be 0.
    """
    given, places = as_number(body.get("amount")), exponent(of)
    if given is None or not 0 < given <= _LARGEST:
        raise invalid("amount must be greater than 0 and at most 999999999.999.")
    minor = given.scaleb(places)
    if minor != minor.to_integral_value():
        raise invalid(f"amount must have at most {places} decimals in {of}.")
    if places == 3 and int(minor) % 10:
        raise invalid(f"amount must end in 0 in {of}, which has three decimals.")
    return int(minor)


def card(body: dict[str, Any], path: str, expiry_path: str, directory: Directory) -> PresentedCard:
    """Return the card at a path, as a merchant would present it. A number outside the sandbox goes no further."""
    given = text(body, path)
    if not re.fullmatch(r"[0-9]{13,19}", given):
        raise invalid(f"{path} must be a card number of 13 to 19 digits.")
    number = CardNumber(given)
    try:
        directory.bin_of(number)
    except UnknownBin:
        raise invalid(f"{path} is no card of the sandbox: only numbers of its own directory exist here.") from None
    cvv = text(body, "cardCvv2Value")
    return PresentedCard(number, expiry(body, expiry_path), Secret(cvv) if re.fullmatch(r"[0-9]{3,4}", cvv) else None)


def expiry(body: dict[str, Any], path: str) -> str:
    """Return a card's expiry as messages carry it (YYMM) from YYYY-MM; '' when there is none."""
    given = text(body, path)
    if not given:
        return ""
    found = re.fullmatch(r"[0-9]{2}([0-9]{2})-(0[1-9]|1[0-2])", given)
    if found is None:
        raise invalid(f"{path} must be YYYY-MM.")
    return found[1] + found[2]


def moment_of(body: dict[str, Any], path: str) -> int:
    """Return an instant written CCYYMMDDHHMM, GMT."""
    try:
        return instant(datetime.strptime(text(body, path), "%Y%m%d%H%M").replace(tzinfo=UTC))
    except ValueError:
        raise invalid(f"{path} must be CCYYMMDDHHMM.") from None


def party(body: dict[str, Any], who: str) -> Party:
    """Return ``who`` (sender, recipient) as a message names them."""
    address = text(body, f"{who}Address") or text(body, f"{who}AddressLine1") or text(body, f"{who}StreetName")
    parts = {"address": address, "city": text(body, f"{who}City"), "country": country(text(body, f"{who}CountryCode"))}
    parts |= {
        "region": (text(body, f"{who}StateCode") or text(body, f"{who}State"))[:3],
        "postal_code": text(body, f"{who}PostalCode")[:16],
    }
    for each in parts.values():
        if _CONTROL.search(each) or has_card_number(each):
            raise invalid(f"{who}Address or {who}City has characters, or a card number, in it.")
    parts |= {"address": parts["address"][:99], "city": parts["city"][:25]}
    return Party(name(body, who), **parts)


def country(given: str) -> str:
    """Return a country's two letters from two, three letters or three digits; '' for what is none."""
    return _COUNTRIES.get(given.upper().zfill(3) if given.isdigit() else given.upper(), "")


def name(body: dict[str, Any], who: str) -> str:
    """Return the name of ``who`` (sender, recipient): as one, or from its parts; '' when there is none."""
    parts = (text(body, f"{who}{each}Name") for each in ("First", "Middle", "Last"))
    given = text(body, f"{who}Name") or " ".join(each for each in parts if each)
    if _CONTROL.search(given) or len(given.encode()) > NAME_BYTES:
        raise invalid(f"{who}Name is too long, or has characters that no name has.")
    if has_card_number(given):
        raise invalid(f"{who}Name has a card number in it.")
    return given
