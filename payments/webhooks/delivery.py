"""Deliveries: one event on its way to one endpoint, under one id however often it is tried."""

from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.kit.database import fetch
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record

PENDING: Final = "pending"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"


@record(
    "webhooks_deliveries",
    Index(None, "endpoint", "position", unique=True),
    Index(None, "endpoint", "id"),
    due_index("due_at"),
)
class Delivery(Record):
    """An event to be delivered to an endpoint; ``event`` is its row, ``position`` its place among all events.

    ``due_at`` is when it is tried next, while it is pending. ``tries`` counts since it was made or sent anew,
    ``attempts`` for ever. Of the last try: ``response_code`` is the HTTP status if there was an answer, and
    ``error`` what went wrong. ``chaos`` is what was made to go wrong.
    """

    noun: ClassVar[str] = "webhook_delivery"
    prefix: ClassVar[str] = "whd"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("deliver", PENDING, DELIVERED),
        Move("give_up", PENDING, FAILED),
        Move("resend", PENDING, PENDING),
        Move("resend", DELIVERED, PENDING),
        Move("resend", FAILED, PENDING),
    )

    id: Key[str]
    endpoint: str
    event: int
    position: int
    type: str
    reference: str
    created_at: int
    status: Mutable[str]
    due_at: Mutable[int | None]
    tries: Mutable[int] = 0
    attempts: Mutable[int] = 0
    attempted_at: Mutable[int | None] = None
    response_code: Mutable[int | None] = None
    error: Mutable[str] = ""
    chaos: Mutable[str] = ""


def earliest_due() -> sa.ScalarSelect[int | None]:
    """Return the query for the instant at which the next delivery is to be tried, if any is pending."""
    due_at = Delivery.table().c.due_at
    return sa.select(sa.func.min(due_at)).where(due_at.is_not(None)).scalar_subquery()


def due_deliveries(connection: sa.Connection, now: int, limit: int) -> list[Delivery]:
    """Return up to ``limit`` deliveries that are due at ``now``, longest due first."""
    deliveries = Delivery.table()
    due = sa.select(deliveries).where(deliveries.c.due_at <= now)
    return fetch(connection, Delivery, due.order_by(deliveries.c.due_at, deliveries.c.position).limit(limit))
