"""The ledger against a dictionary: whatever is held, posted, released, moved and reversed, both agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from payments.kit.errors import Refusal
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.ledger.account import account_id
from payments.ledger.balance import InsufficientFunds
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.ledger.reversal import EntryAlreadyReversed, EntryNotReversible, reverse
from payments.ledger.statement import balance_at, current_balance, statement
from payments.ledger.trial_balance import trial_balance, trial_balance_at
from tests import kernel
from tests.kernel import run

CUSTOMERS = 3
LIMIT = 80
names = (f"machine{n:06d}" for n in count())
amounts = st.integers(1, 70)
customers = st.integers(0, CUSTOMERS - 1)


@dataclass
class Oracle:
    """What the books should say: an account's balance on its own side; what is held of it; what each entry moved."""

    balances: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    floors: dict[str, int] = field(default_factory=dict)
    moved: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)

    def may_give(self, account: str, amount: int) -> bool:
        """A guarded account gives what it has above its floor and has not promised; others give anything."""
        if account not in self.floors:
            return True
        return self.balances[account] - self.held.get(account, 0) - self.floors[account] >= amount

    def move(self, giver: str, taker: str, amount: int) -> None:
        self.balances[giver] = self.balances.get(giver, 0) - amount
        self.balances[taker] = self.balances.get(taker, 0) + amount


