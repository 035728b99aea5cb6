"""Running what is due, and winding the clock forward from one due thing to the next."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from payments.jobs.job import Job
from payments.jobs.schedule import JOBS, tell_webhooks
from payments.jobs.turn import turn
from payments.kit.clock import CLOCK, Clock, ClockGoesForward, real_now, rfc3339
from payments.kit.log import log
from payments.kit.winding import wind_to
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.sandbox import Sandbox


class Coming(NamedTuple):
    """A job and the instant at which it is due next."""

    job: str
    at: int


class Ran(NamedTuple):
    """A job that was run, at which instant of the sandbox's clock, and how much it did."""

    job: str
    at: int
    done: int


async def next_due(sandbox: Sandbox) -> list[Coming]:
    """Return what is due when: every job that has anything waiting, the earliest first."""
    return await sandbox.world.database.read(_coming)


async def run_due(sandbox: Sandbox) -> list[Ran]:
    """Run everything that is due now, to its end."""
    async with turn(sandbox):
        return await _run_until(sandbox, await now_of(sandbox))


async def wind(sandbox: Sandbox, to: int) -> list[Ran]:
    """Wind the clock to the instant ``to``, running what falls due on the way, in order; return what ran.

    Nothing is skipped over: the clock stops at each instant at which something is due, and goes on when it is done. It
    stands or runs afterwards as before. Raises ``ClockGoesForward``.
    """
    async with turn(sandbox):
        now = await now_of(sandbox)
        if to < now:
            raise ClockGoesForward(f"It is {rfc3339(now)} here: wind to a later instant.")
        ran = await _run_until(sandbox, to)
        if await now_of(sandbox) < to:
            await sandbox.operator.step(wind_to, to)
        return ran


async def wind_by(sandbox: Sandbox, duration: int) -> list[Ran]:
    """Wind the clock forward by ``duration`` (microseconds); see ``wind``."""
    return await wind(sandbox, await now_of(sandbox) + duration)


async def wind_to_next(sandbox: Sandbox) -> list[Ran]:
    """Wind the clock to the next instant at which anything is due, and run it; see ``wind``."""
    coming = await next_due(sandbox)
    return await wind(sandbox, max(coming[0].at, await now_of(sandbox))) if coming else []


async def _run_until(sandbox: Sandbox, until: int) -> list[Ran]:
    """Move from one due instant to the next; a job that stays due when it was run is left for another time."""
    ran: list[Ran] = []
    left: set[tuple[str, int]] = set()
    while True:
        coming = [each for each in await next_due(sandbox) if each.at <= until and each not in left]
        if not coming:
            await tell_webhooks(sandbox)
            return ran
        at = max(coming[0].at, await now_of(sandbox))
        if at > await now_of(sandbox):
            await sandbox.operator.step(wind_to, at)
        for each in coming:
            if each.at <= at:
                left.add(each)
                ran.append(await _run(sandbox, _BY_NAME[each.job], at))


async def _run(sandbox: Sandbox, job: Job, at: int) -> Ran:
    try:
        done = await job.run(sandbox, at)
    except Exception as error:  # noqa: BLE001 - the clock is not held up
        log.exception("job failed", job=job.name)
        await sandbox.operator.step(say_failed, job.name, type(error).__name__)
        return Ran(job.name, at, 0)
    await sandbox.operator.step(say_ran, job.name, at, done)
    return Ran(job.name, at, done)


def say_ran(work: Work, _: Institution, job: str, at: int, done: int) -> None:
    """Say in an event that a job ran."""
    work.emit("job.ran", job, "", {"at": rfc3339(at), "done": done})


def say_failed(work: Work, _: Institution, job: str, error: str) -> None:
    """Say in an event that a job failed, and by which kind of error; the log has the rest."""
    work.emit("job.failed", job, "", {"error": error})


async def now_of(sandbox: Sandbox) -> int:
    """Return what the sandbox's clock shows."""
    return await sandbox.world.database.read(_read_clock)


def _read_clock(connection: sa.Connection) -> int:
    row: Any = connection.execute(sa.select(Clock.table()).where(Clock.table().c.id == CLOCK)).one()
    return Clock(*row).now(real_now())


def _coming(connection: sa.Connection) -> list[Coming]:
    known = connection.execute(sa.select(*[job.asks.label(job.name) for job in JOBS])).one()
    due = [(job.next_at(each), order, job.name) for order, (job, each) in enumerate(zip(JOBS, known, strict=True))]
    return [Coming(name, at) for at, _, name in sorted((at, n, name) for at, n, name in due if at is not None)]


_BY_NAME = {job.name: job for job in JOBS}
