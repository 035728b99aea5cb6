"""Reversal: the only correction; once, in full, and never below a floor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from payments.kit.database import Database
from payments.kit.errors import NotFound
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.ledger.balance import InsufficientFunds
from payments.ledger.entry import Transfer
from payments.ledger.reversal import EntryAlreadyReversed, EntryNotReversible, Reversed, reverse
from payments.ledger.statement import current_balance, entry
from tests import kernel
from tests.kernel import customer_id, new_bank, run


@pytest.fixture
def bank(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        yield new_bank(world, "bank", customers=2, funds=100)


def take_back(work: Work, _: Institution, entry_id: str) -> str:
    return reverse(work, entry_id, "pay_1", "booked twice")


def balances(bank: Institution) -> list[int]:
    return [bank.world.database.read_now(current_balance, customer_id(bank, n)).ledger for n in (0, 1)]


def test_a_reversal_is_the_mirror_of_its_entry(bank: Institution) -> None:
    moved = run(bank, kernel.move, 0, 1, 30)
    reversal = run(bank, take_back, moved)
    assert balances(bank) == [100, 100]
    ((mirror,), (original,)) = (bank.world.database.read_now(entry, id) for id in (reversal, moved))
    assert (mirror.debit_account, mirror.credit_account) == (original.credit_account, original.debit_account)
    assert (mirror.amount, mirror.reverses, mirror.event) == (30, moved, "reverse_entry")
    with bank.world.database.engine.connect() as connection:
        (row,) = connection.execute(sa.select(Reversed.table())).all()
    assert (row.entry, row.reversal, row.why) == (moved, reversal, "booked twice")


def test_an_entry_is_reversed_once(bank: Institution) -> None:
    moved = run(bank, kernel.move, 0, 1, 30)
    run(bank, take_back, moved)
    with pytest.raises(EntryAlreadyReversed, match="booked twice"):
        run(bank, take_back, moved)
    assert balances(bank) == [100, 100]


def test_a_reversal_is_not_reversed(bank: Institution) -> None:
    reversal = run(bank, take_back, run(bank, kernel.move, 0, 1, 30))
    with pytest.raises(EntryNotReversible):
        run(bank, take_back, reversal)


def test_a_reversal_is_refused_when_the_money_is_gone(bank: Institution) -> None:
    moved = run(bank, kernel.move, 0, 1, 30)
    run(bank, kernel.authorize, 1, 120, "hold_1")
    with pytest.raises(InsufficientFunds):
        run(bank, take_back, moved)
    assert balances(bank) == [70, 130]
    run(bank, kernel.let_go, 1, "hold_1")
    run(bank, take_back, moved)
    assert balances(bank) == [100, 100]


def test_a_hold_is_undone_by_a_release_instead(bank: Institution) -> None:
    held = run(bank, kernel.authorize, 0, 30, "hold_1")
    released = run(bank, kernel.let_go, 0, "hold_1", 10)
    for id in (held, released):
        with pytest.raises(EntryNotReversible):
            run(bank, take_back, id)


def test_what_was_posted_of_a_hold_can_be_reversed_and_is_not_held_again(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 30, "hold_1")
    run(bank, take_back, run(bank, kernel.capture, 0, "hold_1", 45))
    standing = bank.world.database.read_now(current_balance, customer_id(bank, 0))
    assert (standing.ledger, standing.held) == (100, 0)


def test_there_is_no_reversal_of_nothing(bank: Institution) -> None:
    with pytest.raises(NotFound):
        run(bank, take_back, "ent_none")


def test_two_writers_reverse_an_entry_once(postgres_url: str) -> None:
    with kernel.open_world(postgres_url) as world:
        bank = new_bank(world, "bank", customers=2, funds=100)
        other = Institution("bank", "Bank", World.open(Database(postgres_url), kernel.KEY))
        moved = [run(bank, kernel.move, 0, 1, 1) for _ in range(10)]

        def reverse_all(bank: Institution) -> list[Any]:
            return [kernel.run_together(bank, [(take_back, id)])[0].error for id in moved]

        with ThreadPoolExecutor(2) as threads:
            both = list(threads.map(reverse_all, [bank, other]))
        for one, another in zip(*both, strict=True):
            assert {type(one), type(another)} == {type(None), EntryAlreadyReversed}
        assert balances(bank) == [100, 100]
        with world.database.engine.connect() as connection:
            mirrors = sa.select(sa.func.count()).where(Transfer.table().c.reverses.is_not(None))
            assert connection.execute(mirrors).scalar_one() == 10
        other.world.close()
