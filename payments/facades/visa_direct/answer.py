"""Answers: outcomes of ours in the fields of Visa's documented responses."""

from pathlib import Path
from typing import Any, Final

import orjson

from payments.facades.visa_direct.contract import Outcome
from payments.facades.visa_direct.submission import Submission
from payments.kit.clock import moment
from payments.switch.codes import DUPLICATE, ISSUER_UNAVAILABLE

_TABLE: Final[dict[str, Any]] = orjson.loads(Path(__file__).with_name("response_sources.json").read_bytes())
_SOURCES: Final = {code: each["source"] for each in _TABLE["sources"] for code in each["codes"]}

ISSUER_ANSWERED: Final[str] = _TABLE["issuer"]
STOOD_IN: Final[str] = _TABLE["unreachable"]
RULE_DECLINED: Final[str] = _TABLE["rules"]
"""Who decided (field 44.1): the issuer; the network in the place of an issuer it could not reach; the network's own
rules for original credits. The others are in ``response_sources.json``."""

_NOT_IN_ADJUSTMENTS: Final = ("approvalCode", "responseCode", "retrievalReferenceNumber")


def answer_to(submission: Submission, outcome: Outcome) -> dict[str, Any]:
    """Return the answer to a submission that has its outcome."""
    shape = adjustment_answer if submission.operation == "adjustment" else transaction_answer
    return shape(submission, outcome, duplicate=bool(submission.original))


def transaction_answer(submission: Submission, outcome: Outcome, duplicate: bool = False) -> dict[str, Any]:
    """Return the answer to a push, a pull or a reversal that has its outcome; of a repeat, that it is one (94)."""
    answer: dict[str, Any] = {}
    if outcome.network_id:
        answer["transactionIdentifier"] = int(outcome.network_id)
    answer["actionCode"] = DUPLICATE if duplicate else outcome.action_code
    if duplicate:
        answer["originalActionCode"] = outcome.action_code
    if outcome.approval_code:
        answer["approvalCode"] = outcome.approval_code
    if outcome.rate:
        # Documented as a number: seven digits, which a JSON number carries unchanged.
        answer["persistentFX"] = {"exchangeRate": float(outcome.rate)}
    answer["responseCode"] = response_code(outcome)
    answer["transmissionDateTime"] = transmitted(outcome.begun_at)
    answer["retrievalReferenceNumber"] = submission.rrn
    return answer | echoed(submission)


def adjustment_answer(submission: Submission, outcome: Outcome, duplicate: bool = False) -> dict[str, Any]:
    """Return the answer to an adjustment, which calls some things by other names."""
    answer = transaction_answer(submission, outcome, duplicate)
    answer["dateAndTimeTransmission"] = answer.pop("transmissionDateTime")
    return {name: value for name, value in answer.items() if name not in _NOT_IN_ADJUSTMENTS}


def echoed(submission: Submission) -> dict[str, Any]:
    """Return what of the request the answer repeats."""
    kept: dict[str, Any] = orjson.loads(submission.details)
    return kept


def response_code(outcome: Outcome) -> str:
    """Return who decided, in one character."""
    if outcome.by_issuer and outcome.action_code != ISSUER_UNAVAILABLE:
        return ISSUER_ANSWERED
    return str(_SOURCES.get(outcome.action_code, RULE_DECLINED))


def transmitted(at: int) -> str:
    """Return an instant as Visa writes it: milliseconds, UTC."""
    return f"{moment(at):%Y-%m-%dT%H:%M:%S}.{at // 1000 % 1000:03d}Z"
