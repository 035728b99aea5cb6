"""Rate limits: so many requests a key may make, counted in the database, on real time."""

from __future__ import annotations

import asyncio

import pytest

from payments.api import counter_storage, rate_limit
from payments.kit.clock import SECOND, real_now
from tests.api.calling import SALE, Api, calling

STRATEGIES = ("fixed-window", "moving-window", "sliding-window-counter")


class Time:
    """The real time, as far as rate limits know."""

    def __init__(self) -> None:
        self.now = real_now() // (60 * SECOND) * 60 * SECOND  # a full minute: where windows begin

    def __call__(self) -> int:
        return self.now

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * SECOND)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(counter_storage, "real_now", clock)
    monkeypatch.setattr(rate_limit, "real_now", clock)
    return clock


async def till(api: Api, limit: str, strategy: str) -> Api:
    wish = {"role": "merchant", "subject": "mch_blue_door_books", "name": "till"}
    made = await api.post("/api_keys", wish | {"rate_limit": limit, "strategy": strategy})
    return api.holding(made["key"])


async def passed(api: Api, times: int) -> int:
    """How many of so many requests are let in."""
    answers = [await api.http.get("/v1/payments") for _ in range(times)]
    assert {each.status_code for each in answers} <= {200, 429}
    return sum(each.status_code == 200 for each in answers)


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_so_many_pass_and_no_more(either: Api, time: Time, strategy: str) -> None:
    limited = await till(either, "5/minute", strategy)
    assert await passed(limited, 8) == 5
    time.passes(121)
    assert await passed(limited, 8) == 5


async def test_a_fixed_window_begins_anew_as_a_whole(api: Api, time: Time) -> None:
    limited = await till(api, "4/minute", "fixed-window")
    time.passes(55)
    assert await passed(limited, 4) == 4
    time.passes(59)
    assert await passed(limited, 1) == 0
    time.passes(2)
    assert await passed(limited, 5) == 4


async def test_a_moving_window_frees_one_place_at_a_time(api: Api, time: Time) -> None:
    limited = await till(api, "3/minute", "moving-window")
    for _ in range(3):
        assert await passed(limited, 1) == 1
        time.passes(10)
    assert await passed(limited, 1) == 0
    time.passes(31)  # the first is a minute old
    assert await passed(limited, 2) == 1


async def test_a_sliding_window_counter_lets_the_last_window_fade(api: Api, time: Time) -> None:
    limited = await till(api, "10/minute", "sliding-window-counter")
    assert await passed(limited, 10) == 10
    time.passes(60)  # the next window begins, with all of the last one on its back
    assert await passed(limited, 2) == 0
    time.passes(30)  # half of it has faded
    assert await passed(limited, 8) == 5


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_the_headers_say_how_things_stand(api: Api, time: Time, strategy: str) -> None:
    limited = await till(api, "2/minute", strategy)
    first = await limited.http.get("/v1/payments")
    assert first.headers["ratelimit-policy"] == f'"{strategy}";q=2;w=60'
    assert first.headers["ratelimit"].startswith(f'"{strategy}";r=1;t=')
    second = await limited.send("/payments", SALE)
    assert second.headers["ratelimit"].startswith(f'"{strategy}";r=0;t=')
    third = await limited.http.get("/v1/nothing")
    assert "ratelimit" not in third.headers
    fourth = await limited.send("/payments", SALE)
    assert (fourth.status_code, fourth.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(fourth.headers["retry-after"]) <= 60
    assert fourth.headers["ratelimit"] == f'"{strategy}";r=0;t={fourth.headers["retry-after"]}'


async def test_problems_carry_them_too(api: Api, time: Time) -> None:
    limited = await till(api, "5/minute", "fixed-window")
    response = await limited.http.get("/v1/payments/pay_nothing")
    assert response.status_code == 404
    assert response.headers["ratelimit"] == '"fixed-window";r=4;t=60'


async def test_nothing_happens_in_a_request_that_is_too_many(api: Api, time: Time) -> None:
    limited = await till(api, "1/minute", "fixed-window")
    await limited.post("/payments", SALE, key="till-1")
    before = api.world()
    await limited.post("/payments", SALE, 429, key="till-2")
    assert api.world() == before
    time.passes(61)
    assert (await limited.post("/payments", SALE, key="till-2"))["status"] == "authorized"


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_many_at_once_are_counted_one_by_one(either: Api, time: Time, strategy: str) -> None:
    limited = await till(either, "7/minute", strategy)
    answers = await asyncio.gather(*(limited.http.get("/v1/merchants/mch_blue_door_books") for _ in range(20)))
    assert sorted(each.status_code for each in answers) == [200] * 7 + [429] * 13


@pytest.mark.parametrize("served_url", ["postgresql"], indirect=True)
async def test_workers_share_the_count(served_url: str, time: Time) -> None:
    async with calling(served_url) as one, calling(served_url) as other:
        limited = await till(one, "6/minute", "fixed-window")
        there = Api(other.app, limited.http.headers["authorization"].removeprefix("Bearer "))
        assert await passed(limited, 4) == 4
        assert await passed(there, 4) == 2
        assert await passed(limited, 1) == 0


async def test_the_demo_key_has_no_limit(api: Api) -> None:
    response = await api.http.get("/v1/payments")
    assert "ratelimit" not in response.headers
