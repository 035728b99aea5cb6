"""The one clock: it runs, stands, and is only ever wound forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.kit.clock import DAY, SECOND, Clock, ClockGoesForward, day, instant, moment, real_now, rfc3339
from payments.kit.winding import freeze, let_run, start_clock, wind_to
from payments.kit.work import Work
from payments.kit.world import Institution
from tests import kernel
from tests.kernel import START, run

instants = st.integers(0, 4_000_000_000_000_000)


@pytest.fixture
def sandbox(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        yield Institution("sandbox", "Sandbox", world)


def now(work: Work, _: Institution) -> int:
    return work.now


@given(instants)
def test_instants_and_moments_are_exact(at: int) -> None:
    assert instant(moment(at)) == at
    assert moment(at).tzinfo is UTC
    assert datetime.fromisoformat(rfc3339(at)) == moment(at)
    assert rfc3339(at).endswith("Z")


def test_an_instant_knows_its_time_zone() -> None:
    east = timezone(timedelta(hours=9))
    assert instant(datetime(2026, 10, 15, 1, tzinfo=east)) == instant(datetime(2026, 10, 14, 16, tzinfo=UTC))
    assert day(instant(datetime(2026, 10, 15, 1, tzinfo=east))) == date(2026, 10, 14)


@given(instants, instants, st.integers(-SECOND, DAY))
def test_a_running_clock_keeps_real_time_and_never_goes_back(shown: int, real: int, passed: int) -> None:
    running, standing = Clock("clock", shown, real, 0), Clock("clock", shown, real, 1)
    assert running.now(real + passed) == shown + max(0, passed)
    assert standing.now(real + passed) == shown


def test_a_clock_that_stands_shows_the_same_to_every_step(sandbox: Institution) -> None:
    assert [run(sandbox, now) for _ in range(3)] == [START] * 3


def test_it_is_wound_forward_and_stands_or_runs_as_before(sandbox: Institution) -> None:
    assert run(sandbox, wind_to, START + DAY).frozen == 1
    assert run(sandbox, now) == START + DAY
    run(sandbox, let_run)
    first = run(sandbox, now)
    assert START + DAY <= first < START + DAY + 600 * SECOND
    assert run(sandbox, wind_to, START + 9 * DAY).frozen == 0
    assert run(sandbox, now) >= START + 9 * DAY
    stopped = run(sandbox, freeze)
    assert run(sandbox, now) == stopped.shown_at == run(sandbox, now)


def test_it_is_not_wound_back(sandbox: Institution) -> None:
    with pytest.raises(ClockGoesForward, match="later instant"):
        run(sandbox, wind_to, START - 1)
    assert run(sandbox, now) == START
    assert run(sandbox, wind_to, START).shown_at == START


def test_a_clock_that_is_there_is_not_started_again(sandbox: Institution) -> None:
    assert run(sandbox, start_clock, START + DAY, False).shown_at == START
    assert run(sandbox, now) == START


def test_real_time_is_in_microseconds() -> None:
    assert abs(instant(datetime.now(UTC)) - real_now()) < 60 * SECOND
