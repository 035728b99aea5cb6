"""A seeded sandbox at noon of an ordinary Wednesday, and what a test of money between members asks of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa

from payments.acquirer.authorization import authorize
from payments.acquirer.capture import Capture
from payments.acquirer.clearing import present
from payments.acquirer.disbursement import Disbursement, DisbursementOrder, disburse
from payments.acquirer.payment import Order, Payment
from payments.bank.bank import Bank
from payments.kit.clock import instant
from payments.kit.database import Database, fetch
from payments.kit.records import Record
from payments.kit.secrets import CardNumber
from payments.kit.winding import wind_to
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Transfer, book, transfer
from payments.sandbox import Sandbox
from payments.switch.faults import arm_fault
from payments.switch.message import Party, PresentedCard

BOOKS = "mch_blue_door_books"
CAFE = "mch_larkspur_cafe"
CITY = "snd_city_of_alder"
NORA = "4000121111104242"
OMAR = "4000341111140091"
GRETA = "4000561111120500"

KEY = b"k" * 32
WINDOW = "win_2026-10-14"
NOON = instant(datetime(2026, 10, 14, 12, tzinfo=UTC))
CLOSES = instant(datetime(2026, 10, 14, 23, 45, tzinfo=UTC))
SETTLES = instant(datetime(2026, 10, 15, 10, tzinfo=UTC))

R = TypeVar("R", bound=Record)


class ByWire(str):
    """The URL of a database whose members are to send one another bytes, not objects."""

    __slots__ = ()


@asynccontextmanager
async def open_world(url: str) -> AsyncIterator[Sandbox]:
    """A sandbox on a seeded database, its clock standing at noon of 14 October 2026."""
    sandbox = Sandbox.open(Database(url), KEY, wire=isinstance(url, ByWire))
    try:
        yield sandbox
    finally:
        sandbox.close()


async def wind(sandbox: Sandbox, to: int) -> None:
    """Set the clock; nothing that falls due on the way is run."""
    await sandbox.operator.step(wind_to, to)


async def arm(sandbox: Sandbox, kind: str, sender: str, receiver: str, message: str, times: int = 1) -> None:
    """Break the next messages of a kind on one hop; a delayed one comes too late."""
    await sandbox.faults.step(arm_fault, kind, sender, receiver, message, times, 60)


# ── money moves ─────────────────────────────────────────────────────────────────────────────────────


async def sell(sandbox: Sandbox, amount: int, number: str = NORA, merchant: str = BOOKS) -> Payment:
    """Sell by card and have it cleared."""
    acquirer = sandbox.acquirers["summit" if merchant == CAFE else "harbor"]
    order = Order(None, merchant, PresentedCard(CardNumber(number)), amount, "USD", capture=True)
    payment = await authorize(acquirer, order)
    for capture in [each for each in rows(sandbox, Capture) if each.payment == payment.id]:
        await present(acquirer, capture.id)
    return payment


async def push(sandbox: Sandbox, amount: int, number: str = NORA) -> Disbursement:
    """Have the City of Alder push money to a card."""
    card = PresentedCard(CardNumber(number))
    order = DisbursementOrder(None, CITY, card, amount, "USD", "mobile_app", "GD", Party("Nora Patel"))
    return await disburse(sandbox.acquirers["harbor"], order)


async def withdraw(sandbox: Sandbox, member: Institution, amount: int) -> None:
    """Take reserve out again, on both sides at once: what is left is less than a member may owe."""
    await member.step(_give_back_capital, amount)
    await sandbox.bank.step(_pay_out_reserve, member.id, amount)


def _give_back_capital(work: Work, member: Institution, amount: int) -> None:
    cash, equity = (account(work, member.id, code, "USD") for code in ("settlement_cash", "equity"))
    book(work, "withdraw", "", transfer(equity, cash, amount, "capital"))


def _pay_out_reserve(work: Work, bank: Bank, member: str, amount: int) -> None:
    vault, reserve = account(work, bank.id, "vault", "USD"), account(work, bank.id, "reserve", "USD", member)
    work.get(Balance, reserve.id)
    book(work, "withdraw", "", transfer(reserve, vault, amount, "capital"))


# ── what is there now ───────────────────────────────────────────────────────────────────────────────


def rows(sandbox: Sandbox, kind: type[R]) -> list[R]:
    """Every row of a table, in the order of its key."""
    table = kind.table()
    return sandbox.world.database.read_now(fetch, kind, sa.select(table).order_by(*table.primary_key))


def balances(sandbox: Sandbox) -> dict[str, int]:
    """The ledger balance of every account that ever moved, its stripes taken together."""
    found: dict[str, int] = {}
    for each in rows(sandbox, Balance):
        found[each.account] = found.get(each.account, 0) + each.ledger
    return {account: amount for account, amount in found.items() if amount}


def balance(sandbox: Sandbox, account_id: str) -> int:
    """The ledger balance of one account."""
    return balances(sandbox).get(account_id, 0)


def available(sandbox: Sandbox, account_id: str) -> int:
    """What is left of an account when its holds are honoured."""
    return sum(each.available for each in rows(sandbox, Balance) if each.account == account_id)


def postings(sandbox: Sandbox, event: str, since: int = 0) -> dict[str, list[tuple[str, str, str, int]]]:
    """Every transfer of an event, by book: its kind, what is debited, what is credited, the amount."""
    found: dict[str, list[tuple[str, str, str, int]]] = {}
    for each in rows(sandbox, Transfer):
        if each.event == event and each.at >= since:
            debit, credit = (side.partition(".")[2] for side in (each.debit_account, each.credit_account))
            found.setdefault(each.book, []).append((each.kind, debit, credit, each.amount))
    return found


def mirrors_agree(sandbox: Sandbox) -> None:
    """What any two members say of each other is the same, in every currency: nothing is on its way."""
    found = balances(sandbox)
    for currency in ("USD", "EUR", "JPY", "BHD"):
        for member in (*sandbox.issuers, *sandbox.acquirers):
            for ours, theirs in (("due_from_member", "due_to_network"), ("due_to_member", "due_from_network")):
                assert found.get(f"opennet.{ours}.{currency}.{member}", 0) == found.get(
                    f"{member}.{theirs}.{currency}", 0
                ), f"{member}, {theirs}"
        for member in (*sandbox.issuers, *sandbox.acquirers, "opennet"):
            assert found.get(f"reserve_bank.reserve.{currency}.{member}", 0) == found.get(
                f"{member}.settlement_cash.{currency}", 0
            ), f"{member}'s reserve in {currency}"
