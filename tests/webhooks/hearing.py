"""A world in which things happen and webhooks tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from payments.kit.clock import SECOND, instant
from payments.kit.database import Database, fetch
from payments.kit.events import Event
from payments.kit.records import metadata
from payments.kit.sessions import Batch
from payments.kit.winding import start_clock, wind_to
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.webhooks.delivery import Delivery
from payments.webhooks.dispatch import dispatch_new
from payments.webhooks.endpoint import Endpoint, find_endpoint, webhooks_of
from payments.webhooks.registration import register
from payments.webhooks.sending import send_due

NOON = instant(datetime(2026, 10, 14, 12, tzinfo=UTC))


def happen(work: Work, _: Institution, type: str, subjects: Sequence[str]) -> None:
    for subject in subjects:
        work.emit(type, subject, f"rrn_{subject}", {"amount": 5841, "currency": "USD"})


@dataclass
class Hearing:
    world: World
    webhooks: Institution
    bank: Institution

    async def happen(self, *subjects: str, type: str = "payment.captured") -> None:
        await self.bank.step(happen, type, subjects)

    async def register(self, url: str, *types: str) -> tuple[Endpoint, str]:
        endpoint, secret = await register(self.webhooks, url, types)
        return endpoint, secret.reveal()

    async def tell(self) -> int:
        """Dispatch and send what there is, as the jobs do."""
        await dispatch_new(self.webhooks)
        return await send_due(self.webhooks)

    async def wind(self, microseconds: int) -> None:
        await self.webhooks.step(wind_to, await self.now() + microseconds)

    async def wind_seconds(self, seconds: int) -> None:
        await self.wind(seconds * SECOND)

    async def now(self) -> int:
        return await self.webhooks.step(lambda work, _: work.now)

    def deliveries(self, endpoint: str = "") -> list[Delivery]:
        """Every delivery, or those to one endpoint, oldest first."""
        table = Delivery.table()
        all = sa.select(table).order_by(table.c.id)
        found = self.world.database.read_now(lambda connection: fetch(connection, Delivery, all))
        return [each for each in found if endpoint in ("", each.endpoint)]

    def delivery(self) -> Delivery:
        (only,) = self.deliveries()
        return only

    def endpoint(self, id: str) -> Endpoint:
        found = self.world.database.read_now(find_endpoint, id)
        assert found
        return found

    def events(self, type: str) -> list[Event]:
        table = Event.table()
        wanted = sa.select(table).where(table.c.type == type).order_by(table.c.id)
        return self.world.database.read_now(lambda connection: fetch(connection, Event, wanted))

    def batches(self) -> int:
        count = sa.select(sa.func.count()).select_from(Batch.table())
        found: int = self.world.database.read_now(lambda connection: connection.execute(count).scalar_one())
        return found

    def everything_written(self) -> str:
        """All rows of the tables that webhooks and events are kept in, as text."""
        tables = [each for each in metadata.sorted_tables if each.name.startswith(("webhooks_", "kit_"))]
        return self.world.database.read_now(lambda connection: str([rows(connection, each) for each in tables]))


def rows(connection: sa.Connection, table: sa.Table) -> list[Any]:
    return [tuple(each) for each in connection.execute(sa.select(table))]


@contextmanager
def opened(database_url: str) -> Iterator[Hearing]:
    """Open the world, as a process that starts does."""
    database = Database(database_url)
    world = World.open(database, b"k" * 32)
    try:
        yield Hearing(world, webhooks_of(world), Institution("bank", "Bank", world))
    finally:
        world.close()


async def begin(hearing: Hearing) -> Hearing:
    """Start its clock, frozen at noon."""
    await hearing.webhooks.step(start_clock, NOON, True)
    return hearing
