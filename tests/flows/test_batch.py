"""Paying thousands of people at once: what is paid, what is told before, and every way it can be broken off."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from payments.acquirer.batch_line import BatchLine
from payments.acquirer.disbursement import Disbursement
from tests.flows.batch_world import line, lines, load, pay
from tests.flows.push_world import FUNDS, PushWorld, push_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


async def test_a_city_pays_600_people_from_one_file(world: PushWorld) -> None:
    batch = await pay(world, lines(600))
    assert (batch.status, batch.line_count, batch.paid_count, batch.paid_amount) == ("completed", 600, 600, 600_00)
    assert world.balance(FUNDS) == 10_000_00 - 600 * (100 + 60)
    paid = {each.id: each for each in world.all(Disbursement)}
    assert {each.disbursement for each in world.all(BatchLine)} == paid.keys()
    assert {each.status for each in paid.values()} == {"paid"}
    world.money_is_where_it_should_be()


async def test_a_wrong_line_stops_the_whole_batch_before_a_cent_moves(world: PushWorld) -> None:
    batch = await load(world, [line(1), line(2, currency="EUR"), line(3, to="4999991111110008")])
    assert (batch.status, batch.line_count, batch.invalid_count) == ("rejected", 3, 2)
    _, second, third = world.all(BatchLine)
    assert "currency_differs" in second.problems
    assert "unknown_bin" in third.problems
    assert second.card_encrypted == third.card_encrypted == ""
    assert world.all(Disbursement) == []
