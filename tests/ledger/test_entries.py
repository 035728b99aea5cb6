"""Entries and holds, rule by rule; the second half are faults other ledgers have had, one test each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from payments.kit.work import Work
from payments.kit.world import Institution
from payments.ledger.account import INCOME, LIABILITY, Book
from payments.ledger.balance import InsufficientFunds
from payments.ledger.chart import account, open_account
from payments.ledger.entry import LIMIT, Hold, Transfer, book, hold, post, release, transfer
from payments.ledger.statement import Standing, current_balance
from tests import kernel
from tests.kernel import cash, customer, customer_id, due, new_bank, run, run_together


@pytest.fixture
def bank(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        yield new_bank(world, "bank", customers=2, funds=100)


def standing(bank: Institution, n: int = 0) -> tuple[int, int, int]:
    found: Standing = bank.world.database.read_now(current_balance, customer_id(bank, n))
    return (found.ledger, found.held, found.available)


def transfers(bank: Institution, event: str) -> list[Transfer]:
    table = Transfer.table()
    with bank.world.database.engine.connect() as connection:
        rows = connection.execute(sa.select(table).where(table.c.event == event).order_by(table.c.id))
        return [Transfer(*row) for row in rows]


def book_lines(work: Work, bank: Institution, lines: Any) -> str:
    return book(work, "event", "pay_1", *lines(work, bank))


# ── entries ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lines_of_an_entry_share_it(bank: Institution) -> None:
    def sale(work: Work, bank: Institution) -> list[Any]:
        return [
            transfer(customer(work, bank, 0), due(work, bank), 30, "sale"),
            transfer(due(work, bank), cash(work, bank), 4, "interchange"),
        ]

    entry = run(bank, book_lines, sale)
    rows = transfers(bank, "event")
    assert [(row.entry, row.purpose, row.amount) for row in rows] == [
        (entry, "sale", 30),
        (entry, "interchange", 4),
    ]
    assert standing(bank) == (70, 0, 70)


def test_a_line_of_nothing_books_nothing(bank: Institution) -> None:
    run(bank, book_lines, lambda work, bank: [transfer(cash(work, bank), due(work, bank), 0, "fee")])
    assert transfers(bank, "event") == []


@pytest.mark.parametrize("amount", [-1, LIMIT + 1])
def test_an_amount_out_of_bounds_is_a_bug(bank: Institution, amount: int) -> None:
    with pytest.raises(AssertionError, match="out of bounds"):
        run(bank, book_lines, lambda work, bank: [transfer(cash(work, bank), due(work, bank), amount, "fee")])


def test_a_transfer_stays_in_its_book_and_currency(bank: Institution) -> None:
    new_bank(bank.world, "other")

    def open_euros(work: Work, bank: Institution) -> None:
        open_account(work, "bank", "fees", "EUR", INCOME, name="Fees")

    run(bank, open_euros)
    for book_id, currency in (("other", "USD"), ("bank", "EUR")):

        def astray(work: Work, bank: Institution, to: tuple[str, str] = (book_id, currency)) -> list[Any]:
            return [transfer(cash(work, bank), account(work, to[0], "fees", to[1]), 1, "astray")]

        with pytest.raises(AssertionError, match="stays in one book and currency"):
            run(bank, book_lines, astray)


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", 0), ("amount", -1), ("kind", "gift"), ("currency", "EUR"), ("book", "other"), ("hold", "hold_1")],
)
def test_the_database_itself_refuses_a_transfer_that_is_wrong(bank: Institution, column: str, value: Any) -> None:
    def write_past_the_ledger(work: Work, bank: Institution) -> None:
        right = Transfer(
            work.next_row(), "ent_1", "event", "bank", "USD", "transfer", "bank.cash.USD", "bank.due.USD", 1,
            None, "", "", None, work.now,
        )  # fmt: skip
        work.add(right.changed(**{column: value}))

    (pending,) = run_together(bank, [(write_past_the_ledger,)])
    assert "ntegrity" in type(pending.error).__name__ or "Violation" in type(pending.error).__name__
    assert transfers(bank, "event") == []


def test_two_accounts_of_one_book_are_not_the_same(bank: Institution) -> None:
    def to_itself(work: Work, bank: Institution) -> list[Any]:
        return [transfer(cash(work, bank), cash(work, bank), 1, "round")]

    (pending,) = run_together(bank, [(book_lines, to_itself)])
    assert pending.error is not None
    assert transfers(bank, "event") == []


def test_money_events_say_what_moved(bank: Institution) -> None:
    run_together(bank, [(kernel.authorize, 0, 30, "hold_1"), (kernel.capture, 0, "hold_1", 20)])
    run(bank, kernel.let_go, 0, "hold_1")
    with bank.world.database.engine.connect() as connection:
        said = connection.exec_driver_sql("SELECT type FROM kit_events WHERE reference = 'hold_1' ORDER BY id")
        assert said.scalars().all() == ["money.held", "money.posted", "money.released"]


# ── holds ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_is_posted_in_several_goes_and_the_rest_let_go(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 60, "hold_1")
    assert standing(bank) == (100, 60, 40)
    run(bank, kernel.capture, 0, "hold_1", 10)
    run(bank, kernel.capture, 0, "hold_1", 20)
    assert standing(bank) == (70, 30, 40)
    run(bank, kernel.let_go, 0, "hold_1")
    assert standing(bank) == (70, 0, 70)


def test_an_entry_may_hold_post_and_release_at_once(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 60, "hold_1")

    def swap(work: Work, bank: Institution) -> str:
        old = work.get(Hold, "hold_1")
        again = hold("hold_2", "", customer(work, bank, 0), due(work, bank), 90, "sale")
        return book(work, "swap", "", release(old, 50), post(old, 10), again)

    run(bank, swap)
    assert standing(bank) == (90, 90, 0)


def test_a_floor_other_than_zero(bank: Institution) -> None:
    def open_with_overdraft(work: Work, bank: Institution) -> None:
        open_account(work, "bank", "customer", "USD", LIABILITY, name="Overdraft", owner="c9", floor=-50)

    run(bank, open_with_overdraft)
    run(bank, kernel.authorize, 9, 50, "hold_1")
    assert standing(bank, 9) == (0, 50, 0)
    with pytest.raises(InsufficientFunds):
        run(bank, kernel.authorize, 9, 1, "hold_2")


def test_a_book_has_one_name(bank: Institution) -> None:
    def open_again(work: Work, _: Institution) -> None:
        work.add(Book("bank", "Bank", work.now))

    (pending,) = run_together(bank, [(open_again,)])
    assert pending.error is not None


# ── faults other ledgers have had ───────────────────────────────────────────────────────────────────────────


def test_what_is_held_cannot_be_spent(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 80, "hold_1")
    for step in ((kernel.move, 0, 1, 21), (kernel.authorize, 0, 21, "hold_2")):
        with pytest.raises(InsufficientFunds):
            run(bank, *step)


def test_what_is_held_cannot_be_spent_within_one_batch(bank: Institution) -> None:
    batch = run_together(bank, [(kernel.authorize, 0, 80, "hold_1"), (kernel.move, 0, 1, 21)])
    assert [type(each.error).__name__ for each in batch] == ["NoneType", "InsufficientFunds"]


def test_releasing_twice_releases_once(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 60, "hold_1")
    for _ in range(2):
        run(bank, kernel.let_go, 0, "hold_1")
    assert standing(bank) == (100, 0, 100)
    assert len(transfers(bank, "release")) == 1


def test_what_was_released_or_posted_is_not_released(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 60, "hold_1")
    run(bank, kernel.capture, 0, "hold_1", 50)
    with pytest.raises(AssertionError, match="more cannot be released"):
        run(bank, kernel.let_go, 0, "hold_1", 11)
    assert standing(bank) == (50, 10, 40)


def test_an_entry_is_booked_whole_or_not_at_all(bank: Institution) -> None:
    def two_lines(work: Work, bank: Institution) -> list[Any]:
        return [
            transfer(customer(work, bank, 0), due(work, bank), 60, "first"),
            transfer(customer(work, bank, 0), due(work, bank), 41, "second"),
        ]

    with pytest.raises(InsufficientFunds):
        run(bank, book_lines, two_lines)
    assert standing(bank) == (100, 0, 100)
    assert transfers(bank, "event") == []


def test_more_than_was_held_is_posted_if_the_account_has_it(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 60, "hold_1")
    with pytest.raises(InsufficientFunds):
        run(bank, kernel.capture, 0, "hold_1", 101)
    run(bank, kernel.capture, 0, "hold_1", 100)
    assert standing(bank) == (0, 0, 0)
    assert [(row.kind, row.amount, row.purpose) for row in transfers(bank, "capture")] == [
        ("post", 60, "sale"),
        ("transfer", 40, "sale_excess"),
    ]


def test_what_expired_can_be_spent_at_once(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 100, "hold_1")
    batch = run_together(bank, [(kernel.run_out, 0, "hold_1"), (kernel.move, 0, 1, 100)])
    assert [each.error for each in batch] == [None, None]


def test_what_comes_late_after_expiry_is_posted_without_its_hold(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 60, "hold_1")
    run(bank, kernel.run_out, 0, "hold_1")
    run(bank, kernel.capture, 0, "hold_1", 60)
    assert standing(bank) == (40, 0, 40)
    assert [row.kind for row in transfers(bank, "capture")] == ["transfer"]


def test_a_refused_move_does_not_spoil_what_comes_after_it_in_the_batch(bank: Institution) -> None:
    batch = run_together(bank, [(kernel.move, 0, 1, 101), (kernel.move, 0, 1, 100), (kernel.move, 0, 1, 1)])
    assert [type(each.error).__name__ for each in batch] == ["InsufficientFunds", "NoneType", "InsufficientFunds"]
    assert (standing(bank, 0)[0], standing(bank, 1)[0]) == (0, 200)


def test_an_account_may_receive_what_it_sends_on_in_one_batch(bank: Institution) -> None:
    batch = run_together(bank, [(kernel.move, 0, 1, 100), (kernel.move, 1, 0, 200), (kernel.move, 0, 1, 50)])
    assert [each.error for each in batch] == [None] * 3
    assert (standing(bank, 0)[0], standing(bank, 1)[0]) == (150, 50)


def test_counters_beyond_64_bits_are_refused_and_not_rounded(bank: Institution) -> None:
    with bank.world.database.engine.connect() as connection:
        full = "UPDATE ledger_balances SET posted_debits = {} WHERE account = 'bank.cash.USD'"
        connection.exec_driver_sql(full.format(2**63 - 1))
        with pytest.raises(sa.exc.DBAPIError):
            connection.exec_driver_sql(full.format("posted_debits + 1"))
