"""Databases: how the house connects to SQLite and PostgreSQL, for its one writer and its many readers.

A world is one SQLite file or one PostgreSQL schema. On SQLite one process writes; on PostgreSQL any number of
processes do, each under a writer number of its own, which is a lock.
"""

import asyncio
import fcntl
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy import Select, event
from sqlalchemy.engine import make_url

from payments.kit.clock import real_now
from payments.kit.errors import Refusal
from payments.kit.fate import settled
from payments.kit.postgres_store import PostgresStore
from payments.kit.records import Record
from payments.kit.sessions import Batch, Session
from payments.kit.sqlite_store import SqliteStore
from payments.kit.store import Store

T = TypeVar("T")
R = TypeVar("R", bound=Record)

WRITERS: Final = 64
READERS: Final = 4

_PLANS: Final = (
    # Plans are cached per connection and the first ones are made on empty tables, where scanning looks cheap.
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off;"
    "SET enable_mergejoin = off; SET jit = off"
)

_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",  # so that REPLACE asks the triggers, too
    "cache_size = -8192",  # 8 MB for each reader, who has the kernel's cache behind
    "wal_autocheckpoint = 16000",  # 64 MB: pages that every batch changes are copied home less often
)


class DatabaseInUse(Refusal):
    """Another process writes to this database."""


class Connection:
    """The writer's connection: a store for batches, and SQLAlchemy on the same connection for everything else."""

    def __init__(self, connection: sa.Connection) -> None:
        """Take over a connection in autocommit mode."""
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self.sqlite = connection.dialect.name == "sqlite"
        self.store: Store = SqliteStore(self._driver) if self.sqlite else PostgresStore(self._driver)

    def query(self, statement: Select[Any]) -> Sequence[Any]:
        """Return all rows of a SQLAlchemy statement, run inside the store's transaction."""
        self.store.begun()
        return self._connection.execute(statement).fetchall()

    def lost(self) -> bool:
        """Tell whether the database has gone away."""
        return False if self.sqlite else bool(self._driver.closed)

    def discard(self) -> None:
        """Give up a connection that is lost; doing so again does nothing."""
        if not self._connection.closed:
            self._connection.invalidate()
            self._connection.close()

    def close(self) -> None:
        """Close it, which gives the writer's lock back."""
        self._connection.close()


class Database:
    """One database, by SQLAlchemy URL: ``sqlite:///sandbox.db`` or ``postgresql+psycopg://…``."""

    def __init__(self, url: str) -> None:
        """Prepare to connect to ``url``; nothing is opened yet."""
        self.url = url
        self.sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _engine(url, self.sqlite)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._lock_file: Any = None

    async def read(self, query: Callable[..., T], *arguments: Any) -> T:
        """Run ``query(connection, *arguments)`` in a reader's thread, over one unchanging snapshot.

        A flow sees what its own steps have written: it waits until that is durable.
        """
        await settled()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.read_now, query, *arguments)

    def read_now(self, query: Callable[..., T], *arguments: Any) -> T:
        """Run ``query(connection, *arguments)`` here, over one unchanging snapshot."""
        with self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                return query(connection, *arguments)

    def connect_writer(self) -> tuple[Connection, int]:
        """Open the writer's connection and take the lowest writer number that is free.

        Raises ``DatabaseInUse`` when there is none: on SQLite as soon as another process writes.
        """
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self.sqlite:
            self._lock_sqlite()
            connection.exec_driver_sql("PRAGMA cache_size = -65536")  # what every batch changes stays at hand
            return Connection(connection), 0
        connection.exec_driver_sql(_PLANS)
        for writer in range(WRITERS):
            if self.try_writer_lock(connection, writer):
                return Connection(connection), writer
        raise DatabaseInUse(f"{WRITERS} processes write to this database already: stop one first.")

    def try_writer_lock(self, connection: sa.Connection, writer: int) -> bool:
        """Take the lock of a writer number, if nobody holds it, until ``connection`` closes."""
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        key = zlib.crc32(f"writer {schema}".encode()) - 2**31
        return bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(key, writer))).scalar_one())

    def close(self) -> None:
        """Close every connection."""
        self._readers.shutdown(wait=True)
        self.engine.dispose()
        if self._lock_file:
            self._lock_file.close()

    def _lock_sqlite(self) -> None:
        path = Path(str(make_url(self.url).database))
        lock_file = path.with_name(path.name + ".lock").open("w")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._lock_file = lock_file
        except BlockingIOError as error:
            lock_file.close()
            raise DatabaseInUse(f"Another process serves {path}: stop it, or name another file.") from error


def new_session(connection: Connection, writer: int) -> tuple[int, str]:
    """Begin a session of ``writer``: return its number, never used before, and the last hash of the writer's chain."""
    store = connection.store
    store.begin()
    if not connection.sqlite:
        connection.query(sa.select(sa.func.pg_advisory_xact_lock(0x5E55)))
    last = connection.query(sa.select(sa.func.coalesce(sa.func.max(Session.table().c.id), 0)))[0][0]
    batches = Batch.table().c
    head = connection.query(
        sa.select(batches.hash).where(batches.writer == writer).order_by(batches.id.desc()).limit(1)
    )
    with store.together():
        store.insert(Session, [(last + 1, writer, real_now())])
    store.commit()
    return last + 1, head[0][0] if head else ""


def fetch(connection: sa.Connection, kind: type[R], statement: Select[Any]) -> list[R]:
    """Return the records that a select over ``kind``'s whole table finds."""
    return [kind(*row) for row in connection.execute(statement)]


def _engine(url: str, sqlite: bool) -> sa.Engine:
    if not sqlite:
        return sa.create_engine(url, pool_size=READERS + 1, pool_pre_ping=True)
    engine = sa.create_engine(
        url,
        pool_size=READERS + 1,
        connect_args={"check_same_thread": False, "timeout": 30, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN")

    return engine
