"""The writer: one thread that runs batches of steps, each in one transaction, and commits them.

Each batch goes: read what the steps named, run them, write each table once, commit. When the database refuses a
batch, it is run again; when it refuses again, its steps are run one by one, and the one at fault fails alone.
"""

import hashlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
import psycopg
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError

from payments.kit.clock import real_now
from payments.kit.database import Connection
from payments.kit.errors import Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Replayed
from payments.kit.ids import Ids, first_row
from payments.kit.log import log
from payments.kit.reader import Reader, write_order
from payments.kit.records import Record
from payments.kit.sessions import Batch
from payments.kit.steps import Pending
from payments.kit.store import Query, Rows
from payments.kit.work import Id, Shared, Work

DATABASE_ERRORS: Final = (DBAPIError, psycopg.Error, sqlite3.Error)
"""What the database refuses is not the step's fault: a deadlock, a conflict. It is run again."""


class CommitUncertain(Exception):
    """The database went away during a commit: whether it happened is found out by asking again with the same key."""


class Writer:
    """Runs batches over one connection, as one writer number, in one session."""

    def __init__(self, connection: Connection, ids: Ids, writer: int, head: str) -> None:
        """Write over ``connection`` as ``writer``, whose chain of hashes ends in ``head``."""
        self.writer = writer
        self.ids = ids
        self._reader = Reader(connection.store)
        self.faults_revision = 0
        self._connection = connection
        self._store = connection.store
        self._head = head
        self._known: set[Id] = set()
        self._queue: queue.SimpleQueue[tuple[list[Pending], Callable[[], object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def hand_over(self, batch: list[Pending], done: Callable[[], object]) -> None:
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
            _log_mistakes(batch)
            done()

    def _run(self, batch: list[Pending], attempts: int = 2) -> None:
        error = self._try(batch, attempts)
        if error and len(batch) == 1:
            raise error
        if error:
            for pending in batch:
                self._alone(pending)

    def _try(self, batch: list[Pending], attempts: int) -> Exception | None:
        """Run a batch, again if the database refuses it; return the last error if it never succeeded."""
        last: Exception | None = None
        for _ in range(attempts):
            try:
                self._transaction(batch)
                return None
            except CommitUncertain:
                raise
            except Exception as error:  # noqa: BLE001 - tried again, then one by one
                self._store.rollback()
                log.warning("batch refused", writer=self.writer, steps=len(batch), error=str(error).partition("\n")[0])
                last = error
        return last

    def _alone(self, pending: Pending) -> None:
        try:
            self._run([pending], attempts=3)
        except Exception as error:  # noqa: BLE001 - it is this step's answer
            pending.error = error

    def _transaction(self, batch: list[Pending]) -> None:
        cold = not hasattr(batch[0].step, "reads")
        self._store.begin()
        shared = Shared(self, self.ids, self._reader.facts, self._known, cold)
        shared.writer = self.writer
        clock = self._reader.read(shared, [] if cold else batch)
        if clock:
            shared.now = clock.now(real_now())
            self.faults_revision = clock.faults_revision
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

    # ── what a batch reads from ──

    def rows(self, kind: type[Record], column: str, value: Any, *, lock: bool) -> Rows:
        """Return the rows whose ``column`` is ``value``."""
        return self._store.select([Query(kind, column, [value], lock)])[0]

    def query(self, statement: Select[Any]) -> Sequence[Any]:
        """Return the rows of a SQLAlchemy ``statement``."""
        return self._connection.query(statement)

    def wait_for_others(self) -> None:
        """Wait until no other writer's batch is under way."""
        self._store.wait_for_others()

    # ── writing ──

    def _write(self, shared: Shared) -> str:
        """Write each table once, new rows first, and return the chain's new head."""
        rows = {
            kind: [kind.shape.values(row) for row in added.values()] for kind, added in shared.added.items() if added
        }
        if shared.events:
            rows[Event] = shared.events
        if not (rows or shared.changed or shared.counted):
            return self._head
        chain = self._chain(shared, rows)
        store = self._store
        with store.together():
            if shared.events:
                store.note_tail(shared.batch, len(shared.events))
            for kind in sorted(rows, key=write_order):
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
        assert shared.next_row <= first_row(shared.batch + 1), "a batch numbers 65,536 rows: make smaller steps"
        chained = {kind.shape.name: rows[kind] for kind in rows if kind.shape.chained}
        link = chain_hash(self._head, chained)
        count = sum(map(len, chained.values()))
        batch = Batch(shared.batch, self.writer, shared.now, count, self._head, link)
        rows[Batch] = [Batch.shape.values(batch)]
        return link


def _log_mistakes(batch: list[Pending]) -> None:
    """Log each error once, unless it is an answer: a refusal, or what was answered before."""
    failed: dict[int, list[Pending]] = {}
    for pending in batch:
        if pending.error is not None and not isinstance(pending.error, Refusal | Replayed):
            failed.setdefault(id(pending.error), []).append(pending)
    for first, *others in failed.values():
        step, institution = getattr(first.step, "__qualname__", ""), getattr(first.institution, "id", "")
        log.error("step failed", step=step, institution=institution, others=len(others), exc_info=first.error)


def chain_hash(previous: str, rows: dict[str, list[Any]]) -> str:
    """Return the link after ``previous`` for a batch's append-only ``rows`` by table, in order: SHA-256, hex."""
    return hashlib.sha256(previous.encode() + orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _by_kind(rows: dict[Any, Record]) -> dict[type[Record], list[Any]]:
    result: dict[type[Record], list[Any]] = {}
    for (kind, _), row in sorted(rows.items(), key=lambda item: item[0][1]):
        result.setdefault(kind, []).append(kind.shape.values(row))
    return result


def _run_step(shared: Shared, pending: Pending) -> None:
    pending.error = None
    work = Work(shared, pending.institution.id, [*pending.entries[: pending.written]])
    try:
        pending.result = pending.step(work, pending.institution, *pending.arguments)
    except Refusal as refusal:
        pending.error = refusal
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - a bug fails its own caller, not its batch
        pending.error = error
    else:
        work.keep()
        pending.entries = work.entries
