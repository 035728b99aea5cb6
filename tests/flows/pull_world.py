"""A sandbox in which a merchant pulls money from cards, and what a test of that asks of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from payments.acquirer.funding import pull
from payments.acquirer.person_to_person import Transfer, TransferOrder
from payments.acquirer.pull import Funding, FundingOrder
from payments.acquirer.transfer import transfer
from payments.jobs import wind_by
from payments.kit.clock import SECOND
from payments.kit.secrets import CardNumber
from payments.switch.message import Party, PresentedCard
from payments.verify import verify
from tests.flows.push_world import PushWorld
from tests.flows.world import NORA, OMAR, mirrors_agree, open_world

SHOP = "snd_blue_door_books"
NORAS = "first_prairie.cardholder.USD.acct_nora_patel"
OMARS = "coastline.cardholder.USD.acct_omar_diallo"
FUNDS = f"harbor.sender.USD.{SHOP}"
WAITING = f"harbor.transfers.USD.{SHOP}"
FROM_SHOP = {"sender": SHOP, "business_application": "MD"}
"""A push of that merchant's own."""
FEE = 95
"""What a transfer costs, in cents."""


@dataclass
class PullWorld(PushWorld):
    async def pull(self, amount: int = 100_00, number: str = NORA, **changes: Any) -> Funding:
        return await pull(self.harbor, funding_order(amount, number, **changes))

    async def transfer(self, amount: int = 100_00, **changes: Any) -> Transfer:
        return await transfer(self.harbor, transfer_order(amount, **changes))

    async def run_jobs(self, seconds: int) -> None:
        """Wind the clock forward, running what falls due on the way."""
        await wind_by(self.sandbox, seconds * SECOND)

    def funding(self) -> Funding:
        return self.all(Funding)[-1]

    def moved(self) -> dict[str, int]:
        """How far the two cards, the sender's own money and what waits are from where they began."""
        began = {NORAS: 412_18, OMARS: 1_250_00, FUNDS: 1_000_00, WAITING: 0}
        names = {"nora": NORAS, "omar": OMARS, "shop": FUNDS, "waiting": WAITING}
        return {name: self.balance(id) - began[id] for name, id in names.items() if self.balance(id) != began[id]}

    def all_is_right(self) -> None:
        assert [each.what for each in verify(self.sandbox.world.database)] == []

    def all_is_right_and_quiet(self) -> None:
        self.all_is_right()
        mirrors_agree(self.sandbox)
        assert not [each for each in self.all(Funding) if each.answer_due_at]
        assert not [each for each in self.all(Transfer) if each.answer_due_at]
        assert self.balance(WAITING) == 0


def funding_order(amount: int = 100_00, number: str = NORA, **changes: Any) -> FundingOrder:
    given: dict[str, Any] = {
        "claim": None,
        "sender": SHOP,
        "card": PresentedCard(CardNumber(number), changes.pop("expiry", "")),
        "amount": amount,
        "currency": "USD",
        "channel": "mobile_app",
        "business_application": "FT",
        "payer": Party("Nora Patel", "12 Juniper Lane", "Alder", "US", region="OR"),
    }
    return FundingOrder(**(given | changes))


def transfer_order(amount: int = 100_00, payer: str = NORA, recipient: str = OMAR, **changes: Any) -> TransferOrder:
    """Nora sends Omar 100.00 USD, but for ``changes``."""
    given: dict[str, Any] = {
        "claim": None,
        "sender": SHOP,
        "amount": amount,
        "currency": "USD",
        "payer": Party("Nora Patel", "12 Juniper Lane", "Alder", "US", region="OR"),
        "payer_card": PresentedCard(CardNumber(payer)),
        "recipient": Party("Omar Diallo"),
        "recipient_card": PresentedCard(CardNumber(recipient)),
        "channel": "mobile_app",
    }
    return TransferOrder(**(given | changes))


@asynccontextmanager
async def pull_world(url: str) -> AsyncIterator[PullWorld]:
    """A seeded sandbox whose clock stands at noon of 14 October 2026."""
    async with open_world(url) as sandbox:
        yield PullWorld(sandbox)
