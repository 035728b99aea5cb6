"""The door: one sandbox as the API's routes see it, and what other parts of the house lend them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.merchant import Merchant
from payments.acquirer.payment import Payment
from payments.api.answers import Answers
from payments.api.keys import Keyring
from payments.api.rate_limit import RateLimits
from payments.kit.database import Database
from payments.kit.errors import NotFound
from payments.kit.records import Record
from payments.sandbox import Sandbox

_REMEMBERED: Final = 100_000


@dataclass(frozen=True)
class Powers:
    """What the house lends to this door, which may not import the jobs, the verifier or the seed.

    ``wind(sandbox, to)``, ``wind_by(sandbox, duration)`` and ``wind_to_next(sandbox)`` wind the clock and return what
    ran (``job``, ``at``, ``done``); ``due(sandbox)`` lists what comes next (``job``, ``at``), soonest first;
    ``verify(database)`` returns the findings; ``reset()`` swaps in a new world; ``test_cards`` are the seeded cards
    with what each does.
    """

    wind: Callable[[Sandbox, int], Awaitable[Sequence[Any]]]
    wind_by: Callable[[Sandbox, int], Awaitable[Sequence[Any]]]
    wind_to_next: Callable[[Sandbox], Awaitable[Sequence[Any]]]
    due: Callable[[Sandbox], Awaitable[Sequence[Any]]]
    verify: Callable[[Database], Sequence[Any]]
    reset: Callable[[], Awaitable[None]]
    test_cards: Sequence[dict[str, Any]] = field(default=(), repr=False)


@dataclass
class Door:
    """One sandbox, and what this process remembers about it. A reset puts a new door in the place of the old."""

    sandbox: Sandbox
    powers: Powers
    keyring: Keyring
    limits: RateLimits
    answers: Answers
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    visitors: int = 0
    successor: "Door | None" = None
    _opened_again: asyncio.Event | None = None
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)
    _homes: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)

    @classmethod
    def to(cls, sandbox: Sandbox, powers: Powers, answers: Answers) -> "Door":
        """Open a door to ``sandbox``, whose flows from now on leave the API's answers to be repeated."""
        answers.register(sandbox.world)
        return cls(sandbox, powers, Keyring(sandbox.world), RateLimits(sandbox.operator), answers)

    async def current(self) -> "Door":
        """Return this door; while a new world is put in place of its own, wait and return the door to that."""
        if self._opened_again is None:
            return self
        await self._opened_again.wait()
        return self.successor or self

    def leave(self) -> None:
        """Note that a visitor, counted in ``visitors`` on the way in, has gone."""
        self.visitors -= 1
        self._quiet.set()

    @contextmanager
    def locked(self) -> Iterator[Awaitable[None]]:
        """Let nobody in any more and end the streams; yields what waits until only the caller is inside.

        Whoever came meanwhile is let in to the ``successor`` in the end, or here if there is none.
        """
        opened_again = self._opened_again = asyncio.Event()
        self.closing.set()
        try:
            yield self._until_quiet()
        finally:
            opened_again.set()

    async def _until_quiet(self) -> None:
        while self.visitors > 1:
            self._quiet.clear()
            await self._quiet.wait()

    async def home(self, kind: type[Record], id: str, *columns: str) -> tuple[Any, ...]:
        """Return facts of a thing, such as whose it is; remembered, for they never change. Raises ``NotFound``."""
        known = self._homes.get((kind, id, columns))
        if known is None:
            known = await self.sandbox.world.database.read(_facts, kind, id, columns)
            if len(self._homes) > _REMEMBERED:
                self._homes.clear()
            self._homes[kind, id, columns] = known
        return known

    async def merchant_home(self, id: str) -> str:
        """Return the acquirer of a merchant."""
        (acquirer,) = await self.home(Merchant, id, "acquirer")
        return str(acquirer)

    async def payment_home(self, id: str) -> tuple[str, str]:
        """Return the acquirer and the merchant of a payment."""
        acquirer, merchant = await self.home(Payment, id, "acquirer", "merchant")
        return acquirer, merchant

    async def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """Run ``query(connection, *arguments)`` over a snapshot."""
        return await self.sandbox.world.database.read(query, *arguments)


def _facts(connection: sa.Connection, kind: type[Record], id: str, columns: tuple[str, ...]) -> tuple[Any, ...]:
    table = kind.table()
    assert not {*columns} & {*kind.shape.mutable}, "only what never changes is remembered"
    chosen = sa.select(*(table.c[name] for name in columns)).where(table.c[kind.shape.key] == id)
    found = connection.execute(chosen).first()
    if found is None:
        raise no_such(kind, id)
    return tuple(found)


def no_such(kind: type[Record], id: str) -> NotFound:
    """Return the refusal that says there is no such thing."""
    return NotFound(f"There is no {kind.noun.replace('_', ' ') or kind.__name__.lower()} {id[:60]}.")
