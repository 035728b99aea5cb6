"""The outcomes of a push that can be staged: who plays each, with which code, and what happens."""

from typing import Final, NamedTuple

from payments.switch import codes

ACQUIRER: Final = "acquirer"
NETWORK: Final = "network"
ISSUER: Final = "issuer"
LINE: Final = "line"
DOOR: Final = "door"
"""Who plays an outcome: a member, the line between acquirer and network, or the door of a scheme."""

DECLINE: Final = "decline"
LOST_THEN_APPROVED: Final = "lost_then_approved"
LOST_THEN_NEVER_PROCESSED: Final = "lost_then_never_processed"
DUPLICATE: Final = "duplicate"
AVAILABLE_LATER: Final = "available_later"
RETURNED: Final = "returned"
DEFERRED: Final = "deferred"
PARTNER_LIMIT: Final = "partner_limit"
ADJUSTMENT_REFUSED: Final = "adjustment_refused"
APPROVED_VIP: Final = "approved_vip"
PULL_DECLINED: Final = "pull_declined"
CARD_RESULT: Final = "card_result"
CVV_RESULT: Final = "cvv_result"
ADDRESS_RESULT: Final = "address_result"
HTTP_ERROR: Final = "http_error"

RESPONSE_CODE: Final = "[0-9A-Z]{2}"


class Outcome(NamedTuple):
    """An outcome: who plays it, with which code if no other is named ('': it has none), and what happens.

    ``codes`` is what a code must look like (a pattern): a response code (ISO 8583 DE 39), unless it is something else.
    """

    by: str
    code: str
    happens: str
    codes: str = RESPONSE_CODE


OUTCOMES: Final[dict[str, Outcome]] = {
    DECLINE: Outcome(
        ISSUER, codes.DO_NOT_HONOR,
        "The issuer, or with `by` the network, declines the push with `code`; the sender's money is released.",
    ),
    LOST_THEN_APPROVED: Outcome(
        LINE, "",
        "The push is carried out and its answer is lost: the disbursement is `unknown`. The enquiry finds it `paid`,"
        " after `seconds` at the earliest.",
    ),
    LOST_THEN_NEVER_PROCESSED: Outcome(
        LINE, "",
        "The push never reaches the network: the disbursement is `unknown`. The enquiry finds that it was never"
        " processed, after `seconds` at the earliest: `declined` with 25, the money is released.",
    ),
    DUPLICATE: Outcome(
        LINE, "", "The push reaches the network twice. It is recognised, and paid once.",
    ),
    AVAILABLE_LATER: Outcome(
        ISSUER, "",
        "The push is approved and `paid`, but the cardholder's bank keeps the money on hold for `seconds`"
        " (without: by the second business day), then releases it and tells the cardholder.",
    ),
    RETURNED: Outcome(
        ISSUER, "",
        "The push is approved and `paid`; after `seconds` the recipient refuses it and the issuer returns it:"
        " `returned`, the sender has the amount again, the fees are kept.",
    ),
    DEFERRED: Outcome(
        NETWORK, "",
        "The network keeps the push for `seconds`: `deferred`. It can be cancelled until it is released.",
    ),
    PARTNER_LIMIT: Outcome(
        ACQUIRER, codes.AMOUNT_LIMIT_EXCEEDED,
        "The acquirer declines with `code`, because its limit for the sender is reached; nothing is sent or held.",
    ),
    ADJUSTMENT_REFUSED: Outcome(
        ISSUER, codes.DO_NOT_HONOR,
        "The push itself is paid; an adjustment of it later is refused by the issuer with `code`.",
    ),
    APPROVED_VIP: Outcome(
        ISSUER, codes.VIP_APPROVED, "The issuer approves the push with 11 in the place of 00. It is `paid`.",
        codes.VIP_APPROVED,
    ),
    PULL_DECLINED: Outcome(
        ISSUER, codes.DO_NOT_HONOR, "Of a pull (a funding, the first leg of a transfer): the issuer declines it.",
    ),
    CARD_RESULT: Outcome(
        ISSUER, codes.NO_REASON_TO_DECLINE,
        "Of a card validation: the issuer answers with `code`, whatever the card. Nothing moves.",
    ),
    CVV_RESULT: Outcome(
        ISSUER, "N", "Of a card validation that names a CVV: its result is `code`.", "[MNPSU]",
    ),
    ADDRESS_RESULT: Outcome(
        ISSUER, "N", "Of a card validation that names an address: its result is `code`.", "[A-Z]",
    ),
    HTTP_ERROR: Outcome(
        DOOR, "500",
        "Of the sender's next request at a scheme's door: it is answered with this HTTP status. With 503 and 504 the"
        " request is carried out before, with the others it is not.",
        "401|403|429|500|503|504",
    ),
}  # fmt: skip
"""The table of outcomes: ``docs/outcomes.md`` is checked against it."""
