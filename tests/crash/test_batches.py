"""The server is killed while it pays a batch, again and again; in the end every line is paid, and none twice."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import closing, suppress
from typing import Any

import httpx

from payments.kit.database import Database
from payments.verify import verify
from payments.verify.waiting import waiting_rows
from tests.crash.server import Server

LINES = 1_500
WORKERS = 3 if os.environ.get("PAYMENTS_TEST_PROFILE") == "soak" else 2
"""On PostgreSQL, where one of them is killed; a process takes two seconds to start."""
CARDS = ("4000121111104242", "4000341111140091", "4000561111120500")
PATH = "/v1/disbursement_batches"
QUERY = {"sender": "snd_city_of_alder", "currency": "USD", "business_application": "GD", "start": "true"}
LOST = ({"kind": "lose_reply", "message": "original_credit", "sender": "harbor", "times": 3},)


def body() -> str:
    """A cent for each of so many people."""
    line = '{{"reference":"relief-{0}","amount":1,"card":{{"number":"{1}"}},"recipient_name":"Somebody"}}\n'
    return "".join(line.format(number, CARDS[number % len(CARDS)]) for number in range(LINES))


async def post(http: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for the batch; whoever asks again gets the first answer."""
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "october"}
    reply = await http.post(PATH, content=body(), params=QUERY, headers=headers)
    assert reply.status_code == 201, reply.text
    return reply.json()  # type: ignore[no-any-return]


async def batch(http: httpx.AsyncClient, id: str) -> dict[str, Any]:
    """How far it is."""
    return (await http.get(f"{PATH}/{id}")).json()  # type: ignore[no-any-return]


async def until_processed(http: httpx.AsyncClient, id: str, count: int) -> dict[str, Any]:
    """Wait until so many lines are through."""
    found: dict[str, Any] = {}
    for _ in range(50_000):
        with suppress(httpx.TransportError):  # its worker has just been killed: another takes over
            found = await batch(http, id)
        if found and found["processed_count"] + found["open_count"] >= count:
            return found
    raise AssertionError(found)


async def test_a_batch_is_paid_once_however_often_the_server_dies(database_url: str) -> None:
    workers = 1 if database_url.startswith("sqlite") else WORKERS
    with Server(database_url) as server:
        async with server.client() as http:
            for fault in LOST:
                assert (await http.post("/v1/sandbox/faults", json=fault)).status_code == 201
            loading = asyncio.create_task(post(http))
            await asyncio.wait({loading}, timeout=0.2)
            server.kill()
            await asyncio.gather(loading, return_exceptions=True)
    with Server(database_url, workers) as server:
        async with server.client() as http:
            id = (await post(http))["id"]
            await until_processed(http, id, 200)
            if workers > 1:
                os.kill(server.workers()[0], signal.SIGKILL)
                await until_processed(http, id, 600)
        server.kill()
    is_right(database_url)
    with Server(database_url, workers) as server:
        async with server.client() as http:
            assert (await post(http))["id"] == id
            await until_processed(http, id, 1_000)
            server.kill()
    with Server(database_url) as server:
        async with server.client() as http:
            await until_processed(http, id, LINES)
            await http.post("/v1/sandbox/clock/wind", json={"seconds": 3_600}, timeout=300)
            done = await until_processed(http, id, LINES)
            result = (await http.get(f"{PATH}/{id}/result", params={"format": "ndjson"})).text
    assert (done["status"], done["open_count"]) == ("completed", 0)
    assert done["paid_count"] + done["declined_count"] == LINES, done
    assert done["paid_count"] > LINES - 600, "only what never arrived may be declined"
    assert result.count('"status":"paid"') == done["paid_count"]
    is_right(database_url)
    assert paid_in(database_url) == done["paid_count"]


def is_right(database_url: str) -> None:
    """The books are right, as they lie there with nobody serving them."""
    with closing(Database(database_url)) as database:
        assert verify(database) == []


def paid_in(database_url: str) -> int:
    """How many credits the issuers have posted; nothing waits any more."""
    with closing(Database(database_url)) as database:
        assert database.read_now(waiting_rows) == {}
        return database.read_now(  # type: ignore[no-any-return]
            lambda connection: connection.exec_driver_sql(
                "SELECT COUNT(*) FROM issuer_transactions WHERE status = 'posted' AND type = 'original_credit'"
            ).scalar_one()
        )
