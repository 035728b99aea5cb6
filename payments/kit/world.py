"""A world: one database with its clock, its writer and its secrets. Nothing here is a process-wide singleton."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple, cast

from payments.kit.database import Database
from payments.kit.idempotency import IdempotencyKey, store_answer
from payments.kit.secrets import Vault
from payments.kit.steps import Steps
from payments.kit.work import Work
from payments.kit.writer import Writer

Member = TypeVar("Member", bound="Institution")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")

Answer = tuple[int, str]
Render = Callable[[Any, list[str]], Answer]
"""Turns a resource, and the ledger entries written on the way to it, into a status and a body."""


@dataclass
class World:
    """An open world. ``render`` turns a finished resource into the answer a door gives, by operation."""

    database: Database
    vault: Vault
    writer: Writer
    steps: Steps
    render: dict[str, Render] = field(default_factory=dict)

    @classmethod
    def open(cls, database: Database, key: bytes) -> "World":
        """Open the migrated ``database`` for writing, in a new session; ``key`` is the vault's."""
        writer = Writer(database)
        return cls(database, Vault(key), writer, Steps(writer.hand_over))

    def close(self) -> None:
        """Finish what was handed to the writer and close every connection."""
        self.writer.close()
        self.database.close()


@dataclass
class Institution:
    """A party that keeps books: its id (also its book's id), its name, its world."""

    id: str
    name: str
    world: World

    async def step(self: Member, step: Callable[[Work, Member, *Ts], R], *arguments: *Ts) -> R:
        """Run ``step(work, self, *arguments)`` in a transaction and return its result once that is durable."""
        return cast(R, await self.world.steps.run(self, step, *arguments))

    def answer(self, work: Work, claim_id: str | None, resource: Any) -> None:
        """Store what the door answers about ``resource``, for whoever repeats the request; in the deciding step."""
        if claim_id is not None:
            operation = work.get(IdempotencyKey, claim_id).operation
            store_answer(work, claim_id, *self.world.render[operation](resource, work.entries))
