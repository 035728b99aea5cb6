"""What becomes of a story's money later: the settlement of its windows, and the payout to its merchant.

These events belong to everybody whose items were in the window. What concerns others only is left out.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from payments.acquirer.payout import Payout
from payments.console.subject import Subject
from payments.kit.database import fetch
from payments.kit.event_log import READ_LIMIT, read_events
from payments.kit.events import Event
from payments.network.settlement import Settlement

Happened = tuple[int, Event]


def events_under(connection: sa.Connection, reference: str) -> Iterator[Happened]:
    """Yield every event under a reference, in order."""
    after, full = 0, True
    while full:
        page = read_events(connection, after, READ_LIMIT, reference)
        yield from page
        full = len(page) == READ_LIMIT
        after = page[-1][0] if page else after


def aftermath(
    connection: sa.Connection, subject: Subject, own: Sequence[Happened], members: set[str]
) -> list[Happened]:
    """Return what the settlement of a story's windows, and the payout to its merchant, have done for it."""
    said = [orjson.loads(event.data) for _, event in own]
    windows = {data["window"] for data in said if data.get("window")}
    found = [each for window in sorted(windows) for each in _settlements(connection, subject, window, members)]
    settled = [position for position, event in own if event.type in ("capture.settled",)]
    return found + list(_payouts(connection, subject, settled))


def _settlements(connection: sa.Connection, subject: Subject, window: str, members: set[str]) -> Iterator[Happened]:
    table = Settlement.table()
    wanted = (table.c.window == window, table.c.currency == subject.facts["currency"])
    merchant = subject.facts.get("merchant", "")
    for settlement in fetch(connection, Settlement, sa.select(table).where(*wanted)):
        for position, event in events_under(connection, settlement.reference):
            if event.institution in members and _concerns(orjson.loads(event.data), members, merchant):
                yield position, event


def _concerns(data: dict[str, Any], members: set[str], merchant: str) -> bool:
    """Tell whether what an event of a settlement says is about ``members``, and no other's merchant."""
    if "sender" in data:
        return {data["sender"], data["receiver"]} <= members
    if "member" in data:
        return data["member"] in members
    accounts = (each for transfer in data.get("transfers", ()) for each in transfer[1:3])
    owners = {each.partition(".merchant_available.")[2].partition(".")[2] for each in accounts} - {""}
    return not owners or merchant in owners


def _payouts(connection: sa.Connection, subject: Subject, settled: Sequence[int]) -> Iterator[Happened]:
    """Yield what the first payout to the merchant after each of the positions ``settled`` has done."""
    if not settled:
        return
    table = Payout.table()
    theirs = sa.select(table).where(
        table.c.merchant == subject.row.merchant, table.c.created_at >= subject.row.created_at
    )
    left = list(settled)
    for payout in fetch(connection, Payout, theirs.order_by(table.c.id)):
        events = list(events_under(connection, payout.reference))
        begun = events[0][0] if events else 0
        if any(position < begun for position in left):
            yield from events
        left = [position for position in left if position > begun]
        if not left:
            return
