"""Several writers on one PostgreSQL: nobody overdraws an account, and a conflict is run again, not reported."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa

from payments.kit.database import Database, DatabaseInUse
from payments.kit.fate import Fate, FateTurned
from payments.kit.idempotency import Claim, Replayed
from payments.kit.ids import first_row
from payments.kit.sessions import Batch
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.ledger.balance import Balance, InsufficientFunds
from payments.ledger.entry import Transfer, book, transfer
from payments.ledger.statement import current_balance
from payments.ledger.trial_balance import trial_balance
from tests import kernel
from tests.kernel import customer_id, new_bank, run, run_round, run_together

WRITERS = 2


@pytest.fixture
def banks(postgres_url: str) -> Iterator[list[Institution]]:
    """One bank with a hundred to spend, as each of two processes would see it."""
    with ExitStack() as worlds:
        first = worlds.enter_context(kernel.open_world(postgres_url))
        bank = new_bank(first, "bank", customers=2, funds=100)
        others = [World.open(Database(postgres_url), kernel.KEY) for _ in range(WRITERS - 1)]
        for other in others:
            worlds.callback(other.close)
        yield [bank, *(Institution("bank", "Bank", other) for other in others)]


def at_once(banks: list[Institution], do: Callable[[Institution], Any]) -> list[Any]:
    """Have every writer do something at the same time."""
    with ThreadPoolExecutor(len(banks)) as threads:
        return list(threads.map(do, banks))


def test_every_process_writes_under_a_number_of_its_own(banks: list[Institution]) -> None:
    assert sorted(bank.world.writer.writer for bank in banks) == list(range(WRITERS))


def test_two_writers_never_overdraw_an_account(banks: list[Institution]) -> None:
    def spend(bank: Institution) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        for n in range(20):
            calls = [(kernel.authorize, 0, 3, f"hold_{bank.world.writer.writer}_{n}_{m}") for m in range(n % 4 + 1)]
            outcomes.update(type(each.error).__name__ for each in run_together(bank, calls))
        return outcomes

    total = sum(at_once(banks, spend), Counter[str]())
    assert total == {"NoneType": 33, InsufficientFunds.__name__: WRITERS * 50 - 33}
    standing = banks[0].world.database.read_now(current_balance, customer_id(banks[0], 0))
    assert (standing.ledger, standing.held, standing.available) == (100, 99, 1)


def test_no_update_is_lost_when_two_writers_add_to_the_same_accounts(banks: list[Institution]) -> None:
    """Money to and fro: the account that receives is locked as well as the one that gives."""

    def to_and_fro(bank: Institution) -> list[BaseException | None]:
        calls = [(kernel.move, n % 2, (n + 1) % 2, 1) for n in range(6)]
        return [each.error for _ in range(15) for each in run_together(bank, calls)]

    assert {error for errors in at_once(banks, to_and_fro) for error in errors} == {None}
    read = banks[0].world.database.read_now
    assert [read(current_balance, customer_id(banks[0], n)).ledger for n in (0, 1)] == [100, 100]
    assert read(trial_balance, "bank").balanced


def test_a_hold_is_not_posted_twice_by_two_writers(banks: list[Institution]) -> None:
    """Each posts all of the same hold: what the second posts is excess, and taken only if the account has it."""
    run(banks[0], kernel.authorize, 0, 60, "hold_1")
    errors = at_once(banks, lambda bank: run_together(bank, [(kernel.capture, 0, "hold_1", 60)])[0].error)
    assert sorted(type(each).__name__ for each in errors) == [InsufficientFunds.__name__, "NoneType"]
    standing = banks[0].world.database.read_now(current_balance, customer_id(banks[0], 0))
    assert (standing.ledger, standing.held) == (40, 0)


def test_what_one_writer_holds_another_posts_and_releases(banks: list[Institution]) -> None:
    """The striped account's promise stands in one writer's stripe and is kept in the other's; their sum is right."""
    run(banks[0], kernel.authorize, 0, 60, "hold_1")
    run(banks[1], kernel.capture, 0, "hold_1", 40)
    run(banks[1], kernel.let_go, 0, "hold_1")
    due = banks[0].world.database.read_now(current_balance, "bank.due.USD")
    with banks[0].world.database.engine.connect() as connection:
        table = Balance.table().c
        held = connection.execute(sa.select(sa.func.sum(table.held_credits)).where(table.account == "bank.due.USD"))
        assert (due.ledger, held.scalar_one()) == (40, 0)


