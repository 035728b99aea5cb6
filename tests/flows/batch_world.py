"""Batches of the City of Alder, and what a test asks of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from payments.acquirer.batch import BatchOrder, DisbursementBatch
from payments.acquirer.batch_check import LineOrder
from payments.acquirer.batch_loading import CHUNK, add_lines, close_batch
from payments.acquirer.batch_opening import record_loading
from payments.acquirer.batch_running import pay_waiting
from payments.kit.idempotency import Claim
from payments.kit.secrets import CardNumber
from tests.flows.push_world import PushWorld
from tests.flows.world import CITY, NORA

RELIEF = BatchOrder(CITY, "USD", "GD", label="October relief")


def line(number: int = 1, amount: int = 100, to: str = NORA, **changes: object) -> LineOrder:
    """Relief for somebody, of a dollar, but for ``changes``."""
    given = LineOrder(number, f"relief-{number}", CardNumber(to), "", amount, "USD", "GD", "Nora Patel", "relief")
    return replace(given, **changes)  # type: ignore[arg-type]


def lines(count: int, **changes: object) -> list[LineOrder]:
    """So many lines."""
    return [line(number, **changes) for number in range(1, count + 1)]  # type: ignore[arg-type]


async def begin(world: PushWorld, order: BatchOrder, claim: Claim | None = None) -> DisbursementBatch:
    """Write down a batch whose lines are still to come."""
    batch = await world.harbor.step(record_loading, order, claim)
    assert batch is not None, "it was loaded before"
    return batch


async def load(world: PushWorld, given: Sequence[LineOrder], order: BatchOrder = RELIEF) -> DisbursementBatch:
    """Load a batch, as the API does."""
    batch = await begin(world, order)
    for some in chunks(given):
        await world.harbor.step(add_lines, batch.id, some)
    return await world.harbor.step(close_batch, batch.id, None)


async def pay(world: PushWorld, given: Sequence[LineOrder]) -> DisbursementBatch:
    """Load a batch and pay it to its end."""
    batch = await load(world, given, replace(RELIEF, start=True))
    await pay_waiting(world.harbor)
    return now(world, batch)


def now(world: PushWorld, batch: DisbursementBatch) -> DisbursementBatch:
    """A batch as it stands."""
    (found,) = (each for each in world.all(DisbursementBatch) if each.id == batch.id)
    return found


def chunks(given: Sequence[LineOrder]) -> Iterator[Sequence[LineOrder]]:
    """Lines, as many at a time as are written down together."""
    return (given[first : first + CHUNK] for first in range(0, len(given), CHUNK))
