"""Snapshots: how every account of every book stood after the event at a position; where a page that joins late begins.

The balances of the moment are taken back event by event to the position, or, near the beginning, added up to it: a
page that begins a few thousand events ago costs the same, however many events there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Annotated, Any, Final

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from payments.console.cleared import windows_at
from payments.console.lent import House
from payments.kit.clock import rfc3339
from payments.kit.database import fetch
from payments.kit.event_log import last_position, read_events, walk
from payments.kit.events import Event, Tail
from payments.kit.ids import first_row
from payments.ledger.account import Account, Book
from payments.ledger.balance import Balance
from payments.ledger.entry import EFFECTS
from payments.switch.directory import Member
from payments.webhooks.dispatch import place_events

Counters = dict[str, list[int]]
"""By account: posted debits and credits, held debits and credits, in minor units."""

router: Final = APIRouter(include_in_schema=False)


@router.get("/console/snapshot")
async def get_snapshot(house: House, event: Annotated[int | None, Query(ge=0, le=2**62)] = None) -> Response:
    """Send all books as they stood after the event at a position: now, if none is named."""
    async with house.visit() as sandbox:
        await place_events(sandbox.operator)
        found = await sandbox.world.database.read(snapshot, event)
    return Response(orjson.dumps(found), media_type="application/json", headers={"Cache-Control": "no-store"})


def snapshot(connection: sa.Connection, position: int | None = None) -> dict[str, Any]:
    """Return the JSON of all books as they stood after the event at ``position`` (``None``: the last one).

    Accounts opened since are there, too: a page that goes on from here meets them.
    """
    last = last_position(connection)
    position = last if position is None else min(position, last)
    counters = counters_at(connection, position)
    accounts = fetch(connection, Account, sa.select(Account.table()).order_by(Account.table().c.id))
    return {
        "object": "snapshot",
        "event": position,
        "at": _time_of(connection, position),
        "books": _books(connection),
        "accounts": [_account(each, counters[each.id]) for each in accounts],
        "windows": windows_at(connection, position),
    }


def counters_at(connection: sa.Connection, position: int) -> Counters:
    """Return how every account stood after the event at ``position``; one that nothing had touched has zeros."""
    if position < last_position(connection) - position:
        return _added(_zeros(), takewhile(lambda each: each[0] <= position, walk(connection, 0, "money.*")))
    return _added(_counters_now(connection), _since(connection, position), sign=-1)


def _zeros() -> Counters:
    return defaultdict(lambda: [0, 0, 0, 0])


def _counters_now(connection: sa.Connection) -> Counters:
    table = Balance.table().c
    of_all = (table.posted_debits, table.posted_credits, table.held_debits, table.held_credits)
    sums = sa.select(table.account, *map(sa.func.sum, of_all)).group_by(table.account)
    return _zeros() | {account: [int(each) for each in counts] for account, *counts in connection.execute(sums)}


def _since(connection: sa.Connection, position: int) -> Iterator[tuple[int, Event]]:
    """Yield the money events after ``position``, those that have no position yet among them."""
    yield from walk(connection, position, "money.*")
    table = Event.table()
    for batch in connection.scalars(sa.select(Tail.c.batch)).all():
        rows = table.c.id.between(first_row(batch), first_row(batch + 1) - 1)
        written = sa.select(table).where(rows, table.c.type.startswith("money."))
        yield from ((0, each) for each in fetch(connection, Event, written))


def _added(counters: Counters, events: Iterable[tuple[int, Event]], sign: int = 1) -> Counters:
    for _, event in events:
        for kind, debit, credit, amount, *_rest in orjson.loads(event.data)["transfers"]:
            posted, held = EFFECTS[kind]
            for side, account in enumerate((debit, credit)):
                counts = counters[account]
                counts[side] += sign * posted * amount
                counts[2 + side] += sign * held * amount
    return counters


def _time_of(connection: sa.Connection, position: int) -> str | None:
    found = read_events(connection, position - 1, 1) if position else []
    return rfc3339(found[0][1].at) if found else None


def _books(connection: sa.Connection) -> list[dict[str, str]]:
    members = fetch(connection, Member, sa.select(Member.table()))
    roles = {each.id: each.role for each in members}
    books = fetch(connection, Book, sa.select(Book.table()).order_by(Book.table().c.id))
    return [{"id": each.id, "name": each.name, "role": roles.get(each.id, "")} for each in books]


def _account(account: Account, counts: list[int]) -> dict[str, Any]:
    debits, credits, held_debits, held_credits = counts
    return {
        "id": account.id,
        "book": account.book,
        "code": account.code,
        "currency": account.currency,
        "owner": account.owner,
        "kind": account.kind,
        "name": account.name,
        "debits": debits,
        "credits": credits,
        "held_debits": held_debits,
        "held_credits": held_credits,
    }
