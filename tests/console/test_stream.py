"""The page's stream: which world it is, and everything that happens in it, resumed after a break."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.api.calling import SALE
from tests.api.serving import Served


@contextmanager
def listening(served: Served, **how: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """Listen without a key: an iterator of the stream's events."""
    with (
        httpx.Client(base_url=served.http.base_url, timeout=30) as stranger,
        stranger.stream("GET", "/console/events", **how) as response,
    ):
        assert response.status_code == 200
        yield _events(response)


def _events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield {"event": fields["event"], "id": fields.get("id"), **json.loads(fields["data"])}
            fields = {}


def test_it_says_which_world_it_is_and_what_happens_there(served: Served) -> None:
    with listening(served, params={"after": 0}) as events:
        run = next(events)
        assert (run["event"], run["id"]) == ("run", None)
        assert {each["id"] for each in run["members"]} >= {"harbor", "opennet", "first_prairie", "reserve_bank"}
        seen = [next(events) for _ in range(run["last"])]
        assert [each["position"] for each in seen] == list(range(1, run["last"] + 1))
        payment = served.http.post("/v1/payments", json=SALE).json()
        heard = next(events)
        assert (heard["event"], heard["id"]) == ("happened", str(run["last"] + 1))
        assert heard["subject"] == payment["id"]


def test_who_comes_for_the_first_time_gets_the_newest(served: Served) -> None:
    with listening(served) as events:
        run, first = next(events), next(events)
        assert first["position"] == max(0, run["last"] - 500) + 1


def test_it_resumes_after_the_last_event_one_has_seen(served: Served) -> None:
    served.http.post("/v1/payments", json=SALE)
    with listening(served) as events:
        last = next(events)["last"]
    with listening(served, params={"after": 0}, headers={"Last-Event-ID": str(last - 2)}) as events:
        assert next(events)["event"] == "run"
        assert next(events)["position"] == last - 1


def test_another_world_has_another_name(served: Served) -> None:
    with listening(served) as events:
        before = next(events)["run"]
    with listening(served) as events:
        assert next(events)["run"] == before
    assert served.http.post("/v1/sandbox/reset").status_code == 200
    with listening(served) as events:
        assert next(events)["run"] != before


def test_a_stream_ends_with_its_world(served: Served) -> None:
    with listening(served) as events:
        next(events)
        served.http.post("/v1/sandbox/reset")
        assert all(each["event"] == "happened" for each in events), "it ends, and does not wait for ever"
