"""Being the only one: a lock across processes, by what it is for."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import sqlalchemy as sa

from payments.kit.database import Database

_LOOKS_EVERY_SECONDS: Final = 0.02


@asynccontextmanager
async def alone(database: Database, purpose: str) -> AsyncIterator[None]:
    """Wait until no other process does ``purpose`` in this world, and be the one that does.

    A lock of the database, which a process that dies gives back. A SQLite file has one process anyway. It does
    not keep two tasks of one process apart on SQLite.
    """
    if database.sqlite:
        yield
        return
    with database.engine.connect() as connection:
        while not _take(connection, purpose):  # noqa: ASYNC110 - no event crosses processes
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
        try:
            yield
        finally:
            connection.invalidate()  # ends the database session, and the lock with it


def _take(connection: sa.Connection, purpose: str) -> bool:
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    key = zlib.crc32(f"{purpose} {schema}".encode())
    taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar_one()
    connection.commit()
    return bool(taken)
