"""A sandbox in which the City of Alder pushes money to cards, and what a test of that asks of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import Disbursement, DisbursementOrder, disburse
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.kit.clock import SECOND
from payments.kit.records import Record
from payments.kit.secrets import CardNumber
from payments.kit.winding import wind_to
from payments.ledger.entry import Hold
from payments.network.item import Item
from payments.network.transaction import Transaction
from payments.sandbox import Sandbox
from payments.switch.faults import clear_faults
from payments.switch.message import Party, PresentedCard
from tests.flows import world
from tests.flows.world import CITY, NORA, mirrors_agree, open_world

NORAS = "first_prairie.cardholder.USD.acct_nora_patel"
FUNDS = f"harbor.sender.USD.{CITY}"

R = TypeVar("R", bound=Record)


@dataclass
class PushWorld:
    sandbox: Sandbox

    @property
    def harbor(self) -> Acquirer:
        return self.sandbox.acquirers["harbor"]

    async def push(self, amount: int = 250_00, to: str = NORA, **changes: Any) -> Disbursement:
        return await disburse(self.harbor, order(amount, to, **changes))

    async def arm(self, kind: str, hop: str, message: str, times: int = 1) -> None:
        sender, receiver = hop.split(" → ")
        await world.arm(self.sandbox, kind, sender, receiver, message, times)

    async def mend(self) -> None:
        await self.sandbox.faults.step(clear_faults)

    async def wind(self, seconds: int) -> None:
        """Set the clock forward; nothing that falls due on the way is run."""
        await self.sandbox.operator.step(wind_to, await self.now() + seconds * SECOND)

    async def now(self) -> int:
        return await self.sandbox.operator.step(lambda work, _: work.now)

    def all(self, kind: type[R]) -> list[R]:
        return world.rows(self.sandbox, kind)

    def balance(self, account_id: str) -> int:
        return world.balance(self.sandbox, account_id)

    def available(self, account_id: str) -> int:
        return world.available(self.sandbox, account_id)

    def postings(self, event: str) -> dict[str, list[tuple[str, str, str, int]]]:
        return world.postings(self.sandbox, event)

    def money_is_where_it_should_be(self) -> None:
        """Whatever was lost on the way, what the sender lost is what the recipient got, once, and the mirrors agree."""
        pushed = self.all(Disbursement)
        paid = [each for each in pushed if each.status == "paid"]
        open_ones = [each for each in pushed if each.status in ("held", "pending", "unknown")]
        spent = sum(each.amount + each.fee_amount for each in paid)
        promised = sum(each.amount + each.fee_amount for each in open_ones)
        assert self.balance(FUNDS) == 10_000_00 - spent
        assert self.available(FUNDS) == 10_000_00 - spent - promised
        held = [each for each in self.all(Hold) if each.remaining]
        assert sorted({each.owner for each in held}) == sorted(each.id for each in open_ones)
        credited = [each for each in self.all(IssuerTransaction) if each.status == "posted"]
        cleared = [each for each in self.all(Transaction) if each.response_code == "00"]
        items = self.all(Item)
        assert sorted(each.reference for each in items) == sorted(each.reference for each in cleared)
        assert {each.reference for each in paid} <= {each.reference for each in cleared}
        assert {each.reference for each in cleared} <= {each.reference for each in credited}
        if not open_ones:
            assert sorted(each.reference for each in credited) == sorted(each.reference for each in paid)
            mirrors_agree(self.sandbox)


def order(amount: int = 250_00, to: str = NORA, **changes: Any) -> DisbursementOrder:
    """The City of Alder's relief, 250.00 USD to Nora Patel's card, but for ``changes``."""
    given = {
        "claim": None,
        "sender": CITY,
        "card": PresentedCard(CardNumber(to), changes.pop("expiry", "")),
        "amount": amount,
        "currency": "USD",
        "channel": "mobile_app",
        "business_application": "GD",
        "recipient": Party("Nora Patel"),
        "statement_text": "relief",
    }
    return DisbursementOrder(**(given | changes))


@asynccontextmanager
async def push_world(url: str) -> AsyncIterator[PushWorld]:
    """A seeded sandbox whose clock stands at noon of 14 October 2026."""
    async with open_world(url) as sandbox:
        yield PushWorld(sandbox)
