"""Holders: how far a name and an address that somebody gives are those the bank knows its cardholder by."""

import json
import re
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz

from payments.issuer.account import Account
from payments.switch.inquiry_message import HolderAddress, HolderName
from payments.switch.names import words

MATCH: Final = "01"
PARTIAL: Final = "02"
NO_MATCH: Final = "03"

_PARTIAL_FROM: Final[int] = json.loads(Path(__file__).with_name("name_match.json").read_text(encoding="utf-8"))[
    "partial_from"
]
_ADDRESS_RESULTS: Final = {(True, True): "Y", (True, False): "A", (False, True): "Z", (False, False): "N"}


def match_address(account: Account, asked: HolderAddress) -> str:
    """Return Y, A (street only), Z (postal code only) or N; U when the bank has no address, "" if none was asked about.

    Of a street only its numbers are compared, as address verification does, and its words if it has none. A nine-digit
    postal code of the United States matches by its first five.
    """
    if not (asked.street or asked.postal_code):
        return ""
    if not (account.street or account.postal_code):
        return "U"
    street = bool(asked.street) and _street(asked.street) == _street(account.street)
    postal = bool(asked.postal_code) and _postal_code(asked.postal_code) == _postal_code(account.postal_code)
    return _ADDRESS_RESULTS[street, postal]


def _street(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", text)) or words(text)


def _postal_code(text: str) -> str:
    code = "".join(words(text))
    return code[:5] if re.fullmatch(r"\d{9}", code) else code


def match_name(account: Account, asked: HolderName) -> dict[str, str]:
    """Return the result for each part of a name that was asked about, and for all of it (``name_result``).

    The holder's first word is the first name, as many words from the end as are asked about the last, what is between
    them the middle name. All of it matches when every part does, and does not when none does at all.
    """
    known = words(account.holder)
    last = max(len(words(asked.last)), 1)
    parts = {
        "first_name_result": _match(asked.first, known[:1]),
        "middle_name_result": _match(asked.middle, known[1:-last]),
        "last_name_result": _match(asked.last, known[1:][-last:] if len(known) > 1 else known),
    }
    found = {each for each in parts.values() if each}
    whole = PARTIAL if len(found) > 1 else "".join(found)
    return parts | {"name_result": whole}


def _match(asked: str, known: tuple[str, ...]) -> str:
    if not asked:
        return ""
    given, kept = " ".join(words(asked)), " ".join(known)
    if given == kept:
        return MATCH
    initial = len(given) == 1 and kept.startswith(given)
    alike = bool(given and kept) and fuzz.ratio(given, kept) >= _PARTIAL_FROM
    return PARTIAL if initial or alike else NO_MATCH
