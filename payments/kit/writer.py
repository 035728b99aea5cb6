"""The writer: one thread that runs batches of steps, each in one transaction, and commits them.

Each batch goes: read what the steps named, run them, write each table once, commit. When the database refuses a
batch, it is run again; when it refuses again, its steps are run one by one, and the one at fault fails alone. A batch
of several rounds stays open between them: what flows have gone on from must then come out the same.
"""

import hashlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import orjson
import psycopg
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError, OperationalError

from payments.kit.clock import real_now
from payments.kit.database import Database, new_session
from payments.kit.errors import Refusal
from payments.kit.events import Event
from payments.kit.fate import FateTurned
from payments.kit.idempotency import Replayed
from payments.kit.ids import Ids, first_row
from payments.kit.log import log
from payments.kit.reader import Reader, WouldWait, write_order
from payments.kit.records import Record
from payments.kit.sessions import Batch
from payments.kit.steps import Pending
from payments.kit.store import Query, Rows
from payments.kit.work import Id, Shared, Work

Done = Callable[[list[Pending]], object]

DATABASE_ERRORS: Final = (DBAPIError, psycopg.Error, sqlite3.Error)
"""What the database refuses is not the step's fault: a deadlock, a conflict. It is run again."""


class CommitUncertain(Exception):
    """The database went away during a commit: whether it happened is found out by asking again with the same key."""


INTERRUPTIONS: Final = (
    CommitUncertain,
    FateTurned,
    OperationalError,
    psycopg.OperationalError,
    sqlite3.OperationalError,
)
"""What nobody who asked is to blame for, nor the sandbox: asked again with the same key, it may well succeed."""


class _Batch:
    """A transaction: the rounds of steps that were run in it, and what they share."""

    def __init__(self) -> None:
        self.rounds: list[list[Pending]] = []
        self.shared: Shared | None = None

    @property
    def steps(self) -> list[Pending]:
        return [pending for round in self.rounds for pending in round]


