"""A small world for tests of the ground and the ledger: one book, its accounts, and steps that move money."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from payments.kit.database import Database
from payments.kit.fate import Fate
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key, store_answer
from payments.kit.steps import Lock, Pending, hot
from payments.kit.winding import start_clock
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.ledger.account import ASSET, INCOME, LIABILITY, Book, account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account, open_account
from payments.ledger.entry import Hold, book, expire, hold, post, release, transfer

START = 1_760_000_000_000_000  # an instant in October 2025, where the tests' clock stands
KEY = b"k" * 32
USD = "USD"


@contextmanager
def open_world(url: str) -> Iterator[World]:
    """A world on a migrated database, its clock standing at START."""
    world = World.open(Database(url), KEY)
    try:
        run(Institution("sandbox", "Sandbox", world), start_clock, START, True)
        yield world
    finally:
        world.close()


def run(institution: Institution, step: Callable[..., Any], *arguments: Any) -> Any:
    """Run one step alone, and return or raise what it does."""
    (pending,) = run_together(institution, [(step, *arguments)])
    if pending.error:
        raise pending.error
    return pending.result


def run_together(institution: Institution, calls: Sequence[tuple[Any, ...]]) -> list[Pending]:
    """Run steps in one batch, past the loop that would have gathered them."""
    return run_rounds(institution, [calls])


def run_rounds(institution: Institution, rounds: Sequence[Sequence[tuple[Any, ...]]]) -> list[Pending]:
    """Run steps in one batch of several rounds."""
    steps = [pending for calls in rounds[:-1] for pending in run_round(institution, calls, last=False)]
    return steps + run_round(institution, rounds[-1])


def run_round(
    institution: Institution, calls: Sequence[tuple[Any, ...]], *, last: bool = True, fate: Fate | None = None
) -> list[Pending]:
    """Run steps as a round of the batch that is open, which ends with it or not."""
    round = [Pending(None, institution, step, tuple(arguments), fate) for step, *arguments in calls]  # type: ignore[arg-type]
    done = threading.Event()
    institution.world.writer.hand_over(round, last, lambda _: done.set())
    assert done.wait(60), "the writer does not answer"
    return round


# ── one book: customers (deposits, floor 0), lines of credit, and the house's own striped accounts ──────────


def open_book(work: Work, bank: Institution, customers: int, funds: int, lines: int = 0, limit: int = 0) -> None:
    """Open the bank's book with customers who have `funds` each and lines of credit up to `limit`."""
    work.add(Book(bank.id, bank.name, work.now))
    open_account(work, bank.id, "cash", USD, ASSET, name="Cash")
    open_account(work, bank.id, "due", USD, LIABILITY, name="Due to the network")
    open_account(work, bank.id, "fees", USD, INCOME, name="Fees")
    for n in range(customers):
        open_account(work, bank.id, "customer", USD, LIABILITY, name=f"Customer {n}", owner=f"c{n}", floor=0)
    for n in range(lines):
        open_account(work, bank.id, "line", USD, ASSET, name=f"Line {n}", owner=f"l{n}", ceiling=limit)
    for n in range(customers if funds else 0):
        book(work, "deposit", "", transfer(cash(work, bank), customer(work, bank, n), funds, "deposit"))


def new_bank(
    world: World, id: str, customers: int = 2, funds: int = 100, lines: int = 0, limit: int = 0
) -> Institution:
    """An institution with an open book."""
    bank = Institution(id, f"Bank {id}", world)
    run(bank, open_book, customers, funds, lines, limit)
    return bank


def customer_id(bank: Institution, n: int) -> str:
    """The id of a customer's account."""
    return account_id(bank.id, "customer", USD, f"c{n}")


def customer(work: Work, bank: Institution, n: int) -> Any:
    """A customer's account."""
    return account(work, bank.id, "customer", USD, f"c{n}")


def cash(work: Work, bank: Institution) -> Any:
    """The bank's cash."""
    return account(work, bank.id, "cash", USD)


def due(work: Work, bank: Institution) -> Any:
    """What the bank owes the network."""
    return account(work, bank.id, "due", USD)


# ── hot steps ───────────────────────────────────────────────────────────────────────────────────────────────


def _authorize_reads(bank: Institution, n: int, _: int, __: str, claim: Claim | None = None) -> list[Lock]:
    locks = [Lock(Balance, customer_id(bank, n))]
    return [*locks, Lock(IdempotencyKey, claim.id)] if claim else locks


@hot(_authorize_reads)
def authorize(work: Work, bank: Institution, n: int, amount: int, hold_id: str, claim: Claim | None = None) -> str:
    """Hold an amount of a customer's money; under a claim the answer is kept."""
    claim_key(work, claim, hold_id)
    held = hold(hold_id, f"owner of {hold_id}", customer(work, bank, n), due(work, bank), amount, "sale")
    entry = book(work, "authorize", hold_id, held)
    if claim:
        store_answer(work, claim.id, 201, entry)
    return entry


def _hold_reads(bank: Institution, n: int, hold_id: str, *_: Any) -> list[Lock]:
    return [Lock(Hold, hold_id), Lock(Balance, customer_id(bank, n))]


@hot(_hold_reads)
def capture(work: Work, bank: Institution, _: int, hold_id: str, amount: int) -> str:
    """Post an amount of a hold, more than is left of it if the customer has that."""
    return book(work, "capture", hold_id, post(work.get(Hold, hold_id), amount))


@hot(_hold_reads)
def let_go(work: Work, _: Institution, __: int, hold_id: str, amount: int | None = None) -> str:
    """Release an amount of a hold, or what is left of it."""
    return book(work, "release", hold_id, release(work.get(Hold, hold_id), amount))


@hot(_hold_reads)
def run_out(work: Work, _: Institution, __: int, hold_id: str) -> str:
    """Let a hold expire."""
    return book(work, "expire", hold_id, expire(work.get(Hold, hold_id)))


def _move_reads(bank: Institution, source: int, target: int, *_: Any) -> list[Lock]:
    return [Lock(Balance, customer_id(bank, n)) for n in sorted({source, target})]


@hot(_move_reads)
def move(work: Work, bank: Institution, source: int, target: int, amount: int, reference: str = "") -> str:
    """Transfer an amount from one customer to another."""
    line = transfer(customer(work, bank, source), customer(work, bank, target), amount, "move")
    return book(work, "move", reference, line)


@hot(_move_reads)
def break_down(work: Work, bank: Institution, source: int, target: int, how: str) -> None:
    """Move 1, and then go wrong: in our code (a bug), or in the database when the batch is written."""
    move(work, bank, source, target, 1)
    if how == "bug":
        raise KeyError("a bug")
    id = "taken" if how == "unique" else work.new_id("hold")
    amount: Any = {"check": -1, "type": "not a number"}.get(how, 1)
    work.add(Hold(id, "", customer_id(bank, source), customer_id(bank, target), amount, "", work.now))


def take_hold_id(work: Work, bank: Institution) -> None:
    """Take the id that `break_down` takes once more."""
    work.add(Hold("taken", "", customer_id(bank, 0), customer_id(bank, 1), 1, "", work.now))