def test_striped_balances_of_two_writers_add_up(banks: list[Institution]) -> None:
    def pay_out(work: Work, bank: Institution) -> None:
        due, cash = kernel.due(work, bank), kernel.cash(work, bank)
        book(work, "pay", "", transfer(due, cash, 7, "pay"))

    at_once(banks, lambda bank: [run(bank, pay_out) for _ in range(10)])
    read = banks[0].world.database.read_now
    assert read(current_balance, "bank.due.USD").ledger == -140
    with banks[0].world.database.engine.connect() as connection:
        table = Balance.table().c
        stripes = sa.select(sa.func.count()).where(table.account == "bank.due.USD")
        assert connection.execute(stripes).scalar_one() == WRITERS


def test_the_same_key_at_two_writers_is_answered_once(banks: list[Institution]) -> None:
    """The one who comes second waits for the first, is run again, and replays its answer."""

    def claim_all(bank: Institution) -> list[tuple[Any, Any]]:
        writer = bank.world.writer.writer
        calls = [
            (kernel.authorize, 0, 1, f"hold_{writer}_{n}", Claim(f"key_{n}", "authorize", "body")) for n in range(40)
        ]
        return [(each.error, each.result) for n in range(0, 40, 8) for each in run_together(bank, calls[n : n + 8])]

    for one, other in zip(*at_once(banks, claim_all), strict=True):
        first, second = sorted((one, other), key=lambda outcome: outcome[0] is not None)
        assert first[0] is None
        assert isinstance(second[0], Replayed), second[0]
        assert second[0].body == first[1]
    standing = banks[0].world.database.read_now(current_balance, customer_id(banks[0], 0))
    assert standing.held == 40


def test_a_deadlock_is_run_again(banks: list[Institution]) -> None:
    """Two cold steps lock the same two rows in opposite order, each waiting for the other the first time."""
    both_hold_one = threading.Barrier(2)
    have_waited = set()

    def crosswise(work: Work, bank: Institution, first: int, then: int) -> str:
        work.get(Balance, customer_id(bank, first))
        if work.writer not in have_waited:
            have_waited.add(work.writer)
            both_hold_one.wait(10)
        work.get(Balance, customer_id(bank, then))
        line = transfer(kernel.customer(work, bank, first), kernel.customer(work, bank, then), 1, "x")
        return book(work, "move", "", line)

    order = iter([(0, 1), (1, 0)])
    at_once(banks, lambda bank: run(bank, crosswise, *next(order)))
    read = banks[0].world.database.read_now
    assert [read(current_balance, customer_id(banks[0], n)).ledger for n in (0, 1)] == [100, 100]
    with banks[0].world.database.engine.connect() as connection:
        moved = sa.select(sa.func.count()).where(Transfer.table().c.event == "move")
        assert connection.execute(moved).scalar_one() == 2


def test_rows_of_two_writers_never_meet(banks: list[Institution]) -> None:
    at_once(banks, lambda bank: [run(bank, kernel.move, 0, 1, 1) for _ in range(5)])
    with banks[0].world.database.engine.connect() as connection:
        batches = connection.execute(sa.select(Batch.table().c.id, Batch.table().c.writer)).all()
    sessions = {(id >> 28, writer) for id, writer in batches}
    assert len(sessions) == len({session for session, _ in sessions}) == WRITERS
    assert len({first_row(id) for id, _ in batches}) == len(batches)


