"""A sandbox in which Nora buys at the Blue Door Books, and what a test of it asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.authorization import authorize
from payments.acquirer.capture import Capture
from payments.acquirer.clearing import capture
from payments.acquirer.cut_off import present_all
from payments.acquirer.expiry import expire_payment
from payments.acquirer.payment import Order, Payment
from payments.acquirer.refund import Refund, RefundItem, refund
from payments.acquirer.reversal import PaymentReversal, reverse
from payments.issuer.expiry import expire_authorization
from payments.issuer.inbox import receive as issuer_receives
from payments.issuer.transaction import Transaction
from payments.kit.clock import DAY, SECOND
from payments.kit.events import Event
from payments.kit.records import Record
from payments.kit.secrets import CardNumber, Secret
from payments.ledger.entry import Hold
from payments.network.inbox import receive as network_receives
from payments.network.presentment import Presentment
from payments.network.reversal import IssuerReversal
from payments.network.reversal import reverse as network_reverse
from payments.sandbox import Sandbox
from payments.switch.message import Message, PresentedCard
from payments.verify import verify
from tests.flows import world
from tests.flows.world import BOOKS, CAFE, NORA, open_world

CERAMICS, PAPER, PEARLS = "mch_bora_ceramics", "mch_kitsune_paper", "mch_manama_pearls"
LIAM, MEI, THEO, ADA = "4000121111180051", "4000121111150054", "4000121111150062", "4000121111160061"
LUCIA, KENJI, NOOR = "4000781111190978", "4000901111110392", "4000911111180048"
NORAS = "first_prairie.cardholder.USD.acct_nora_patel"
NORA_OWES = "first_prairie.overdrawn.USD.acct_nora_patel"
NORA_HAD = 412_18
BOOKS_PENDING = f"harbor.merchant_pending.USD.{BOOKS}"
BOOKS_AVAILABLE = f"harbor.merchant_available.USD.{BOOKS}"

CONTACTLESS = "07"

R = TypeVar("R", bound=Record)


@dataclass
class SaleWorld:
    sandbox: Sandbox

    @property
    def harbor(self) -> Acquirer:
        return self.sandbox.acquirers["harbor"]

    # ── what the merchant does ──

    async def authorize(self, amount: int = 58_41, card: str = NORA, merchant: str = BOOKS, **more: Any) -> Payment:
        acquirer = self.sandbox.acquirers["summit" if merchant in (CAFE, PEARLS) else "harbor"]
        return await authorize(acquirer, order(amount, card, merchant, **more))

    async def capture(self, payment: Payment, amount: int | None = None, **more: Any) -> Payment:
        return await capture(self.sandbox.acquirers[payment.acquirer], payment.id, amount, **more)

    async def buy(self, amount: int = 58_41, card: str = NORA, merchant: str = BOOKS, **more: Any) -> Payment:
        """Authorize and capture at once."""
        return await self.authorize(amount, card, merchant, capture=True, **more)

    async def sell(self, amount: int = 58_41, card: str = NORA, merchant: str = BOOKS, **more: Any) -> Payment:
        """Buy, and clear."""
        bought = await self.buy(amount, card, merchant, **more)
        await self.cut_off()
        return self.one(Payment, bought.id)

    async def refund(self, payment: Payment, amount: int | None = None, **more: Any) -> Refund:
        return await refund(self.sandbox.acquirers[payment.acquirer], payment.id, amount, **more)

    # ── what time does ──

    async def cut_off(self) -> None:
        for acquirer in self.sandbox.acquirers.values():
            await present_all(acquirer)

    async def wind(self, seconds: int) -> None:
        await world.wind(self.sandbox, await self.now() + seconds * SECOND)

    async def now(self) -> int:
        return await self.sandbox.operator.step(lambda work, _: work.now)

    async def expire(self, days: int = 11) -> None:
        """Let days pass (after eleven, no authorization of these is left) and let go what that ends."""
        await self.wind(days * DAY // SECOND)
        for payment in self.all(Payment):
            await self.sandbox.acquirers[payment.acquirer].step(expire_payment, payment.id)
        for transaction in self.all(Transaction):
            await self.sandbox.issuers[transaction.issuer].step(expire_authorization, transaction.id)

    async def repeat_reversals(self) -> None:
        """Repeat what waits for an answer, as the clock does."""
        for reversal in self.all(PaymentReversal):
            await reverse(self.sandbox.acquirers[reversal.acquirer], reversal.id)
        for owed in self.all(IssuerReversal):
            await network_reverse(self.sandbox.network, owed.id)

    # ── one party alone ──

    async def to_network(self, message: Message) -> Any:
        return await network_receives(self.sandbox.network, message)

    async def to_issuer(self, message: Message) -> Any:
        return await issuer_receives(self.sandbox.issuers["first_prairie"], message)

    # ── what goes wrong ──

    async def arm(self, kind: str, hop: str, message: str, times: int = 1) -> None:
        sender, receiver = hop.split(" → ")
        await world.arm(self.sandbox, kind, sender, receiver, message, times)

    # ── what is there ──

    def all(self, kind: type[R]) -> list[R]:
        return world.rows(self.sandbox, kind)

    def one(self, kind: type[R], key: str) -> R:
        return next(each for each in self.all(kind) if kind.shape.key_of(each) == key)

    def only(self, kind: type[R]) -> R:
        (row,) = self.all(kind)
        return row

    def balance(self, account_id: str) -> int:
        return world.balance(self.sandbox, account_id)

    def available(self, account_id: str) -> int:
        return world.available(self.sandbox, account_id)

    def postings(self, event: str) -> dict[str, list[tuple[str, str, str, int]]]:
        return world.postings(self.sandbox, event)

    def held(self) -> int:
        """How much is held anywhere."""
        return sum(each.remaining for each in self.all(Hold))

    def events(self, reference: str) -> list[str]:
        return [each.type for each in self.all(Event) if each.reference == reference]

    def books_agree(self) -> None:
        """What the network owes a member is what that member says it is owed, and the other way round."""
        world.mirrors_agree(self.sandbox)
        self.verifies()

    def verifies(self) -> None:
        assert verify(self.sandbox.world.database) == []

    def nothing_is_left_open(self) -> None:
        """No money is held, no answer is waited for, and the books of all who took part agree."""
        assert self.held() == 0
        kinds = (Payment, PaymentReversal, IssuerReversal, Capture, RefundItem)
        waiting: Sequence[Any] = [each for kind in kinds for each in self.all(kind)]
        assert [each for each in waiting if each.answer_due_at is not None] == []
        assert [each.arn for each in self.all(Presentment) if each.status == "forwarded"] == []
        self.books_agree()


def order(
    amount: int = 58_41,
    card: str = NORA,
    merchant: str = BOOKS,
    *,
    currency: str = "USD",
    cvv: str | None = "123",
    expiry: str = "",
    entry_mode: str = CONTACTLESS,
    **more: Any,
) -> Order:
    """What Nora buys for 58.41 USD at the Blue Door Books, but for what is said otherwise."""
    presented = PresentedCard(CardNumber(card), expiry, Secret(cvv) if cvv else None, entry_mode)
    return Order(more.pop("claim", None), merchant, presented, amount, currency, **more)


@asynccontextmanager
async def sale_world(url: str) -> AsyncIterator[SaleWorld]:
    """A seeded sandbox whose clock stands at noon of 14 October 2026, a Wednesday."""
    async with open_world(url) as sandbox:
        yield SaleWorld(sandbox)
