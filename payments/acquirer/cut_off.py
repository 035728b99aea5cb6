"""The clearing cut-off: everything an acquirer has waiting is presented, many at a time, none stopping another."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Select

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import CLEARED, SETTLED, WAITING, Capture
from payments.acquirer.clearing import present
from payments.acquirer.refund import WAITING as REFUND_WAITING
from payments.acquirer.refund import RefundItem
from payments.acquirer.refund_clearing import present_item
from payments.kit.fate import durable

AT_ONCE: Final = 64
PAGE: Final = 1000

_Present = Callable[[Acquirer, str], Awaitable[Any]]


async def present_all(acquirer: Acquirer) -> int:
    """Present every waiting capture and refund of ``acquirer`` once, and return how many.

    First what leaves a payment open, then the captures that close one, then the refunds, so that nothing waits for a
    later cut-off only because of its order. What gets no answer stays due. An error in one does not stop the others;
    it is raised, with all others like it, when they are through.
    """
    errors: list[Exception] = []
    count = 0
    for query, flow in (
        (_waiting_captures(acquirer.id, final=0), present),
        (_waiting_captures(acquirer.id, final=1), present),
        (_waiting_items(acquirer.id), present_item),
    ):
        count += await _present_each(acquirer, query, flow, errors)
    if errors:
        raise ExceptionGroup("presented at the cut-off", errors)
    return count


async def _present_each(acquirer: Acquirer, query: Select[Any], flow: _Present, errors: list[Exception]) -> int:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(id: str) -> None:
        async with slots:
            try:
                await durable(flow(acquirer, id))
            except Exception as error:  # noqa: BLE001 - raised when the others are through
                errors.append(error)

    after, count = "", 0
    while page := await acquirer.world.database.read(_page, query, after):
        await asyncio.gather(*(one(id) for id in page))
        after, count = page[-1], count + len(page)
    return count


def _page(connection: sa.Connection, query: Select[Any], after: str) -> Sequence[str]:
    id = query.selected_columns[0]
    return connection.execute(query.where(id > after).order_by(id).limit(PAGE)).scalars().all()


def _waiting_captures(acquirer: str, final: int) -> Select[Any]:
    captures = Capture.table().c
    return sa.select(captures.id).where(
        captures.acquirer == acquirer, captures.status == WAITING, captures.final == final
    )


def _waiting_items(acquirer: str) -> Select[Any]:
    items, captures = RefundItem.table().c, Capture.table().c
    return (
        sa.select(items.id)
        .join_from(RefundItem.table(), Capture.table(), captures.id == items.capture)
        .where(items.acquirer == acquirer, items.status == REFUND_WAITING)
        .where(captures.status.in_((CLEARED, SETTLED)))
    )
