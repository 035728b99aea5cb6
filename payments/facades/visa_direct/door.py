"""The door as one process sees it: its sandbox, the credentials it remembers, and what it has under way."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from payments.facades.visa_direct.advice import lend_writer
from payments.facades.visa_direct.credential import Credentials, open_demo_credential
from payments.facades.visa_direct.flows import FLOWS
from payments.facades.visa_direct.submission import give_up_unbegun
from payments.kit.log import log
from payments.kit.world import World
from payments.sandbox import Sandbox


class House(Protocol):
    """What this door shares with every other: whoever is inside is counted, so that a reset can wait for them."""

    visitors: int
    sandbox: Sandbox
    keyring: Any

    async def current(self) -> "House":
        """Return the house to go into, waiting while its world is being replaced."""

    def leave(self) -> None:
        """Note that a visitor has gone."""


class VisaDirectDoor:
    """One sandbox behind Visa's contract. A reset opens another."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Know nobody yet; ``open_door`` also writes the demo's credential down."""
        self.sandbox = sandbox
        self.credentials = Credentials(sandbox.world)
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, house: House, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Have ``work`` go on whether or not somebody waits; it counts as a visitor of ``house`` until it ends."""
        house.visitors += 1
        task = asyncio.create_task(work)
        self._running.add(task)

        def end(done: "asyncio.Task[Any]") -> None:
            self._running.discard(done)
            house.leave()
            if not done.cancelled() and (error := done.exception()) is not None:
                log.error("what was under way failed", exc_info=error)

        task.add_done_callback(end)
        return task

    async def close(self) -> None:
        """Wait for what is under way, so that nothing is left half told."""
        if self._running:
            await asyncio.wait(set(self._running))


def answer_flows(world: World) -> None:
    """Let the flows of this door end: its answers are read from what was made, so nothing is kept for a repeat."""
    lend_writer(world)
    for operation in FLOWS:
        world.render[f"visa_direct_{operation}"] = lambda _, __: (200, "")


async def open_door(sandbox: Sandbox) -> VisaDirectDoor:
    """Open the door to ``sandbox``, before anything new is begun in it."""
    await sandbox.operator.step(open_demo_credential)
    await sandbox.operator.step(give_up_unbegun)
    return VisaDirectDoor(sandbox)
