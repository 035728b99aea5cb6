"""The store on SQLite: one writer, ``BEGIN IMMEDIATE``, ``executemany``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson

from payments.kit.records import Shape
from payments.kit.store import NOTE_TAIL, Kind, Query, Rows, columns, quoted, terms


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

    def wait_for_others(self) -> None:
        """See ``Store``; there are none."""

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
            return self._cursor.execute(_get(query.kind.shape, query.column), query.values).fetchall()  # type: ignore[no-any-return]
        values = orjson.dumps(query.values).decode()
        return self._cursor.execute(_select_many(query.kind.shape, query.column), (values,)).fetchall()  # type: ignore[no-any-return]

    @contextmanager
    def together(self) -> Iterator[None]:
        """See ``Store``; nothing is far away here."""
        yield

    def insert(self, kind: Kind, rows: Rows, *, missing: bool = False) -> None:
        """See ``Store``."""
        self._cursor.executemany(_insert(kind.shape, missing), rows)

    def update(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(_update(kind.shape, kind.shape.mutable, "{0} = ?"), rows)

    def count(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(_update(kind.shape, kind.shape.counters, "{0} = {0} + ?"), rows)

    def note_tail(self, batch: int, events: int) -> None:
        """See ``Store``."""
        self._cursor.execute(NOTE_TAIL.format("?, ?"), (batch, events))

    def _set(self, sql: str, rows: Rows) -> None:
        self._cursor.executemany(sql, rows)
        assert self._cursor.rowcount == len(rows), f"a row is not there: {sql}"


@cache
def _get(shape: Shape, column: str) -> str:
    return f"SELECT {columns(shape)} FROM {shape.name} WHERE {quoted(column)} = ?"


@cache
def _select_many(shape: Shape, column: str) -> str:
    return f"SELECT {columns(shape)} FROM {shape.name} WHERE {quoted(column)} IN (SELECT value FROM json_each(?))"


@cache
def _insert(shape: Shape, missing: bool) -> str:
    marks = ",".join("?" * len(shape.columns))
    ending = " ON CONFLICT DO NOTHING" if missing else ""
    return f"INSERT INTO {shape.name} ({columns(shape)}) VALUES ({marks}){ending}"


@cache
def _update(shape: Shape, names: tuple[str, ...], term: str) -> str:
    return f"UPDATE {shape.name} SET {terms(names, term)} WHERE {shape.key} = ?"
