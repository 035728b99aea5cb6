"""How records are read and written in bulk, on each database: each table once, whatever the number of rows.

Only the writer's thread uses a store. A batch goes straight to the driver, because on the hot path a statement builder
costs as much as the database itself; everything that is not hot goes through SQLAlchemy. On PostgreSQL what can be sent
together is sent together (libpq's pipeline mode), and rows travel as one JSON text: a quarter of the client's work
that arrays take, in one round trip where ``COPY`` takes two a table.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

import orjson

from payments.kit.records import Record

Kind = type[Record]
Row = tuple[Any, ...]
Rows = Sequence[Row]


class Query(NamedTuple):
    """The rows of ``kind`` whose ``column`` is among ``values``; locked, in key order, if ``lock``."""

    kind: Kind
    column: str
    values: Sequence[Any]
    lock: bool = False


class Store(Protocol):
    """What the writer asks of a database, inside one transaction."""

    def begin(self) -> None:
        """Start the one transaction of a batch."""

    def begun(self) -> None:
        """Make sure that the transaction has started, for a statement that goes past the store."""

    def commit(self) -> None:
        """Make the batch durable."""

    def rollback(self) -> None:
        """Forget the batch; does not fail when there is none."""

    def select(self, queries: Sequence[Query]) -> list[Rows]:
        """Return the rows that each query finds."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what is written inside the block together; errors may surface only at its end."""
        yield

    def insert(self, kind: Kind, rows: Rows, *, missing: bool = False) -> None:
        """Insert whole rows; with ``missing`` only those whose key is not there yet."""

    def update(self, kind: Kind, rows: Rows) -> None:
        """Set the mutable columns; each row is the mutable values, then the key."""

    def count(self, kind: Kind, rows: Rows) -> None:
        """Add to the counters; each row is the amounts to add, then the key."""

    def note_tail(self, batch: int, events: int) -> None:
        """Note that the events of ``batch`` have no positions yet (``kit/events.py``)."""


