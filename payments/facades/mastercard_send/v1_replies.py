"""The answers of v1. Every member of a list is in a list, also the only one."""

from typing import Any

from payments.facades.mastercard_send.codes import (
    DECLINED,
    DISBURSEMENT,
    FUNDING_LEG,
    V1,
    advice,
    description,
    status_word,
)
from payments.facades.mastercard_send.instruction import Outcome, details_of
from payments.kit.clock import moment
from payments.sandbox import Sandbox
from payments.switch.codes import APPROVALS
from payments.switch.published_cards import RANGES

OWN_BRAND = "MASTERCARD"
"""The network that is named for cards which are not in a published range."""


def resource(sandbox: Sandbox, outcome: Outcome) -> dict[str, Any]:
    """Return a disbursement or transfer as v1 shows it."""
    instruction, details = outcome.instruction, details_of(outcome.instruction)
    kind, amount = instruction.kind, details.pop("amount")
    status = status_of(outcome)
    return {
        "id": instruction.id,
        "resource_type": kind,
        f"{kind}_reference": instruction.reference,
        **details,
        f"{'transfer' if kind != DISBURSEMENT else kind}_amount": amount,
        "created": instant_text(instruction.created_at),
        "status": status,
        "status_reason": status,
        "status_timestamp": instant_text(outcome.changed_at),
        "transaction_history": {
            "resource_type": "list",
            "item_count": 1,
            "data": {"transaction": [_transaction(sandbox, outcome, status)]},
        },
    }


def listed(kind: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a list of disbursements or transfers."""
    return {f"{kind}s": {"resource_type": "list", "item_count": len(resources), "data": {kind: resources}}}


def status_of(outcome: Outcome) -> str:
    """Return the status of what came of an instruction."""
    if outcome.instruction.refusal:
        return DECLINED
    return status_word(outcome.made.status, V1, outcome.made.code) if outcome.made else status_word("pending", V1)


def instant_text(at: int) -> str:
    """Return an instant as v1 writes it, to the second, with its offset."""
    return moment(at).isoformat(timespec="seconds")


def code_of(outcome: Outcome) -> tuple[str, bool]:
    """Return the response code of an outcome ('' none yet), and whether somebody before the issuer decided."""
    made = outcome.made
    if made is None:
        return outcome.instruction.refusal, True
    return made.code, False


def transaction_id(id: str) -> str:
    """Return the id of the one transaction of a disbursement or transfer."""
    return f"txn_{id.partition('_')[2]}"


def _transaction(sandbox: Sandbox, outcome: Outcome, status: str) -> dict[str, Any]:
    made, details = outcome.made, details_of(outcome.instruction)
    row: dict[str, Any] = {
        "id": transaction_id(outcome.instruction.id),
        "resource_type": "transaction",
        "type": outcome.instruction.leg,
        "account_uri": details[f"{'sender' if outcome.instruction.leg == FUNDING_LEG else 'recipient'}_account_uri"],
        "transaction_amount": details["amount"],
        "create_timestamp": instant_text(outcome.instruction.created_at),
        "status": status,
        "status_reason": status,
        "status_timestamp": instant_text(outcome.changed_at),
    }
    if made:
        row |= {
            "network": brand_of(made.card_masked),
            "funds_availability": availability_of(sandbox, made.card_masked),
            "retrieval_reference": made.reference,
            "system_trace_audit_number": made.stan,
        }
        row |= {"authorization_code": made.approval_code} if made.approval_code else {}
    return row | _codes(sandbox, outcome)


def _codes(sandbox: Sandbox, outcome: Outcome) -> dict[str, Any]:
    code, refused = code_of(outcome)
    if not code:
        return {}
    row = {"network_status_code": code, "network_status_description": description(code)}
    made = outcome.made
    by_network = refused or made is None or made.decided_by not in sandbox.issuers
    return row if code in APPROVALS else row | advice(code, by_network)


def brand_of(masked: str) -> str:
    """Return the network whose card this is, by its first six digits."""
    found = RANGES.get(masked[:6])
    return found.brand if found else OWN_BRAND


def availability_of(sandbox: Sandbox, masked: str) -> str:
    """Return when the recipient has the money, by what the directory says of the card's range."""
    found = sandbox.switch.directory.bins.get(masked[:6])
    return "IMMEDIATE" if found and found.fast_funds else "NEXT_BUSINESS_DAY"