class Writer:
    """Runs batches over one connection, as one writer number, in one session."""

    def __init__(self, database: Database) -> None:
        """Write to ``database``, under the lowest writer number that is free. Raises ``DatabaseInUse``."""
        self.faults_revision = 0
        self._database = database
        self._known: set[Id] = set()
        self._connect()
        self._open: _Batch | None = None
        self._queue: queue.SimpleQueue[tuple[list[Pending], bool, Done] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def hand_over(self, round: list[Pending], last: bool, done: Done) -> None:
        """Have ``round`` run in the writer's thread, and its batch committed if it is the ``last``.

        Then ``done`` is called there with the steps of which it is certain what became of them: those of every batch
        that has come to its end.
        """
        self._queue.put((round, last, done))

    def _connect(self) -> None:
        """Begin a session over a new connection, under a number whose chain of hashes it goes on with."""
        self._connection, self.writer = self._database.connect_writer()
        session, self._head = new_session(self._connection, self.writer)
        self.ids = Ids(session)
        self._store = self._connection.store
        self._reader = Reader(self._store)

    def close(self) -> None:
        """Stop after the rounds handed over, and close the connection."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            round, last, done = item
            try:
                decided = self._take(round, last)
            except BaseException as error:  # noqa: BLE001 - nobody may be left waiting for an answer
                decided = self._give_up(round, error)
            _log_mistakes(decided)
            done(decided)

    def _give_up(self, round: list[Pending], error: BaseException) -> list[Pending]:
        """Fail every step of the open batch, and ``round``, for something nobody foresaw; the next one rolls back."""
        batch, self._open = self._open or _Batch(), None
        if round not in batch.rounds:
            batch.rounds.append(round)
        for pending in batch.steps:
            _fail(pending, error)
        return batch.steps

    def _take(self, round: list[Pending], last: bool) -> list[Pending]:
        """Run a round in the open batch, or in a new one; return the steps of the batches that came to their end."""
        batch = self._open = self._open or _Batch()
        try:
            self._run(batch, round)
            if not last:
                for pending in round:
                    pending.told = None if pending.fate is None else _outcome(pending)
                return []
            self._end(batch)
        except WouldWait:
            batch.rounds.pop()
            return self._take([], True) + self._take(round, last)
        except Exception as error:  # noqa: BLE001 - nobody may be left waiting for an answer
            self._recover(batch, error)
        self._open = None
        return batch.steps

    def _recover(self, batch: "_Batch", error: Exception) -> None:
        """Run a batch again that the database refused; if it refuses again, step by step."""
        log.warning("batch refused", writer=self.writer, steps=len(batch.steps), error=str(error).partition("\n")[0])
        if self._hopeless(batch.steps, error):
            return
        try:
            again = _Batch()
            for round in batch.rounds:
                self._run(again, round)
            self._end(again)
        except Exception as error:  # noqa: BLE001 - one by one, whoever is at fault will show
            if not self._hopeless(batch.steps, error):
                for pending in batch.steps:
                    self._alone(pending)

    def _alone(self, pending: Pending, attempts: int = 3) -> None:
        try:
            batch = _Batch()
            self._run(batch, [pending])
            self._end(batch)
        except Exception as error:  # noqa: BLE001 - it is this step's answer
            if self._hopeless([pending], error):
                return
            if attempts > 1 and not isinstance(error, FateTurned):
                self._alone(pending, attempts - 1)
            else:
                _fail(pending, error)

    def _hopeless(self, steps: Iterable[Pending], error: Exception) -> bool:
        """Roll back, over a new connection if the old one is lost.

        When that cannot be had, or nobody knows whether the batch was committed, all ``steps`` fail: there is no use
        in running them again.
        """
        try:
            if self._connection.lost():
                self._connection.discard()
                self._connect()
            self._store.rollback()
            hopeless = isinstance(error, CommitUncertain)
        except Exception as still:  # noqa: BLE001 - whatever it is, the database is not to be had
            hopeless, error = True, still
        if hopeless:
            for pending in steps:
                _fail(pending, error)
        return hopeless

    def _run(self, batch: "_Batch", round: list[Pending]) -> None:
        """Read what a round names, and run its steps; the first round of a batch begins its transaction."""
        batch.rounds.append(round)
        shared = batch.shared
        if shared is None:
            cold = bool(round) and not hasattr(round[0].step, "reads")
            self._store.begin()
            shared = batch.shared = Shared(self, self.ids, self._reader.facts, self._known, cold)
            shared.writer = self.writer
        clock = self._reader.read(shared, [] if shared.cold else round)
        if clock:
            shared.now = clock.now(real_now())
            self.faults_revision = clock.faults_revision
        for pending in round:
            _run_step(shared, pending)

    def _end(self, batch: "_Batch") -> None:
        """Write what a batch has to write, and commit it."""
        shared = batch.shared
        assert shared is not None, "a batch that was never begun"
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
    """Run a step; one that others went on from already must come to the same again, or their fate turns."""
    fate = pending.fate
    if fate is not None and fate.error is not None:
        pending.error = fate.error
        return
    if pending.told is None:
        pending.now, pending.last_id = shared.now, shared.ids.last
        _attempt(shared, pending)
        return
    now = shared.now
    with shared.ids.after(pending.last_id):
        shared.now = pending.now
        _attempt(shared, pending)
        shared.now = now
    if _outcome(pending) != pending.told:
        raise FateTurned("what this request had gone on from was no longer so")


def _attempt(shared: Shared, pending: Pending) -> None:
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


def _outcome(pending: Pending) -> tuple[object, ...]:
    if pending.error is not None:
        return type(pending.error), str(pending.error)
    return pending.result, pending.entries


def _fail(pending: Pending, error: BaseException) -> None:
    """Let a step have failed; if others went on from it, their fate has turned."""
    pending.error = error
    if pending.told is not None and pending.fate is not None:
        pending.fate.error = pending.fate.error or error
