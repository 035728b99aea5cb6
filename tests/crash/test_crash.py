"""The server is killed in the middle of its work; the one started after it finishes what was left, to the cent."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import closing
from typing import Any

import httpx
import orjson
import pytest

from payments.kit.database import Database
from payments.verify import verify
from payments.verify.waiting import waiting_rows
from tests.crash.load import Asked, Clients, ask
from tests.crash.server import Server

SOAK = os.environ.get("PAYMENTS_TEST_PROFILE") == "soak"
ANSWERS = 4_000 if SOAK else 300
"""So many requests have been answered when the server is killed."""
WORKERS = 3 if SOAK else 2
LOST = [
    {"kind": "lose_reply", "message": "authorization_request", "sender": "harbor", "times": 10},
    {"kind": "lose_reply", "message": "original_credit", "sender": "opennet", "times": 10},
    {"kind": "lose_request", "message": "original_credit", "sender": "harbor", "times": 5},
    {"kind": "lose_request", "message": "reversal", "sender": "harbor", "times": 10},
]


async def some_work(server: Server, name: str, kill_a_worker: bool = False) -> list[Asked]:
    """Have clients work until everything is killed in the middle of it; return what they asked."""
    async with server.client() as http:
        for fault in LOST:
            assert (await http.post("/v1/sandbox/faults", json=fault)).status_code == 201
        clients = Clients(http, name)
        working = {asyncio.create_task(clients.work())}
        if kill_a_worker:
            await until(clients.have_been_answered(ANSWERS // 2), working)
            os.kill(server.workers()[0], signal.SIGKILL)
            for part in range(1, 5):  # those whose connection it had go on with the others
                working.add(asyncio.create_task(clients.work(4)))
                await until(clients.have_been_answered(ANSWERS // 2 + part * ANSWERS // 8), working)
        await until(clients.have_been_answered(ANSWERS), working)
        server.kill()
        await asyncio.gather(*working)
    return clients.asked


async def until(enough: Coroutine[Any, Any, None], working: set[asyncio.Task[None]]) -> None:
    """Wait until there is enough, or nobody works any more."""
    waiting = asyncio.create_task(enough)
    either: set[asyncio.Future[Any]] = {waiting, asyncio.gather(*working)}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def winding(http: httpx.AsyncClient, seconds: int) -> None:
    """Wind the clock."""
    reply = await http.post("/v1/sandbox/clock/wind", json={"seconds": seconds}, timeout=300)
    assert reply.status_code == 200, reply.text


async def replayed(http: httpx.AsyncClient, asked: Asked) -> httpx.Response:
    """The answer to a request that is asked again, when whoever took it over has finished it."""
    for _ in range(200):
        reply = await ask(http, asked)
        if reply.status_code != 409 or reply.json()["code"] != "idempotency_key_in_use":
            return reply
    raise AssertionError(f"{asked.path} {asked.key} is never finished: {reply.text}")


async def everything_is_there(http: httpx.AsyncClient, asked: list[Asked]) -> None:
    """Who was answered gets the same answer again, and who was not gets one now."""
    for each in asked:
        reply = await replayed(http, each)
        if each.status:
            assert (reply.status_code, reply.content) == (each.status, each.answer), each
        else:
            assert reply.status_code in (200, 201, 409, 422), reply.text


def is_right(database_url: str) -> None:
    """The books are right, as they lie there with nobody serving them."""
    with closing(Database(database_url)) as database:
        assert verify(database) == []


def waits_in(database_url: str) -> dict[str, list[str]]:
    """What still waits for an answer."""
    with closing(Database(database_url)) as database:
        return database.read_now(waiting_rows)


async def is_clean(http: httpx.AsyncClient) -> None:
    """The books are right."""
    found: dict[str, Any] = orjson.loads((await http.get("/v1/sandbox/verify", timeout=120)).content)
    assert found["clean"], found["findings"]


@pytest.mark.parametrize("kills", [2])
async def test_nothing_is_lost_when_the_server_is_killed(database_url: str, kills: int) -> None:
    workers = 1 if database_url.startswith("sqlite") else WORKERS
    asked: list[Asked] = []
    for kill in range(kills):
        with Server(database_url, workers) as server:
            asked += await some_work(server, f"till-{kill}", kill_a_worker=workers > 1)
        is_right(database_url)
    answered = [each for each in asked if each.status]
    assert len(answered) > 50, "there was no load"
    with Server(database_url, workers) as server:
        async with server.client() as http:
            await is_clean(http)
            await everything_is_there(http, asked)
            await http.delete("/v1/sandbox/faults")
            await winding(http, 4 * 24 * 60 * 60)
            await is_clean(http)
        unknown = {"status": "unknown"}
        async with server.client() as http:
            assert (await http.get("/v1/disbursements", params=unknown)).json()["data"] == []
    is_right(database_url)
    assert waits_in(database_url) == {}
