"""What a flow has made for this door or for another, found by its reference or listed by its time."""

from collections.abc import Sequence

import sqlalchemy as sa

from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.facades.visa_direct.contract import Made
from payments.kit.database import fetch


def find_made(
    connection: sa.Connection, kind: type[Disbursement] | type[Funding], acquirer: str, reference: str
) -> Made | None:
    """Return what has our RRN ``reference``, if it is of ``acquirer``."""
    table = kind.table()
    own = sa.select(table).where(table.c.reference == reference, table.c.acquirer == acquirer)
    return next((_made(each) for each in fetch(connection, kind, own)), None)


def list_made(
    connection: sa.Connection,
    kind: type[Disbursement] | type[Funding],
    senders: Sequence[str],
    since: int,
    until: int,
) -> list[Made]:
    """Return what was made for ``senders`` from ``since`` on and before ``until``, oldest first."""
    table = kind.table()
    meant = table.c.sender.in_(senders) & (table.c.created_at >= since) & (table.c.created_at < until)
    return [_made(each) for each in fetch(connection, kind, sa.select(table).where(meant).order_by(table.c.id))]


def _made(found: Disbursement | Funding) -> Made:
    return Made(found.id, found.sender, found.claim or "", found.business_application)
