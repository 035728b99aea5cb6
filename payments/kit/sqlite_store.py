"""The store on SQLite: one writer, ``BEGIN IMMEDIATE``, many rows a statement.

Python gives its global lock away at every statement it runs, and has to wait for the event loop to get it back: so
rows go in by the dozen, not by ``executemany``, which runs a statement a row.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any, Final

import orjson

from payments.kit.records import Shape
from payments.kit.store import NOTE_TAIL, Kind, Query, Rows, columns, quoted, terms

_SIZES: Final = (256, 64, 16, 4, 1)


class SqliteStore:
    """SQLite: one writer; the transaction holds the only lock there is."""

    alone = True

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
        shape, values = query.kind.shape, query.values
        if len(values) == 1:
            self._cursor.execute(_get(shape, query.column), values)
        else:
            self._cursor.execute(_select_many(shape, query.column), (orjson.dumps(values).decode(),))
        rows: Rows = self._cursor.fetchall()
        return rows

    @contextmanager
    def together(self) -> Iterator[None]:
        """See ``Store``; nothing is far away here."""
        yield

    def insert(self, kind: Kind, rows: Rows, *, missing: bool = False) -> None:
        """See ``Store``."""
        for chunk in _chunks(rows):
            self._cursor.execute(_insert(kind.shape, missing, len(chunk)), _flat(chunk))

    def update(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(kind.shape, kind.shape.mutable, "{0} = u.{0}", rows)

    def count(self, kind: Kind, rows: Rows) -> None:
        """See ``Store``."""
        self._set(kind.shape, kind.shape.counters, "{0} = t.{0} + u.{0}", rows)

    def note_tail(self, batch: int, events: int) -> None:
        """See ``Store``."""
        self._cursor.execute(NOTE_TAIL.format("?, ?"), (batch, events))

    def _set(self, shape: Shape, names: tuple[str, ...], term: str, rows: Rows) -> None:
        for chunk in _chunks(rows):
            sql = _update(shape, names, term, len(chunk))
            self._cursor.execute(sql, _flat(chunk))
            assert self._cursor.rowcount == len(chunk), f"a row is not there: {sql}"


def _chunks(rows: Rows) -> Iterator[Rows]:
    """Cut ``rows`` so that statements come in a few sizes, which are prepared once."""
    start = 0
    for size in _SIZES:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


def _flat(rows: Rows) -> list[Any]:
    return list(chain.from_iterable(rows))


@cache
def _get(shape: Shape, column: str) -> str:
    return f"SELECT {columns(shape)} FROM {shape.name} WHERE {quoted(column)} = ?"


@cache
def _select_many(shape: Shape, column: str) -> str:
    return f"SELECT {columns(shape)} FROM {shape.name} WHERE {quoted(column)} IN (SELECT value FROM json_each(?))"


@cache
def _insert(shape: Shape, missing: bool, rows: int) -> str:
    ending = " ON CONFLICT DO NOTHING" if missing else ""
    return f"INSERT INTO {shape.name} ({columns(shape)}) VALUES {_values(len(shape.columns), rows)}{ending}"


@cache
def _update(shape: Shape, names: tuple[str, ...], term: str, rows: int) -> str:
    given = ", ".join(f"column{n} AS {quoted(name)}" for n, name in enumerate((*names, shape.key), start=1))
    return (
        f"UPDATE {shape.name} AS t SET {terms(names, term)}"
        f" FROM (SELECT {given} FROM (VALUES {_values(len(names) + 1, rows)})) AS u WHERE t.{shape.key} = u.{shape.key}"
    )


def _values(width: int, rows: int) -> str:
    return ",".join([f"({','.join('?' * width)})"] * rows)
