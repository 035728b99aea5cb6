"""Load: clients who ask for all kinds of things, and remember what they were told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

BOOKS, CITY = "mch_blue_door_books", "snd_city_of_alder"
NORA, OMAR, GRETA = "card_nora_patel", "card_omar_diallo", "card_greta_lindholm"


@dataclass
class Asked:
    """A request under a key; ``answer`` is the body it got, if it got one."""

    path: str
    body: dict[str, Any]
    key: str
    status: int = 0
    answer: bytes = b""


@dataclass
class Clients:
    """Clients at work until the server is gone."""

    http: httpx.AsyncClient
    name: str
    asked: list[Asked] = field(default_factory=list)
    _answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def have_been_answered(self, count: int) -> None:
        """Wait until so many requests have been, in all."""
        async with self._answered:
            await self._answered.wait_for(lambda: sum(each.status > 0 for each in self.asked) >= count)

    async def work(self, clients: int = 24) -> None:
        """Work until nobody answers any more."""
        await asyncio.gather(*(self._work(client) for client in range(clients)))

    async def _work(self, client: int) -> None:
        turn = 0
        try:
            while True:
                turn += 1
                await _TURNS[(client + turn) % len(_TURNS)](self)
        except httpx.TransportError:
            return

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask, and remember that and what was answered."""
        asked = Asked(path, body, f"{self.name}-{len(self.asked)}")
        self.asked.append(asked)
        reply = await ask(self.http, asked)
        asked.status, asked.answer = reply.status_code, reply.content
        assert asked.status < 500, reply.text
        async with self._answered:
            self._answered.notify_all()
        return reply.json()  # type: ignore[no-any-return]

    async def pay(self, card: str, amount: int, capture: bool) -> dict[str, Any]:
        """Ask for a payment."""
        card_of = {"card": {"id": card}, "amount": amount, "currency": "USD", "capture": capture}
        return await self.post("/v1/payments", {"merchant": BOOKS, **card_of})


async def ask(http: httpx.AsyncClient, asked: Asked) -> httpx.Response:
    """Send a request, for the first time or again."""
    return await http.post(asked.path, json=asked.body, headers={"Idempotency-Key": asked.key})


async def _sale(clients: Clients) -> None:
    paid = await clients.pay(OMAR, 1_00, capture=True)
    if paid["status"] == "captured":
        await clients.post("/v1/refunds", {"payment": paid["id"], "amount": 25})


async def _authorization(clients: Clients) -> None:
    paid = await clients.pay(GRETA, 2_00, capture=False)
    if paid["status"] == "authorized":
        await clients.post(f"/v1/payments/{paid['id']}/capture", {"amount": 1_50})


async def _void(clients: Clients) -> None:
    paid = await clients.pay(GRETA, 3_00, capture=False)
    if paid["status"] == "authorized":
        await clients.post(f"/v1/payments/{paid['id']}/void", {})


async def _push(clients: Clients) -> None:
    what = {"business_application": "GD", "channel": "mobile_app", "recipient_name": "Nora Patel"}
    await clients.post(
        "/v1/disbursements", {"sender": CITY, "amount": 10, "currency": "USD", "card": {"id": NORA}, **what}
    )


async def _deposit(clients: Clients) -> None:
    await clients.post("/v1/accounts/acct_omar_diallo/deposits", {"amount": 5_00})


_TURNS = (_sale, _authorization, _void, _push, _deposit)
