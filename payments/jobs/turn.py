"""Taking turns: time passes in one place at a time, whoever moves it."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import sqlalchemy as sa

from payments.sandbox import Sandbox

_PATIENCE_SECONDS: Final = 0.02


@asynccontextmanager
async def turn(sandbox: Sandbox) -> AsyncIterator[None]:
    """Wait until nobody else, in this process or another, runs what is due, and be the one who does."""
    async with sandbox.turn:
        if sandbox.world.database.sqlite:
            yield  # one process, so the lock above is all there is
            return
        with sandbox.world.database.engine.connect() as connection:
            while not _take(connection):  # noqa: ASYNC110 - no event crosses processes
                await asyncio.sleep(_PATIENCE_SECONDS)
            try:
                yield
            finally:
                connection.invalidate()  # ends the database session, and the lock with it


def _take(connection: sa.Connection) -> bool:
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    key = zlib.crc32(f"time {schema}".encode())
    taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar_one()
    connection.commit()
    return bool(taken)
