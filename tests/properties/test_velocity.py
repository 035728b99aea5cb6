"""The velocity counters decide, and say, what a slow model does that adds up everything ever pushed to a card."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from payments.kit.clock import DAY
from payments.kit.database import Database
from payments.kit.secrets import CardNumber
from payments.kit.winding import wind_to
from payments.network.card_limit import set_card_limit
from payments.network.enquiry import ask_issuer
from payments.network.inbox import receive
from payments.network.programme import WINDOWS
from payments.network.transaction import Transaction
from payments.network.velocity import CardVelocity, counted, in_window
from payments.sandbox import Sandbox
from payments.switch.message import (
    CardAcceptor,
    Enquiry,
    EnquiryReply,
    OriginalCredit,
    OriginalCreditReply,
    Party,
    PresentedCard,
)
from payments.switch.switch import NoReply
from payments.verify.push_limits import miscounted_cards
from tests.flows.world import KEY, NOON, rows
from tests.properties.conftest import Worlds

APPLICATIONS = ("GD", "PP")
APPROVED, DECLINED, LOST, FOUND, REFUSED = "approved", "declined", "never arrived", "found paid", "found declined"
LIMITS = tuple(f"{what}_{days}d" for what in ("amount", "count") for days in WINDOWS)
CARDS = count(1)


@dataclass(frozen=True)
class Pushed:
    """A push: for how much, for what, by whom, and what the issuer makes of it."""

    amount: int
    application: str
    acquirer: str
    outcome: str


@dataclass(frozen=True)
class Round:
    """So many days later, whether what was lost is asked about first, and pushes that arrive together."""

    days: int
    asks: bool
    pushes: list[Pushed]


@dataclass
class Remembered:
    """What the model knows of a push that was forwarded."""

    day: int
    push: Pushed
    rrn: str
    counts: bool = True
    open: bool = False


@dataclass
class Model:
    """Everything that was ever forwarded, and what may be."""

    limits: dict[str, dict[str, int | None]]
    forwarded: list[Remembered] = field(default_factory=list)

    def window(self, today: int, days: int, application: str) -> tuple[int, int]:
        """How often and how much, in the last days."""
        found = [
            each.push.amount
            for each in self.forwarded
            if each.counts and today - days < each.day <= today and application in ("", each.push.application)
        ]
        return len(found), sum(found)

    def decide(self, today: int, push: Pushed) -> str:
        """The code by which the network declines, or ''."""
        for application in ("", push.application):
            limits = self.limits.get(application, {})
            for days in WINDOWS:
                times, total = self.window(today, days, application)
                most, often = limits.get(f"amount_{days}d"), limits.get(f"count_{days}d")
                if most is not None and total + push.amount > most:
                    return "61"
                if often is not None and times + 1 > often:
                    return "65"
        return ""


pushes = st.builds(
    Pushed,
    st.integers(1, 9),
    st.sampled_from(APPLICATIONS),
    st.sampled_from(("harbor", "summit")),
    st.sampled_from((APPROVED, APPROVED, APPROVED, DECLINED, LOST, FOUND, REFUSED)),
)
rounds = st.builds(Round, st.sampled_from((0, 0, 1, 1, 2, 5, 12)), st.booleans(), st.lists(pushes, max_size=5))
maybe = st.none() | st.integers(0, 30)
limits = st.fixed_dictionaries({name: maybe for name in LIMITS})
EXAMPLES: int = settings.default.max_examples  # type: ignore[union-attr]


def test_counters_and_slow_model_agree(worlds: Worlds) -> None:
    with worlds.seeded() as url, asyncio.Runner() as runner:
        sandbox = runner.run(opened(url))

        @settings(max_examples=EXAMPLES)
        @given(st.fixed_dictionaries({name: limits for name in ("", *APPLICATIONS)}), st.lists(rounds, max_size=8))
        def play(limits: dict[str, dict[str, int | None]], rounds: list[Round]) -> None:
            runner.run(Game(sandbox, Model(limits)).play(rounds))

        try:
            play()
            assert sandbox.world.database.read_now(lambda connection: list(miscounted_cards(connection))) == []
        finally:
            sandbox.close()


async def opened(url: str) -> Sandbox:
    return Sandbox.open(Database(url), KEY)


class Game:
    """A game on a card that nobody has pushed to before; the test is its issuer."""

    def __init__(self, sandbox: Sandbox, model: Model) -> None:
        self.sandbox, self.model = sandbox, model
        self.card = CardNumber(f"400012{next(CARDS):010}")
        self.outcomes: dict[str, str] = {}
        self.stans = count(1)
        sandbox.switch.connect("first_prairie", self.issue)

    async def play(self, rounds: list[Round]) -> None:
        network = self.sandbox.network
        for application, limits in self.model.limits.items():
            await network.step(set_card_limit, "USD", application, limits)
        for each in rounds:
            now = await self.now()
            await self.sandbox.operator.step(wind_to, now + each.days * DAY)
            if each.asks:
                await self.ask()
            await self.push(each.pushes)
            await self.counters_agree()
        await self.ask()
        await self.counters_agree()

    async def now(self) -> int:
        return await self.sandbox.operator.step(lambda work, _: work.now)

    async def push(self, pushes: list[Pushed]) -> None:
        """Pushes that arrive together: the network has seen all of them before any is answered."""
        today, expected, sent = await self.now() // DAY, [], []
        for push in pushes:
            stan = next(self.stans)
            rrn = f"{self.card.reveal()[-8:]}{stan:04}"
            code = self.model.decide(today, push)
            expected.append(code)
            self.outcomes[rrn] = push.outcome
            if not code:
                self.model.forwarded.append(Remembered(today, push, rrn))
            sent.append(credit(push, self.card, rrn, stan))
        answers = await asyncio.gather(*(receive(self.sandbox.network, each) for each in sent), return_exceptions=True)
        for code, push, answer in zip(expected, pushes, answers, strict=True):
            if code or push.outcome in (APPROVED, DECLINED):
                assert not isinstance(answer, BaseException), answer
                assert answer.code == (code or {APPROVED: "00", DECLINED: "05"}[push.outcome])
            else:
                assert isinstance(answer, NoReply)
        for each in self.model.forwarded:
            if each.rrn in {message.rrn for message in sent}:
                each.counts = each.push.outcome != DECLINED
                each.open = each.push.outcome not in (APPROVED, DECLINED)

    async def ask(self) -> None:
        """Find out what became of everything that is open."""
        known = {each.reference: each.id for each in rows(self.sandbox, Transaction)} if self.open() else {}
        for each in self.open():
            await ask_issuer(self.sandbox.network, known[each.rrn])
            each.open, each.counts = False, each.push.outcome == FOUND

    def open(self) -> list[Remembered]:
        return [each for each in self.model.forwarded if each.open]

    async def counters_agree(self) -> None:
        now, card = await self.now(), self.sandbox.world.vault.fingerprint(self.card)
        found = next((each for each in rows(self.sandbox, CardVelocity) if each.card == card), None)
        for application in ("", *APPLICATIONS):
            for days in WINDOWS:
                expected = self.model.window(now // DAY, days, application)
                assert in_window(counted(found), days, now, application) == expected

    async def issue(self, message: Any) -> Any:
        """Answer, or be silent, as the outcome of the push has it."""
        outcome = self.outcomes[message.rrn]
        if isinstance(message, Enquiry):
            original = None if outcome == LOST else reply(message, "00" if outcome == FOUND else "05")
            return EnquiryReply(**envelope(message), code="25" if outcome == LOST else "00", original=original)
        if outcome in (LOST, FOUND, REFUSED):
            raise NoReply
        return reply(message, "00" if outcome == APPROVED else "05")


def envelope(message: Any) -> dict[str, Any]:
    names = ("stan", "rrn", "transmitted_at", "network_id")
    ends = {"sender": message.receiver, "receiver": message.sender, "decided_by": message.receiver}
    return {name: getattr(message, name) for name in names} | ends


def reply(message: Any, code: str) -> OriginalCreditReply:
    amount = getattr(message, "amount", 0)
    return OriginalCreditReply(**envelope(message), code=code, amount=amount, currency="USD")


def credit(push: Pushed, card: CardNumber, rrn: str, stan: int) -> OriginalCredit:
    return OriginalCredit(
        sender=push.acquirer,
        receiver="opennet",
        acquirer="400100" if push.acquirer == "harbor" else "400200",
        stan=f"{stan:06}",
        rrn=rrn,
        transmitted_at=NOON,
        card=PresentedCard(card),
        amount=push.amount,
        currency="USD",
        acceptor=CardAcceptor("1", "City of Alder", "Alder", "US", "6012"),
        business_application=push.application,
        channel="api",
        payer=Party("City of Alder"),
        recipient=Party("Nora Patel"),
    )
