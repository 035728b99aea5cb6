"""Moves: what people, programs, time and bad luck do to a sandbox, drawn and then played.

A move says what it does in numbers that mean something in any world: ``which=3`` is the fourth payment there is,
counted round. So any list of moves can be played, and a shorter one is as good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import sqlalchemy as sa

from payments import jobs
from payments.acquirer.acquirer import Acquirer
from payments.acquirer.adjustment import AdjustmentOrder, adjust
from payments.acquirer.authorization import authorize, void
from payments.acquirer.cancellation import cancel
from payments.acquirer.clearing import capture
from payments.acquirer.disbursement import DisbursementOrder, disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.held import Decision, refuse, release
from payments.acquirer.payment import Order, Payment
from payments.acquirer.payout import pay_out
from payments.acquirer.push import Disbursement
from payments.acquirer.quote import Quote, QuoteOrder
from payments.acquirer.quoting import quote
from payments.acquirer.refund import refund
from payments.acquirer.top_up import top_up
from payments.issuer.deposit import deposit
from payments.issuer.issuing import block_card, unblock_card
from payments.kit.database import Database
from payments.kit.errors import Refusal
from payments.kit.fate import durable
from payments.kit.secrets import CardNumber, Secret
from payments.kit.steps import Pending
from payments.sandbox import Sandbox
from payments.seed.people import PEOPLE, Person
from payments.seed.places import PAYERS, SHOPS, Payer, Shop
from payments.switch.faults import arm_fault, clear_faults
from payments.switch.message import Party, PresentedCard
from payments.switch.staging import stage
from tests.flows.world import KEY, rows

R = TypeVar("R")


@dataclass
class Table:
    """Where the game is played: the world's URL, the sandbox on it, and how many moves were refused."""

    url: str
    wire: bool
    sandbox: Sandbox
    refused: list[Refusal] = field(default_factory=list)

    @classmethod
    def lay(cls, url: str, wire: bool) -> Table:
        """Open the sandbox on a seeded world, its members speaking in objects or, over the ``wire``, in bytes."""
        return cls(url, wire, open_sandbox(url, wire))

    async def reopen(self) -> None:
        """Begin again as a process does that finds what one before it has left."""
        self.sandbox.close()
        self.sandbox = open_sandbox(self.url, self.wire)
        await jobs.recover(self.sandbox)

    async def play(self, move: Move, *, sharing: bool = False) -> bool:
        """Make a move, whose steps may share commits with those of others; tell whether it was refused."""
        try:
            await (durable(move.play(self)) if sharing else move.play(self))
        except Refusal as refusal:
            self.refused.append(refusal)
            return True
        return False

    def payment(self, which: int, suits: Callable[[Payment], bool]) -> Payment | None:
        """The payment that a number means: 0 is the newest that suits. ``None`` if there is none at all."""
        return self._pick(rows(self.sandbox, Payment), which, suits)

    def disbursement(self, which: int) -> Disbursement | None:
        """The disbursement that a number means: 0 is the newest whose fate is unknown."""
        return self.push(which, "unknown")

    def push(self, which: int, status: str) -> Disbursement | None:
        """The disbursement that a number means: 0 is the newest that is in this state."""
        return self._pick(rows(self.sandbox, Disbursement), which, lambda each: each.status == status)

    def quote(self, which: int) -> Quote | None:
        """The quote that a number means: 0 is the newest that is open."""
        return self._pick(rows(self.sandbox, Quote), which, lambda each: each.status == "open")

    def _pick(self, there: list[R], which: int, suits: Callable[[R], bool]) -> R | None:
        there = sorted(reversed(there), key=suits, reverse=True)
        return there[which % len(there)] if there else None

    def acquirer_of(self, thing: Any) -> Acquirer:
        """Whose it is."""
        return self.sandbox.acquirers[thing.acquirer]


def open_sandbox(url: str, wire: bool) -> Sandbox:
    """A sandbox whose SQLite does not wait for the disk: here processes die, but the machine goes on."""
    database = Database(url)
    if database.sqlite:
        sa.event.listen(
            database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF")
        )
    return Sandbox.open(database, KEY, wire)


class Move:
    """Something that is done. Raises a ``Refusal`` if the house refuses."""

    async def play(self, table: Table) -> None:
        """Do it."""
        raise NotImplementedError


# ── sales ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Pay(Move):
    """A card is presented; rarely is it said wrongly what is printed on it."""

    amount: int
    person: Person = PEOPLE[0]
    shop: Shop = SHOPS[0]
    captured: bool = False
    entry_mode: str = "81"
    cvv: str = ""
    currency: str = ""

    async def play(self, table: Table) -> None:
        card = PresentedCard(
            CardNumber(self.person.number), "", Secret(self.cvv) if self.cvv else None, self.entry_mode
        )
        order = Order(None, self.shop.id, card, self.amount, self.currency or self.shop.currency, self.captured)
        await authorize(table.sandbox.acquirers[self.shop.acquirer], order)


