"""The outcomes of a push that can be staged: who plays each, with which code, and what happens."""

from typing import Final, NamedTuple

from payments.switch import codes

ACQUIRER: Final = "acquirer"
NETWORK: Final = "network"
ISSUER: Final = "issuer"
LINE: Final = "line"
"""Who plays an outcome: a member, or the line between acquirer and network."""

DECLINE: Final = "decline"
LOST_THEN_APPROVED: Final = "lost_then_approved"
LOST_THEN_NEVER_PROCESSED: Final = "lost_then_never_processed"
DUPLICATE: Final = "duplicate"
AVAILABLE_LATER: Final = "available_later"
RETURNED: Final = "returned"
DEFERRED: Final = "deferred"
PARTNER_LIMIT: Final = "partner_limit"
ADJUSTMENT_REFUSED: Final = "adjustment_refused"


class Outcome(NamedTuple):
    """An outcome: who plays it, with which code if no other is named ('': it has none), and what happens."""

    by: str
    code: str
    happens: str


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
}  # fmt: skip
"""The table of outcomes: ``docs/outcomes.md`` is checked against it."""
