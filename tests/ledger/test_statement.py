"""Statements: newest first, the balance after each line, in pages of any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from payments.kit.errors import NotFound
from payments.kit.winding import wind_to
from payments.kit.world import Institution
from payments.ledger.chart import account
from payments.ledger.entry import Transfer, book, hold, transfer
from payments.ledger.statement import (
    NotACursor,
    Standing,
    StatementLine,
    balance_at,
    current_balance,
    entries_of,
    entry,
    get_account,
    statement,
)
from tests import kernel
from tests.kernel import START, customer_id, new_bank, run, run_together

MINUTE = 60_000_000


@pytest.fixture
def bank(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        yield new_bank(world, "bank", customers=2, funds=100, lines=1, limit=80)


def read(bank: Institution, query: Any, *arguments: Any) -> Any:
    return bank.world.database.read_now(query, *arguments)


def pages(bank: Institution, account: str, limit: int) -> list[StatementLine]:
    lines, cursor = [], None
    while True:
        page = read(bank, statement, account, limit, cursor)
        assert len(page.lines) <= limit
        lines += page.lines
        if page.next is None:
            return lines
        cursor = page.next


def story(bank: Institution) -> None:
    run(bank, kernel.authorize, 0, 30, "hold_1")
    run(bank, wind_to, START + MINUTE)
    run_together(bank, [(kernel.capture, 0, "hold_1", 20), (kernel.move, 1, 0, 5)])
    run(bank, wind_to, START + 2 * MINUTE)
    run(bank, kernel.let_go, 0, "hold_1")
    run(bank, kernel.move, 0, 1, 50, "pay_1")


def test_each_line_shows_the_balance_after_it(bank: Institution) -> None:
    story(bank)
    lines = read(bank, statement, customer_id(bank, 0), 100).lines
    shown = [(line.transfer.kind, line.amount, line.balance, line.moved) for line in lines]
    assert shown == [
        ("transfer", -50, 35, True),
        ("release", -10, 85, False),
        ("transfer", 5, 85, True),
        ("post", -20, 80, True),
        ("hold", -30, 100, False),
        ("transfer", 100, 100, True),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
def test_pages_of_any_size_give_the_same_lines(bank: Institution, limit: int) -> None:
    story(bank)
    for id in (customer_id(bank, 0), customer_id(bank, 1), "bank.due.USD", "bank.cash.USD"):
        assert pages(bank, id, limit) == read(bank, statement, id, 100).lines


def test_a_page_does_not_change_when_more_is_booked_meanwhile(bank: Institution) -> None:
    story(bank)
    first = read(bank, statement, customer_id(bank, 0), 2)
    before = read(bank, statement, customer_id(bank, 0), 100, first.next)
    run(bank, wind_to, START + 3 * MINUTE)
    run(bank, kernel.move, 0, 1, 1)
    assert read(bank, statement, customer_id(bank, 0), 100, first.next) == before


@pytest.mark.parametrize("cursor", ["x", "1.2", "1.2.3.4", "ent_1"])
def test_what_is_no_cursor_is_refused(bank: Institution, cursor: str) -> None:
    with pytest.raises(NotACursor):
        read(bank, statement, customer_id(bank, 0), 10, cursor)


def test_there_is_no_statement_of_no_account(bank: Institution) -> None:
    for query, *rest in ((statement, 10), (current_balance,), (balance_at, START), (entry,)):
        with pytest.raises(NotFound):
            read(bank, query, "nothing", *rest)


def test_an_account_without_movement_has_an_empty_statement(bank: Institution) -> None:
    page = read(bank, statement, "bank.fees.USD", 10)
    assert (page.lines, page.next) == ([], None)


def test_balance_as_of_an_instant(bank: Institution) -> None:
    story(bank)
    account = customer_id(bank, 0)
    instants = (START - 1, START, START + MINUTE - 1, START + MINUTE, START + 2 * MINUTE, START + 9 * MINUTE)
    assert [read(bank, balance_at, account, at) for at in instants] == [0, 100, 100, 85, 35, 35]
    assert read(bank, balance_at, "bank.cash.USD", START) == 200


def test_a_line_of_credit_is_a_receivable_with_a_limit(bank: Institution) -> None:
    def lend(work: Any, bank: Institution) -> None:
        line = account(work, "bank", "line", "USD", "l0")
        held = hold("hold_l", "", line, kernel.due(work, bank), 20, "sale")
        book(work, "lend", "", transfer(line, kernel.due(work, bank), 50, "sale"), held)

    run(bank, lend)
    line = read(bank, get_account, "bank.line.USD.l0")
    assert read(bank, current_balance, line.id) == Standing(line, ledger=50, held=20, available=10)


def test_the_entries_of_a_payment_in_order(bank: Institution) -> None:
    story(bank)
    found: list[list[Transfer]] = read(bank, entries_of, "hold_1")
    assert [[each.kind for each in transfers] for transfers in found] == [["hold"], ["post"], ["release"]]
    assert read(bank, entries_of, "pay_none") == []
    assert read(bank, entry, found[1][0].entry) == found[1]


@pytest.mark.parametrize("side", ["debit_account", "credit_account"])
def test_a_page_is_read_from_an_index(bank: Institution, side: str) -> None:
    """Nothing is sorted: the index has the order, so a page costs the same however long the history."""
    columns = f"{side} = 'bank.cash.USD' AND (at, id) < (5, 5) ORDER BY at DESC, id DESC LIMIT 20"
    with bank.world.database.engine.connect() as connection:
        if bank.world.database.sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM ledger_transfers WHERE {columns}")
        else:
            connection.exec_driver_sql("SET enable_seqscan = off; SET enable_bitmapscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN SELECT * FROM ledger_transfers WHERE {columns}")
        text = str(plan.all())
    assert f"ledger_transfers_{side}_at_id" in text
    assert "Sort" not in text
    assert "TEMP B-TREE" not in text
