"""The answers of Send 2.0."""

from typing import Any, Final

from payments.facades.mastercard_send.codes import (
    APPROVED,
    MERCHANT_CATEGORY_CODES,
    V2,
    description,
    status_word,
)
from payments.facades.mastercard_send.instruction import Outcome, details_of
from payments.facades.mastercard_send.v1_replies import availability_of, code_of
from payments.kit.clock import moment
from payments.sandbox import Sandbox

MESSAGE_TYPE: Final = "0200"
"""The message type of a push on our own wire (ISO 8583)."""

PROCESSING_CODE: Final = "28"
"""Mastercard's processing code of a payment; on our own wire it is 26."""

_DECLINED: Final = "DECLINED"
_ECHOED: Final = ("interchangeRateDesignator", "merchantCategoryCode", "uniqueTransactionReference")


def payment(sandbox: Sandbox, outcome: Outcome) -> dict[str, Any]:
    """Return a payment as Send 2.0 answers the request that made it; what is not known yet is left out."""
    instruction, details = outcome.instruction, details_of(outcome.instruction)
    code, _ = code_of(outcome)
    status = _status(outcome)
    shown = {
        "paymentId": instruction.id,
        "paymentReference": instruction.reference,
        "transactionStatus": status,
        "transactionStatusReason": status,
        "messageTypeIndicator": MESSAGE_TYPE,
        "processingCode": PROCESSING_CODE,
        "transmissionDateTime": f"{moment(instruction.created_at):%Y-%m-%dT%H:%M:%SZ}",
        "uniqueTransactionReference": _unique_reference(outcome, details),
    }
    shown |= {name: details[name] for name in _ECHOED if name in details}
    category = MERCHANT_CATEGORY_CODES.get(str(details["paymentType"]))
    shown |= {"merchantCategoryCode": category} if category and "merchantCategoryCode" not in shown else {}
    if code:
        shown |= {"networkResponseCode": code, "networkResponseDescription": description(code)}
    return shown | _numbers(sandbox, outcome, status)


def found(sandbox: Sandbox, outcome: Outcome) -> dict[str, Any]:
    """Return a payment as a search shows it: with the request, and the status of the first answer."""
    details = details_of(outcome.instruction)
    original = {"originalTransactionStatus": outcome.instruction.first_status or _status(outcome)}
    return details | payment(sandbox, outcome) | original


def listed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer to a search."""
    return {"payments": {"itemCount": len(rows), "resourceType": "list", "data": {"payments": rows}}}


def _status(outcome: Outcome) -> str:
    if outcome.instruction.refusal:
        return _DECLINED
    return status_word(outcome.made.status, V2, outcome.made.code) if outcome.made else status_word("pending", V2)


def _numbers(sandbox: Sandbox, outcome: Outcome, status: str) -> dict[str, Any]:
    made = outcome.made
    if made is None:
        return {}
    shown = {
        "retrievalRequestNumber": made.reference,
        "systemTraceAuditNumber": made.stan,
        "fundsAvailability": availability_of(sandbox, made.card_masked),
    }
    if made.network_id:
        shown["switchSerialNumber"] = made.network_id[-9:]
    if status == APPROVED:
        shown |= {"authorizationCode": made.approval_code}
        shown |= {"settlementAmount": str(made.amount), "settlementCurrency": made.currency}
    return shown


def _unique_reference(outcome: Outcome, details: dict[str, Any]) -> str:
    """Return the reference as Mastercard makes one: ICA, last digit of the year, day, time, sequence (19 digits)."""
    ica = details["acquiringCredentials"]["acquiringIca"]
    at = moment(outcome.instruction.created_at)
    sequence = outcome.made.stan[-3:] if outcome.made else "000"
    return f"{ica[-6:]:0>6}{at.year % 10}{at:%j%H%M%S}{sequence}"
