"""Flows that share commits: they go on before their steps are durable, and nobody is told before they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from payments.kit.errors import Refusal
from payments.kit.fate import Fate, FateTurned, durable, settled
from payments.kit.idempotency import Claim, Replayed
from payments.kit.sessions import Batch
from payments.kit.steps import Lock, hot
from payments.kit.world import Institution, World
from payments.ledger.balance import Balance, InsufficientFunds
from payments.ledger.statement import current_balance
from tests import kernel
from tests.kernel import customer_id, move, new_bank, run_round


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with kernel.open_world(database_url) as world:
        yield world


@pytest.fixture
def bank(world: World) -> Institution:
    return new_bank(world, "bank", customers=3)


def ledger(bank: Institution, n: int) -> int:
    return bank.world.database.read_now(current_balance, customer_id(bank, n)).ledger


def batches(bank: Institution) -> int:
    rows = sa.select(sa.func.count()).select_from(Batch.table())
    count: int = bank.world.database.read_now(lambda connection: connection.execute(rows).scalar_one())
    return count


async def back_and_forth(bank: Institution) -> int:
    """A flow of three steps: there, back, and there again; returns what was durable before the third."""
    await bank.step(move, 0, 1, 10)
    await bank.step(move, 1, 0, 10)
    before = ledger(bank, 1)
    await bank.step(move, 0, 1, 10)
    return before


def together(*flows: Awaitable[Any]) -> list[Any]:
    async def run() -> list[Any]:
        return await asyncio.gather(*flows, return_exceptions=True)

    return asyncio.run(run())


def test_a_flow_goes_on_before_its_steps_are_durable_and_is_told_of_when_they_are(bank: Institution) -> None:
    before = batches(bank)
    assert together(durable(back_and_forth(bank))) == [100], "nothing was durable before the third step"
    assert ledger(bank, 1) == 110
    assert batches(bank) == before + 1, "one commit for all of it"


def test_without_that_every_step_is_durable_when_it_returns(bank: Institution) -> None:
    before = batches(bank)

    async def there() -> int:
        await bank.step(move, 0, 1, 10)
        return ledger(bank, 1)

    assert together(there()) == [110]
    assert batches(bank) == before + 1


def test_flows_that_come_together_share_a_commit(bank: Institution) -> None:
    before = batches(bank)
    assert together(*(durable(back_and_forth(bank)) for _ in range(8))) == [100] * 8
    assert batches(bank) == before + 1
    assert (ledger(bank, 0), ledger(bank, 1)) == (20, 180)


def test_a_flow_within_a_flow_waits_for_nothing_of_its_own(bank: Institution) -> None:
    async def outer() -> int:
        await durable(back_and_forth(bank))
        return ledger(bank, 1)

    assert together(durable(outer())) == [100]


def test_a_flow_that_looks_into_the_database_sees_what_it_has_written(bank: Institution) -> None:
    async def look() -> int:
        await bank.step(move, 0, 1, 10)
        balance = await bank.world.database.read(current_balance, customer_id(bank, 1))
        return balance.ledger

    assert together(durable(look())) == [110]


def test_a_cold_step_comes_after_what_the_flow_has_written(bank: Institution) -> None:
    def opened(work: Any, bank: Institution) -> Any:
        return work.query(sa.select(sa.func.count()).select_from(Batch.table()))[0][0]

    async def mixed() -> int:
        await bank.step(move, 0, 1, 10)
        counted: int = await bank.step(opened)
        await bank.step(move, 0, 1, 10)
        return counted

    before = batches(bank)
    assert together(durable(mixed())) == [before + 1]
    assert ledger(bank, 1) == 120


def test_before_a_flow_speaks_to_the_world_outside_it_waits(bank: Institution) -> None:
    async def tell() -> int:
        await bank.step(move, 0, 1, 10)
        await settled()
        return ledger(bank, 1)

    assert together(durable(tell())) == [110]


def test_a_refusal_is_told_when_what_it_was_decided_upon_is_durable(bank: Institution) -> None:
    async def take_all() -> None:
        await bank.step(move, 0, 1, 100)

    async def too_late() -> None:
        try:
            await durable(take_all())
        except InsufficientFunds:
            assert ledger(bank, 1) == 200, "the one who had the money first has it for good"
            raise

    first, second = together(durable(take_all()), too_late())
    assert first is None
    assert isinstance(second, InsufficientFunds)


def test_the_same_key_again_gets_the_first_answer_when_it_is_durable(bank: Institution) -> None:
    claim = Claim("key", "authorize", "body")

    async def authorize(hold: str) -> str:
        entry: str = await bank.step(kernel.authorize, 0, 60, hold, claim)
        return entry

    first, again = together(durable(authorize("a")), durable(authorize("b")))
    assert isinstance(again, Replayed)
    assert again.body == first


@pytest.mark.parametrize("how", ["bug", "check", "type"])
def test_one_bad_flow_takes_no_other_with_it(bank: Institution, how: str) -> None:
    async def bad() -> None:
        await bank.step(move, 2, 1, 7)
        await bank.step(kernel.break_down, 2, 1, how)

    results = together(durable(back_and_forth(bank)), durable(bad()), durable(back_and_forth(bank)))
    assert [results[0], results[2]] == [100, 100]
    assert isinstance(results[1], Exception)
    assert [ledger(bank, n) for n in range(3)] == [80, 127, 93], "what the bad flow did before stands"


def test_what_a_flow_did_after_a_step_that_failed_is_not_kept(bank: Institution) -> None:
    async def bad() -> None:
        await bank.step(kernel.break_down, 2, 1, "check")
        await bank.step(move, 2, 1, 7)

    (error,) = together(durable(bad()))
    assert isinstance(error, Exception)
    assert not isinstance(error, Refusal)
    assert [ledger(bank, n) for n in range(3)] == [100, 100, 100]


def test_a_flow_that_had_gone_on_from_what_failed_is_told_that_its_fate_has_turned(bank: Institution) -> None:
    """Customer 1 spends what a step brings that fails in the end: nothing of both is kept."""

    async def bring() -> None:
        await bank.step(bring_and_break, 0, 1, 60)

    async def spend() -> None:
        await bank.step(move, 1, 2, 120)
        await bank.step(move, 2, 0, 1)

    brought, spent = together(durable(bring()), durable(spend()))
    assert isinstance(brought, Exception)
    assert not isinstance(brought, FateTurned)
    assert isinstance(spent, FateTurned)
    assert [ledger(bank, n) for n in range(3)] == [100, 100, 100]


def _two_balances(bank: Institution, source: int, target: int, *_: Any) -> list[Lock]:
    return [Lock(Balance, customer_id(bank, n)) for n in (source, target)]


@hot(_two_balances)
def bring_and_break(work: Any, bank: Institution, source: int, target: int, amount: int) -> None:
    """Move money, and write down beside it what the database will not take."""
    move(work, bank, source, target, amount)
    kernel.break_down(work, bank, source, target, "check")


def test_steps_that_others_went_on_from_come_to_the_same_when_they_are_run_again(bank: Institution) -> None:
    """Ids and times are as they were told; only what is at fault is left out."""
    fate = Fate()
    (first,) = run_round(bank, [(move, 0, 1, 10)], last=False, fate=fate)
    told = first.result, first.now
    (bad,) = run_round(bank, [(kernel.break_down, 0, 1, "check")])
    assert bad.error is not None
    assert (first.error, first.result, first.now) == (None, *told)
    assert fate.error is None
    assert ledger(bank, 1) == 110


def test_a_flow_whose_fate_has_turned_makes_no_further_step(bank: Institution) -> None:
    async def stubborn(tell: Callable[[BaseException], None]) -> None:
        await bank.step(kernel.break_down, 2, 1, "check")
        try:
            await settled()
        except Exception as error:  # noqa: BLE001 - that is what the test is about
            tell(error)
        await bank.step(move, 2, 1, 7)

    told: list[BaseException] = []
    (error,) = together(durable(stubborn(told.append)))
    assert told == [error]
    assert ledger(bank, 2) == 100
