"""The writer: one thread that runs batches of steps, each in one transaction, and commits them.

Each batch goes: read what the steps named, run them, write each table once, commit. When the database refuses a
batch, it is run again; when it refuses again, its steps are run one by one, and the one at fault fails alone.
"""

import hashlib
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError

from payments.kit.clock import CLOCK, Clock, real_now
from payments.kit.database import Connection
from payments.kit.errors import Refusal
from payments.kit.events import Event
from payments.kit.ids import Ids
from payments.kit.records import Record, metadata
from payments.kit.sessions import Batch
from payments.kit.steps import Find, Lock, Pending, Reads
from payments.kit.store import Query, Rows
from payments.kit.work import Id, Lookup, Shared, Work

FACTS_LIMIT = 200_000


_Finds = Find | tuple[Find, ...]
_Asking = tuple[Reads, _Finds]
_Wanted = dict[tuple[type[Record], str], set[Any]]


class CommitUncertain(Exception):
    """The database went away during a commit: whether it happened is found out by asking again with the same key."""


class Writer:
    """Runs batches over one connection, as one writer number, in one session."""

    def __init__(self, connection: Connection, ids: Ids, writer: int, head: str) -> None:
        """Write over ``connection`` as ``writer``, whose chain of hashes ends in ``head``."""
        self.writer = writer
        self.ids = ids
        self.facts: dict[Lookup, Record] = {}
        self.faults_revision = 0
        self._connection = connection
        self._store = connection.store
        self._head = head
        self._known: set[Id] = set()
        self._queue: queue.SimpleQueue[tuple[list[Pending], Callable[[], None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def hand_over(self, batch: list[Pending], done: Callable[[], None]) -> None:
        """Have ``batch`` run in the writer's thread, which calls ``done`` after the commit."""
        self._queue.put((batch, done))

    def close(self) -> None:
        """Stop after the batches handed over, and close the connection."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            batch, done = item
            try:
                self._run(batch)
            except BaseException as error:  # noqa: BLE001 - nobody may be left waiting for an answer
                for pending in batch:
                    pending.error = pending.error or error
            done()

    def _run(self, batch: list[Pending], attempts: int = 2) -> None:
        for _ in range(attempts):
            try:
                return self._transaction(batch)
            except CommitUncertain:
                raise
            except Exception as error:  # noqa: BLE001 - tried again, then one by one
                self._store.rollback()
                last = error
        if len(batch) == 1:
            raise last
        for pending in batch:
            self._alone(pending)

    def _alone(self, pending: Pending) -> None:
        try:
            self._run([pending], attempts=3)
        except Exception as error:  # noqa: BLE001 - it is this step's answer
            pending.error = error

    def _transaction(self, batch: list[Pending]) -> None:
        cold = not hasattr(batch[0].step, "reads")
        self._store.begin()
        shared = Shared(self, self.ids, self.facts, self._known, cold)
        shared.writer = self.writer
        self._read(shared, [] if cold else batch)
        for pending in batch:
            _run_step(shared, pending)
        chain = self._write(shared)
        self._commit()
        self._head = chain
        self._known.update(shared.zeros)

    def _commit(self) -> None:
        try:
            self._store.commit()
        except Exception as error:
            if self._connection.lost():
                raise CommitUncertain from error
            raise

    # ── reading ──

    def rows(self, kind: type[Record], column: str, value: Any, *, lock: bool) -> Rows:
        """Return the rows whose ``column`` is ``value``."""
        return self._store.select([Query(kind, column, [value], lock)])[0]

    def query(self, statement: Select[Any]) -> Sequence[Any]:
        """Return the rows of a SQLAlchemy ``statement``."""
        return self._connection.query(statement)

    def _read(self, shared: Shared, batch: list[Pending]) -> None:
        """Read the clock, then what the steps look up, in rounds, then what they lock."""
        locks: set[Lock] = set()
        asking: list[_Asking] = []
        for pending in batch:
            reads = pending.step.reads(pending.institution, *pending.arguments)  # type: ignore[attr-defined]
            if isinstance(reads, Generator):
                _ask(reads, None, asking, locks)
            else:
                locks.update(reads)
        wanted = _wanted(asking)
        (clock,) = self._look_up(shared, wanted, [Query(Clock, "id", [CLOCK])])
        self._set_clock(shared, clock)
        while asking:
            again: list[_Asking] = []
            for reads, finds in asking:
                _ask(reads, _found(shared, finds), again, locks)
            asking = again
            if wanted := _wanted(asking):
                self._look_up(shared, wanted, [])
        self._lock(shared, locks)

    def _set_clock(self, shared: Shared, rows: Rows) -> None:
        for values in rows:
            clock = Clock(*values)
            shared.now = clock.now(real_now())
            self.faults_revision = clock.faults_revision

    def _look_up(self, shared: Shared, wanted: _Wanted, also: list[Query]) -> list[Rows]:
        """Read each table looked at in this round once; return the rows of what else is to be read with it."""
        facts = self.facts
        queries: list[Query] = []
        for (kind, column), values in wanted.items():
            if kind.shape.fixed:
                known = [facts[kind, column, value] for value in values if (kind, column, value) in facts]
                shared.rows.update({(kind, kind.shape.key_of(row)): row for row in known})
                shared.index(kind, column, [], known)
                values = values - {getattr(row, column) for row in known}
            if values:
                queries.append(Query(kind, column, sorted(values)))
        results = self._store.select([*also, *queries]) if also or queries else []
        for query, found in zip(queries, results[len(also) :], strict=True):
            rows = shared.remember(query.kind, found)
            shared.index(query.kind, query.column, query.values, rows)
            if query.kind.shape.fixed:
                self._remember_facts(query, rows)
        return results[: len(also)]

    def _remember_facts(self, query: Query, rows: Iterable[Record]) -> None:
        if len(self.facts) > FACTS_LIMIT:
            self.facts.clear()
        self.facts.update({(query.kind, query.column, getattr(row, query.column)): row for row in rows})

    def _lock(self, shared: Shared, locks: set[Lock]) -> None:
        keys: dict[type[Record], list[Any]] = {}
        for kind, key in locks:
            keys.setdefault(kind, []).append(key)
        queries = [Query(kind, kind.shape.key, sorted(keys[kind]), lock=True) for kind in sorted(keys, key=_order)]
        if queries:
            for query, rows in zip(queries, self._store.select(queries), strict=True):
                kind = query.kind
                shared.rows.update({(kind, kind.shape.key_of(row)): row for row in (kind(*each) for each in rows)})

    # ── writing ──

    def _write(self, shared: Shared) -> str:
        """Write each table once, new rows first, and return the chain's new head."""
        rows = {kind: [kind.shape.values(row) for row in added.values()] for kind, added in shared.added.items() if added}
        if shared.events:
            rows[Event] = shared.events
        if not (rows or shared.changed or shared.counted):
            return self._head
        chain = self._chain(shared, rows)
        store = self._store
        with store.together():
            if shared.events:
                store.note_tail(shared.batch, len(shared.events))
            for kind in sorted(rows, key=_order):
                store.insert(kind, rows[kind])
            for kind, zeros in _by_kind(shared.zeros).items():
                store.insert(kind, zeros, missing=True)
            for kind, changed in shared.changed.items():
                if changed:
                    store.update(kind, [kind.shape.mutable_values(row) for _, row in sorted(changed.items())])
            for kind, counted in shared.counted.items():
                store.count(kind, [(*amounts, key) for key, amounts in sorted(counted.items())])
        return chain

    def _chain(self, shared: Shared, rows: dict[type[Record], list[Any]]) -> str:
        """Add the batch's own row, with its link of the chain, to what is to be inserted."""
        chained = {kind.shape.name: rows[kind] for kind in rows if kind.shape.chained}
        link = chain_hash(self._head, chained)
        count = sum(map(len, chained.values()))
        batch = Batch(shared.batch, self.writer, shared.now, count, self._head, link)
        rows[Batch] = [Batch.shape.values(batch)]
        return link


def chain_hash(previous: str, rows: dict[str, list[Any]]) -> str:
    """Return the link after ``previous`` for a batch's append-only ``rows`` by table, in order: SHA-256, hex."""
    return hashlib.sha256(previous.encode() + orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _ask(reads: Reads, found: Any, asking: list[_Asking], locks: set[Lock]) -> None:
    try:
        asking.append((reads, reads.send(found)))
    except StopIteration as end:
        locks.update(end.value or ())


def _wanted(asking: list[_Asking]) -> _Wanted:
    wanted: _Wanted = {}
    for _, finds in asking:
        for kind, column, value in (finds,) if isinstance(finds, Find) else finds:
            wanted.setdefault((kind, column), set()).add(value)
    return wanted


def _found(shared: Shared, finds: Find | tuple[Find, ...]) -> Any:
    if not isinstance(finds, Find):
        return tuple(_found(shared, each) for each in finds)
    key = shared.found[finds.kind, finds.column][finds.value]
    return None if key is None else shared.rows[finds.kind, key]


def _by_kind(rows: dict[Any, Record]) -> dict[type[Record], list[Any]]:
    result: dict[type[Record], list[Any]] = {}
    for (kind, _), row in sorted(rows.items(), key=lambda item: item[0][1]):
        result.setdefault(kind, []).append(kind.shape.values(row))
    return result


def _run_step(shared: Shared, pending: Pending) -> None:
    pending.error = None
    work = Work(shared, pending.institution.id, [*pending.entries])
    try:
        pending.result = pending.step(work, pending.institution, *pending.arguments)
    except Refusal as refusal:
        pending.error = refusal
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug fails its own caller, not its batch
        pending.error = error
    else:
        work.keep()
        pending.entries = work.entries


def _order(kind: type[Record]) -> int:
    return _orders().get(kind.shape.name, 0)


_known_orders: dict[str, int] = {}


def _orders() -> dict[str, int]:
    if len(_known_orders) != len(metadata.tables):
        _known_orders.update({table.name: n for n, table in enumerate(metadata.sorted_tables)})
    return _known_orders
