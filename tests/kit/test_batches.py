"""Group commit: any grouping of the same steps is as good as one at a time, and one bad step fails alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKey, Replayed
from payments.kit.records import Record
from payments.kit.steps import hot
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.ledger.balance import Balance, InsufficientFunds
from payments.ledger.chart import open_account
from payments.ledger.entry import Hold, Transfer, book, transfer
from payments.ledger.statement import current_balance
from tests import kernel
from tests.kernel import customer_id, move, new_bank, run, run_rounds, run_together

CUSTOMERS = 3
HOLDS = 5
names = (f"bank{n:06d}" for n in count())


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with kernel.open_world(database_url) as world:
        yield world


@pytest.fixture
def bank(world: World) -> Institution:
    return new_bank(world, next(names), CUSTOMERS)


def ledger(bank: Institution, n: int) -> int:
    return bank.world.database.read_now(current_balance, customer_id(bank, n)).ledger


# ── any grouping ────────────────────────────────────────────────────────────────────────────────────────────

amounts = st.integers(1, 60)
holds = st.integers(0, HOLDS - 1)
customers = st.integers(0, CUSTOMERS - 1)
calls = st.one_of(
    st.tuples(st.just("authorize"), holds, amounts),
    st.tuples(st.just("capture"), holds, amounts),
    st.tuples(st.just("let_go"), holds, st.none() | amounts),
    st.tuples(st.just("run_out"), holds),
    st.tuples(st.just("move"), customers, customers, amounts).filter(lambda call: call[1] != call[2]),
    st.tuples(st.just("break_down"), st.just(0), st.just(1), st.sampled_from(["bug", "check", "type"])),
)


def call_on(bank: Institution, name: str, *drawn: Any) -> tuple[Any, ...]:
    """A drawn call as a step on one bank: hold `h` is of customer `h mod 3`, and claimed by a key of its own."""
    step = getattr(kernel, name)
    if name in ("move", "break_down"):
        return (step, *drawn)
    h, *rest = drawn
    hold_id = f"{bank.id}-h{h}"
    if name == "authorize":
        claim = Claim(f"{bank.id}-k{h}", "authorize", str(rest[0]))
        return (step, h % CUSTOMERS, rest[0], hold_id, claim)
    return (step, h % CUSTOMERS, hold_id, *rest)


cuts = st.sets(st.integers(1, 23))


@given(st.lists(calls, max_size=24), cuts, cuts)
def test_any_grouping_is_as_good_as_one_at_a_time(
    world: World, drawn: list[tuple[Any, ...]], batches: set[int], rounds: set[int]
) -> None:
    alone, grouped = (new_bank(world, next(names), CUSTOMERS) for _ in range(2))
    one_by_one = [outcome(alone, *run_together(alone, [call_on(alone, *call)])) for call in drawn]
    in_groups: list[str] = []
    for batch in cut(drawn, batches):
        calls_of = [[call_on(grouped, *call) for call in round] for round in cut(batch, rounds)]
        in_groups += [outcome(grouped, pending) for pending in run_rounds(grouped, calls_of)]
    assert in_groups == one_by_one
    assert rows_of(grouped) == rows_of(alone)


def cut(drawn: list[Any], at: set[int]) -> list[list[Any]]:
    """The list in pieces."""
    edges = sorted({0, len(drawn), *(each for each in at if each < len(drawn))})
    return [drawn[start:end] for start, end in pairwise(edges)]


def outcome(bank: Institution, pending: Any) -> str:
    """What a caller is told, without what is the bank's own."""
    if pending.error is None:
        return "done"
    kind = type(pending.error)
    if isinstance(pending.error, Refusal):
        return f"{kind.__name__}: {pending.error}".replace(bank.id, "")
    return kind.__name__  # the database's words name rows


def rows_of(bank: Institution) -> dict[str, list[str]]:
    """All rows of one bank as text, in order: its name left out, its ids numbered in the order they were made."""
    text = {kind.shape.name: [repr(row) for row in rows] for kind, rows in records_of(bank)}
    ids = sorted(set(re.findall(r"ent_\w{26}", str(text))))
    number = {id: f"ent_{n}" for n, id in enumerate(ids)}

    def plain(row: str) -> str:
        row = re.sub(r"ent_\w{26}", lambda match: number[match[0]], row)
        return re.sub(r"(Event|Transfer)\(id=\d+", r"\1(", row).replace(bank.id, "")

    return {name: [plain(row) for row in rows] for name, rows in text.items()}


def records_of(bank: Institution) -> Iterator[tuple[type[Record], list[Any]]]:
    where: dict[type[Record], Any] = {
        Event: Event.table().c.institution == bank.id,
        Transfer: Transfer.table().c.book == bank.id,
        Balance: Balance.table().c.account.startswith(bank.id),
        Hold: Hold.table().c.id.startswith(bank.id),
        IdempotencyKey: IdempotencyKey.table().c.id.startswith(bank.id),
    }
    with bank.world.database.engine.connect() as connection:
        for kind, condition in where.items():
            table = kind.table()
            order = table.c[kind.shape.key]
            yield kind, [kind(*row) for row in connection.execute(sa.select(table).where(condition).order_by(order))]


