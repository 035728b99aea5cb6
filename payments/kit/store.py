"""How records are read and written in bulk, on each database: each table once, whatever the number of rows.

Only the writer thread uses a store. Reads and writes of a batch go straight to the driver, because on the hot path a
statement builder costs as much as the database itself; everything that is not hot goes through SQLAlchemy.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from payments.kit.records import Record

Row = tuple[Any, ...]
Rows = Sequence[Row]


class Store(Protocol):
    """What the writer asks of a database, inside one transaction."""

    def begin(self) -> None:
        """Start the one transaction of a batch."""

    def commit(self) -> None:
        """Make the batch durable."""

    def rollback(self) -> None:
        """Forget the batch; does not fail when there is none."""

    def select(self, kind: type[Record], column: str, values: list[Any], lock: bool) -> Iterable[Row]:
        """Return the rows whose ``column`` is among ``values``, locked in key order when ``lock``."""

    def insert(self, kind: type[Record], rows: Rows) -> None:
        """Insert whole rows."""

    def insert_missing(self, kind: type[Record], rows: Rows) -> None:
        """Insert the rows whose key is not there yet."""

    def update(self, kind: type[Record], rows: Rows) -> None:
        """Set the mutable columns; each row is the mutable values, then the key."""

    def count(self, kind: type[Record], rows: Rows) -> None:
        """Add to the counters; each row is the amounts to add, then the key."""


class SqliteStore:
    """SQLite: one writer, ``BEGIN IMMEDIATE``, ``executemany``."""

    def __init__(self, connection: Any) -> None:
        """Use a ``sqlite3`` connection that is in autocommit mode."""
        self._cursor = connection.cursor()

    def begin(self) -> None:
        """See ``Store``."""
        self._cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """See ``Store``."""
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See ``Store``."""
        if self._cursor.connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def select(self, kind: type[Record], column: str, values: list[Any], lock: bool) -> Iterable[Row]:
        """See ``Store``; the transaction holds the only write lock there is, so ``lock`` adds nothing."""
        marks = ",".join("?" * len(values))
        sql = f"SELECT {_columns(kind)} FROM {_name(kind)} WHERE {column} IN ({marks})"
        return self._cursor.execute(sql, values).fetchall()  # type: ignore[no-any-return]

    def insert(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        self._cursor.executemany(_sqlite_insert(kind), rows)

    def insert_missing(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        self._cursor.executemany(f"{_sqlite_insert(kind)} ON CONFLICT DO NOTHING", rows)

    def update(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        self._cursor.executemany(_sqlite_set(kind, kind.shape.mutable, "{0} = ?"), rows)
        assert self._cursor.rowcount == len(rows), f"{_name(kind)}: a changed row is not there"

    def count(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        self._cursor.executemany(_sqlite_set(kind, kind.shape.counters, "{0} = {0} + ?"), rows)
        assert self._cursor.rowcount == len(rows), f"{_name(kind)}: a counted row is not there"


class PostgresStore:
    """PostgreSQL: arrays in, ``COPY`` for new rows, row locks taken in key order."""

    def __init__(self, connection: Any) -> None:
        """Use a psycopg connection that is in autocommit mode."""
        self._connection = connection
        self._cursor = connection.cursor()

    def begin(self) -> None:
        """See ``Store``."""
        self._cursor.execute("BEGIN")

    def commit(self) -> None:
        """See ``Store``."""
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See ``Store``."""
        if not self._connection.closed:
            self._cursor.execute("ROLLBACK")

    def select(self, kind: type[Record], column: str, values: list[Any], lock: bool) -> Iterable[Row]:
        """See ``Store``; locks in key order, so that two writers never wait for each other in a circle."""
        return self._cursor.execute(_postgres_select(kind, column, lock), (values,)).fetchall()  # type: ignore[no-any-return]

    def insert(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        with self._cursor.copy(f"COPY {_name(kind)} ({_columns(kind)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def insert_missing(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        marks = ",".join(["%s"] * len(kind.shape.columns))
        sql = f"INSERT INTO {_name(kind)} ({_columns(kind)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        self._cursor.executemany(sql, rows)

    def update(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        self._set(_postgres_set(kind, kind.shape.mutable, "{0} = u.{0}"), rows)

    def count(self, kind: type[Record], rows: Rows) -> None:
        """See ``Store``."""
        self._set(_postgres_set(kind, kind.shape.counters, "{0} = t.{0} + u.{0}"), rows)

    def _set(self, sql: str, rows: Rows) -> None:
        self._cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
        assert self._cursor.rowcount == len(rows), f"a changed row is not there: {sql}"


def _name(kind: type[Record]) -> str:
    return kind.shape.name


@cache
def _columns(kind: type[Record]) -> str:
    return ", ".join(kind.shape.columns)


@cache
def _sqlite_insert(kind: type[Record]) -> str:
    marks = ",".join("?" * len(kind.shape.columns))
    return f"INSERT INTO {_name(kind)} ({_columns(kind)}) VALUES ({marks})"


@cache
def _sqlite_set(kind: type[Record], columns: tuple[str, ...], term: str) -> str:
    return f"UPDATE {_name(kind)} SET {_terms(columns, term)} WHERE {kind.shape.key} = ?"


@cache
def _postgres_select(kind: type[Record], column: str, lock: bool) -> str:
    ending = f" ORDER BY {kind.shape.key} FOR NO KEY UPDATE" if lock else ""
    array = _array_type(kind, column)
    return f"SELECT {_columns(kind)} FROM {_name(kind)} WHERE {column} = ANY(%s::{array}){ending}"


@cache
def _postgres_set(kind: type[Record], columns: tuple[str, ...], term: str) -> str:
    given = (*columns, kind.shape.key)
    arrays = ", ".join(f"%s::{_array_type(kind, each)}" for each in given)
    return (
        f"UPDATE {_name(kind)} t SET {_terms(columns, term)}"
        f" FROM unnest({arrays}) AS u({', '.join(given)}) WHERE t.{kind.shape.key} = u.{kind.shape.key}"
    )


def _terms(columns: tuple[str, ...], term: str) -> str:
    return ", ".join(term.format(each) for each in columns)


def _array_type(kind: type[Record], column: str) -> str:
    return "text[]" if kind.shape.table.c[column].type.python_type is str else "bigint[]"
