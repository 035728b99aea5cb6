"""Endpoints: what is accepted, how they are stopped and started, and what can be made to go wrong."""

from __future__ import annotations

import pytest

from payments.kit.clock import SECOND
from payments.kit.errors import NotFound, Refusal
from payments.kit.lifecycle import MoveNotAllowed
from payments.webhooks import registration
from payments.webhooks.attempt import resend
from payments.webhooks.delivery import DELIVERED, FAILED, PENDING
from payments.webhooks.endpoint import DISABLED, ENABLED, Endpoint, find_endpoint, list_endpoints
from payments.webhooks.registration import (
    GONE,
    REQUESTED,
    NoSuchChaos,
    NoSuchEventType,
    TooManyWebhookEndpoints,
    WebhookUrlNotAllowed,
    delete_endpoint,
    disable_endpoint,
    enable,
    set_chaos,
)
from tests.webhooks.hearing import NOON, Hearing
from tests.webhooks.receiver import Receiver

# ── what is accepted ────────────────────────────────────────────────────────────────────────────────


NO_URLS = [
    *("", "hooks", "/hooks", "ftp://shop.example/hooks", "file:///etc/passwd", "http://", "http:///hooks"),
    *("http://user:password@shop.example/", "http://token@shop.example/", "http://shop.example:99999/"),
    *("http://[::1/", "http://shop.example/\n", f"http://shop.example/{'a' * 2000}"),
]
NO_TYPES = ["", "payment", "payment.", ".captured", "**", "*.captured", "a b", "A.b"]
NO_CHAOS = ["Drop", "delay", "delay:", "delay:0", "delay:1.5", "drop repeat"]


async def test_other_urls_types_and_chaos_are_refused(hearing: Hearing, receiver: Receiver) -> None:
    for url in NO_URLS:
        with pytest.raises(WebhookUrlNotAllowed):
            await hearing.register(url)
    for type in NO_TYPES:
        with pytest.raises(NoSuchEventType):
            await hearing.register(receiver.url(), "payment.*", type)
    assert hearing.world.database.read_now(list_endpoints, 10) == []
    endpoint, _ = await hearing.register(receiver.url())
    for chaos in NO_CHAOS:
        with pytest.raises(NoSuchChaos):
            await hearing.webhooks.step(set_chaos, endpoint.id, chaos)
    assert hearing.endpoint(endpoint.id) == endpoint


async def test_there_can_be_only_so_many(hearing: Hearing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "ENDPOINTS_LIMIT", 2)
    first, _ = await hearing.register(receiver.url())
    await hearing.register(receiver.url())
    with pytest.raises(TooManyWebhookEndpoints):
        await hearing.register(receiver.url())
    await hearing.webhooks.step(delete_endpoint, first.id)
    await hearing.register(receiver.url())


# ── stopped and started ─────────────────────────────────────────────────────────────────────────────


async def test_a_disabled_endpoint_hears_nothing_then_or_later(hearing: Hearing, receiver: Receiver) -> None:
    endpoint, _ = await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    await hearing.tell()
    stopped = await hearing.webhooks.step(disable_endpoint, endpoint.id, REQUESTED)
    assert (stopped.status, stopped.disabled_reason) == (DISABLED, REQUESTED)
    await hearing.happen("pay_2")
    await hearing.tell()
    started = await enable(hearing.webhooks, endpoint.id)
    assert (started.status, started.disabled_reason) == (ENABLED, "")
    await hearing.happen("pay_3")
    await hearing.tell()
    assert receiver.subjects == ["pay_1", "pay_3"]


async def test_what_falls_due_for_a_disabled_endpoint_fails_and_can_be_sent_later(
    hearing: Hearing, receiver: Receiver
) -> None:
    receiver.answers = [500]
    endpoint, _ = await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    await hearing.tell()
    await hearing.webhooks.step(disable_endpoint, endpoint.id, REQUESTED)
    await hearing.wind_seconds(5)
    await hearing.tell()
    delivery = hearing.delivery()
    assert (delivery.status, delivery.error, delivery.due_at) == (FAILED, "endpoint_disabled", None)
    assert len(receiver.requests) == 1
    await enable(hearing.webhooks, endpoint.id)
    await hearing.webhooks.step(resend, delivery.id)
    await hearing.tell()
    assert hearing.delivery().status == DELIVERED


async def test_who_answers_gone_is_disabled(hearing: Hearing, receiver: Receiver) -> None:
    receiver.answers = [410]
    endpoint, _ = await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    await hearing.tell()
    found = hearing.endpoint(endpoint.id)
    assert (found.status, found.disabled_reason) == (DISABLED, GONE)
    await hearing.wind_seconds(5)
    await hearing.tell()
    assert hearing.delivery().status == FAILED
    assert len(receiver.requests) == 1


