"""Events: a list by position, and a live stream that resumes where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.api.calling import SALE, Api
from tests.api.serving import Served


async def test_events_are_listed_by_position_without_gaps(either: Api) -> None:
    last = (await either.events())[-1]["position"]
    payment = await either.pay()
    events = (await either.get("/events", after=last))["data"]
    assert [each["position"] for each in events] == list(range(last + 1, last + 1 + len(events)))
    types = [each["type"] for each in events]
    assert types[0] == "payment.pending"
    assert types[-1] == "payment.authorized"
    assert {each["reference"] for each in events} == {payment["reference"]}
    assert "4000121111104242" not in json.dumps(events)


async def test_they_are_read_page_by_page(api: Api) -> None:
    await api.pay()
    everything = await api.events()
    seen: list[Any] = []
    page = await api.get("/events", limit=97)
    while page["has_more"]:
        seen += page["data"]
        page = await api.get("/events", limit=97, after=page["next"])
    assert seen + page["data"] == everything


async def test_they_are_filtered_by_payment_and_by_type(either: Api) -> None:
    payment, other = await either.pay(), await either.pay()
    mine = (await either.get("/events", reference=payment["reference"]))["data"]
    assert {each["reference"] for each in mine} == {payment["reference"]}
    held = (await either.get("/events", type="money.held"))["data"]
    assert [each["reference"] for each in held[-2:]] == [payment["reference"], other["reference"]]
    states = (await either.get("/events", reference=other["reference"], type="payment.*"))["data"]
    assert [each["type"] for each in states] == ["payment.pending", "payment.authorized"]
    await either.get("/events", 422, type="x")


@contextmanager
def listening(served: Served, **how: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """Listen to the stream: an iterator of its events."""
    with served.http.stream("GET", "/v1/events/stream", **how) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


def _events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield {"id": int(fields["id"]), "event": fields["event"], **json.loads(fields["data"])}
            fields = {}


def everything(served: Served) -> list[Any]:
    """All that has happened so far, without gaps."""
    found: list[Any] = []
    while page := served.http.get("/v1/events", params={"limit": 500, "after": len(found)}).json()["data"]:
        found += page
    assert [each["position"] for each in found] == list(range(1, len(found) + 1))
    return found


def test_a_stream_tells_what_happens_as_it_happens(served: Served) -> None:
    last = len(everything(served))
    with listening(served, params={"after": last}) as events:
        payment = served.http.post("/v1/payments", json=SALE).json()
        heard = next(events)
        assert (heard["id"], heard["event"], heard["subject"]) == (last + 1, "payment.pending", payment["id"])
        assert heard["position"] == heard["id"]
        while heard["event"] != "payment.authorized":
            heard = next(events)


def test_a_stream_resumes_after_the_last_event_one_has_seen(served: Served) -> None:
    served.http.post("/v1/payments", json=SALE)
    last = len(everything(served))
    with listening(served) as events:
        first = [next(events)["position"] for _ in range(10)]
    assert first == list(range(1, 11))
    with listening(served, headers={"Last-Event-ID": "10"}) as events:
        rest = [next(events)["position"] for _ in range(last - 10)]
    assert first + rest == list(range(1, last + 1))


def test_a_stream_of_one_type(served: Served) -> None:
    with listening(served, params={"type": "payment.*"}) as events:
        served.http.post("/v1/payments", json=SALE)
        assert [next(events)["event"] for _ in range(2)] == ["payment.pending", "payment.authorized"]


def test_a_stream_is_refused_like_anything_else(served: Served) -> None:
    response = served.http.get("/v1/events/stream", headers={"Authorization": "Bearer sk_wrong"})
    assert (response.status_code, response.json()["code"]) == (401, "wrong_key")
    response = served.http.get("/v1/events/stream", headers={"Last-Event-ID": "x"})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_the_server_stops_at_once_with_a_stream_open(served: Served) -> None:
    with listening(served) as events:
        next(events)
        served.stop()
        assert sum(1 for _ in events) >= 0  # the stream ended; it did not break off
