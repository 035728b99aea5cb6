"""The app: the doors put onto a sandbox, with what they may not import themselves.

``create_app`` serves one world. On start it is migrated, seeded if it is new, and what a dead process left is seen to;
while it serves, what falls due is done. A reset puts a new world in its place.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy.engine import make_url

from payments import jobs
from payments.api.card_input import from_wire
from payments.api.documentation import document
from payments.api.door import Door, Powers
from payments.api.event_stream import EventStream, server_sent
from payments.api.events import event_shape, follow
from payments.api.keys import DEMO_KEY, make_demo_key
from payments.api.problems import answer_problems
from payments.api.refusals import NotAvailable, ResetUnderWay
from payments.api.routes import add_routes, answers
from payments.api.shutdown import close_on_signal
from payments.console.lent import Lent
from payments.console.routes import add_routes as add_console
from payments.facades.mastercard_send import routes as mastercard_send
from payments.facades.mastercard_send.connected import CONNECTED
from payments.facades.visa_direct.door import VisaDirectDoor, answer_flows, open_door
from payments.facades.visa_direct.routes import add_routes as add_visa_direct
from payments.kit import migrate
from payments.kit.database import WRITERS, Database
from payments.kit.events import Event
from payments.kit.log import log
from payments.kit.world import World
from payments.sandbox import Sandbox
from payments.seed import open_seeded
from payments.seed.people import CVV, PEOPLE
from payments.settings import Settings
from payments.verify import verify


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the app that serves the world that ``settings`` name."""
    app = FastAPI(
        title="Payments sandbox",
        version="1",
        summary="Card money that really moves, both ways, between banks that keep books.",
        lifespan=partial(_lifespan, settings or Settings()),
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
    )
    answer_problems(app)
    add_routes(app)
    add_console(app, Lent(partial(_visit, app), partial(_follow, app), event_shape, server_sent, EventStream, DEMO_KEY))
    add_visa_direct(app)
    mastercard_send.add_routes(app, CONNECTED)
    document(app)
    return app


class Serving:
    """The world that is served just now. ``app.state`` has its ``door`` and its ``sandbox``."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        """Serve nothing yet."""
        self._app = app
        self._settings = settings
        self._resetting = asyncio.Lock()
        self.door: Door
        self.visa_direct: VisaDirectDoor
        self._keeper: asyncio.Task[None]
        self._payer: jobs.Payer

    async def open(self) -> Door:
        """Open the world, finish what was left half done, and begin to keep time."""
        settings = self._settings
        await asyncio.to_thread(migrate.upgrade, settings.database)
        at = settings.freeze_at
        sandbox = await open_seeded(
            Database(settings.database), settings.vault_key(), at, at is not None, settings.wire
        )
        await sandbox.operator.step(make_demo_key)
        await mastercard_send.make_ready(sandbox)
        self.door = Door.to(sandbox, self._powers(), answers())
        answer_flows(sandbox.world)
        recovered = await jobs.recover(sandbox)
        self.visa_direct = self._app.state.visa_direct = await open_door(sandbox)
        log.info("world opened", database=_shown(settings.database), wire=settings.wire, recovered=recovered)
        self._keeper = asyncio.create_task(jobs.keep_time(sandbox))
        self._payer = jobs.Payer(sandbox)
        self._app.state.door, self._app.state.sandbox = self.door, sandbox
        return self.door

    async def close(self) -> None:
        """Stop keeping time, end the streams, and close the world."""
        self.door.closing.set()
        await self._payer.stop()
        self._keeper.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeper
        await self.visa_direct.close()
        await asyncio.to_thread(self.door.sandbox.close)

    async def reset(self) -> None:
        """Put a new world in the place of this one.

        Raises ``ResetUnderWay``, and ``NotAvailable`` while another process serves this world, too.
        """
        if self._resetting.locked():
            raise ResetUnderWay("Wait until the new world is there.")
        async with self._resetting:
            old = self.door
            await asyncio.to_thread(_nobody_else_writes, old.sandbox.world)
            with old.locked() as quiet:
                await quiet
                await self.close()
                await asyncio.to_thread(_clear_away, self._settings.database)
                old.successor = await self.open()

    def _powers(self) -> Powers:
        return Powers(
            wind=jobs.wind,
            wind_by=jobs.wind_by,
            wind_to_next=jobs.wind_to_next,
            due=jobs.next_due,
            verify=verify,
            reset=self.reset,
            test_cards=_test_cards(),
        )


@asynccontextmanager
async def _lifespan(settings: Settings, app: FastAPI) -> AsyncIterator[None]:
    serving = Serving(app, settings)
    await serving.open()
    _collect_garbage_rarely()
    with close_on_signal(lambda: serving.door.closing.set()):
        yield
    await serving.close()


@asynccontextmanager
async def _visit(app: FastAPI) -> AsyncIterator[Sandbox]:
    """Count a visitor to the world that is served just now, which is not replaced until they have gone."""
    door: Door = await app.state.door.current()
    door.visitors += 1
    try:
        yield door.sandbox
    finally:
        door.leave()


async def _follow(app: FastAPI, after: int) -> AsyncGenerator[tuple[int, Event], None]:
    async with aclosing(follow(await app.state.door.current(), after)) as happened:
        async for each in happened:
            yield each


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _collect_garbage_rarely() -> None:
    """Look for circular garbage every 50,000 objects instead of every 700, and never again among what is there by now.

    A payment makes hundreds of objects that live while it is under way, and hardly a circle: looking took a fifth of
    the event loop's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _nobody_else_writes(world: World) -> None:
    database = world.database
    if database.sqlite:
        return  # it has one writer, and that is us
    with database.engine.connect() as connection:
        others = (each for each in range(WRITERS) if each != world.writer.writer)
        free = all(database.try_writer_lock(connection, each) for each in others)
        connection.invalidate()  # ends the database session, and the locks with it
    if not free:
        raise NotAvailable("Other processes serve this world, too: stop them, or start with one worker.")


def _clear_away(url: str) -> None:
    """Remove a world that nobody has open, whole: nothing in it is changed or deleted one by one."""
    path = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite":
        migrate.downgrade(url, "base")
        return
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _test_cards() -> list[dict[str, Any]]:
    return [
        {
            "id": each.card,
            "object": "test_card",
            "account": each.account,
            "holder": each.holder,
            "issuer": each.issuer,
            "currency": each.currency,
            "number": each.number,
            "expiry": from_wire(each.expiry),
            "cvv": CVV,
            "does": each.shows,
        }
        for each in PEOPLE
    ]
