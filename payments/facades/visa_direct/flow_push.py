"""The push: disbursements of ours, as this door asks for them and tells of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from payments.acquirer.disbursement import DECLINED, PENDING, UNKNOWN, Disbursement, DisbursementOrder, disburse
from payments.acquirer.push import CANCELLED, DEFERRED, HELD, RETURNED
from payments.facades.visa_direct.contract import Ask, Flow, Made, Outcome
from payments.facades.visa_direct.flow_rows import find_made, list_made
from payments.kit.database import fetch
from payments.sandbox import Sandbox
from payments.switch.codes import APPROVED, NO_REASON_TO_DECLINE, RECORD_NOT_FOUND, STOPPED
from payments.switch.directory import ISSUER, Directory
from payments.switch.message import PREFUNDED

UNNAMED: Final = "Name not given"
"""What a recipient goes by whom a request does not name, as not all of Visa's samples do: a push has to."""

CAN_DEFER: Final = True
"""Whether a push can be kept by the network for later (``Ask.release_at``)."""


async def push(sandbox: Sandbox, ask: Ask) -> Disbursement:
    """Push money to the recipient's card. Raises the refusals of ``disburse``."""
    assert ask.card is not None
    order = DisbursementOrder(
        claim=ask.claim,
        sender=ask.sender,
        card=ask.card,
        amount=ask.amount,
        currency=ask.currency,
        channel="api",
        business_application=ask.business_application,
        recipient=ask.recipient if ask.recipient.name else replace(ask.recipient, name=UNNAMED),
        source_of_funds=ask.source_of_funds or PREFUNDED,
        payer=ask.payer if ask.payer.name else None,
        complete=ask.complete,
        release_at=ask.release_at,
        pull_network_id=ask.original,
    )
    return await disburse(sandbox.acquirers[ask.acquirer], order)


def read_push(connection: sa.Connection, directory: Directory, id: str) -> Outcome | None:
    """Return how far a push has come."""
    table = Disbursement.table()
    rows = fetch(connection, Disbursement, sa.select(table).where(table.c.id == id))
    return push_outcome(directory, rows[0]) if rows else None


def push_outcome(directory: Directory, push: Disbursement) -> Outcome:
    """Return the outcome of a disbursement, made at this door or at another."""
    ended, decider = push.status not in (PENDING, UNKNOWN, HELD), directory.members.get(push.decided_by)
    return Outcome(
        id=push.id,
        action_code=_ACTION_CODES.get(push.status, push.response_code) if ended else "",
        by_issuer=decider is not None and decider.role == ISSUER,
        approval_code=push.approval_code,
        network_id=push.network_id,
        begun_at=push.created_at,
        amount=push.amount,
        currency=push.currency,
        card_masked=push.card_masked,
        reference=push.reference,
        stan=push.stan,
        window=push.window,
        state=_STATES.get(push.status, ""),
        never=push.status == DECLINED and push.response_code == RECORD_NOT_FOUND,
        rate=push.rate,
    )


_ACTION_CODES: Final = {DEFERRED: NO_REASON_TO_DECLINE, CANCELLED: STOPPED, RETURNED: APPROVED}
_STATES: Final = {DEFERRED: "PENDING", CANCELLED: "CANCELLED"}
"""What Visa's words are for a push that is kept for later, was cancelled, or came back after it was approved."""


def find_push(connection: sa.Connection, acquirer: str, reference: str) -> Made | None:
    """Return the push with our RRN ``reference``, if it is of ``acquirer``."""
    return find_made(connection, Disbursement, acquirer, reference)


def list_pushes(connection: sa.Connection, senders: Sequence[str], since: int, until: int) -> list[Made]:
    """Return the pushes of ``senders`` made from ``since`` on and before ``until``, oldest first."""
    return list_made(connection, Disbursement, senders, since, until)


PUSH: Final = Flow(push, read_push, find_push, list_pushes, "CRED VOUCHER")