class Ledger(RuleBasedStateMachine):
    """Deposits and one line of credit, seen as what their owners may give: what they have, or what is left to lend."""

    world: World
    holds: Bundle[str] = Bundle("holds")
    entries: Bundle[str] = Bundle("entries")

    @initialize(funds=st.integers(0, 200))
    def open(self, funds: int) -> None:
        self.bank = Institution(next(names), "Bank", self.world)
        run(self.bank, kernel.open_book, CUSTOMERS, funds, 1, LIMIT)
        self.oracle = Oracle()
        for n in range(CUSTOMERS):
            self.oracle.balances[self.id(n)] = funds
            self.oracle.floors[self.id(n)] = 0
        self.oracle.balances[self.line] = 0
        self.oracle.floors[self.line] = -LIMIT
        self.oracle.balances["cash"] = -CUSTOMERS * funds
        self.left: dict[str, tuple[int, int]] = {}
        self.made = 0

    def id(self, n: int) -> str:
        return kernel.customer_id(self.bank, n)

    @property
    def line(self) -> str:
        return account_id(self.bank.id, "line", kernel.USD, "l0")

    def attempt(self, allowed: bool, step: Any, *arguments: Any, refusal: type[Refusal] = InsufficientFunds) -> Any:
        """Run a step; it must succeed if `allowed`, else be refused."""
        try:
            result = run(self.bank, step, *arguments)
        except refusal:
            assert not allowed
            return None
        assert allowed
        return result

    @rule(target=holds, n=customers, amount=amounts)
    def hold(self, n: int, amount: int) -> str:
        id = f"{self.bank.id}-{self.made}"
        self.made += 1
        allowed = self.oracle.may_give(self.id(n), amount)
        self.attempt(allowed, kernel.authorize, n, amount, id)
        if allowed:
            self.oracle.held[self.id(n)] = self.oracle.held.get(self.id(n), 0) + amount
            self.left[id] = (n, amount)
        return id

    @rule(target=entries, id=holds, amount=amounts)
    def post(self, id: str, amount: int) -> str:
        """All, part, or more than is held: the excess is taken if the account has it."""
        if id not in self.left:
            return ""
        n, left = self.left[id]
        within, beyond = min(amount, left), max(amount - left, 0)
        allowed = beyond == 0 or self.oracle.may_give(self.id(n), beyond)
        entry = self.attempt(allowed, kernel.capture, n, id, amount)
        if not allowed:
            return ""
        self.let_go(id, within)
        self.oracle.move(self.id(n), "due", amount)
        self.oracle.moved[entry] = [(self.id(n), "due", each) for each in (within, beyond) if each]
        return str(entry)

    @rule(id=holds, part=st.none() | amounts)
    def release(self, id: str, part: int | None) -> None:
        n, left = self.left.get(id, (0, -1))
        if left >= (part or 0):
            run(self.bank, kernel.let_go, n, id, part)
            self.let_go(id, left if part is None else part)

    @rule(id=consumes(holds))
    def expire(self, id: str) -> None:
        if id in self.left:
            n, left = self.left[id]
            run(self.bank, kernel.run_out, n, id)
            self.let_go(id, left)

    @rule(target=entries, source=customers, other=st.integers(1, CUSTOMERS - 1), amount=amounts)
    def move(self, source: int, other: int, amount: int) -> str:
        target = (source + other) % CUSTOMERS
        allowed = self.oracle.may_give(self.id(source), amount)
        entry = self.attempt(allowed, kernel.move, source, target, amount)
        if allowed:
            self.oracle.move(self.id(source), self.id(target), amount)
            self.oracle.moved[entry] = [(self.id(source), self.id(target), amount)]
        return entry or ""

    @rule(target=entries, amount=amounts)
    def lend(self, amount: int) -> str:
        """A purchase on the line of credit: the receivable rises, up to its limit."""
        allowed = self.oracle.may_give(self.line, amount)
        entry = self.attempt(allowed, lend, amount)
        if allowed:
            self.oracle.move(self.line, "due", amount)
            self.oracle.moved[entry] = [(self.line, "due", amount)]
        return entry or ""

    @rule(entry=entries)
    def reverse(self, entry: str) -> None:
        if not entry:
            return
        if entry not in self.oracle.moved:
            self.attempt(False, take_back, entry, refusal=EntryAlreadyReversed)
            return
        moved = self.oracle.moved[entry]
        allowed = all(self.oracle.may_give(taker, amount) for _, taker, amount in moved)
        if reversal := self.attempt(allowed, take_back, entry):
            for giver, taker, amount in self.oracle.moved.pop(entry):
                self.oracle.move(taker, giver, amount)
            self.attempt(False, take_back, reversal, refusal=EntryNotReversible)

    def let_go(self, id: str, amount: int) -> None:
        n, left = self.left[id]
        self.left[id] = (n, left - amount)
        self.oracle.held[self.id(n)] -= amount

    @invariant()
    def both_agree(self) -> None:
        if not hasattr(self, "oracle"):
            return
        floors = self.oracle.floors
        standings = self.world.database.read_now(lambda connection: [current_balance(connection, id) for id in floors])
        for (id, floor), standing in zip(floors.items(), standings, strict=True):
            sign = -1 if id == self.line else 1  # the bank's receivable is what the customer owes
            assert sign * standing.ledger == self.oracle.balances[id]
            assert standing.held == self.oracle.held.get(id, 0)
            assert standing.available == self.oracle.balances[id] - standing.held - floor >= 0

    def teardown(self) -> None:
        if not hasattr(self, "oracle"):
            return
        read = self.world.database.read_now
        now = read(trial_balance, self.bank.id)
        assert now.balanced
        assert [row for row in now.rows if row.debit or row.credit] == [
            row for row in read(trial_balance_at, self.bank.id, kernel.START).rows if row.debit or row.credit
        ]
        for id in self.oracle.floors:
            assert read(balance_at, id, kernel.START) == read(current_balance, id).ledger
            page = read(statement, id, 10_000)
            assert page.next is None
            first = page.lines[-1] if page.lines else None
            assert first is None or first.balance == (first.amount if first.moved else 0)


def take_back(work: Work, _: Institution, entry: str) -> str:
    return reverse(work, entry, "", "a mistake")


def lend(work: Work, bank: Institution, amount: int) -> str:
    line = account(work, bank.id, "line", kernel.USD, "l0")
    return book(work, "lend", "", transfer(line, kernel.due(work, bank), amount, "purchase"))


def test_the_ledger_agrees_with_a_dictionary(database_url: str) -> None:
    with kernel.open_world(database_url) as world:
        machine = type("Machine", (Ledger,), {"world": world})
        examples = settings.default.max_examples // 5  # type: ignore[union-attr]
        run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=25))
