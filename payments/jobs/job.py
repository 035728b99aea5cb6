"""Jobs: a name, when it is due next, and what is done then. Either rows fall due, or hours of the day come round."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.kit.clock import DAY, day, rfc3339
from payments.kit.database import fetch
from payments.kit.fate import durable
from payments.kit.log import log
from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.ledger.account import Book
from payments.sandbox import Sandbox

Asks = sa.ScalarSelect[int | None]

AT_ONCE: Final = 64
PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done when it is due.

    ``asks`` reads what tells when that is next, and ``next_at`` says when it is, given that (``None``: nothing is
    waiting); so all jobs are asked in one statement. ``run`` does all that is due at an instant, to its end, and
    returns how much it was.
    """

    name: str
    asks: Asks
    run: Callable[[Sandbox, int], Awaitable[int]]
    next_at: Callable[[int | None], int | None] = lambda earliest: earliest


@record("kit_job_runs", Index(None, "job", "due_at"), fixed=True)
class JobRun(Record):
    """A job of the day that was run, for the instant ``due_at``: it is never run for that instant again."""

    id: Key[str]
    job: str
    due_at: int
    ran_at: int
    done: int


# ── rows that fall due ──

Flow = Callable[[Any, str], Awaitable[Any]]


def when_due(
    name: str, kind: type[Record], column: str, flow: Flow, owner: str | None, *only: sa.ColumnElement[bool]
) -> Job:
    """Return the job of running ``flow(institution, key)`` for each row of ``kind`` whose ``column`` has come.

    ``owner`` is the column that names the institution (``None``: the network); ``only`` narrows the rows. The flow sees
    to it that the row is due later, or never again.
    """
    table = kind.table()
    at = table.c[column]

    def due(connection: sa.Connection, now: int, after: str) -> list[Record]:
        key = table.c[kind.shape.key]
        waiting = sa.select(table).where(at <= now, key > after, *only)
        return fetch(connection, kind, waiting.order_by(key).limit(PAGE))

    async def run(sandbox: Sandbox, now: int) -> int:
        members = {each.id: each for each in sandbox.institutions()}
        done, after = 0, ""
        while rows := await sandbox.world.database.read(due, now, after):
            after = str(kind.shape.key_of(rows[-1]))
            todo = [(members[getattr(row, owner)] if owner else sandbox.network, row) for row in rows]
            done += await _run_each(name, flow, todo)
        return done

    return Job(name, sa.select(sa.func.min(at)).where(at.is_not(None), *only).scalar_subquery(), run)


async def _run_each(name: str, flow: Flow, todo: list[tuple[Institution, Record]]) -> int:
    """Run the flow for every row, some at a time; one that fails stops no other, and is tried again later."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(institution: Institution, row: Record) -> None:
        async with places:
            await durable(flow(institution, row.shape.key_of(row)))

    results = await asyncio.gather(*(one(*each) for each in todo), return_exceptions=True)
    failed = [each for each in results if isinstance(each, BaseException)]
    for error in failed:
        log.error("job failed", job=name, error=repr(error), exc_info=error)
    return len(results) - len(failed)


def as_step(step: Callable[..., Any]) -> Flow:
    """Return the flow that is nothing but ``step``."""
    return lambda institution, key: institution.step(step, key)


# ── hours of the day ──


def every_day(
    name: str, hour: int, run: Callable[[Sandbox], Awaitable[int]], on: Callable[[date], bool] = lambda _: True
) -> Job:
    """Return the job of doing ``run`` at ``hour`` (microseconds into the UTC day) of each day that ``on`` takes.

    Each instant is run once and in order, from the day the world began, however long nobody was there to do it.
    """
    runs, books = JobRun.table().c, Book.table().c
    last = sa.select(sa.func.max(runs.due_at)).where(runs.job == name).scalar_subquery()
    opened = sa.select(sa.func.min(books.opened_at)).scalar_subquery()
    asks = sa.select(sa.func.coalesce(last, opened)).scalar_subquery()

    def next_at(after: int | None) -> int | None:
        if after is None:
            return None
        at = after - after % DAY + hour
        while at <= after or not on(day(at)):
            at += DAY
        return at

    async def run_and_note(sandbox: Sandbox, now: int) -> int:
        total = 0
        while (at := next_at(await sandbox.world.database.read(ask, asks))) is not None and at <= now:
            done = await run(sandbox)
            await sandbox.operator.step(record_run, name, at, done)
            total += done
        return total

    return Job(name, asks, run_and_note, next_at)


def ask(connection: sa.Connection, asks: Asks) -> int | None:
    """Return what ``asks`` reads."""
    return connection.execute(sa.select(asks)).scalar()


def record_run(work: Work, _: Institution, job: str, due_at: int, done: int) -> JobRun:
    """Write down that a job of the day was run for the instant ``due_at``."""
    id = f"{job}@{rfc3339(due_at)}"
    return work.get_or_none(JobRun, id) or work.add(JobRun(id, job, due_at, work.now, done))