# ── one bad step ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["refusal", "bug", "check", "type", "unique"])
def test_one_bad_step_fails_alone(bank: Institution, how: str) -> None:
    run(bank, kernel.take_hold_id)
    bad = (move, 0, 1, 1_000) if how == "refusal" else (kernel.break_down, 0, 1, how)
    good = (move, 0, 1, 5)
    first, failed, last = run_together(bank, [good, bad, good])
    assert first.error is None
    assert last.error is None
    assert failed.error is not None
    assert isinstance(failed.error, InsufficientFunds) == (how == "refusal")
    assert (ledger(bank, 0), ledger(bank, 1)) == (90, 110)


def test_a_bad_step_leaves_nothing_behind(bank: Institution) -> None:
    before = rows_of(bank)
    for how in ("bug", "check", "type"):
        (failed,) = run_together(bank, [(kernel.break_down, 0, 1, how)])
        assert failed.error is not None
    assert rows_of(bank) == before


def test_only_entries_that_were_kept_are_named_to_the_caller(bank: Institution) -> None:
    batch = run_together(bank, [(move, 0, 1, 5), (kernel.break_down, 0, 1, "check"), (move, 0, 1, 5)])
    with bank.world.database.engine.connect() as connection:
        written = set(connection.scalars(sa.select(Transfer.table().c.entry)))
    for pending in (batch[0], batch[2]):
        assert pending.entries == [pending.result], "a batch that was run twice names each entry once"
        assert set(pending.entries) <= written


def test_a_hot_step_reads_only_what_it_has_declared(bank: Institution) -> None:
    @hot(lambda *_: [])
    def careless(work: Work, bank: Institution) -> None:
        work.find(Hold, "owner", "somebody")

    with pytest.raises(AssertionError, match="must declare"):
        run(bank, careless)


def test_a_hold_made_in_the_batch_can_be_posted_in_it(bank: Institution) -> None:
    id = f"{bank.id}-h"
    batch = run_together(
        bank,
        [(kernel.authorize, 0, 60, id), (kernel.capture, 0, id, 40), (kernel.let_go, 0, id), (move, 0, 1, 60)],
    )
    assert [each.error for each in batch] == [None] * 4
    standing = bank.world.database.read_now(current_balance, customer_id(bank, 0))
    assert (standing.ledger, standing.held, standing.available) == (0, 0, 0)


def test_the_same_key_twice_in_one_batch(bank: Institution) -> None:
    claim = Claim("key", "authorize", "body")
    first, again = run_together(bank, [(kernel.authorize, 0, 60, f"{bank.id}-{n}", claim) for n in "ab"])
    assert first.error is None
    assert isinstance(again.error, Replayed)
    assert again.error.body == first.result


def test_a_step_that_asks_for_what_is_not_there_is_refused(bank: Institution) -> None:
    with pytest.raises(NotFound):
        run(bank, kernel.capture, 0, "hold_none", 1)


def test_a_counter_is_not_counted_twice_when_its_new_row_is_changed(bank: Institution) -> None:
    def open_and_raise_the_floor(work: Work, bank: Institution) -> None:
        made = open_account(work, bank.id, "customer", "USD", "liability", name="New", owner="new", floor=0)
        book(work, "deposit", "", transfer(kernel.cash(work, bank), made, 50, "deposit"))
        work.change(work.get(Balance, made.id), floor=10)

    run(bank, open_and_raise_the_floor)
    standing = bank.world.database.read_now(current_balance, f"{bank.id}.customer.USD.new")
    assert (standing.ledger, standing.available) == (50, 40)


def test_a_database_error_in_a_cold_step_is_its_own(bank: Institution) -> None:
    def ask_nonsense(work: Work, _: Institution) -> None:
        work.query(sa.select(sa.text("no_such_column")))

    with pytest.raises(DBAPIError):
        run(bank, ask_nonsense)
    run(bank, move, 0, 1, 1)


def test_nobody_waits_for_ever_when_what_should_mend_a_batch_breaks_itself(
    bank: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_too(*_: Any) -> None:
        raise MemoryError("no room to recover in")

    with monkeypatch.context() as broken:
        broken.setattr(type(bank.world.writer), "_recover", break_too)
        batch = run_together(bank, [(move, 0, 1, 5), (kernel.break_down, 0, 1, "check")])
    assert [type(each.error) for each in batch] == [MemoryError] * 2
    run(bank, move, 0, 1, 5)
    assert (ledger(bank, 0), ledger(bank, 1)) == (95, 105)
