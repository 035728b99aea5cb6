"""Fate: the steps of one flow go on before they are durable, and what the flow comes to is told when all of them are.

What happens between members of one process has the same fate in a crash: all of it is gone, or none. So a flow need not
wait for the commit of each of its steps, only whoever runs it must not tell of it before the last: ``durable(flow)``
sees to that. Without it, every step is durable when it returns. A cold step, and a look into the database, waits by
itself for what came before; what speaks to somebody outside the process waits with ``settled``.
"""

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Final, TypeVar

T = TypeVar("T")


class FateTurned(Exception):
    """The database refused what this request had gone on from: what is not durable yet did not happen; ask again."""


class Fate:
    """What the steps of one flow share: how many of them are not durable yet, and what went wrong with one of them.

    ``error`` is set when a step that others went on from could not be kept as it was. Then nothing after it is kept.
    """

    __slots__ = ("_waiting", "error", "undecided")

    def __init__(self) -> None:
        """Begin a flow that has written nothing."""
        self.undecided = 0
        self.error: BaseException | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def decided(self) -> None:
        """Note that one more of the steps is durable, or never will be."""
        self.undecided -= 1
        if not self.undecided:
            for waiting in self._waiting:
                if not waiting.done():
                    waiting.set_result(None)
            self._waiting.clear()

    async def settled(self) -> None:
        """Wait until every step so far is durable. Raises what went wrong with one of them."""
        while self.undecided:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
        if self.error is not None:
            raise self.error


_current: Final[ContextVar[Fate | None]] = ContextVar("fate", default=None)


def joined() -> Fate | None:
    """Return the fate that one more step shares here; ``None`` where each is durable when it returns.

    Raises what went wrong, if something has.
    """
    fate = _current.get()
    if fate is not None:
        if fate.error is not None:
            raise fate.error
        fate.undecided += 1
    return fate


async def settled() -> None:
    """Wait until everything that was done before, here, is durable."""
    if (fate := _current.get()) is not None:
        await fate.settled()


async def durable(flow: Awaitable[T]) -> T:
    """Await ``flow``, whose steps go on before they are durable; return or raise what it does, when all of them are.

    Raises ``FateTurned``, or the database's error, when what the flow went on from could not be kept.
    """
    if _current.get() is not None:
        return await flow
    fate = Fate()
    token = _current.set(fate)
    try:
        result = await flow
    except Exception:
        await fate.settled()
        raise
    finally:
        _current.reset(token)
    await fate.settled()
    return result
