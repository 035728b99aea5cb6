"""Loading a sanctions list, and learning of one that another process has loaded."""

import asyncio

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.name_index import NameIndex
from payments.acquirer.sanctions_list import Draft, ListInForce, SanctionsList
from payments.kit.database import fetch
from payments.kit.work import Work


async def load_list(acquirer: Acquirer, draft: Draft) -> ListInForce:
    """Put ``draft`` in force in the place of whatever list there was; pushes already sent are not looked at again."""
    in_force = await acquirer.step(record_list, draft)
    await catch_up(acquirer)
    return in_force


def record_list(work: Work, acquirer: Acquirer, draft: Draft) -> ListInForce:
    """Keep the list, unless it is there, and say that it is the one in force; a step."""
    current = work.get_or_none(ListInForce, acquirer.id)
    if draft.id and work.get_or_none(SanctionsList, draft.id) is None:
        counts = draft.entries, draft.names, draft.hold_at
        work.add(SanctionsList(draft.id, *counts, draft.content, work.now))
    if current and current.list == draft.id:
        return current
    event = "sanctions_list.loaded" if draft.id else "sanctions_list.cleared"
    work.emit(event, draft.id, "", {"entries": draft.entries, "names": draft.names, "hold_at": draft.hold_at})
    if current:
        return work.change(current, list=draft.id, since=work.now)
    return work.add(ListInForce(acquirer.id, draft.id, work.now))


async def catch_up(acquirer: Acquirer) -> None:
    """Make sure that the list in force is the one that names are scored by; it is read once, whoever asks meanwhile."""
    screener = acquirer.screener
    async with screener.loading:
        kept = await acquirer.world.database.read(_in_force, acquirer.id)
        if (kept.id if kept else "") != screener.index.id:
            screener.index = await asyncio.to_thread(kept.index) if kept else NameIndex()


def _in_force(connection: sa.Connection, acquirer: str) -> SanctionsList | None:
    lists, force = SanctionsList.table(), ListInForce.table()
    query = sa.select(lists).join(force, force.c.list == lists.c.id).where(force.c.acquirer == acquirer)
    return next(iter(fetch(connection, SanctionsList, query)), None)
