"""Each event has its deliveries exactly once, whoever dies in between."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from payments.kit.work import Work
from payments.webhooks import dispatch, sending
from payments.webhooks.delivery import DELIVERED, PENDING
from payments.webhooks.dispatch import dispatch_new, make_deliveries
from payments.webhooks.registration import REQUESTED, disable_endpoint
from payments.webhooks.sending import send_due
from tests.webhooks.hearing import Hearing, begin, opened
from tests.webhooks.receiver import Receiver

SUBJECTS = [f"pay_{n}" for n in range(10)]


def subjects_of(hearing: Hearing) -> list[int]:
    return [each.position for each in hearing.deliveries()]


async def test_without_an_endpoint_nothing_is_read_or_written(hearing: Hearing, receiver: Receiver) -> None:
    await hearing.happen(*SUBJECTS)
    before = hearing.batches()
    assert await hearing.tell() == 0
    endpoint, _ = await hearing.register(receiver.url())
    await hearing.webhooks.step(disable_endpoint, endpoint.id, REQUESTED)
    await hearing.happen(*SUBJECTS)
    middle = hearing.batches()
    assert await hearing.tell() == 0
    assert hearing.batches() == middle
    assert middle == before + 4  # giving positions, opening, disabling, happening


async def test_dispatching_again_makes_nothing_anew(hearing: Hearing, receiver: Receiver) -> None:
    await hearing.register(receiver.url())
    await hearing.happen(*SUBJECTS)
    assert await dispatch_new(hearing.webhooks) == 10
    assert await dispatch_new(hearing.webhooks) == 0
    quiet = hearing.batches()
    assert await dispatch_new(hearing.webhooks) == 0
    assert hearing.batches() == quiet


async def test_many_events_are_dispatched_some_at_a_time(
    hearing: Hearing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "EVENTS_AT_ONCE", 3)
    await hearing.register(receiver.url())
    for subject in SUBJECTS:
        await hearing.happen(subject)
        await hearing.happen(subject, type="message.sent")
    assert await dispatch_new(hearing.webhooks) == 10
    await send_due(hearing.webhooks)
    assert receiver.subjects == SUBJECTS


async def test_dispatch_ends_though_events_keep_coming(hearing: Hearing, receiver: Receiver) -> None:
    async def keep_coming() -> None:
        while True:
            await hearing.happen("pay_x")

    await hearing.register(receiver.url())
    await hearing.happen(*SUBJECTS)
    coming = asyncio.create_task(keep_coming())
    made = await asyncio.wait_for(dispatch_new(hearing.webhooks), 30)
    coming.cancel()
    assert made >= 10


async def test_two_who_dispatch_at_once_make_each_delivery_once(hearing: Hearing, receiver: Receiver) -> None:
    await hearing.register(receiver.url())
    await hearing.happen(*SUBJECTS)
    made = await asyncio.gather(*(dispatch_new(hearing.webhooks) for _ in range(4)))
    assert sum(made) == 10
    assert len(set(subjects_of(hearing))) == len(subjects_of(hearing)) == 10


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite one process writes
async def test_two_processes_make_each_delivery_once(
    database_url: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "EVENTS_AT_ONCE", 2)
    with opened(database_url) as one, opened(database_url) as other:
        await begin(one)
        await one.register(receiver.url())
        for subject in SUBJECTS:
            await one.happen(subject)
            await other.happen(f"other_{subject}")
        made = await asyncio.gather(dispatch_new(one.webhooks), dispatch_new(other.webhooks))
        assert sum(made) == 20
        assert len(set(subjects_of(one))) == len(subjects_of(one)) == 20


async def test_a_crash_while_deliveries_are_made_loses_and_doubles_none(
    database_url: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(work: Work, *arguments: Any) -> int:
        made = make_deliveries(work, *arguments)
        assert made == 10
        raise RuntimeError("the power went")

    with opened(database_url) as first:
        await begin(first)
        await first.register(receiver.url())
        await first.happen(*SUBJECTS)
        monkeypatch.setattr(dispatch, "make_deliveries", dies)
        with pytest.raises(RuntimeError):
            await dispatch_new(first.webhooks)
        assert first.deliveries() == []
        monkeypatch.undo()
    with opened(database_url) as second:
        assert await dispatch_new(second.webhooks) == 10
        assert {each.status for each in second.deliveries()} == {PENDING}
    with opened(database_url) as third:  # made, but not sent: the next process sends them
        assert await third.tell() == 10
        assert receiver.subjects == SUBJECTS
        assert {each.status for each in third.deliveries()} == {DELIVERED}


async def test_a_crash_after_sending_repeats_it_under_the_same_id(
    database_url: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise RuntimeError("the power went")

    with opened(database_url) as first:
        await begin(first)
        await first.register(receiver.url())
        await first.happen("pay_1")
        monkeypatch.setattr(sending, "record_outcomes", dies)
        with pytest.raises(ExceptionGroup):
            await first.tell()
        monkeypatch.undo()
        assert len(receiver.requests) == 1
        assert (first.delivery().status, first.delivery().attempts) == (PENDING, 1)
    with opened(database_url) as second:
        assert await second.tell() == 0  # not due yet
        await second.wind_seconds(5)
        assert await second.tell() == 1
        assert (second.delivery().status, second.delivery().attempts) == (DELIVERED, 2)
    one, same = receiver.requests
    assert (one.id, one.body) == (same.id, same.body)
