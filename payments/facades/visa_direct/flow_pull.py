"""The pull, its reversal and its adjustment, as this door asks for them and tells of them."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from payments.acquirer.funding import pull
from payments.acquirer.funding_reversal import adjust_funding, reverse_funding
from payments.acquirer.pull import (
    ADJUSTED,
    ADJUSTING,
    FAILED,
    PENDING,
    REVERSED,
    REVERSING,
    Funding,
    FundingOrder,
)
from payments.facades.visa_direct.contract import Ask, Flow, Made, Outcome
from payments.facades.visa_direct.envelope import RequestRefused
from payments.facades.visa_direct.flow_rows import find_made, list_made
from payments.kit.database import fetch
from payments.kit.errors import NotFound
from payments.network.transaction import Transaction
from payments.sandbox import Sandbox
from payments.switch.codes import APPROVED, DO_NOT_HONOR, ISSUER_UNAVAILABLE
from payments.switch.directory import ISSUER, Directory


async def run_pull(sandbox: Sandbox, ask: Ask) -> Funding:
    """Take money from the sender's card. Raises the refusals of ``pull``."""
    assert ask.card is not None
    order = FundingOrder(
        claim=ask.claim,
        sender=ask.sender,
        card=ask.card,
        amount=ask.amount,
        currency=ask.currency,
        channel="api",
        business_application=ask.business_application,
        payer=ask.payer,
        recipient=ask.recipient if ask.recipient.name else None,
    )
    return await pull(sandbox.acquirers[ask.acquirer], order)


async def run_reversal(sandbox: Sandbox, ask: Ask) -> Funding:
    """Give a pull back, named by its transaction identifier, whole. Raises the refusals of ``reverse_funding``."""
    pulled = await _whole(sandbox, ask)
    return await reverse_funding(sandbox.acquirers[ask.acquirer], pulled, ask.claim, payment_failed=True)


async def adjust_pull(sandbox: Sandbox, ask: Ask) -> Funding:
    """Give a pull back by a credit adjustment, whole. Raises the refusals of ``adjust_funding``."""
    return await adjust_funding(sandbox.acquirers[ask.acquirer], await _whole(sandbox, ask), ask.claim)


async def _whole(sandbox: Sandbox, ask: Ask) -> str:
    found = await sandbox.world.database.read(_pulled, ask)
    if found is None:
        raise NotFound("There is no pull with this transactionIdentifier.")
    if (found.amount, found.currency) != (ask.amount, ask.currency):
        raise RequestRefused(400, "not_available", "A pull is given back whole: amount must be what was pulled.")
    return found.id


def _pulled(connection: sa.Connection, ask: Ask) -> Funding | None:
    known, pulls = Transaction.table().c, Funding.table()
    reference = sa.select(known.reference).where(known.network_id == ask.original, known.acquirer == ask.acquirer)
    own = pulls.c.reference.in_(reference) & (pulls.c.acquirer == ask.acquirer) & (pulls.c.sender == ask.sender)
    return next(iter(fetch(connection, Funding, sa.select(pulls).where(own))), None)


def read_pull(connection: sa.Connection, directory: Directory, id: str) -> Outcome | None:
    """Return how far a pull has come. One that got no answer is undone by our acquirer: 91, and nothing was taken."""
    found = _get(connection, id)
    if found is None:
        return None
    code = ISSUER_UNAVAILABLE if found.status == FAILED else found.response_code
    return _outcome(directory, found, "" if found.status == PENDING else code, found.status == FAILED)


def read_reversal(connection: sa.Connection, directory: Directory, id: str) -> Outcome | None:
    """Return how far the reversal of a pull has come."""
    return _undone(connection, directory, id, {REVERSING: "", REVERSED: APPROVED})


def read_adjusted(connection: sa.Connection, directory: Directory, id: str) -> Outcome | None:
    """Return how far the adjustment of a pull has come."""
    return _undone(connection, directory, id, {ADJUSTING: "", ADJUSTED: APPROVED})


def _undone(connection: sa.Connection, directory: Directory, id: str, codes: dict[str, str]) -> Outcome | None:
    found = _get(connection, id)
    # Received again: whoever was asked to take it back has refused.
    return None if found is None else _outcome(directory, found, codes.get(found.status, DO_NOT_HONOR))


def _get(connection: sa.Connection, id: str) -> Funding | None:
    table = Funding.table()
    return next(iter(fetch(connection, Funding, sa.select(table).where(table.c.id == id))), None)


def _outcome(directory: Directory, found: Funding, code: str, never: bool = False) -> Outcome:
    decider = directory.members.get(found.decided_by)
    return Outcome(
        id=found.id,
        action_code=code,
        by_issuer=decider is not None and decider.role == ISSUER,
        approval_code=found.approval_code,
        network_id=found.network_id,
        begun_at=found.created_at,
        amount=found.amount,
        currency=found.currency,
        card_masked=found.card_masked,
        reference=found.reference,
        stan=found.stan,
        window=found.window,
        never=never,
    )


def find_pull(connection: sa.Connection, acquirer: str, reference: str) -> Made | None:
    """Return the pull with our RRN ``reference``, if it is of ``acquirer``."""
    return find_made(connection, Funding, acquirer, reference)


def list_pulls(connection: sa.Connection, senders: Sequence[str], since: int, until: int) -> list[Made]:
    """Return the pulls of ``senders`` made from ``since`` on and before ``until``, oldest first."""
    return list_made(connection, Funding, senders, since, until)


def list_reversals(connection: sa.Connection, senders: Sequence[str], since: int, until: int) -> list[Made]:
    """Return the pulls that were reversed, of those made in that time: a report names them a second time."""
    return _given_back(connection, senders, since, until, REVERSED)


def list_adjusted(connection: sa.Connection, senders: Sequence[str], since: int, until: int) -> list[Made]:
    """Return the pulls that were adjusted, of those made in that time: a report names them a second time."""
    return _given_back(connection, senders, since, until, ADJUSTED)


def _given_back(connection: sa.Connection, senders: Sequence[str], since: int, until: int, status: str) -> list[Made]:
    table = Funding.table()
    meant = table.c.sender.in_(senders) & (table.c.created_at >= since) & (table.c.created_at < until)
    back = sa.select(table).where(meant, table.c.status == status).order_by(table.c.id)
    return [Made(each.id, each.sender, "", each.business_application) for each in fetch(connection, Funding, back)]


def _nothing(_: sa.Connection, __: str, ___: str) -> Made | None:
    return None


PULL: Final = Flow(run_pull, read_pull, find_pull, list_pulls, "SALES DRAFT")
REVERSE: Final = Flow(run_reversal, read_reversal, _nothing, list_reversals, "SALES REVERSAL")
