"""Rows read for a reply: one by its id, and the ledger entries that belong to some."""

from collections.abc import Iterable
from typing import TypeVar

import sqlalchemy as sa

from payments.api.door import no_such
from payments.kit.clock import CLOCK, Clock, real_now
from payments.kit.database import fetch
from payments.kit.events import Event
from payments.kit.records import Record

R = TypeVar("R", bound=Record)


def one(connection: sa.Connection, kind: type[R], id: str) -> R:
    """Return the record with ``id``. Raises ``NotFound``."""
    table = kind.table()
    found = fetch(connection, kind, sa.select(table).where(table.c[kind.shape.key] == id))
    if not found:
        raise no_such(kind, id)
    return found[0]


def now_of(connection: sa.Connection) -> int:
    """Return what the sandbox's clock shows."""
    return one(connection, Clock, CLOCK).now(real_now())


def entries_by_reference(connection: sa.Connection, references: Iterable[str]) -> dict[str, list[str]]:
    """Return the ids of the ledger entries written so far, in any book, under each reference, oldest first."""
    wanted = {each for each in references if each}
    events = Event.table().c
    query = sa.select(events.reference, events.subject).where(
        events.reference.in_(wanted), events.type.startswith("money.")
    )
    found: dict[str, list[str]] = {}
    for reference, entry in connection.execute(query.order_by(events.id)) if wanted else ():
        found.setdefault(reference, []).append(entry)
    return found
