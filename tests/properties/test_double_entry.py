"""Whatever is entered, every book balances, and all ways of asking what it says give the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.kit.event_log import seal
from payments.kit.winding import wind_to
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.ledger.account import ASSET, EQUITY, EXPENSE, INCOME, LIABILITY, Book
from payments.ledger.balance import InsufficientFunds
from payments.ledger.chart import account, open_account
from payments.ledger.entry import Hold, Line, book, expire, hold, post, release, transfer
from payments.ledger.statement import StatementLine, balance_at, current_balance, statement
from payments.ledger.trial_balance import TrialBalance, trial_balance, trial_balance_at, trial_balance_at_event
from tests import kernel
from tests.kernel import run
from tests.properties.conftest import Worlds

CURRENCIES = ("USD", "JPY")
KINDS = {"cash": ASSET, "due": LIABILITY, "equity": EQUITY, "fees": INCOME, "costs": EXPENSE}
GUARDED = (
    "deposit",
    "line",
    "debt",
)  # may not fall below 0; may not rise above 100; an asset that may not fall below 0
CODES = (*KINDS, *GUARDED)
BANKS = 2
EXAMPLES: int = settings.default.max_examples  # type: ignore[union-attr]


@dataclass(frozen=True)
class Drawn:
    """A line as it is drawn; what it does not need is left alone. ``of`` says which hold, counted round."""

    kind: str
    debit: str
    credit: str
    amount: int
    of: int


@dataclass(frozen=True)
class Entry:
    """Lines booked together in one bank's book and one currency, some time after the entry before."""

    bank: int
    currency: str
    lines: tuple[Drawn, ...]
    after: int


sides = st.lists(st.sampled_from(CODES), min_size=2, max_size=2, unique=True)
lines = st.builds(
    lambda kind, sides, amount, of: Drawn(kind, sides[0], sides[1], amount, of),
    st.sampled_from(("transfer", "transfer", "hold", "post", "release", "expire")),
    sides,
    st.integers(1, 120),
    st.integers(0, 5),
)
entries = st.builds(
    Entry,
    st.integers(0, BANKS - 1),
    st.sampled_from(CURRENCIES),
    st.lists(lines, min_size=1, max_size=4).map(tuple),
    st.sampled_from((0, 0, 1, 1_000_000)),
)


def test_every_book_balances_and_every_way_of_asking_agrees(worlds: Worlds) -> None:
    examples = EXAMPLES // {"sqlite": 3, "postgresql": 10}[worlds.engine]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.lists(entries, max_size=15), st.integers(1, 7))
    def enter(drawn: list[Entry], lines_a_page: int) -> None:
        with worlds.empty() as url, kernel.open_world(url) as world:
            Books(world).check(drawn, lines_a_page)

    enter()


class Books:
    """Two new books, and what they said in the course of time."""

    def __init__(self, world: World) -> None:
        self.read = world.database.read_now
        self.operator = Institution("sandbox", "Sandbox", world)
        self.banks = [Institution(f"bank{n}", "Bank", world) for n in range(BANKS)]
        for bank in self.banks:
            run(bank, open_book)
        self.said_at: dict[tuple[str, int], dict[str, int]] = {}
        self.said_after: dict[tuple[str, int], dict[str, int]] = {}

    def check(self, drawn: list[Entry], lines_a_page: int) -> None:
        for entry in drawn:
            self.enter(entry)
        for (book_id, at), said in self.said_at.items():
            assert amounts(self.read(trial_balance_at, book_id, at)) == said
        for (book_id, position), said in self.said_after.items():
            assert amounts(self.read(trial_balance_at_event, book_id, position)) == said
        for bank in self.banks:
            for id in account_ids(bank):
                self.check_statement(id, lines_a_page)

    def enter(self, entry: Entry) -> None:
        bank = self.banks[entry.bank]
        before = amounts(self.read(trial_balance, bank.id))
        now = run(self.operator, pass_time, entry.after)
        try:
            run(bank, enter, entry)
        except InsufficientFunds:
            assert amounts(self.read(trial_balance, bank.id)) == before
        position = run(self.operator, seal)
        for each in self.banks:
            said = amounts(self.read(trial_balance, each.id))
            self.said_at[each.id, now] = self.said_after[each.id, position] = said

    def check_statement(self, id: str, lines_a_page: int) -> None:
        """At each line that is the last of its instant, the running balance is the balance as of that instant."""
        lines = self.whole_statement(id, lines_a_page)
        assert (lines[0].balance if lines else 0) == self.read(current_balance, id).ledger
        for at, of_instant in groupby(lines, key=lambda each: each.transfer.at):
            assert next(of_instant).balance == self.read(balance_at, id, at)
        older = [*(each.balance for each in lines[1:]), 0]
        assert [each.balance - each.amount * each.moved for each in lines] == older[: len(lines)]

    def whole_statement(self, id: str, lines_a_page: int) -> list[StatementLine]:
        page = self.read(statement, id, lines_a_page)
        lines = page.lines
        while page.next:
            page = self.read(statement, id, lines_a_page, page.next)
            lines += page.lines
        return lines


def amounts(balance: TrialBalance) -> dict[str, int]:
    """Every account's balance, debits up; it is made sure that they balance, in each currency."""
    assert balance.balanced
    for currency in CURRENCIES:
        assert sum(each.debit - each.credit for each in balance.rows if each.account.currency == currency) == 0
    return {each.account.id: each.debit - each.credit for each in balance.rows if each.debit or each.credit}


def account_ids(bank: Institution) -> list[str]:
    return [f"{bank.id}.{code}.{currency}" for code in CODES for currency in CURRENCIES]


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────


def open_book(work: Work, bank: Institution) -> None:
    work.add(Book(bank.id, bank.name, work.now))
    for currency in CURRENCIES:
        for code, kind in KINDS.items():
            open_account(work, bank.id, code, currency, kind, name=code)
        open_account(work, bank.id, "deposit", currency, LIABILITY, name="Deposit", floor=0)
        open_account(work, bank.id, "line", currency, ASSET, name="Line of credit", ceiling=100)
        open_account(work, bank.id, "debt", currency, ASSET, name="Debt", floor=0)


def pass_time(work: Work, operator: Institution, duration: int) -> int:
    wind_to(work, operator, work.now + duration)
    return work.now + duration


def enter(work: Work, bank: Institution, entry: Entry) -> None:
    """Book the lines together; each may use one of the holds there were before."""
    held = [each for each in holds_of(work, bank) if each.debit_account.endswith(f".{entry.currency}")]
    booked = [line_of(work, bank, entry.currency, each, held) for each in entry.lines]
    book(work, "test", bank.id, *filter(None, booked))


def line_of(work: Work, bank: Institution, currency: str, drawn: Drawn, held: list[Hold]) -> Line | None:
    debit, credit = (account(work, bank.id, code, currency) for code in (drawn.debit, drawn.credit))
    if drawn.kind == "transfer":
        return transfer(debit, credit, drawn.amount, "test")
    if drawn.kind == "hold":
        return hold(work.new_id("hold"), bank.id, debit, credit, drawn.amount, "test")
    if not held:
        return None
    chosen = held.pop(drawn.of % len(held))  # each at most once in an entry: its rest is counted before it is booked
    if drawn.kind == "post":
        return post(chosen, drawn.amount)
    return release(chosen, min(drawn.amount, chosen.remaining)) if drawn.kind == "release" else expire(chosen)


def holds_of(work: Work, bank: Institution) -> list[Hold]:
    table = Hold.table()
    return work.records(Hold, table.select().where(table.c.owner == bank.id).order_by(table.c.id))
