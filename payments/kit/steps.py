"""Steps with group commit: concurrent steps share one transaction, and nobody is answered before it is durable.

A step is a plain function ``step(work, institution, *arguments)``: it cannot wait, so it cannot send. A *hot* step
declares beside it what it will read; hot steps that arrive together are a *round*, run one after another in one
transaction. A *cold* step reads as it goes, in a transaction of its own. There is no timer: while one round is in
flight the next one forms. Any grouping of the same steps gives the same answers as one at a time.

A batch is one transaction, of one round or several: flows that need not wait for the commit (``kit/fate.py``) get what
their step returned as soon as it has run, and bring their next step into the same batch. It is committed when none of
them has more to do.

Look-ups come first, in rounds, unlocked, each table once a round; then everything to be locked is locked in one
sorted go, so that two writers cannot wait for each other in a circle.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from payments.kit.fate import Fate, joined, settled
from payments.kit.records import Record
from payments.kit.work import Step

S = TypeVar("S", bound=Step)

BATCH_LIMIT = 256
"""The most steps of one round."""

STEPS_LIMIT = 1024
"""How many steps a batch has before it takes no further round."""

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
    """A step on its way, and the caller waiting for it.

    With a ``fate`` the caller goes on as soon as the step has run. What it was ``told`` then, the step must come to
    again, should it have to be run again: at the same time (``now``) and with the same ids (those after ``last_id``).
    """

    __slots__ = (
        "answer",
        "arguments",
        "entries",
        "error",
        "fate",
        "institution",
        "last_id",
        "now",
        "result",
        "step",
        "told",
        "written",
    )

    def __init__(
        self,
        answer: "asyncio.Future[None]",
        institution: Any,
        step: Step,
        arguments: tuple[Any, ...],
        fate: Fate | None = None,
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
        self.fate = fate
        self.told: tuple[object, ...] | None = None
        self.now = 0
        self.last_id = 0


HandOver = Callable[[list[Pending], bool, Callable[[list[Pending]], object]], None]
"""``hand_over(round, last, done)`` has a round run elsewhere, which is its batch's ``last`` if so said.

``done(decided)`` is called from there, with the steps that are durable now, or failed, if the batch came to its end.
"""


class Steps:
    """The loop's side: gathers steps, hands over one round at a time, answers after the commit."""

    def __init__(self, hand_over: HandOver) -> None:
        """Hand rounds over to ``hand_over``."""
        self._hand_over = hand_over
        self._hot: deque[Pending] = deque()
        self._cold: deque[Pending] = deque()
        self._in_flight = False
        self._open = 0
        self._cold_last = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.committed = asyncio.Event()

    async def run(self, institution: Any, step: Step, *arguments: Any) -> Any:
        """Run ``step`` in a transaction and return what it returned: once that is durable, or before, with a fate.

        Raises what the step raised; then nothing it wrote is kept.
        """
        loop = self._loop = asyncio.get_running_loop()
        if hasattr(step, "reads"):
            pending = Pending(loop.create_future(), institution, step, arguments, joined())
            self._hot.append(pending)
        else:
            await settled()
            pending = Pending(loop.create_future(), institution, step, arguments)
            self._cold.append(pending)
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
        """Hand over the next round, or the end of the open batch; with neither there is nothing in flight."""
        round, last = self._gather()
        self._in_flight = bool(round) or last
        if self._in_flight:
            loop = self._loop
            assert loop is not None
            self._open = 0 if last else self._open + len(round)
            self._hand_over(round, last, lambda decided: loop.call_soon_threadsafe(self._answer, round, decided))

    def _gather(self) -> tuple[list[Pending], bool]:
        """Take the next round and tell whether it ends its batch.

        Hot steps go together; a cold one alone, in turn when both are waiting, and never into an open batch.
        """
        cold_next = bool(self._cold) and not (self._hot and self._cold_last)
        if self._open and (cold_next or not self._hot or self._open >= STEPS_LIMIT):
            return [], True
        self._cold_last = cold_next
        if cold_next:
            return [self._cold.popleft()], True
        round = [self._hot.popleft() for _ in range(min(len(self._hot), BATCH_LIMIT))]
        return round, bool(round) and not any(each.fate for each in round)

    def _answer(self, round: Iterable[Pending], decided: Iterable[Pending]) -> None:
        for pending in round:
            if pending.fate is not None and not pending.answer.done():
                pending.answer.set_result(None)
        for pending in decided:
            if pending.fate is not None:
                pending.fate.decided()
            elif not pending.answer.done():
                pending.answer.set_result(None)
        if decided:
            self.committed.set()
        # Those just answered run first, so that their next steps are in the next round, not the one after.
        assert self._loop is not None
        self._loop.call_soon(self._launch)
