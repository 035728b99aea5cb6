"""Trial balances: now, as of an instant and at an event give the same numbers, debits equal to credits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from payments.kit.errors import NotFound
from payments.kit.event_log import seal
from payments.kit.winding import wind_to
from payments.kit.world import Institution
from payments.ledger.trial_balance import TrialBalance, trial_balance, trial_balance_at, trial_balance_at_event
from tests import kernel
from tests.kernel import START, new_bank, run, run_together

MINUTE = 60_000_000


@pytest.fixture
def bank(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        new_bank(world, "other", customers=1, funds=7)
        yield new_bank(world, "bank", customers=2, funds=100)


def read(bank: Institution, query: Any, *arguments: Any) -> TrialBalance:
    balance = bank.world.database.read_now(query, bank.id, *arguments)
    assert isinstance(balance, TrialBalance)
    assert balance.balanced
    return balance


def listed(balance: TrialBalance) -> dict[str, tuple[int, int]]:
    rows = {row.account.id.removeprefix("bank."): (row.debit, row.credit) for row in balance.rows}
    return {id: sums for id, sums in rows.items() if sums != (0, 0)}


def test_now(bank: Institution) -> None:
    run_together(bank, [(kernel.authorize, 0, 60, "hold_1"), (kernel.capture, 0, "hold_1", 40)])
    now = read(bank, trial_balance)
    assert listed(now) == {
        "cash.USD": (200, 0),
        "customer.USD.c0": (0, 60),
        "customer.USD.c1": (0, 100),
        "due.USD": (0, 40),
    }
    assert now.totals() == {"USD": (200, 200)}


def test_a_book_never_used_balances(bank: Institution) -> None:
    empty = new_bank(bank.world, "empty", customers=1, funds=0)
    assert listed(read(empty, trial_balance)) == {}


def test_as_of_an_instant(bank: Institution) -> None:
    run(bank, wind_to, START + MINUTE)
    run(bank, kernel.move, 0, 1, 30)
    assert listed(read(bank, trial_balance_at, START))["customer.USD.c0"] == (0, 100)
    assert listed(read(bank, trial_balance_at, START - 1)) == {}
    assert listed(read(bank, trial_balance_at, START + MINUTE)) == listed(read(bank, trial_balance))


def test_after_every_event(bank: Institution) -> None:
    """Replayed from the money events alone: after the last one it is what the balances say."""
    before = run(bank, seal)
    batches: list[list[tuple[Any, ...]]] = [
        [(kernel.authorize, 0, 60, "hold_1"), (kernel.move, 0, 1, 10), (kernel.capture, 0, "hold_1", 25)],
        [(kernel.let_go, 0, "hold_1"), (kernel.move, 1, 0, 1)],
    ]
    for batch in batches:
        run_together(bank, batch)
    last = run(bank, seal)
    assert last == before + 5
    customer = [listed(read(bank, trial_balance_at_event, n))["customer.USD.c0"] for n in range(before, last + 1)]
    assert [credit for _, credit in customer] == [100, 100, 90, 65, 65, 66]
    assert listed(read(bank, trial_balance_at_event, last)) == listed(read(bank, trial_balance))
    assert listed(read(bank, trial_balance_at_event, 0)) == {}


@pytest.mark.parametrize("query", [trial_balance, trial_balance_at, trial_balance_at_event])
def test_there_is_none_of_no_book(bank: Institution, query: Any) -> None:
    with pytest.raises(NotFound):
        bank.world.database.read_now(query, "nowhere", *([] if query is trial_balance else [1]))
