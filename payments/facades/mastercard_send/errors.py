"""What a request is refused with: the error envelope of each generation."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from payments.acquirer.push_limit import PartnerLimitReached
from payments.facades.mastercard_send.codes import DECLINE_DETAIL_CODE, LIMIT_REASONS, REFUSALS, V1, eligibility_reason
from payments.kit.errors import Refusal

MISSING: Final = "092000"
TOO_SHORT: Final = "072000"
TOO_LONG: Final = "062000"
INVALID: Final = "082000"
DUPLICATE: Final = "110501"
UNKNOWN_RESOURCE: Final = "110507"
UNAUTHORIZED: Final = "050007"

_REASONS: Final = {
    MISSING: ("MISSING_REQUIRED_INPUT", "Value is required"),
    TOO_SHORT: ("INVALID_INPUT_LENGTH", "Invalid length"),
    TOO_LONG: ("INVALID_INPUT_LENGTH", "Invalid length"),
    INVALID: ("INVALID_INPUT_VALUE", "Invalid value"),
    DUPLICATE: ("RESOURCE_ERROR", "Duplicate value"),
    UNKNOWN_RESOURCE: ("RESOURCE_ERROR", "Record not found"),
    UNAUTHORIZED: ("UNAUTHORIZED_ACCESS", "Unauthorized Access"),
}
_LENGTHS: Final = {"string_too_short": TOO_SHORT, "string_too_long": TOO_LONG, "too_many_bytes": TOO_LONG}
_DECLINE: Final = "DECLINE"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: its ``source`` is the field, ``detail`` the ErrorDetailCode."""

    source: str
    reason: str
    description: str
    detail: str

    @classmethod
    def of(cls, source: str, detail: str, description: str = "") -> "Problem":
        """Return the problem with this detail code, in its own words or in those given."""
        reason, words = _REASONS[detail]
        return cls(source, reason, description or words, detail)


class Refused(Exception):
    """A request that is not carried out, and why."""

    def __init__(self, status: int, *problems: Problem) -> None:
        """Keep the HTTP status and everything that is wrong."""
        super().__init__(status)
        self.http_status = status
        self.problems = problems


def invalid(source: str, detail: str = INVALID, description: str = "") -> Refused:
    """Return the refusal of a request that is wrong in one field."""
    return Refused(400, Problem.of(source, detail, description))


def unauthorized(description: str) -> Refused:
    """Return the refusal of a request that is not signed as it should be."""
    return Refused(401, Problem.of("oauth.signature", UNAUTHORIZED, description))


def declined(description: str) -> Refused:
    """Return v1's answer to a declined payment; by default it does not say more."""
    return Refused(402, Problem("", _DECLINE, description, DECLINE_DETAIL_CODE))


CARRIED_OUT: Final = ("503", "504")
"""After a server error a request is repeated with the flag: of these what was asked for has happened."""

_STAGED: Final = {
    "401": ("UNAUTHORIZED_ACCESS", "Unauthorized Access", UNAUTHORIZED),
    "403": ("FORBIDDEN", "Forbidden", DECLINE_DETAIL_CODE),
    "429": ("LIMIT_EXCEEDED", "Too many requests", DECLINE_DETAIL_CODE),
    "500": ("SYSTEM_ERROR", "System Error", DECLINE_DETAIL_CODE),
    "503": ("SYSTEM_ERROR", "Service Unavailable", DECLINE_DETAIL_CODE),
    "504": ("SYSTEM_ERROR", "Gateway Timeout", DECLINE_DETAIL_CODE),
}
"""What is only answered because it is staged (outcome ``http_error``). The words are ours, but for those of 401."""


def staged_error(status: str) -> Refused:
    """Return the refusal that is staged."""
    return Refused(int(status), Problem("SYSTEM", *_STAGED[status]))


def duplicate(source: str) -> Refused:
    """Return the refusal of a reference that was used before."""
    return Refused(409, Problem.of(source, DUPLICATE))


def unknown_resource(source: str = "RESOURCE_UNKNOWN") -> Refused:
    """Return the refusal of an id or reference nobody knows."""
    return Refused(404, Problem.of(source, UNKNOWN_RESOURCE))


def unknown_limit(kind: str) -> Refused:
    """Return the refusal of a limit's reference that nobody knows, in the words published for it."""
    names = {"partner": "partner", "acceptor": "transferAcceptor", "account": "account"}
    return Refused(404, Problem.of(f"{names[kind]}LimitReference", INVALID))


def not_eligible(source: str, code: str) -> Refused:
    """Return the refusal of a payment that an inquiry would have warned of; ``code`` is an eligibility reason code."""
    return Refused(400, Problem(source, "RESOURCE_ERROR", eligibility_reason(code), code))


def wrong_fields(error: ValidationError) -> Refused:
    """Return the refusal of a body whose fields are wrong; what was sent is never repeated."""
    return Refused(400, *[_wrong_field(each) for each in error.errors(include_url=False, include_context=False)])


def _wrong_field(error: Any) -> Problem:
    source = ".".join(str(each) for each in error["loc"]) or "body"
    if error["type"] == "missing" or error["input"] is None:
        return Problem.of(source, MISSING)
    words = error["msg"] if error["type"] in ("account_uri", "card_number") else ""
    return Problem.of(source, _LENGTHS.get(error["type"], INVALID), words)


def refused_by_flow(refusal: Refusal) -> Refused:
    """Return how a refusal of one of our flows reads."""
    row = REFUSALS.get(refusal.code)
    if row is None:
        return Refused(400, Problem("RESOURCE_UNKNOWN", "INVALID_INPUT_VALUE", refusal.title, INVALID))
    detail = limit_reason(refusal) if isinstance(refusal, PartnerLimitReached) else row["detail"]
    return Refused(row["status"], Problem(row["source"], row["reason"], refusal.title, detail))


def limit_reason(reached: PartnerLimitReached) -> str:
    """Return the eligibility reason code of a limit of the partner's sender."""
    of_programme = reached.limit == "daily_amount" and reached.limit_id.count(".") > 1
    return LIMIT_REASONS["programme_daily_amount" if of_programme else reached.limit]


def envelope(refused: Refused, generation: str, request_id: str) -> dict[str, Any]:
    """Return the body of a refusal: v1 has its detail code in ``Details``, Send 2.0 beside the rest."""
    row = _v1_row if generation == V1 else _v2_row
    return {"Errors": {"Error": [row(each, request_id) for each in refused.problems]}}


def _v1_row(problem: Problem, request_id: str) -> dict[str, Any]:
    return {
        "RequestId": request_id,
        "Source": problem.source,
        "ReasonCode": problem.reason,
        "Description": problem.description,
        "Recoverable": "false",
        "Details": {"Detail": [{"Name": "ErrorDetailCode", "Value": problem.detail}]},
    }


def _v2_row(problem: Problem, _: str) -> dict[str, Any]:
    return {
        "Source": problem.source,
        "ReasonCode": problem.reason,
        "Description": problem.description,
        "Recoverable": False,
        "ErrorDetailCode": problem.detail,
        "Details": None,
    }
