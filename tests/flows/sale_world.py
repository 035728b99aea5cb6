"""A sandbox in which Nora buys at the Blue Door Books, and what a test of it asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.authorization import authorize
from payments.acquirer.capture import Capture
from payments.acquirer.clearing import capture
from payments.acquirer.cut_off import present_all
from payments.acquirer.expiry import due_expiries as due_payments
from payments.acquirer.expiry import expire_payment
from payments.acquirer.payment import Order, Payment
from payments.acquirer.refund import Refund, refund
from payments.acquirer.reversal import PaymentReversal, reverse
from payments.issuer.expiry import due_expiries as due_authorizations
from payments.issuer.expiry import expire_authorization
from payments.issuer.inbox import receive as issuer_receives
from payments.kit.clock import DAY, instant
from payments.kit.database import Database, fetch
from payments.kit.events import Event
from payments.kit.records import Record, metadata
from payments.kit.secrets import CardNumber, Secret
from payments.kit.winding import wind_to
from payments.ledger.balance import Balance
from payments.ledger.entry import Hold, Transfer
from payments.network.inbox import receive as network_receives
from payments.network.presentment import Presentment
from payments.network.reversal import IssuerReversal
from payments.network.reversal import reverse as network_reverse
from payments.sandbox import Sandbox
from payments.seed import open_seeded
from payments.switch.faults import arm_fault, clear_faults
from payments.switch.message import Message, PresentedCard

NOON = instant(datetime(2026, 10, 14, 12, tzinfo=UTC))
WINDOW = "win_2026-10-14"

BOOKS, CAFE, CERAMICS, PAPER, PEARLS = (
    "mch_blue_door_books",
    "mch_larkspur_cafe",
    "mch_bora_ceramics",
    "mch_kitsune_paper",
    "mch_manama_pearls",
)
NORA, LIAM, MEI, THEO, ADA = (
    "4000121111104242",
    "4000121111180051",
    "4000121111150054",
    "4000121111150062",
    "4000121111160061",
)
OMAR, GRETA, LUCIA, KENJI, NOOR = (
    "4000341111140091",
    "4000561111120500",
    "4000781111190978",
    "4000901111110392",
    "4000911111180048",
)
NORAS = "first_prairie.cardholder.USD.acct_nora_patel"
NORA_OWES = "first_prairie.overdrawn.USD.acct_nora_patel"
NORA_HAD = 412_18
BOOKS_PENDING = f"harbor.merchant_pending.USD.{BOOKS}"
BOOKS_AVAILABLE = f"harbor.merchant_available.USD.{BOOKS}"

CONTACTLESS = "07"

R = TypeVar("R", bound=Record)
Posting = tuple[str, str, str, int]


@dataclass
class SaleWorld:
    sandbox: Sandbox

    @property
    def harbor(self) -> Acquirer:
        return self.sandbox.acquirers["harbor"]

    def acquirer_of(self, merchant: str) -> Acquirer:
        return self.sandbox.acquirers["summit" if merchant in (CAFE, PEARLS) else "harbor"]

    # ── what the merchant does ──

    async def authorize(self, amount: int = 58_41, card: str = NORA, merchant: str = BOOKS, **more: Any) -> Payment:
        return await authorize(self.acquirer_of(merchant), order(amount, card, merchant, **more))

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
        await self.sandbox.operator.step(wind_to, await self.now() + seconds * 1_000_000)

    async def now(self) -> int:
        return await self.sandbox.operator.step(lambda work, _: work.now)  # type: ignore[no-any-return]

    async def expire(self) -> None:
        """Let eleven days pass, more than any authorization of these lasts, and let go what that ends."""
        await self.sandbox.operator.step(wind_to, await self.now() + 11 * DAY)
        now = await self.now()
        read = self.sandbox.world.database.read_now
        for acquirer in self.sandbox.acquirers.values():
            for id in read(due_payments, acquirer.id, now):
                await acquirer.step(expire_payment, id)
        for issuer in self.sandbox.issuers.values():
            for id in read(due_authorizations, issuer.id, now):
                await issuer.step(expire_authorization, id)

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
        delay = 60 if kind == "delay" else 0
        await self.sandbox.faults.step(arm_fault, kind, sender, receiver, message, times, delay)

    async def mend(self) -> None:
        await self.sandbox.faults.step(clear_faults)

    # ── what is there ──

    def all(self, kind: type[R]) -> list[R]:
        table = kind.table()
        return self.sandbox.world.database.read_now(
            fetch, kind, sa.select(table).order_by(*table.primary_key)
        )

    def one(self, kind: type[R], key: str) -> R:
        return next(each for each in self.all(kind) if kind.shape.key_of(each) == key)

    def only(self, kind: type[R]) -> R:
        (row,) = self.all(kind)
        return row

    def balance(self, account_id: str) -> int:
        return sum(each.ledger for each in self.all(Balance) if each.account == account_id)

    def available(self, account_id: str) -> int:
        return sum(each.available for each in self.all(Balance) if each.account == account_id)

    def held(self) -> int:
        """How much is held anywhere."""
        return sum(each.remaining for each in self.all(Hold))

    def postings(self, event: str) -> dict[str, list[Posting]]:
        """Every transfer of the event, by book: its kind, what is debited, what is credited, the amount."""
        rows: dict[str, list[Posting]] = {}
        for each in self.all(Transfer):
            if each.event == event:
                debit, credit = (side.partition(".")[2] for side in (each.debit_account, each.credit_account))
                rows.setdefault(each.book, []).append((each.kind, debit, credit, each.amount))
        return rows

    def events(self, reference: str) -> list[str]:
        return [each.type for each in self.all(Event) if each.reference == reference]

    def books_agree(self) -> None:
        """What the network owes a member is what that member says it is owed, and the other way round."""
        balances = self.all(Balance)

        def total(start: str) -> int:
            return sum(each.ledger for each in balances if each.account == start)

        for member in [*self.sandbox.acquirers, *self.sandbox.issuers]:
            for currency in ("USD", "EUR", "JPY", "BHD"):
                assert total(f"opennet.due_to_member.{currency}.{member}") == total(
                    f"{member}.due_from_network.{currency}"
                )
                assert total(f"opennet.due_from_member.{currency}.{member}") == total(
                    f"{member}.due_to_network.{currency}"
                )

    def nothing_is_left_open(self) -> None:
        """No money is held, no answer is waited for, and the books of all who took part agree."""
        assert self.held() == 0
        waiting: Sequence[Any] = [
            *self.all(Payment),
            *self.all(PaymentReversal),
            *self.all(IssuerReversal),
            *self.all(Capture),
        ]
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
    database = Database(url)
    metadata.drop_all(database.engine)
    metadata.create_all(database.engine)
    sandbox = await open_seeded(database, b"k" * 32, NOON, frozen=True)
    try:
        yield SaleWorld(sandbox)
    finally:
        sandbox.close()
