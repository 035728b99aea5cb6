"""Response codes (ISO 8583 DE 39) and the reasons they stand for.

A reason is one snake_case word of ours, always shown beside its code. Codes follow ISO 8583:1987 and,
where schemes extended it, Visa's published list (``N7``).
"""

from typing import Final

APPROVED: Final = "00"
DO_NOT_HONOR: Final = "05"
IN_PROGRESS: Final = "09"
VIP_APPROVED: Final = "11"
INVALID_TRANSACTION: Final = "12"
INVALID_AMOUNT: Final = "13"
NO_SUCH_CARD: Final = "14"
NO_SUCH_ISSUER: Final = "15"
NO_ACTION_TAKEN: Final = "21"
RECORD_NOT_FOUND: Final = "25"
FORMAT_ERROR: Final = "30"
CLOSED_ACCOUNT: Final = "46"
INSUFFICIENT_FUNDS: Final = "51"
EXPIRED_CARD: Final = "54"
NOT_PERMITTED: Final = "57"
NOT_ELIGIBLE: Final = "58"
AMOUNT_LIMIT_EXCEEDED: Final = "61"
RESTRICTED_CARD: Final = "62"
NAMES_INSUFFICIENT: Final = "64"
FREQUENCY_LIMIT_EXCEEDED: Final = "65"
NO_REASON_TO_DECLINE: Final = "85"
ISSUER_UNAVAILABLE: Final = "91"
NO_ROUTE: Final = "92"
VIOLATION_OF_LAW: Final = "93"
DUPLICATE: Final = "94"
SYSTEM_MALFUNCTION: Final = "96"
CVV_MISMATCH: Final = "N7"
STOPPED: Final = "R0"

APPROVALS: Final = (APPROVED, VIP_APPROVED)
"""The codes that approve. A cardholder's bank approves with 11 only when that is staged."""

REASONS: Final[dict[str, str]] = {
    APPROVED: "approved",
    DO_NOT_HONOR: "do_not_honor",
    IN_PROGRESS: "request_in_progress",
    VIP_APPROVED: "approved_vip",
    INVALID_TRANSACTION: "invalid_transaction",
    INVALID_AMOUNT: "invalid_amount",
    NO_SUCH_CARD: "no_such_card",
    NO_SUCH_ISSUER: "no_such_issuer",
    NO_ACTION_TAKEN: "no_action_taken",
    RECORD_NOT_FOUND: "record_not_found",
    FORMAT_ERROR: "format_error",
    CLOSED_ACCOUNT: "closed_account",
    INSUFFICIENT_FUNDS: "insufficient_funds",
    EXPIRED_CARD: "expired_card",
    NOT_PERMITTED: "currency_not_permitted",
    NOT_ELIGIBLE: "card_not_eligible",
    AMOUNT_LIMIT_EXCEEDED: "amount_limit_exceeded",
    RESTRICTED_CARD: "card_blocked",
    NAMES_INSUFFICIENT: "aml_requirement_not_met",
    FREQUENCY_LIMIT_EXCEEDED: "frequency_limit_exceeded",
    NO_REASON_TO_DECLINE: "no_reason_to_decline",
    ISSUER_UNAVAILABLE: "issuer_unavailable",
    NO_ROUTE: "no_route",
    VIOLATION_OF_LAW: "violation_of_law",
    DUPLICATE: "duplicate_transaction",
    SYSTEM_MALFUNCTION: "system_malfunction",
    CVV_MISMATCH: "wrong_cvv",
    STOPPED: "stopped",
}


def reason(code: str) -> str:
    """Return the word for ``code``; an unknown code from an outside member reads ``code_XX``."""
    return REASONS.get(code, f"code_{code}")
