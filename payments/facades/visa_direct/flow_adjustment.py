"""The adjustment of a push or a pull, and the cancellation of a deferred push, as this door asks for them."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from payments.acquirer.adjustment import adjust
from payments.acquirer.adjustment_request import PENDING, Adjustment, AdjustmentOrder
from payments.acquirer.cancellation import cancel
from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.facades.visa_direct.contract import Ask, Flow, Made, Outcome
from payments.facades.visa_direct.flow_pull import adjust_pull, list_adjusted, read_adjusted
from payments.kit.database import fetch
from payments.kit.errors import NotFound
from payments.kit.lifecycle import MoveNotAllowed
from payments.network.transaction import Transaction
from payments.sandbox import Sandbox
from payments.switch.codes import NO_ACTION_TAKEN, NO_REASON_TO_DECLINE, NOT_PERMITTED, STOPPED
from payments.switch.directory import ISSUER, Directory


async def run(sandbox: Sandbox, ask: Ask) -> Adjustment | Funding:
    """Take (part of) a push back, or give a pull back whole; it is named by its transaction identifier.

    Raises the refusals of ``adjust`` and ``adjust_funding``.
    """
    if ask.credit:
        return await adjust_pull(sandbox, ask)
    pushed = await sandbox.world.database.read(_pushed, ask.acquirer, ask.sender, ask.original)
    if pushed is None:
        raise NotFound("There is no push with this transactionIdentifier.")
    order = AdjustmentOrder(ask.claim, pushed, ask.amount)
    return await adjust(sandbox.acquirers[ask.acquirer], order)


def _pushed(connection: sa.Connection, acquirer: str, sender: str, network_id: str) -> str | None:
    known, pushes = Transaction.table().c, Disbursement.table().c
    reference = sa.select(known.reference).where(known.network_id == network_id, known.acquirer == acquirer)
    own = pushes.reference.in_(reference) & (pushes.acquirer == acquirer) & (pushes.sender == sender)
    return connection.execute(sa.select(pushes.id).where(own)).scalar()


def read(connection: sa.Connection, directory: Directory, id: str) -> Outcome | None:
    """Return how far an adjustment has come, of a push or of a pull."""
    if id.startswith(f"{Funding.prefix}_"):
        return read_adjusted(connection, directory, id)
    table, pushes = Adjustment.table(), Disbursement.table()
    rows = fetch(connection, Adjustment, sa.select(table).where(table.c.id == id))
    if not rows:
        return None
    made = rows[0]
    (pushed,) = fetch(connection, Disbursement, sa.select(pushes).where(pushes.c.id == made.disbursement))
    decider = directory.members.get(made.decided_by)
    return Outcome(
        id=made.id,
        action_code="" if made.status == PENDING else made.response_code,
        by_issuer=decider is not None and decider.role == ISSUER,
        approval_code="",
        network_id=pushed.network_id,
        begun_at=made.created_at,
        amount=made.amount,
        currency=made.currency,
        card_masked=pushed.card_masked,
        reference=made.reference,
        stan=made.stan,
        window=made.window,
    )


def find(_: sa.Connection, __: str, ___: str) -> Made | None:
    """Return nothing: an adjustment has no reference of its own, it bears that of its push."""


def listed(connection: sa.Connection, senders: Sequence[str], since: int, until: int) -> list[Made]:
    """Return the adjustments of ``senders`` of a time; those of pulls are of the time of their pulls."""
    table = Adjustment.table()
    meant = table.c.sender.in_(senders) & (table.c.created_at >= since) & (table.c.created_at < until)
    rows = fetch(connection, Adjustment, sa.select(table).where(meant).order_by(table.c.id))
    of_pushes = [Made(each.id, each.sender, each.claim or "", "") for each in rows]
    return of_pushes + list_adjusted(connection, senders, since, until)


ADJUSTMENT: Final = Flow(run, read, find, listed, "SALES DRAFT")


async def stop(sandbox: Sandbox, acquirer: str, id: str) -> str | None:
    """Cancel a deferred push; return 85, R0 when it was cancelled before, 21 when it is too late, 57 for any other."""
    pushes = Disbursement.table()
    rows = sa.select(pushes).where(pushes.c.id == id)
    (before,) = await sandbox.world.database.read(fetch, Disbursement, rows)
    if before.status == "cancelled":
        return STOPPED
    try:
        after = await cancel(sandbox.acquirers[acquirer], id)
    except MoveNotAllowed:
        return NO_ACTION_TAKEN if before.release_at else NOT_PERMITTED
    if after.status == "cancelled":
        return NO_REASON_TO_DECLINE
    return after.cancel_code or None
