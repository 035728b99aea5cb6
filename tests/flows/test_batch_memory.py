"""A batch takes as much memory as what is under way of it, however many lines it has."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace

import pytest

from payments.acquirer.batch_loading import add_lines, close_batch
from payments.acquirer.batch_running import CHUNKS_AT_ONCE, pay_waiting
from tests.conftest import ENGINES
from tests.flows.batch_world import RELIEF, begin, line, now
from tests.flows.push_world import PushWorld, push_world

CHUNK = 25
"""Fewer lines than are usually written down, and paid, together: all is smaller."""
FEW = CHUNK * CHUNKS_AT_ONCE
MANY = 8 * FEW


@pytest.mark.parametrize("database_url", ENGINES, indirect=True)
async def test_many_lines_take_no_more_memory_than_few(database_url: str) -> None:
    async with push_world(database_url) as world:
        await load_and_pay(world, FEW, 0)  # what a process remembers for good, it remembers now
        tracemalloc.start()
        try:
            few, _ = await taken(world, FEW, 1)
            many, kept = await taken(world, MANY, 2)
        finally:
            tracemalloc.stop()
    assert many < 4 * few, "at the peak: chance has a part in it, but not that of eight times the lines"
    assert kept < MANY * 200, "afterwards: not a single object of each line"


async def taken(world: PushWorld, count: int, batch: int) -> tuple[int, int]:
    """Load and pay so many lines; how much more memory (bytes) Python held at the peak, and afterwards."""
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    await load_and_pay(world, count, batch)
    _, peak = tracemalloc.get_traced_memory()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    return peak - before, after - before


async def load_and_pay(world: PushWorld, count: int, batch: int) -> None:
    """Load a batch as an upload does, with no more of it at hand than is written down together; then pay it."""
    loading = await begin(world, replace(RELIEF, start=True))
    for first in range(1, count + 1, CHUNK):
        numbers = range(first, first + CHUNK)
        some = [line(number, amount=1, reference=f"{batch}-{number}") for number in numbers]
        await world.harbor.step(add_lines, loading.id, some)
    await world.harbor.step(close_batch, loading.id, None)
    await pay_waiting(world.harbor)
    assert now(world, loading).paid_count == count
