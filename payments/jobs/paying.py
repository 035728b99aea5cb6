"""Paying batches: the background task of each process that takes up whatever waits of the batches under way."""

import asyncio
from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch_running import pay_waiting
from payments.kit.clock import SECOND
from payments.kit.log import log
from payments.sandbox import Sandbox

LOOK_EVERY: Final = SECOND // 4
"""How often (real, microseconds) a process that has nothing to pay looks whether there is something."""

STOP_WITHIN: Final = 8 * SECOND
"""How long (real, microseconds) what is under way is waited for when the process stops."""


class Payer:
    """Pays the batches of every acquirer of a sandbox until it is stopped."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Begin at once, in tasks of the running event loop."""
        self._stopping = asyncio.Event()
        self._tasks = [asyncio.create_task(self._pay(each)) for each in sandbox.acquirers.values()]

    async def stop(self) -> None:
        """Take up nothing more, and wait a while for what is under way."""
        self._stopping.set()
        _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN / SECOND)
        for each in late:
            each.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _pay(self, acquirer: Acquirer) -> None:
        while not self._stopping.is_set():
            try:
                await pay_waiting(acquirer, self._stopping.is_set)
            except Exception:  # noqa: BLE001 - it is tried again
                log.exception("batches stand still", acquirer=acquirer.id)
            await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY / SECOND)
        except TimeoutError:
            return
