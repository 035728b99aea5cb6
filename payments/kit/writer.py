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
from payments.kit.steps import Find, Lock, Pending
from payments.kit.work import Lookup, Shared, Work

FACTS_LIMIT = 200_000


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
        self._known_zeros: set[tuple[type[Record], Any]] = set()
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
        shared = Shared(self, self.ids, self.facts, cold)
        shared.writer = self.writer
        self._read_clock(shared)
        if not cold:
            self._read(shared, batch)
        for pending in batch:
            _run_step(shared, pending)
        chain = self._write(shared)
        self._commit()
        self._head = chain
        self._known_zeros.update(shared.zeros)

    def _commit(self) -> None:
        try:
            self._store.commit()
        except Exception as error:
            if self._connection.lost():
                raise CommitUncertain from error
            raise

    # ── reading ──

    def select(self, kind: type[Record], column: str, values: list[Any], lock: bool) -> Iterable[Any]:
        """Return the rows whose ``column`` is among ``values``."""
        return self._store.select(kind, column, values, lock)

    def query(self, statement: Select[Any]) -> Sequence[Any]:
        """Return the rows of a SQLAlchemy ``statement``."""
        return self._connection.query(statement)

    def _read_clock(self, shared: Shared) -> None:
        for values in self._store.select(Clock, "id", [CLOCK], lock=False):
            clock = Clock(*values)
            shared.now = clock.now(real_now())
            self.faults_revision = clock.faults_revision

    def _read(self, shared: Shared, batch: list[Pending]) -> None:
        locks: set[Lock] = set()
        asking: list[tuple[Generator[Find, Any, Sequence[Lock]], Find]] = []
        for pending in batch:
            reads = pending.step.reads(pending.institution, *pending.arguments)  # type: ignore[attr-defined]
            if isinstance(reads, Generator):
                _ask(reads, None, asking, locks)
            else:
                locks.update(reads)
        while asking:
            asking = self._look_up(shared, asking, locks)
        self._lock(shared, locks)

    def _look_up(self, shared: Shared, asking: list[Any], locks: set[Lock]) -> list[Any]:
        wanted: dict[tuple[type[Record], str], set[Any]] = {}
        for _, (kind, column, value) in asking:
            wanted.setdefault((kind, column), set()).add(value)
        for (kind, column), values in wanted.items():
            self._look_up_table(shared, kind, column, values)
        again: list[Any] = []
        for reads, (kind, column, value) in asking:
            key = shared.found[kind, column][value]
            _ask(reads, None if key is None else shared.rows[kind, key], again, locks)
        return again

    def _look_up_table(self, shared: Shared, kind: type[Record], column: str, values: set[Any]) -> None:
        facts = self.facts
        known = [facts[kind, column, value] for value in values if (kind, column, value) in facts]
        shared.rows.update({(kind, kind.shape.key_of(row)): row for row in known})
        values_left = values - {getattr(row, column) for row in known}
        rows = shared.remember(kind, self._store.select(kind, column, sorted(values_left), lock=False)) if values_left else []
        shared.index(kind, column, values, [*known, *rows])
        if kind.shape.fixed:
            if len(facts) > FACTS_LIMIT:
                facts.clear()
            facts.update({(kind, column, getattr(row, column)): row for row in rows})

    def _lock(self, shared: Shared, locks: set[Lock]) -> None:
        for kind in sorted({lock.kind for lock in locks}, key=_order):
            keys = sorted(lock.key for lock in locks if lock.kind is kind)
            for values in self._store.select(kind, kind.shape.key, keys, lock=True):
                row = kind(*values)
                shared.rows[kind, kind.shape.key_of(row)] = row

    # ── writing ──

    def _write(self, shared: Shared) -> str:
        store = self._store
        rows = {kind: [kind.shape.values(row) for row in added.values()] for kind, added in shared.added.items()}
        if not (rows or shared.changed or shared.counted):
            return self._head
        chain = self._chain(shared, rows)
        for kind in sorted(rows, key=_order):
            store.insert(kind, rows[kind])
        self._insert_zeros(shared)
        for kind, changed in shared.changed.items():
            store.update(kind, [kind.shape.mutable_values(row) for _, row in sorted(changed.items())])
        for kind, counted in shared.counted.items():
            store.count(kind, [(*amounts, key) for key, amounts in sorted(counted.items())])
        return chain

    def _insert_zeros(self, shared: Shared) -> None:
        new = {id: zero for id, zero in shared.zeros.items() if id not in self._known_zeros}
        for kind in {kind for kind, _ in new}:
            rows = [kind.shape.values(zero) for (each, _), zero in sorted(new.items(), key=_key) if each is kind]
            self._store.insert_missing(kind, rows)

    def _chain(self, shared: Shared, rows: dict[type[Record], list[Any]]) -> str:
        """Add the batch's own row, with its link of the chain, to what is to be inserted."""
        chained = {kind.shape.name: rows[kind] for kind in rows if kind.shape.chained}
        link = chain_hash(self._head, chained)
        count = sum(map(len, chained.values()))
        batch = Batch(shared.batch, self.writer, shared.now, count, self._head, link)
        rows[Batch] = [Batch.shape.values(batch)]
        if events := rows.get(Event):
            self._connection.note_tail(shared.batch, len(events))
        return link


def chain_hash(previous: str, rows: dict[str, list[Any]]) -> str:
    """Return the link after ``previous`` for a batch's append-only ``rows`` by table, in order: SHA-256, hex."""
    return hashlib.sha256(previous.encode() + orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _ask(reads: Generator[Find, Any, Sequence[Lock]], found: Any, asking: list[Any], locks: set[Lock]) -> None:
    try:
        asking.append((reads, reads.send(found)))
    except StopIteration as end:
        locks.update(end.value or ())


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


def _key(item: tuple[tuple[type[Record], Any], Record]) -> Any:
    return item[0][1]


def _order(kind: type[Record]) -> int:
    return _orders().get(kind.shape.name, 0)


_known_orders: dict[str, int] = {}


def _orders() -> dict[str, int]:
    if len(_known_orders) != len(metadata.tables):
        _known_orders.update({table.name: n for n, table in enumerate(metadata.sorted_tables)})
    return _known_orders
