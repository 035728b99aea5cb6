"""A process that dies between any two steps of any flow leaves nothing that the next one does not finish."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from payments import jobs
from payments.acquirer.acquirer import Acquirer
from payments.acquirer.adjustment import AdjustmentOrder, adjust
from payments.acquirer.authorization import void
from payments.acquirer.cancellation import cancel
from payments.acquirer.clearing import capture
from payments.acquirer.cut_off import present_all
from payments.acquirer.disbursement import Disbursement
from payments.acquirer.payment import Payment
from payments.acquirer.payout import pay_out
from payments.acquirer.refund import refund
from payments.acquirer.top_up import top_up
from payments.issuer.deposit import deposit
from payments.jobs import keeping
from payments.jobs.recovery import recover_dead
from payments.kit.clock import DAY, HOUR, MINUTE, real_now
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKey, Replayed
from payments.kit.steps import Steps
from payments.sandbox import Sandbox
from payments.switch.outcome import AVAILABLE_LATER, DEFERRED, RETURNED
from payments.verify.waiting import waiting_rows
from tests.day import BOOKS, CITY, OMAR, a_day, claim, open_day, push, rows, sell, stage_for_nora, wrong

Flow = Callable[[Sandbox, Claim, str], Awaitable[Any]]


class Died(BaseException):
    """The process is gone."""


def harbor(sandbox: Sandbox) -> Acquirer:
    return sandbox.acquirers["harbor"]


FLOWS: dict[str, Flow] = {
    "authorize": lambda sandbox, key, _: sell(sandbox, 2_00, OMAR, capture=False, claim=key),
    "sell": lambda sandbox, key, _: sell(sandbox, 3_00, OMAR, claim=key),
    "capture": lambda sandbox, key, payment: capture(harbor(sandbox), payment, None, key),
    "void": lambda sandbox, key, payment: void(harbor(sandbox), payment, key),
    "refund": lambda sandbox, key, payment: refund(harbor(sandbox), payment, 1, key),
    "push": lambda sandbox, key, _: push(sandbox, 4_00, OMAR, claim=key),
    "deposit": lambda sandbox, key, _: deposit(sandbox.issuers["coastline"], "acct_omar_diallo", 5_00, key),
    "top_up": lambda sandbox, key, _: top_up(harbor(sandbox), CITY, 6_00, key),
    "payout": lambda sandbox, key, _: pay_out(harbor(sandbox), BOOKS, 7, key),
    "adjust": lambda sandbox, key, pushed: adjust(harbor(sandbox), AdjustmentOrder(key, pushed, 1_00)),
    "cancel": lambda sandbox, key, pushed: cancel(harbor(sandbox), pushed, key),
}


async def before(sandbox: Sandbox, flow: str) -> str:
    """Make what the flow needs; return the id of the payment it is about, if it is about one."""
    if flow in ("capture", "void", "refund"):
        return (await sell(sandbox, 8_00, OMAR, capture=flow == "refund")).id
    if flow in ("adjust", "cancel"):
        if flow == "cancel":
            await stage_for_nora(sandbox, DEFERRED, 7200)
        return (await push(sandbox, 4_00)).id
    if flow == "payout":
        await sell(sandbox, 10_00, OMAR)
        await present_all(harbor(sandbox))
        coming = {each.job: each.at for each in await jobs.next_due(sandbox)}
        await jobs.wind(sandbox, coming["close_window"])
        settles = next(each for each in await jobs.next_due(sandbox) if each.job == "settle_window")
        await jobs.wind(sandbox, settles.at)  # and no payout of itself yet
    return ""


async def die_after(steps: int, patch: pytest.MonkeyPatch, flow: Awaitable[Any]) -> bool:
    """Run the flow in a process that dies when it has committed ``steps`` steps; tell whether it did."""
    run, left = Steps.run, steps

    async def run_and_die(self: Steps, *arguments: Any) -> Any:
        nonlocal left
        result = await run(self, *arguments)
        left -= 1
        if left == 0:
            raise Died
        return result

    patch.setattr(Steps, "run", run_and_die)
    try:
        await flow
    except Died:
        return True
    finally:
        patch.undo()
    return False


def nothing_waits(sandbox: Sandbox) -> bool:
    return not sandbox.world.database.read_now(waiting_rows)


@pytest.mark.every_row
@pytest.mark.parametrize("name", FLOWS)
async def test_a_request_is_answered_whenever_the_process_died(
    database_url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    flow = FLOWS[name]
    for steps in itertools.count(1):
        sandbox = await open_day(database_url)
        payment = await before(sandbox, name)
        key = claim(f"{name}-{steps}")
        died = await die_after(steps, monkeypatch, flow(sandbox, key, payment))
        sandbox.close()
        async with a_day(database_url) as again:
            await jobs.recover(again)
            assert wrong(again) == [], f"after {steps} steps"
            if name == "cancel":
                await jobs.wind_by(again, HOUR)  # it is asked again by the clock
            with pytest.raises(Replayed) as replayed:
                await flow(again, key, payment)
            assert replayed.value.status == 201
            entries_are_real(again, replayed.value.body)
            if not died:
                await jobs.wind_by(again, 3 * DAY)
                assert nothing_waits(again)
                assert wrong(again) == []
                return


def entries_are_real(sandbox: Sandbox, body: str) -> None:
    """The answer names entries that were booked for what it is about, and when it is about a payment all of them."""
    id, _, entries = body.split(" ")
    named = set(filter(None, entries.split(",")))
    booked = {each.subject for each in rows(sandbox, Event) if each.type.startswith("money.")}
    assert named <= booked, id


async def test_a_recovered_answer_names_what_was_booked_before_the_process_died(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = await open_day(database_url)
    assert await die_after(3, monkeypatch, sell(sandbox, 2_00, claim=claim("held")))  # the issuer has held the money
    sandbox.close()
    async with a_day(database_url) as again:
        await jobs.recover(again)
        (payment,) = rows(again, Payment)
        (key,) = rows(again, IdempotencyKey)
        (held, released) = [
            each.subject
            for each in rows(again, Event, reference=payment.reference)
            if each.type in ("money.held", "money.released")
        ]
        assert key.answer == f"{payment.id} failed {held}"
        assert released != held


async def test_a_push_is_never_sent_again(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for steps in (1, 2, 3, 4):
        sandbox = await open_day(database_url)
        assert await die_after(steps, monkeypatch, push(sandbox, 1_00, claim=claim(f"push-{steps}")))
        sandbox.close()
    async with a_day(database_url) as again:
        await jobs.recover(again)
        await jobs.wind_by(again, HOUR)
        # What never left the acquirer, and what never reached the issuer, was not paid; the others were, once.
        assert sorted(each.status for each in rows(again, Disbursement)) == ["declined", "declined", "paid", "paid"]
        pushed = [each for each in rows(again, Event, type="message.sent") if '"mti":"0200"' in each.data]
        assert len(pushed) == 4 + 3  # four by the acquirer, three passed on by the network
        assert wrong(again) == []
        assert nothing_waits(again)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30, 33, 36, 40])
async def test_a_day_that_was_interrupted_is_finished(
    database_url: str, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    sandbox = await open_day(database_url)
    paid = await sell(sandbox, 20_00)
    await sell(sandbox, 30_00, OMAR)
    await push(sandbox)
    await refund(harbor(sandbox), paid.id, 5_00)
    await die_after(steps, monkeypatch, jobs.wind_by(sandbox, DAY))
    sandbox.close()
    async with a_day(database_url) as again:
        await jobs.recover(again)
        assert wrong(again) == []
        await jobs.run_due(again)
        await jobs.wind_by(again, 3 * DAY)
        assert wrong(again) == []
        assert nothing_waits(again)
        assert {each.status for each in rows(again, Payment)} == {"captured"}


@pytest.mark.parametrize("outcome", [DEFERRED, RETURNED, AVAILABLE_LATER])
async def test_what_happens_later_happens_once_whenever_the_process_died(
    database_url: str, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    for steps in itertools.count(1):
        sandbox = await open_day(database_url)
        await stage_for_nora(sandbox, outcome, 60)
        pushed = await push(sandbox, 4_00)
        died = await die_after(steps, monkeypatch, jobs.wind_by(sandbox, 2 * MINUTE))
        sandbox.close()
        async with a_day(database_url) as again:
            await jobs.recover(again)
            assert wrong(again) == [], f"after {steps} steps"
            await jobs.wind_by(again, 2 * HOUR)
            (found,) = rows(again, Disbursement, id=pushed.id)
            # What the network took out of keeping and never sent is declined: it is not sent again.
            ends = {DEFERRED: {"paid", "declined"}, RETURNED: {"returned"}, AVAILABLE_LATER: {"paid"}}
            assert found.status in ends[outcome]
            assert found.response_code == ("91" if found.status == "declined" else "00")
            assert nothing_waits(again)
            assert wrong(again) == [], f"after {steps} steps"
            if not died:
                return


@pytest.mark.postgresql
async def test_a_living_worker_takes_over_from_a_dead_one(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database_url.startswith("sqlite"):
        return  # one process serves a file
    async with a_day(database_url) as living:
        dying = await open_day(database_url)
        assert await die_after(3, monkeypatch, sell(dying, claim=claim("sale")))
        assert await recover_dead(living) == 0  # it might only be slow: its lock is held
        dying.close()
        assert await recover_dead(living) == 1
        assert await recover_dead(living) == 0
        with pytest.raises(Replayed):
            await sell(living, claim=claim("sale"))
        assert [each.status for each in rows(living, Payment)] == ["failed"]
        assert wrong(living) == []
        assert nothing_waits(living)


async def test_a_flow_that_broke_in_a_living_process_is_finished_after_a_minute(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_day(database_url) as sandbox:
        abandoned = keeping.Abandoned(sandbox)
        assert await die_after(3, monkeypatch, sell(sandbox, claim=claim("sale")))
        later = real_now() + 2 * MINUTE
        assert await abandoned.finish() == 0  # it may only be slow
        monkeypatch.setattr(keeping, "real_now", lambda: later)
        assert await abandoned.finish() == 1
        assert [each.status for each in rows(sandbox, Payment)] == ["failed"]
        assert wrong(sandbox) == []
        assert nothing_waits(sandbox)