def is_open(payment: Payment) -> bool:
    """Can it be captured?"""
    return payment.status == "authorized"


def is_sold(payment: Payment) -> bool:
    """Can it be given back?"""
    return payment.captured_amount > payment.refunded_amount


def part(percent: int, of: int) -> int | None:
    """A part of an amount, one minor unit at least; 0 is to say nothing of it, and 101 one unit too much."""
    return None if percent == 0 else of + 1 if percent > 100 else max(1, of * percent // 100)


@dataclass(frozen=True)
class Capture(Move):
    """So many percent of what is left."""

    percent: int = 0
    final: bool = True
    which: int = 0

    async def play(self, table: Table) -> None:
        if payment := table.payment(self.which, is_open):
            amount = part(self.percent, payment.amount - payment.captured_amount)
            await capture(table.acquirer_of(payment), payment.id, amount, None, self.final)


@dataclass(frozen=True)
class CaptureWithTip(Move):
    """So many percent more than what was authorized; 20 is the most that any category allows."""

    percent: int = 20
    final: bool = True
    which: int = 0

    async def play(self, table: Table) -> None:
        if payment := table.payment(self.which, is_open):
            amount = payment.amount * (100 + self.percent) // 100
            await capture(table.acquirer_of(payment), payment.id, amount, None, self.final)


@dataclass(frozen=True)
class Void(Move):
    """The merchant cancels."""

    which: int = 0

    async def play(self, table: Table) -> None:
        if payment := table.payment(self.which, is_open):
            await void(table.acquirer_of(payment), payment.id)


@dataclass(frozen=True)
class Refund(Move):
    """So many percent of what is left."""

    percent: int = 0
    which: int = 0

    async def play(self, table: Table) -> None:
        if payment := table.payment(self.which, is_sold):
            amount = part(self.percent, payment.captured_amount - payment.refunded_amount)
            await refund(table.acquirer_of(payment), payment.id, amount)


@dataclass(frozen=True)
class PayOut(Move):
    """Ahead of the day's own payouts."""

    amount: int | None = None
    shop: Shop = SHOPS[0]

    async def play(self, table: Table) -> None:
        await pay_out(table.sandbox.acquirers[self.shop.acquirer], self.shop.id, self.amount)


# ── pushes, and money from outside ──────────────────────────────────────────────────────────────────


PROGRAMMES = {"government": "government_disbursement", "person": "person_to_person"}


@dataclass(frozen=True)
class Push(Move):
    """A sender pays money to a card; a ``suspect`` name holds it back."""

    amount: int
    person: Person = PEOPLE[0]
    payer: Payer = PAYERS[0]
    suspect: bool = False

    async def play(self, table: Table) -> None:
        card = PresentedCard(CardNumber(self.person.number))
        name = "Sanctions Test Hit" if self.suspect else self.person.holder
        order = DisbursementOrder(
            None, self.payer.id, card, self.amount, self.payer.currency, "mobile_app", "", Party(name)
        )
        order = replace(order, programme=PROGRAMMES.get(self.payer.kind, "corporate_disbursement"))
        await disburse(table.sandbox.acquirers[self.payer.acquirer], order)


@dataclass(frozen=True)
class Ask(Move):
    """A sender asks what it costs that money arrives on a card in another currency."""

    amount: int
    person: Person = PEOPLE[7]
    payer: Payer = PAYERS[0]
    arriving: bool = False

    async def play(self, table: Table) -> None:
        acquirer = table.sandbox.acquirers[self.payer.acquirer]
        to = acquirer.switch.directory.bin_of(CardNumber(self.person.number))
        amounts = (0, self.amount) if self.arriving else (self.amount, 0)
        await quote(acquirer, QuoteOrder(None, self.payer.id, to.country, to.currency, *amounts))


@dataclass(frozen=True)
class Convert(Move):
    """A sender pays by a quote, to the card it asked for or to another."""

    which: int = 0
    person: Person = PEOPLE[7]

    async def play(self, table: Table) -> None:
        if by := table.quote(self.which):
            card = PresentedCard(CardNumber(self.person.number))
            order = DisbursementOrder(
                None,
                by.sender,
                card,
                by.amount or 1,
                by.currency,
                "mobile_app",
                "",
                Party(self.person.holder),
                quote=by.id,
            )
            kind = next(each.kind for each in PAYERS if each.id == by.sender)
            order = replace(order, programme=PROGRAMMES.get(kind, "corporate_disbursement"))
            await disburse(table.acquirer_of(by), order)


@dataclass(frozen=True)
class Enquire(Move):
    """The sender asks what became of it, before the clock does."""

    which: int = 0

    async def play(self, table: Table) -> None:
        if disbursement := table.disbursement(self.which):
            await enquire(table.acquirer_of(disbursement), disbursement.id)


@dataclass(frozen=True)
class Decide(Move):
    """Somebody releases a push, or refuses it; one that is not held refuses that."""

    released: bool
    which: int = 0

    async def play(self, table: Table) -> None:
        if disbursement := table.disbursement(self.which):
            decide = release if self.released else refuse
            await decide(table.acquirer_of(disbursement), disbursement.id, Decision(None, "key_test"))


@dataclass(frozen=True)
class Stage(Move):
    """What is to become of the next push to a person's card is staged."""

    outcome: str
    person: Person = PEOPLE[0]
    seconds: int | None = 3600
    code: str = ""

    async def play(self, table: Table) -> None:
        stagings, number = table.sandbox.stagings, CardNumber(self.person.number)
        await stagings.step(
            lambda work, _: stage(work, stagings, self.outcome, number=number, seconds=self.seconds, code=self.code)
        )


@dataclass(frozen=True)
class Cancel(Move):
    """The sender thinks better of a push that is deferred."""

    which: int = 0

    async def play(self, table: Table) -> None:
        if deferred := table.push(self.which, "deferred"):
            await cancel(table.acquirer_of(deferred), deferred.id)


@dataclass(frozen=True)
class Adjust(Move):
    """The sender wants so many percent of what is left of a push back."""

    percent: int = 0
    which: int = 0

    async def play(self, table: Table) -> None:
        if pushed := table.push(self.which, "paid"):
            amount = part(self.percent, pushed.amount - pushed.taken_back_amount)
            await adjust(table.acquirer_of(pushed), AdjustmentOrder(None, pushed.id, amount))


@dataclass(frozen=True)
class Deposit(Move):
    """A cardholder pays in, or off."""

    amount: int
    person: Person = PEOPLE[0]

    async def play(self, table: Table) -> None:
        await deposit(table.sandbox.issuers[self.person.issuer], self.person.account, self.amount)


@dataclass(frozen=True)
class TopUp(Move):
    """A sender pays in."""

    amount: int
    payer: Payer = PAYERS[0]

    async def play(self, table: Table) -> None:
        await top_up(table.sandbox.acquirers[self.payer.acquirer], self.payer.id, self.amount)


@dataclass(frozen=True)
class Block(Move):
    """The bank blocks a card, or lets it pay again."""

    person: Person = PEOPLE[0]
    again: bool = False

    async def play(self, table: Table) -> None:
        step = unblock_card if self.again else block_card
        await table.sandbox.issuers[self.person.issuer].step(step, self.person.card)


# ── time and bad luck ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Wind(Move):
    """Time passes, and what falls due is done."""

    duration: int

    async def play(self, table: Table) -> None:
        await jobs.wind_by(table.sandbox, self.duration)


@dataclass(frozen=True)
class WindToNext(Move):
    """Time passes until the next thing is due."""

    async def play(self, table: Table) -> None:
        await jobs.wind_to_next(table.sandbox)


@dataclass(frozen=True)
class Break(Move):
    """The next messages of a kind go wrong on the way; one that is delayed comes too late."""

    kind: str
    message: str = ""
    hop: tuple[str, str] = ("", "")
    times: int = 1

    async def play(self, table: Table) -> None:
        await table.sandbox.faults.step(arm_fault, self.kind, *self.hop, self.message, self.times, 60)


@dataclass(frozen=True)
class Mend(Move):
    """Nothing goes wrong any more."""

    async def play(self, table: Table) -> None:
        await table.sandbox.faults.step(clear_faults)


@dataclass(frozen=True)
class Together(Move):
    """Several moves at once, as a door makes them: none waits for another, and steps share commits."""

    moves: tuple[Move, ...]

    async def play(self, table: Table) -> None:
        await asyncio.gather(*(table.play(each, sharing=True) for each in self.moves))


@dataclass(frozen=True)
class Crash(Move):
    """Several moves at once, and then the process dies: after so many rounds, of the last of which nobody hears.

    Another takes its place, finds what was left, and goes on with it.
    """

    moves: tuple[Move, ...]
    rounds: int = 1

    async def play(self, table: Table) -> None:
        steps, loop, dead = table.sandbox.world.steps, asyncio.get_running_loop(), asyncio.Event()
        hand_over, left = steps._hand_over, self.rounds

        def until_it_dies(round: list[Pending], last: bool, done: Callable[[list[Pending]], object]) -> None:
            nonlocal left
            left -= 1
            if left > 0:
                hand_over(round, last, done)
            elif left == 0:
                hand_over(round, last, lambda _: loop.call_soon_threadsafe(dead.set))

        steps._hand_over = until_it_dies
        tasks: list[asyncio.Task[bool]] = [
            asyncio.create_task(table.play(Together(self.moves))),
            asyncio.create_task(dead.wait()),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for each in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(each, Exception):  # it did not only stop: it went wrong
                raise each
        await table.reopen()
