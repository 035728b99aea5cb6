"""Taking turns: time passes in one place at a time, whoever moves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from payments.kit.alone import alone
from payments.sandbox import Sandbox


@asynccontextmanager
async def turn(sandbox: Sandbox) -> AsyncIterator[None]:
    """Wait until nobody else, in this process or another, runs what is due, and be the one who does."""
    async with sandbox.turn, alone(sandbox.world.database, "time"):
        yield