async def test_a_deleted_endpoint_is_gone_but_for_its_deliveries(hearing: Hearing, receiver: Receiver) -> None:
    endpoint, _ = await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    await hearing.tell()
    await hearing.webhooks.step(delete_endpoint, endpoint.id)
    await hearing.happen("pay_2")
    await hearing.tell()
    read = hearing.world.database.read_now
    assert read(find_endpoint, endpoint.id) is None
    assert read(list_endpoints, 10) == []
    for asked in (
        hearing.webhooks.step(set_chaos, endpoint.id, "drop"),
        hearing.webhooks.step(disable_endpoint, endpoint.id, REQUESTED),
        hearing.webhooks.step(delete_endpoint, endpoint.id),
    ):
        with pytest.raises(NotFound):
            await asked
    with pytest.raises(NotFound):
        await enable(hearing.webhooks, endpoint.id)
    assert receiver.subjects == ["pay_1"]
    assert hearing.delivery().status == DELIVERED


async def test_moves_that_are_not_in_the_table_are_refused(hearing: Hearing, receiver: Receiver) -> None:
    endpoint, _ = await hearing.register(receiver.url())
    with pytest.raises(MoveNotAllowed):
        await enable(hearing.webhooks, endpoint.id)
    await hearing.webhooks.step(disable_endpoint, endpoint.id, REQUESTED)
    with pytest.raises(MoveNotAllowed):
        await hearing.webhooks.step(disable_endpoint, endpoint.id, REQUESTED)
    with pytest.raises(Refusal):
        await hearing.webhooks.step(resend, "whd_unknown")


async def test_lists_are_newest_first_and_can_be_continued(hearing: Hearing, receiver: Receiver) -> None:
    opened = [(await hearing.register(receiver.url(f"/{n}")))[0] for n in range(3)]
    read = hearing.world.database.read_now
    newest = [each.id for each in opened[::-1]]
    assert [each.id for each in read(list_endpoints, 2)] == newest[:2]
    assert [each.id for each in read(list_endpoints, 2, newest[1])] == newest[2:]


# ── chaos ───────────────────────────────────────────────────────────────────────────────────────────


async def with_chaos(hearing: Hearing, receiver: Receiver, chaos: str) -> Endpoint:
    endpoint, _ = await hearing.register(receiver.url())
    return await hearing.webhooks.step(set_chaos, endpoint.id, chaos)


async def test_dropped_webhooks_arrive_once_the_chaos_is_over(hearing: Hearing, receiver: Receiver) -> None:
    endpoint = await with_chaos(hearing, receiver, "drop")
    await hearing.happen("pay_1")
    await hearing.tell()
    delivery = hearing.delivery()
    assert receiver.requests == []
    assert (delivery.status, delivery.error, delivery.chaos) == (PENDING, "dropped", "drop")
    await hearing.webhooks.step(set_chaos, endpoint.id, "")
    await hearing.wind_seconds(5)
    await hearing.tell()
    assert receiver.subjects == ["pay_1"]
    assert (hearing.delivery().status, hearing.delivery().chaos) == (DELIVERED, "drop")


async def test_repeated_webhooks_have_one_id(hearing: Hearing, receiver: Receiver) -> None:
    await with_chaos(hearing, receiver, "repeat")
    await hearing.happen("pay_1", "pay_2")
    await hearing.tell()
    assert receiver.subjects == ["pay_1", "pay_1", "pay_2", "pay_2"]
    assert len({each.id for each in receiver.requests}) == 2
    assert {(each.status, each.chaos, each.attempts) for each in hearing.deliveries()} == {(DELIVERED, "repeat", 1)}


async def test_reordered_webhooks_overtake_one_another(hearing: Hearing, receiver: Receiver) -> None:
    await with_chaos(hearing, receiver, "reorder")
    for n in range(4):
        await hearing.happen(f"pay_{n}")
        await hearing.tell()
    await hearing.wind_seconds(2)
    await hearing.tell()
    assert receiver.subjects == ["pay_1", "pay_3", "pay_0", "pay_2"]
    assert [each.chaos for each in hearing.deliveries()] == ["reorder", "", "reorder", ""]


async def test_delayed_webhooks_come_later_on_the_sandbox_s_clock(hearing: Hearing, receiver: Receiver) -> None:
    await with_chaos(hearing, receiver, "delay:90")
    await hearing.happen("pay_1")
    await hearing.tell()
    assert hearing.delivery().due_at == NOON + 90 * SECOND
    await hearing.wind_seconds(89)
    assert await hearing.tell() == 0
    await hearing.wind_seconds(1)
    assert await hearing.tell() == 1
    assert receiver.subjects == ["pay_1"]
    assert (hearing.delivery().chaos, hearing.delivery().status) == ("delay:90", DELIVERED)
