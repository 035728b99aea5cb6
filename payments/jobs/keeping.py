"""Keeping time: the background task that runs what falls due while the clock runs by itself."""

import asyncio
from typing import Any, Final

from payments.jobs.recovery import Left, finish, left_by, recover_dead
from payments.jobs.winding import next_due, now_of, run_due
from payments.kit.clock import MINUTE, SECOND, real_now
from payments.kit.log import log
from payments.sandbox import Sandbox

LOOK_EVERY: Final = SECOND
"""The longest time (real, microseconds) between two looks at what is due."""

ABANDONED_AFTER: Final = MINUTE
"""How long (real, microseconds) a flow of a living process may wait for its answer: longer than any reply timer."""


async def keep_time(sandbox: Sandbox) -> None:
    """Run what falls due, and take over from writers that die, until cancelled. Never fails."""
    abandoned = Abandoned(sandbox)
    while True:
        try:
            await recover_dead(sandbox)
            await abandoned.finish()
            await run_due(sandbox)
            wait = await _until_next(sandbox)
        except Exception:  # noqa: BLE001 - time goes on
            log.exception("time stands still")
            wait = LOOK_EVERY
        await asyncio.sleep(wait / SECOND)


async def _until_next(sandbox: Sandbox) -> int:
    """Return how long to sleep: until the next due thing, but not longer than a second and not without rest."""
    coming = await next_due(sandbox)
    left = coming[0].at - await now_of(sandbox) if coming else LOOK_EVERY
    return min(LOOK_EVERY, left) if left > 0 else LOOK_EVERY


class Abandoned:
    """Flows of this very process that came to an unforeseen end: an error on the way, a database that went away."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with none seen."""
        self._sandbox = sandbox
        self._seen: dict[tuple[str, Any], int] = {}

    async def finish(self) -> int:
        """Finish the flows that have waited for over a minute; return how many."""
        sandbox, real = self._sandbox, real_now()
        rows = await sandbox.world.database.read(left_by, sandbox.world.writer.writer)
        waiting = {_name(left, row): (left, row) for left, row in rows if not left.repeated}
        self._seen = {name: self._seen.get(name, real) for name in waiting}
        old = [waiting[name] for name, since in self._seen.items() if real - since > ABANDONED_AFTER]
        return await finish(sandbox, old) if old else 0


def _name(left: Left, row: Any) -> tuple[str, Any]:
    return left.kind.shape.name, row.id
