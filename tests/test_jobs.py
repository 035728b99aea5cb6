"""Time: everything that falls due runs once, in order, to its end, however far the clock is wound."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from payments import jobs
from payments.acquirer.authorization import void
from payments.acquirer.capture import Capture
from payments.acquirer.disbursement import Disbursement
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout
from payments.acquirer.reversal import PaymentReversal
from payments.issuer.transaction import Transaction
from payments.jobs import schedule, winding
from payments.jobs.job import Job, JobRun
from payments.kit.clock import DAY, HOUR, MINUTE, SECOND, ClockGoesForward, rfc3339
from payments.kit.events import Event
from payments.kit.winding import let_run
from payments.network.window import Window
from payments.sandbox import Sandbox
from payments.switch.faults import LOSE_REPLY, LOSE_REQUEST
from tests.day import AFTERNOON, OMAR, a_day, arm, open_day, push, rows, sell, wrong


def told(ran: list[jobs.Ran]) -> list[tuple[str, str]]:
    """The jobs that ran, each with its instant to the minute."""
    return [(each.job, rfc3339(each.at)[:16]) for each in ran]


async def test_a_day_runs_in_order(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await sell(sandbox)
        assert told(await jobs.wind_by(sandbox, DAY)) == [
            ("clearing_cut_off", "2025-10-14T23:30"),
            ("close_window", "2025-10-14T23:45"),
            ("settle_window", "2025-10-15T10:00"),
            ("merchant_payouts", "2025-10-15T10:05"),
        ]
        assert [each.status for each in rows(sandbox, Capture)] == ["settled"]
        assert [each.status for each in rows(sandbox, Payout)] == ["paid"]
        assert await winding.now_of(sandbox) == AFTERNOON + DAY
        assert wrong(sandbox) == []


async def test_weeks_are_lived_through_day_by_day(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        ran = await jobs.wind_by(sandbox, 21 * DAY)
        assert [each.at for each in ran] == sorted(each.at for each in ran)
        assert [each.job for each in ran].count("clearing_cut_off") == 21
        assert [each.job for each in ran].count("merchant_payouts") == 15  # no weekend; Columbus Day was the 13th
        assert len(rows(sandbox, JobRun)) == len({each.id for each in rows(sandbox, JobRun)}) == 36
        settled = {each.id for each in rows(sandbox, Window) if each.status == "settled"}
        assert len(settled) == 21
        assert await jobs.wind_by(sandbox, 0) == []


async def test_on_a_weekend_money_waits_for_monday(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await jobs.wind_by(sandbox, 3 * DAY)  # Friday
        await sell(sandbox)
        ran = await jobs.wind_by(sandbox, 4 * DAY)
        assert ("settle_window", "2025-10-20T10:00") in told(ran)
        assert [each.created_at for each in rows(sandbox, Payout)] == [AFTERNOON + 5 * DAY + 20 * HOUR + 5 * MINUTE]


async def test_the_clock_never_goes_back(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        with pytest.raises(ClockGoesForward):
            await jobs.wind(sandbox, AFTERNOON - 1)
        assert await jobs.wind(sandbox, AFTERNOON) == []


async def test_one_step_at_a_time(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        first = (await jobs.next_due(sandbox))[0]
        assert (first.job, rfc3339(first.at)[:16]) == ("clearing_cut_off", "2025-10-14T23:30")
        assert told(await jobs.wind_to_next(sandbox)) == [("clearing_cut_off", "2025-10-14T23:30")]
        assert told(await jobs.wind_to_next(sandbox)) == [("close_window", "2025-10-14T23:45")]


async def test_authorizations_expire_at_both_ends(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await sell(sandbox, capture=False)  # the card was there: five days
        await jobs.wind_by(sandbox, 5 * DAY - SECOND)
        assert [each.status for each in rows(sandbox, Payment)] == ["authorized"]
        await jobs.wind_by(sandbox, SECOND)
        assert [each.status for each in rows(sandbox, Payment)] == ["expired"]
        assert [each.status for each in rows(sandbox, Transaction)] == ["expired"]
        assert wrong(sandbox) == []


async def test_what_got_no_answer_is_asked_again_until_it_has_one(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        voided = await sell(sandbox, capture=False)
        await arm(sandbox, LOSE_REQUEST, "reversal", "harbor", times=3)
        await void(sandbox.acquirers["harbor"], voided.id)
        await arm(sandbox, LOSE_REPLY, "original_credit", "opennet")
        await arm(sandbox, LOSE_REQUEST, "enquiry", "opennet", times=2)
        assert (await push(sandbox)).status == "unknown"
        assert [each.status for each in rows(sandbox, PaymentReversal)] == ["waiting"]
        ran = await jobs.wind_by(sandbox, HOUR)
        assert [each.job for each in ran].count("reverse_payment") == 3  # after 1, 2 and 4 minutes
        assert [each.status for each in rows(sandbox, PaymentReversal)] == ["answered"]
        assert [each.status for each in rows(sandbox, Disbursement)] == ["paid"]
        assert wrong(sandbox) == []


async def test_what_ran_is_an_event(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await jobs.wind_by(sandbox, 10 * HOUR)
        said = [each.subject for each in rows(sandbox, Event, type="job.ran")]
        assert said == ["clearing_cut_off", "close_window"]


async def test_a_job_that_fails_stops_no_other_and_does_not_hold_up_the_clock(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Sandbox, __: int) -> int:
        raise RuntimeError("out of paper")

    broken = Job("print_statements", sa.select(sa.literal(AFTERNOON)).scalar_subquery(), fail)
    monkeypatch.setattr(winding, "JOBS", (broken, *schedule.JOBS))
    monkeypatch.setitem(winding._BY_NAME, broken.name, broken)
    async with a_day(database_url) as sandbox:
        ran = await jobs.wind_by(sandbox, 10 * HOUR)
        assert [each.job for each in ran] == ["print_statements", "clearing_cut_off", "close_window"]
        assert [each.subject for each in rows(sandbox, Event, type="job.failed")] == ["print_statements"]
        assert await winding.now_of(sandbox) == AFTERNOON + 10 * HOUR


async def test_two_who_wind_take_turns(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await sell(sandbox)
        to = AFTERNOON + 2 * DAY
        ran = await asyncio.gather(*(jobs.wind(sandbox, to) for _ in range(3)))
        assert sorted(map(len, ran), reverse=True)[1:] == [0, 0]
        assert wrong(sandbox) == []


@pytest.mark.postgresql
async def test_workers_take_turns(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # one process serves a file
    async with a_day(database_url) as one, a_day(database_url) as other:
        await asyncio.gather(*(sell(each, 1_00, OMAR) for each in (one, other) for _ in range(10)))
        to = AFTERNOON + 2 * DAY
        ran = await asyncio.gather(*(jobs.wind(each, to) for each in (one, other, one, other)))
        assert sum(len(each) > 0 for each in ran) == 1
        assert len(rows(one, Payout)) == 1
        assert wrong(one) == []


async def test_a_running_clock_runs_what_is_due_by_itself(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rang: asyncio.Event = asyncio.Event()

    async def ring(_: Sandbox, __: int) -> int:
        rang.set()
        return 1

    sandbox = await open_day(database_url)
    asks = sa.select(sa.literal(AFTERNOON + SECOND // 10)).scalar_subquery()
    alarm = Job("alarm", asks, ring, lambda at: None if rang.is_set() else at)
    monkeypatch.setattr(winding, "JOBS", (alarm, *schedule.JOBS))
    monkeypatch.setitem(winding._BY_NAME, alarm.name, alarm)
    await sandbox.operator.step(let_run)
    keeping = asyncio.create_task(jobs.keep_time(sandbox))
    try:
        await asyncio.wait_for(rang.wait(), 20)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        sandbox.close()