PROCESS = """
import sys
from payments.kit.database import Database
from payments.kit.world import Institution, World
from tests import kernel
world = World.open(Database(sys.argv[1]), kernel.KEY)
bank = Institution("bank", "Bank", world)
print("ready", flush=True)
sys.stdin.readline()
calls = [(kernel.authorize, 0, 3, f"hold_{world.writer.writer}_{n}") for n in range(40)]
batches = [kernel.run_together(bank, calls[n : n + 4]) for n in range(0, 40, 4)]
print(sum(each.error is None for batch in batches for each in batch))
world.close()
"""


def test_two_processes_never_overdraw_an_account(postgres_url: str) -> None:
    with kernel.open_world(postgres_url) as world:
        bank = new_bank(world, "bank", customers=2, funds=100)
        command = [sys.executable, "-c", PROCESS, postgres_url]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes = [subprocess.Popen(command, **pipes) for _ in range(2)]
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        approved = [int(process.communicate(timeout=60)[0]) for process in processes]
        assert sum(approved) == 33
        assert world.database.read_now(current_balance, customer_id(bank, 0)).available == 1


@pytest.mark.sqlite
def test_on_sqlite_a_second_writer_is_turned_away(tmp_path: Any) -> None:
    first, second = (Database(f"sqlite:///{tmp_path}/one.db") for _ in range(2))
    connection, number = first.connect_writer()
    assert number == 0
    with pytest.raises(DatabaseInUse):
        second.connect_writer()
    connection.close()
    first.close()
    third, number = second.connect_writer()
    assert number == 0
    third.close()
    second.close()


def test_writers_with_batches_open_never_wait_for_each_other_in_a_circle(banks: list[Institution]) -> None:
    """Each has locked what the other is to lock next: one gives way by committing, and both come through."""
    rounds = [
        [(0, 0, False), (1, 1, False)],  # each locks a customer of its own
        [(0, 1, True), (1, 0, True)],  # and then wants the other's
    ]

    def hold(writer: int, customer: int, last: bool) -> Any:
        call = (kernel.authorize, customer, 10, f"hold_{writer}_{customer}")
        return run_round(banks[writer], [call], last=last)[0]

    with ThreadPoolExecutor(WRITERS) as threads:
        for calls in rounds:
            for pending in threads.map(lambda call: hold(*call), calls):
                assert pending.error is None
    for n in range(2):
        standing = banks[0].world.database.read_now(current_balance, customer_id(banks[0], n))
        assert (standing.ledger, standing.held) == (100, 20)


def cut_off(bank: Institution) -> None:
    """End the database session of a writer, as a server that is restarted does."""
    backend = bank.world.writer._connection._driver.info.backend_pid
    with bank.world.database.engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_terminate_backend(backend, 5_000)))


def test_a_writer_that_was_cut_off_begins_a_new_session_and_goes_on(banks: list[Institution]) -> None:
    bank = banks[0]
    first = run(bank, kernel.move, 0, 1, 10)
    session = bank.world.writer.ids.session
    cut_off(bank)
    second = run(bank, kernel.move, 0, 1, 10)
    assert bank.world.writer.ids.session != session
    assert first != second
    assert bank.world.database.read_now(current_balance, customer_id(bank, 1)).ledger == 120


def test_what_a_batch_had_told_before_it_was_cut_off_did_not_happen(banks: list[Institution]) -> None:
    """Its ids were of a session that is over: whoever went on from it is told, and nothing of it is kept."""
    bank, fate = banks[0], Fate()
    run_round(bank, [(kernel.move, 0, 1, 10)], last=False, fate=fate)
    cut_off(bank)
    (other,) = run_round(bank, [(kernel.move, 0, 1, 1)])
    assert other.error is None
    assert isinstance(fate.error, FateTurned)
    assert bank.world.database.read_now(current_balance, customer_id(bank, 1)).ledger == 101
