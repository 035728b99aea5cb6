"""Steps with group commit: concurrent steps share one transaction, and nobody is answered before it is durable.

A step is a plain function ``step(work, institution, *arguments)``: it cannot wait, so it cannot send. A *hot* step
declares beside it what it will read; hot steps that arrive together are run one after another in one transaction. A
*cold* step reads as it goes, in a transaction of its own. There is no timer: while one batch is in flight the next
one forms. Any grouping of the same steps gives the same answers as one at a time.

Look-ups come first, in rounds, unlocked, each table once a round; then everything to be locked is locked in one
sorted go, so that two writers cannot wait for each other in a circle.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from payments.kit.records import Record
from payments.kit.work import Step

S = TypeVar("S", bound=Step)

BATCH_LIMIT = 256

entries_written: ContextVar[list[str] | None] = ContextVar("entries_written", default=None)
"""The ledger entries written, in any book, on behalf of the request being served; a door sets a fresh list."""


class Find(NamedTuple):
    """A look-up of one row by a unique column; it is not locked."""

    kind: type[Record]
    column: str
    value: Any


class Lock(NamedTuple):
    """A row to read and lock for the batch, by key; it may not exist."""

    kind: type[Record]
    key: Any


Reads = Generator[Find | tuple[Find, ...], Any, Sequence[Lock]]


def hot(reads: Callable[..., Reads | Sequence[Lock]]) -> Callable[[S], S]:
    """Declare what the decorated step reads: ``reads(institution, *arguments)``.

    ``reads`` yields a look-up, or several at once, is sent what was found (a row or ``None`` for each), and returns the
    rows to lock. With no look-ups to make it simply returns them.
    """

    def declare(step: S) -> S:
        step.reads = reads  # type: ignore[attr-defined]
        return step

    return declare


class Pending:
    """A step on its way, and the caller waiting for it."""

    __slots__ = ("answer", "arguments", "entries", "error", "institution", "result", "step", "written")

    def __init__(
        self, answer: "asyncio.Future[None]", institution: Any, step: Step, arguments: tuple[Any, ...]
    ) -> None:
        """Note what is to be run for whom."""
        self.answer = answer
        self.institution = institution
        self.step = step
        self.arguments = arguments
        self.result: Any = None
        self.error: BaseException | None = None
        self.entries: Sequence[str] = [*(entries_written.get() or ())]
        self.written = len(self.entries)


class Steps:
    """The loop's side: gathers steps, hands over one batch at a time, answers after the commit."""

    def __init__(self, hand_over: Callable[[list[Pending], Callable[[], object]], None]) -> None:
        """Hand batches over to ``hand_over(batch, done)``, which runs them elsewhere and calls ``done`` from there."""
        self._hand_over = hand_over
        self._hot: deque[Pending] = deque()
        self._cold: deque[Pending] = deque()
        self._in_flight = False
        self._cold_last = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.committed = asyncio.Event()

    async def run(self, institution: Any, step: Step, *arguments: Any) -> Any:
        """Run ``step`` in a transaction and return what it returned, once that is durable.

        Raises what the step raised; then nothing it wrote is kept.
        """
        loop = self._loop = asyncio.get_running_loop()
        pending = Pending(loop.create_future(), institution, step, arguments)
        (self._hot if hasattr(step, "reads") else self._cold).append(pending)
        if not self._in_flight:
            self._in_flight = True
            loop.call_soon(self._launch)
        await pending.answer
        if pending.error is not None:
            raise pending.error
        if (written := entries_written.get()) is not None:
            written.extend(pending.entries[pending.written :])
        return pending.result

    def _launch(self) -> None:
        batch = self._gather()
        self._in_flight = bool(batch)
        if batch:
            loop = self._loop
            assert loop is not None
            self._hand_over(batch, lambda: loop.call_soon_threadsafe(self._answer, batch))

    def _gather(self) -> list[Pending]:
        """Take the next batch: hot steps together, a cold one alone, in turn when both are waiting."""
        self._cold_last = bool(self._cold) and not (self._hot and self._cold_last)
        if self._cold_last:
            return [self._cold.popleft()]
        return [self._hot.popleft() for _ in range(min(len(self._hot), BATCH_LIMIT))]

    def _answer(self, batch: Iterable[Pending]) -> None:
        for pending in batch:
            if not pending.answer.done():
                pending.answer.set_result(None)
        self.committed.set()
        # Those just answered run first, so that their next steps are in the next batch, not the one after.
        assert self._loop is not None
        self._loop.call_soon(self._launch)
