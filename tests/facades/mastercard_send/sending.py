"""Calling Mastercard Send in a test, with the requests that Mastercard publishes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import sqlalchemy as sa

from payments.app import create_app
from payments.settings import Settings
from tests.api.calling import Api

Json = dict[str, Any]

PARTNER = "ptnr_BEeCrYJHh2BXTXPy_PEtp-8DBOo"
CITY = "ptnr_city_of_alder_0000000000001"
BOOKS = "ptnr_blue_door_books_00000000001"

# The guide's opening lines (a business disbursement of 628.90 USD), then fields of its field list.
DISBURSEMENT: Json = {
    "disbursement_reference": "pay_000001328",
    "payment_type": "BDB",
    "amount": "62890",
    "currency": "USD",
    "recipient_account_uri": "pan:5102589999999913;exp=2050-02;cvc=123",
    "sender_account_uri": "raw:1234567890123456",
    "funding_source": "DEPOSIT_ACCOUNT",
    "channel": "MOBILE",
    "transaction_local_date_time": "2021-06-17T18:05:02-05:00",
    "sender": {
        "type": "02",
        "organization_name": "Brightwater Mutual",
        "address": {
            "line1": "40 Quay Street",
            "city": "Alder",
            "country_subdivision": "MO",
            "postal_code": "63368",
            "country": "USA",
        },
    },
    "recipient": {"first_name": "John", "middle_name": "Tyler", "last_name": "Jones"},
    "statement_descriptor": "CLAIM PAID",
    "reconciliation_data": {"custom_field": [{"name": "claim", "value": "A-17"}]},
}
TRANSFER: Json = {
    "transfer_reference": "pay_000001328",
    "payment_type": "P2P",
    "amount": "2000",
    "currency": "USD",
    "recipient_account_uri": "pan:5008539999999905;exp=2050-02;cvc=123",
    "sender_account_uri": "pan:5102589999999921",
    "sender": {"first_name": "Jane", "last_name": "Doe"},
    "recipient": {"first_name": "John", "last_name": "Jones"},
}
PAYMENT: Json = {
    "paymentReference": "pay_000001328",
    "amount": "6000",
    "currency": "USD",
    "fundingSource": "05",
    "paymentType": "P2P",
    "transactionLocalDateTime": "2021-06-17T18:05:02",
    "acquiringCredentials": {
        "acquiringIca": "123456",
        "acquiringCountry": "USA",
        "dualMessage": {"acquiringBin": "512340"},
    },
    "transferAcceptor": {
        "id": "456487898368",
        "name": "transferacceptor",
        "terminalId": "1367-hgf",
        "address": {
            "street": "2200 Mastercard Blvd",
            "city": "O'Fallon",
            "state": "MO",
            "postalCode": "23233",
            "country": "USA",
        },
    },
    "recipient": {"accountUri": "pan:5117510000000007;exp=2050-02;cvc=123"},
    "sender": {
        "accountUri": "pan:5117510000000007;exp=2050-02;cvc=123",
        "name": "Smith  John  Michael  ",
        "address": {"street": "2200 Mastercard Blvd", "country": "USA"},
    },
}
LOST_REPLY: Json = {"kind": "lose_reply", "receiver": "opennet", "message": "original_credit"}


class Send:
    """Mastercard Send and the sandbox's own API, of one app."""

    def __init__(self, api: Api, partner: str = PARTNER) -> None:
        self.api = api
        self.partner = partner
        transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox")

    def of(self, partner: str) -> Send:
        """The same, as another partner."""
        return Send(self.api, partner)

    async def post(self, path: str, body: Any, expect: int = 201, prefix: str = "/send/v1", **more: Any) -> Json:
        """What comes of a POST of v1."""
        return answered(await self.http.post(f"{prefix}/partners/{self.partner}{path}", json=body, **more), expect)

    async def get(self, path: str, expect: int = 200, prefix: str = "/send/v1") -> Json:
        """What is at a path of v1."""
        return answered(await self.http.get(f"{prefix}/partners/{self.partner}{path}"), expect)

    async def disburse(self, expect: int = 201, again: bool = False, query: str = "", **changes: Any) -> Json:
        """The answer to the published disbursement, with changes."""
        headers = {"Repeat-Flag": "true"} if again else {}
        body = {"payment_disbursement": without_nothing(DISBURSEMENT | changes)}
        return await self.post(f"/disbursements/payment{query}", body, expect, headers=headers)

    async def disbursed(self, **changes: Any) -> Json:
        """A disbursement."""
        made: Json = (await self.disburse(**changes))["disbursement"]
        return made

    async def pay(self, expect: int = 201, query: str = "", **changes: Any) -> Json:
        """The answer to the published payment of Send 2.0, with changes."""
        body = without_nothing(PAYMENT | changes)
        return await self.post(f"/payments{query}", body, expect, prefix="/send")

    async def search(self, expect: int = 200, **by: Any) -> Json:
        """The answer to a search of Send 2.0."""
        return await self.post("/payments/searches", by, expect, prefix="/send")

    async def fault(self, **fault: Any) -> None:
        """Set a fault."""
        await self.api.post("/sandbox/faults", fault)

    async def funds(self, sender: str = "snd_brightwater") -> tuple[int, int]:
        """What a sender has, and what of it is set aside."""
        balance = await self.api.get(f"/senders/{sender}/balance")
        return balance["available"], balance["held"]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        query = sa.select(sa.func.count()).select_from(sa.table(table))
        read = self.api.app.state.sandbox.world.database.read_now
        return int(read(lambda connection: connection.execute(query).scalar_one()))


def answered(response: httpx.Response, expect: int) -> Json:
    """The body of an answer that has the expected status."""
    assert response.status_code == expect, f"{response.status_code}: {response.text}"
    body: Json = response.json()
    return body


def problem(answer: Json) -> Json:
    """The only error of an answer."""
    (error,) = answer["Errors"]["Error"]
    return error  # type: ignore[no-any-return]


def detail(answer: Json) -> tuple[str, str, str]:
    """Source, ReasonCode and ErrorDetailCode of v1's only error."""
    error = problem(answer)
    (row,) = error["Details"]["Detail"]
    assert row["Name"] == "ErrorDetailCode"
    return error["Source"], error["ReasonCode"], row["Value"]


def without_nothing(body: Json) -> Json:
    """The body without the fields that are `...`: those that are to be missing."""
    return {name: each for name, each in body.items() if each is not ...}


@asynccontextmanager
async def sending(database_url: str) -> AsyncIterator[Send]:
    """Mastercard Send on a database."""
    app = create_app(Settings(database=database_url))
    async with app.router.lifespan_context(app):
        send = Send(Api(app))
        yield send
        await send.http.aclose()
        await send.api.http.aclose()