class SqliteStore:
    """SQLite: one writer, ``BEGIN IMMEDIATE``, ``executemany``; the transaction holds the only lock there is."""

    def __init__(self, connection: Any) -> None:
        """Use a ``sqlite3`` connection that is in autocommit mode."""
        self._cursor = connection.cursor()

    def begin(self) -> None:
        """See ``Store``."""
        self._cursor.execute("BEGIN IMMEDIATE")

    def begun(self) -> None:
        """See ``Store``."""

    def commit(self) -> None:
        """See ``Store``."""
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See ``Store``."""
        if self._cursor.connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def select(self, queries: Sequence[Query]) -> list[Rows]:
        """See ``Store``."""
        return [self._select(query) for query in queries]

    def _select(self, query: Query) -> Rows:
        if len(query.values) == 1:
            return self._cursor.execute(_sqlite_get(query.kind, query.column), query.values).fetchall()  # type: ignore[no-any-return]
        values = orjson.dumps(query.values).decode()
        return self._cursor.execute(_sqlite_select(query.kind, query.column), (values,)).fetchall()  # type: ignore[no-any-return]

    @contextmanager
    def together(self) -> Iterator[None]:
        """See ``Store``; nothing is far away here."""
        yield

    def insert(self, kind: Kind, rows: Rows, *, missing: bool = False) -> None:
        """See ``Store``."""
        self._cursor.executemany(_sqlite_insert(kind, missing), rows)

    def update(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(_sqlite_set(kind, kind.shape.mutable, "{0} = ?"), rows)

    def count(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(_sqlite_set(kind, kind.shape.counters, "{0} = {0} + ?"), rows)

    def note_tail(self, batch: int, events: int) -> None:
        """See ``Store``."""
        self._cursor.execute(_TAIL.format("?, ?"), (batch, events))

    def _set(self, sql: str, rows: Rows) -> None:
        self._cursor.executemany(sql, rows)
        assert self._cursor.rowcount == len(rows), f"a row is not there: {sql}"


class PostgresStore:
    """PostgreSQL: rows as JSON, sent together; row locks taken in key order."""

    def __init__(self, connection: Any) -> None:
        """Use a psycopg connection that is in autocommit mode."""
        self._connection = connection
        self._cursor = connection.cursor()
        self._begun = True
        self._expected: list[tuple[Any, int]] = []

    def begin(self) -> None:
        """See ``Store``; goes out with the first queries."""
        self._begun = False

    def commit(self) -> None:
        """See ``Store``."""
        if self._begun:
            self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See ``Store``."""
        if self._begun and not self._connection.closed:
            self._cursor.execute("ROLLBACK")

    def select(self, queries: Sequence[Query]) -> list[Rows]:
        """See ``Store``; two writers that lock in key order never wait for each other in a circle."""
        with self._connection.pipeline():
            self.begun()
            return [cursor.fetchall() for cursor in [self._send(query) for query in queries]]

    def _send(self, query: Query) -> Any:
        sql = _postgres_select(query.kind, query.column, query.lock)
        return self._connection.execute(sql, (_array(query.values),))

    @contextmanager
    def together(self) -> Iterator[None]:
        """See ``Store``; what must be there is looked at when all of it has arrived."""
        self._expected.clear()
        with self._connection.pipeline():
            self.begun()
            yield
        for cursor, rows in self._expected:
            assert cursor.rowcount == rows, f"a row is not there: {cursor._query.query}"

    def insert(self, kind: Kind, rows: Rows, *, missing: bool = False) -> None:
        """See ``Store``."""
        self._connection.execute(_postgres_insert(kind, missing), (_json(kind.shape.columns, rows),))

    def update(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(kind, kind.shape.mutable, "{0} = u.{0}", rows)

    def count(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(kind, kind.shape.counters, "{0} = t.{0} + u.{0}", rows)

    def note_tail(self, batch: int, events: int) -> None:
        """See ``Store``."""
        self._connection.execute(_TAIL.format("%s, %s"), (batch, events))

    def _set(self, kind: Kind, columns: tuple[str, ...], term: str, rows: Rows) -> None:
        sql = _postgres_set(kind, columns, term)
        cursor = self._connection.execute(sql, (_json((*columns, kind.shape.key), rows),))
        self._expected.append((cursor, len(rows)))

    def begun(self) -> None:
        """See ``Store``."""
        if not self._begun:
            self._connection.execute("BEGIN")
            self._begun = True


_TAIL: Final = "INSERT INTO kit_event_tail (batch, events) VALUES ({})"


@cache
def _columns(kind: Kind) -> str:
    return ", ".join(kind.shape.columns)


@cache
def _sqlite_get(kind: Kind, column: str) -> str:
    return f"SELECT {_columns(kind)} FROM {kind.shape.name} WHERE {column} = ?"


@cache
def _sqlite_select(kind: Kind, column: str) -> str:
    return (
        f"SELECT {_columns(kind)} FROM {kind.shape.name} WHERE {column} IN (SELECT value FROM json_each(?))"
    )


@cache
def _sqlite_insert(kind: Kind, missing: bool) -> str:
    marks = ",".join("?" * len(kind.shape.columns))
    ending = " ON CONFLICT DO NOTHING" if missing else ""
    return f"INSERT INTO {kind.shape.name} ({_columns(kind)}) VALUES ({marks}){ending}"


@cache
def _sqlite_set(kind: Kind, columns: tuple[str, ...], term: str) -> str:
    return f"UPDATE {kind.shape.name} SET {_terms(columns, term)} WHERE {kind.shape.key} = ?"


@cache
def _postgres_select(kind: Kind, column: str, lock: bool) -> str:
    ending = f" ORDER BY {kind.shape.key} FOR NO KEY UPDATE" if lock else ""
    array = "text[]" if kind.shape.table.c[column].type.python_type is str else "bigint[]"
    return f"SELECT {_columns(kind)} FROM {kind.shape.name} WHERE {column} = ANY(%s::{array}){ending}"


@cache
def _postgres_insert(kind: Kind, missing: bool) -> str:
    ending = " ON CONFLICT DO NOTHING" if missing else ""
    columns, name = _columns(kind), kind.shape.name
    return f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {_recordset(kind)}{ending}"


@cache
def _postgres_set(kind: Kind, columns: tuple[str, ...], term: str) -> str:
    key = kind.shape.key
    return (
        f"UPDATE {kind.shape.name} t SET {_terms(columns, term)}"
        f" FROM {_recordset(kind)} u WHERE t.{key} = u.{key}"
    )


def _recordset(kind: Kind) -> str:
    return f"json_populate_recordset(NULL::{kind.shape.name}, %s::json)"


def _terms(columns: tuple[str, ...], term: str) -> str:
    return ", ".join(term.format(each) for each in columns)


def _json(columns: tuple[str, ...], rows: Rows) -> str:
    return orjson.dumps([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def _array(values: Sequence[Any]) -> str:
    """Write an array literal: psycopg's own way of passing a list costs ten times as much."""
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}'
