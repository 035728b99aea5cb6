"""The store on PostgreSQL: what can be sent together is sent together, and row locks are taken in key order.

Rows travel as one JSON text a table, in libpq's pipeline mode: a twentieth of the client's work that arrays take, and
one round trip where ``COPY`` takes two a table.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import orjson

from payments.kit.records import Shape
from payments.kit.store import NOTE_TAIL, Kind, Query, Rows, columns, quoted, terms

_UNDER_WAY: Final = "hashtext('batch under way'), hashtext(current_schema())"


class PostgresStore:
    """PostgreSQL: rows as JSON, sent together; row locks taken in key order."""

    alone = False

    def __init__(self, connection: Any) -> None:
        """Use a psycopg connection that is in autocommit mode."""
        self._connection = connection
        self._cursor = connection.cursor()
        self._begun = True
        self._expected: list[tuple[Any, int]] = []

    def begin(self) -> None:
        """See ``Store``; goes out with the first queries."""
        self._begun = False

    def wait_for_others(self) -> None:
        """See ``Store``; every batch shares a lock from its beginning on, and this one wants it for itself."""
        self.begun()
        self._connection.execute(f"SELECT pg_advisory_xact_lock({_UNDER_WAY})")

    def commit(self) -> None:
        """See ``Store``."""
        if self._begun:
            self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See ``Store``."""
        if self._begun and not self._connection.closed:
            self._cursor.execute("ROLLBACK")
            # What was to be prepared in a pipeline that failed is not, but psycopg believes that it is.
            self._connection._prepared.clear()

    def select(self, queries: Sequence[Query]) -> list[Rows]:
        """See ``Store``; two writers that lock in key order never wait for each other in a circle."""
        with self._connection.pipeline():
            self.begun()
            return [cursor.fetchall() for cursor in [self._send(query) for query in queries]]

    def _send(self, query: Query) -> Any:
        sql = _select(query.kind.shape, query.column, query.lock, query.wait)
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
        self._connection.execute(_insert(kind.shape, missing), (_json(kind.shape.columns, rows),))

    def update(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(kind, kind.shape.mutable, "{0} = u.{0}", rows)

    def count(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(kind, kind.shape.counters, "{0} = t.{0} + u.{0}", rows)

    def note_tail(self, batch: int, events: int) -> None:
        """See ``Store``."""
        self._connection.execute(NOTE_TAIL.format("%s, %s"), (batch, events))

    def _set(self, kind: Kind, names: tuple[str, ...], term: str, rows: Rows) -> None:
        sql = _update(kind.shape, names, term)
        cursor = self._connection.execute(sql, (_json((*names, kind.shape.key), rows),))
        self._expected.append((cursor, len(rows)))

    def begun(self) -> None:
        """See ``Store``."""
        if not self._begun:
            self._begun = True  # even if that fails: then there is something to roll back
            self._connection.execute("BEGIN")
            self._connection.execute(f"SELECT pg_advisory_xact_lock_shared({_UNDER_WAY})")


@cache
def _select(shape: Shape, column: str, lock: bool, wait: bool) -> str:
    ending = f" ORDER BY {shape.key} FOR NO KEY UPDATE" if lock else ""
    if lock and not wait:
        ending += " SKIP LOCKED"
    array = "text[]" if shape.table.c[column].type.python_type is str else "bigint[]"
    return f"SELECT {columns(shape)} FROM {shape.name} WHERE {quoted(column)} = ANY(%s::{array}){ending}"


@cache
def _insert(shape: Shape, missing: bool) -> str:
    ending = " ON CONFLICT DO NOTHING" if missing else ""
    listed, name = columns(shape), shape.name
    return f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {_recordset(shape)}{ending}"


@cache
def _update(shape: Shape, names: tuple[str, ...], term: str) -> str:
    key = shape.key
    return f"UPDATE {shape.name} t SET {terms(names, term)} FROM {_recordset(shape)} u WHERE t.{key} = u.{key}"


def _recordset(shape: Shape) -> str:
    return f"json_populate_recordset(NULL::{shape.name}, %s::json)"


def _json(names: tuple[str, ...], rows: Rows) -> str:
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()


def _array(values: Sequence[Any]) -> str:
    """Write an array literal: psycopg's own way of passing a list costs ten times as much."""
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}'
