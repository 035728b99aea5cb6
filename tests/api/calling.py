"""Calling the API in a test: over ASGI, with the demo key, on a world of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from payments.acquirer.disbursement import Disbursement
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout
from payments.acquirer.refund import Refund
from payments.api.keys import DEMO_KEY
from payments.app import create_app
from payments.issuer.card import Card
from payments.ledger.balance import Balance
from payments.ledger.entry import Hold, Transfer
from payments.settings import Settings
from payments.verify import verify

Json = dict[str, Any]

NORA = {"number": "4000121111104242", "expiry": "12/29", "cvv": "123", "entry_mode": "contactless"}
NO_SUCH_BIN = "4999991111110008"
SALE: Json = {"merchant": "mch_blue_door_books", "amount": 5841, "currency": "USD", "card": NORA}
PUSH: Json = {
    "sender": "snd_city_of_alder",
    "amount": 2500,
    "currency": "USD",
    "card": {"number": NORA["number"]},
    "channel": "mobile_app",
    "business_application": "GD",
    "recipient_name": "Nora Patel",
}
KEPT = (Transfer, Hold, Payment, Refund, Disbursement, Payout, Card)


class Api:
    """The API of one app."""

    def __init__(self, app: FastAPI, key: str = DEMO_KEY) -> None:
        self.app = app
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers)

    def holding(self, key: str) -> Api:
        """The same, with another key."""
        return Api(self.app, key)

    async def get(self, path: str, expect: int = 200, **query: Any) -> Json:
        """What is at a path."""
        return self._body(await self.http.get(f"/v1{path}", params=query or None), expect)

    async def post(self, path: str, body: Any = None, status: int = 201, key: str | None = None) -> Json:
        """What comes of posting a body, under an idempotency key."""
        return self._body(await self.send(path, body, key), status)

    async def send(self, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        """The whole answer to a post."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self.http.post(f"/v1{path}", json=body, headers=headers)

    async def delete(self, path: str, status: int = 200) -> Json:
        """What comes of deleting."""
        return self._body(await self.http.delete(f"/v1{path}"), status)

    async def events(self) -> list[dict[str, Any]]:
        """Everything that has happened."""
        found: list[dict[str, Any]] = []
        while page := (await self.get("/events", limit=500, after=len(found)))["data"]:
            found += page
        return found

    async def pay(self, **changes: Any) -> Json:
        """A payment by Nora."""
        return await self.post("/payments", SALE | changes)

    async def available(self, account: str = "acct_nora_patel") -> int:
        """What somebody can spend."""
        return int((await self.get(f"/accounts/{account}/balance"))["available"])

    def world(self) -> dict[str, int]:
        """How many rows there are of what money leaves behind, and the sums of all balances."""

        def read(connection: sa.Connection) -> dict[str, int]:
            counts = {
                kind.shape.name: connection.execute(sa.select(sa.func.count()).select_from(kind.table())).scalar_one()
                for kind in KEPT
            }
            sums = [sa.func.sum(Balance.table().c[name]) for name in Balance.shape.counters]
            totals = connection.execute(sa.select(*sums)).one()
            return counts | {name: int(each) for name, each in zip(Balance.shape.counters, totals, strict=True)}

        return self.app.state.sandbox.world.database.read_now(read)  # type: ignore[no-any-return]

    def is_clean(self) -> bool:
        """Does the world verify?"""
        return not verify(self.app.state.sandbox.world.database)

    def _body(self, response: httpx.Response, status: int) -> Json:
        assert response.status_code == status, f"{response.status_code}: {response.text}"
        body: Json = response.json()
        return body


@asynccontextmanager
async def calling(database_url: str) -> AsyncIterator[Api]:
    """An API on a database."""
    app = create_app(Settings(database=database_url))
    async with app.router.lifespan_context(app):
        api = Api(app)
        yield api
        await api.http.aclose()
