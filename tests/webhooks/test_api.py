"""Webhook endpoints and deliveries through the HTTP API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from payments.api.answers import Answers
from payments.api.door import Door, Powers
from payments.api.keys import DEMO_KEY, MERCHANT, make_demo_key, make_key
from payments.api.problems import answer_problems
from payments.api.routes import add_routes
from payments.kit.secrets import Secret
from payments.kit.world import Institution
from payments.sandbox import Sandbox
from tests.webhooks.hearing import Hearing
from tests.webhooks.receiver import Receiver

ENDPOINTS = "/v1/webhook_endpoints"
DELIVERIES = "/v1/webhook_deliveries"


@pytest.fixture
async def api(hearing: Hearing) -> AsyncIterator[httpx.AsyncClient]:
    operator = Institution("sandbox", "Sandbox", hearing.world)
    await operator.step(make_demo_key)
    sandbox = cast(Sandbox, SimpleNamespace(world=hearing.world, operator=operator))
    app = FastAPI()
    app.state.door = Door.to(sandbox, cast(Powers, None), Answers())
    answer_problems(app)
    add_routes(app)
    key = {"Authorization": f"Bearer {DEMO_KEY}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=key) as client:
        yield client


def done(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_an_endpoint_from_its_making_to_its_end(
    api: httpx.AsyncClient, hearing: Hearing, receiver: Receiver
) -> None:
    order = {"url": receiver.url(), "types": ["payment.*"]}
    made = done(await api.post(ENDPOINTS, json=order), 201)
    secret = made.pop("secret")
    where = f"{ENDPOINTS}/{made['id']}"
    assert done(await api.get(where)) == made
    assert done(await api.get(ENDPOINTS)) == {
        "object": "list",
        "data": [made],
        "has_more": False,
        "next": None,
    }
    await hearing.happen("pay_1")
    await hearing.tell()
    assert receiver.requests[0].verified(secret)["type"] == "payment.captured"

    rotated = done(await api.post(f"{where}/rotate_secret"))
    assert rotated["secret"] != secret
    assert rotated["old_secret_until"] == "2026-10-15T12:00:00.000000Z"
    chaos = done(await api.post(f"/v1/sandbox/webhook_endpoints/{made['id']}/chaos", json={"chaos": "drop"}))
    assert chaos["chaos"] == "drop"
    stopped = done(await api.post(f"{where}/disable"))
    assert (stopped["status"], stopped["disabled_reason"]) == ("disabled", "requested")
    assert (done(await api.post(f"{where}/disable"), 409))["code"] == "move_not_allowed"
    assert (done(await api.post(f"{where}/enable")))["status"] == "enabled"
    assert (done(await api.delete(where)))["status"] == "deleted"
    assert (done(await api.get(where), 404))["code"] == "not_found"
    assert (done(await api.delete(where), 404))["code"] == "not_found"
    assert (done(await api.get(ENDPOINTS)))["data"] == []


async def test_deliveries_are_listed_read_and_sent_again(
    api: httpx.AsyncClient, hearing: Hearing, receiver: Receiver
) -> None:
    receiver.answers = [500]
    made = done(await api.post(ENDPOINTS, json={"url": receiver.url()}), 201)
    await hearing.happen("pay_1")
    await hearing.tell()
    done(await api.post(ENDPOINTS, json={"url": receiver.url(), "types": ["refund.*"]}), 201)
    await hearing.happen("ref_1", type="refund.settled")
    await hearing.tell()
    pending = {"endpoint": made["id"], "status": "pending"}
    (mine,) = done(await api.get(DELIVERIES, params=pending))["data"]
    assert (mine["attempts"], mine["response_code"], mine["error"]) == (1, 500, "not_accepted")
    assert mine["due_at"] == "2026-10-14T12:00:05.000000Z"
    again = done(await api.post(f"{DELIVERIES}/{mine['id']}/resend"))
    assert (again["status"], again["due_at"]) == ("pending", "2026-10-14T12:00:00.000000Z")
    await hearing.tell()
    read = done(await api.get(f"{DELIVERIES}/{mine['id']}"))
    assert (read["status"], read["attempts"], read["error"]) == ("delivered", 2, None)
    first = done(await api.get(DELIVERIES, params={"limit": 2}))
    rest = done(await api.get(DELIVERIES, params={"limit": 2, "after": first["next"]}))
    assert (len(first["data"]), first["has_more"], len(rest["data"]), rest["has_more"]) == (2, True, 1, False)


async def test_bad_requests_are_problems(api: httpx.AsyncClient) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"url": "ftp://shop.example"}, "webhook_url_not_allowed"),
        ({"url": "http://a.example", "types": ["payment"]}, "no_such_event_type"),
        ({"url": "http://a.example", "secret": "mine"}, "invalid_request"),
        ({}, "invalid_request"),
    ]
    for body, code in bad:
        assert done(await api.post(ENDPOINTS, json=body), 422)["code"] == code
    assert done(await api.get(ENDPOINTS))["data"] == []


async def test_unknown_things_and_other_keys(api: httpx.AsyncClient, hearing: Hearing) -> None:
    for path in ("whe_x/enable", "whe_x/disable", "whe_x/rotate_secret"):
        assert (done(await api.post(f"{ENDPOINTS}/{path}"), 404))["code"] == "not_found"
    assert (done(await api.post(f"{DELIVERIES}/whd_x/resend"), 404))["code"] == "not_found"
    await hearing.bank.step(make_key, Secret("sk_m"), MERCHANT, "mch_1", "A shop", "", "fixed-window")
    api.headers["Authorization"] = "Bearer sk_m"
    for answer in (
        await api.get(ENDPOINTS),
        await api.get(DELIVERIES),
        await api.post(ENDPOINTS, json={"url": "http://a.example"}),
        await api.delete(f"{ENDPOINTS}/whe_x"),
    ):
        assert (done(answer, 403))["code"] == "not_allowed"
