"""The words and codes of Mastercard Send, and what of ours stands behind each; they are kept in ``codes.json``."""

import json
import re
from pathlib import Path
from typing import Any, Final

_CODES: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("codes.json").read_text(encoding="utf-8"))

DISBURSEMENT: Final = "disbursement"
TRANSFER: Final = "transfer"
PAYMENT: Final = "payment"
"""What a partner makes: a disbursement or a transfer of v1, a payment of Send 2.0. Each kind has its own references."""

PAYMENT_LEG: Final = "PAYMENT"
FUNDING_LEG: Final = "FUNDING"
"""Which way the money goes: to a card, or from one."""

V1: Final = "v1"
V2: Final = "v2"

APPROVED: Final = "APPROVED"
DECLINED: Final = "DECLINED"
UNKNOWN: Final = "UNKNOWN"

PAYMENT_TYPES: Final[dict[str, dict[str, Any]]] = _CODES["payment_types"]
CHANNELS: Final[dict[str, str]] = _CODES["channels"]
FUNDING_SOURCES: Final[dict[str, str]] = _CODES["funding_sources"]
ID_PREFIXES: Final[dict[str, str]] = _CODES["id_prefixes"]
MERCHANT_CATEGORY_CODES: Final[dict[str, str]] = _CODES["merchant_category_codes"]
DECLINE_DETAIL_CODE: Final[str] = _CODES["decline_detail_code"]
ALWAYS_APPROVED: Final = frozenset(_CODES["static"]["always_approved"])
ALWAYS_MATCHES: Final = frozenset(_CODES["static"]["always_matches"])
"""Cards of which every verification matches."""

DECLINED_REFERENCE: Final = re.compile(_CODES["static"]["declined_reference"])
REFUSALS: Final[dict[str, Any]] = _CODES["refusals"]
LIMIT_REASONS: Final[dict[str, str]] = _CODES["partner_limit_reasons"]
"""The eligibility reason code of each limit of a sender; '' of the daily amount of one programme."""

NETWORK_RESPONSE_CODES: Final[dict[str, str]] = _CODES["network_response_codes"]
ELIGIBILITY_REASONS: Final[dict[str, str]] = _CODES["eligibility_reasons"]
ERROR_CODES: Final = frozenset(_CODES["error_codes"])
ERROR: Final = "ERROR"
UNNAMED_RECIPIENT: Final[str] = _CODES["settings"]["unnamed_recipient"]
"""The name of a recipient whom the request does not name: it need not, and a push has to."""

SIGNED_WITHIN_SECONDS: Final[int] = _CODES["settings"]["signed_within_seconds"]
BODY_BYTES: Final[int] = _CODES["settings"]["body_bytes"]


def status_word(status: str, generation: str, code: str = "") -> str:
    """Return how a state of a disbursement of ours reads; one that is not in the table is still under way.

    What failed with one of ``error_codes`` is an error, rather than declined.
    """
    if status == "declined" and code in ERROR_CODES:
        return ERROR
    return str(_CODES["statuses"].get(status, _CODES["statuses"]["pending"])[generation])


def description(code: str) -> str:
    """Return the text of a network response code (ISO 8583 DE 39)."""
    return str(_CODES["network_response_codes"].get(code, "Declined"))


def eligibility_reason(code: str) -> str:
    """Return the text of an eligibility reason code."""
    return str(_CODES["eligibility_reasons"].get(code, "Not eligible"))


def advice(code: str, by_network: bool) -> dict[str, str]:
    """Return what goes with a decline: the network's decision code, or the issuer's advice to the merchant."""
    name = "network_decision_code" if by_network else "merchant_advice_code"
    table = _CODES[f"{name}s"]
    return {name: table.get(code, table[""])}
