"""Rows of queries and reports: a transaction as Visa lists it, every value a text."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.facades.visa_direct.answer import response_code
from payments.facades.visa_direct.contract import Made, Outcome
from payments.facades.visa_direct.flows import FLOWS
from payments.facades.visa_direct.submission import CLAIMED_AS, Submission, find_submission
from payments.kit.clock import moment
from payments.kit.database import fetch
from payments.kit.money import Money, numeric_code
from payments.network.window import SETTLED, Window
from payments.switch.codes import DUPLICATE, ISSUER_UNAVAILABLE, SYSTEM_MALFUNCTION
from payments.switch.directory import Directory

COMPLETED: Final = "COMPLETED"
IN_PROGRESS: Final = "IN_PROGRESS"
FAILED: Final = "FAILED"

_BROKE_DOWN: Final = (ISSUER_UNAVAILABLE, SYSTEM_MALFUNCTION)
"""The answers of which it is said that the transaction failed, rather than that it was completed. Ours."""

_BIN_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """A transaction to be listed: its outcome, and the numbers by which its originator knows it."""

    outcome: Outcome
    operation: str
    acquiring_bin: str
    stan: str
    rrn: str
    business_application: str
    acceptor: str = ""
    request_type: str = "00"
    duplicate: bool = False


def listed_submission(submission: Submission, outcome: Outcome) -> Listed:
    """Return what was asked at this door, to be listed."""
    processing = orjson.loads(submission.details).get("serviceProcessingType") or {}
    return Listed(
        outcome=outcome,
        operation=submission.operation,
        acquiring_bin=submission.acquiring_bin,
        stan=submission.stan,
        rrn=submission.rrn,
        business_application=submission.business_application,
        acceptor=submission.acceptor,
        request_type=processing.get("requestType", "00") if isinstance(processing, dict) else "00",
        duplicate=bool(submission.original),
    )


def listed_made(
    connection: sa.Connection, directory: Directory, operation: str, made: Made, acquiring_bin: str
) -> Listed | None:
    """Return what a flow has made, for this door or another, to be listed; ``None`` if it never reached the network."""
    outcome = FLOWS[operation].read(connection, directory, made.id)
    if outcome is None or outcome.never:
        return None
    known = made.claim.startswith(CLAIMED_AS) and find_submission(connection, made.claim.removeprefix(CLAIMED_AS))
    if known:
        return listed_submission(known, outcome)
    return Listed(outcome, operation, acquiring_bin, outcome.stan, outcome.reference, made.business_application)


def query_row(listed: Listed) -> dict[str, Any]:
    """Return the columns a query shows unless it is asked for more."""
    outcome, begun = listed.outcome, moment(listed.outcome.begun_at)
    row = {
        "transactionType": FLOWS[listed.operation].transaction_type,
        "systemsTraceAuditNumber": listed.stan,
        "retrievalReferenceNumber": listed.rrn,
        "acquiringBin": listed.acquiring_bin,
        "transactionDate": f"{begun:%d-%m-%Y}",
        "transactionTime": f"{begun:%H:%M:%S}",
        "statusCode": outcome.state or _state(outcome.action_code),
    }
    if outcome.network_id:
        row["transactionIdentifier"] = outcome.network_id
    if not outcome.action_code:
        return row
    row |= {"approvalCode": outcome.approval_code, "responseCode": response_code(outcome)}
    if listed.duplicate:
        return row | {"actionCode": DUPLICATE, "originalActionCode": outcome.action_code}
    return row | {"actionCode": outcome.action_code}


def _state(action_code: str) -> str:
    if action_code in _BROKE_DOWN:
        return FAILED
    return COMPLETED if action_code else IN_PROGRESS


def further_columns(connection: sa.Connection, directory: Directory, listed: Listed) -> dict[str, Any]:
    """Return what a query shows when it is asked for by name."""
    outcome, begun = listed.outcome, moment(listed.outcome.begun_at)
    amount = major(outcome.amount, outcome.currency)
    columns: dict[str, Any] = {
        "accountNumberMasked": masked(outcome.card_masked),
        "amountInTransactionCurrency": amount,
        "businessApplicationId": listed.business_application,
        "cardType": card_type(directory, outcome),
        "processingDate": f"{begun:%d-%m-%Y}",
        "reasonCode": "NOT APPLICABLE",
        "reasonCodeValue": "0000",
        "serviceProcessingType": {"requestType": listed.request_type},
        "transactionCurrencyCode": numeric_code(outcome.currency),
    }
    if outcome.currency == "USD":
        columns["amount"] = amount  # Visa gives it in US dollars; the sandbox does not convert for a report
    if listed.acceptor:
        columns["cardAcceptor"] = {"idCode": listed.acceptor}
    if settled_at := settlement_of(connection, outcome):
        columns |= {
            "settlementDate": f"{moment(settled_at):%d-%m-%Y}",
            "settlementTime": f"{moment(settled_at):%H:%M:%S}",
        }
    return columns


def report_row(connection: sa.Connection, directory: Directory, listed: Listed) -> dict[str, Any]:
    """Return a row of the transaction data report."""
    outcome, begun = listed.outcome, moment(listed.outcome.begun_at)
    amount = major(outcome.amount, outcome.currency)
    row = {
        "approvalCode": outcome.approval_code,
        "transactionDateTime": f"{begun:%Y-%m-%d:%H%M%S}",
        "processingDate": f"{begun:%Y-%m-%d}",
        "cardType": card_type(directory, outcome),
        "accountNumberMasked": masked(outcome.card_masked),
        "transactionIdentifier": outcome.network_id,
        "acquiringBin": listed.acquiring_bin,
        "retrievalReferenceNumber": listed.rrn,
        "amountInTransactionCurrency": amount,
        "systemsTraceAuditNumber": listed.stan,
        "businessApplicationId": listed.business_application,
        "transactionCurrencyCode": numeric_code(outcome.currency),
        "transactionState": FLOWS[listed.operation].transaction_type,
        "reasonCode": "NOT APPLICABLE",
        "reasonCodeValue": "0000",
    }
    if outcome.currency == "USD":
        row["amount"] = amount
    if settled_at := settlement_of(connection, outcome):
        row["settlementDateTime"] = f"{moment(settled_at):%Y-%m-%d:%H%M%S}"
    return row


def settlement_of(connection: sa.Connection, outcome: Outcome) -> int | None:
    """Return when the window a transaction fell in was settled, if it has been."""
    windows = Window.table()
    settled = sa.select(windows).where(windows.c.id == outcome.window, windows.c.status == SETTLED)
    return next((each.settles_at for each in fetch(connection, Window, settled)), None)


def major(amount: int, currency: str) -> str:
    """Return an amount of minor units with its decimals."""
    return str(Money(amount, currency)).partition(" ")[0]


def masked(card: str) -> str:
    """Return a masked card number as Visa masks it."""
    return card.replace("•", "X")


def card_type(directory: Directory, outcome: Outcome) -> str:
    """Return Credit, Debit or Prepaid."""
    known = directory.bins.get(outcome.card_masked[:_BIN_DIGITS])
    return known.product.capitalize() if known else ""
