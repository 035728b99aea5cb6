from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.flows.pull_world import PullWorld, pull_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PullWorld]:
    async with pull_world(database_url) as world:
        yield world


async def test_a_transfer(world: PullWorld) -> None:
    made = await world.transfer()
    assert made.status == "paid"
    world.all_is_right()
    assert world.moved() == {"nora": -100_95, "omar": 100_00}
    world.all_is_right_and_quiet()
    await world.run_jobs(86400 * 3)
    world.all_is_right_and_quiet()
