"""What an endpoint hears, how it is signed, and what happens when it does not answer well."""

from __future__ import annotations

import base64

import pytest
from standardwebhooks import WebhookVerificationError

from payments.jobs.job import ask
from payments.kit.clock import DAY, HOUR, MINUTE, SECOND, rfc3339
from payments.kit.secrets import Secret
from payments.webhooks import request
from payments.webhooks.attempt import RETRY_AFTER, resend
from payments.webhooks.delivery import DELIVERED, FAILED, PENDING, earliest_due
from payments.webhooks.registration import rotate_secret
from payments.webhooks.signature import new_secret, signed_headers
from tests.webhooks.hearing import NOON, Hearing
from tests.webhooks.receiver import HANG_UP, SILENCE, Receiver, closed_port, listening


async def test_an_event_is_told_and_its_signature_holds(hearing: Hearing, receiver: Receiver) -> None:
    _, secret = await hearing.register(receiver.url("/hooks?shop=1"))
    await hearing.happen("pay_1")
    assert await hearing.tell() == 1
    (heard,) = receiver.requests
    told = heard.verified(secret)
    delivery = hearing.delivery()
    assert heard.path == "/hooks?shop=1"
    assert heard.headers["content-type"] == "application/json"
    assert heard.id == delivery.id
    assert heard.id.startswith("whd_")
    assert told == {
        "id": f"evt_{delivery.position}",
        "type": "payment.captured",
        "timestamp": rfc3339(NOON),
        "data": {
            "amount": 5841,
            "currency": "USD",
            "subject": "pay_1",
            "reference": "rrn_pay_1",
            "position": delivery.position,
        },
    }
    assert (delivery.status, delivery.response_code, delivery.due_at) == (DELIVERED, 204, None)
    assert (delivery.attempts, delivery.attempted_at) == (1, NOON)
    with pytest.raises(WebhookVerificationError):
        heard.verified(new_secret().reveal())
    heard.body += b" "
    with pytest.raises(WebhookVerificationError):
        heard.verified(secret)


def test_signatures_agree_with_a_known_answer() -> None:
    key = base64.b64encode(bytes(range(32))).decode()
    headers = signed_headers([Secret(f"whsec_{key}")], "whd_1", 1_674_087_231 * SECOND + 999_999, '{"a":1}')
    # openssl: printf 'whd_1.1674087231.{"a":1}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00..1f -binary
    assert headers == {
        "webhook-id": "whd_1",
        "webhook-timestamp": "1674087231",
        "webhook-signature": "v1,qlSy/5GkCwKx/uhd6BTZAu6ywCtS9JEqy2o3sVoYiFA=",
    }


async def test_each_endpoint_hears_what_it_asked_for(hearing: Hearing, receiver: Receiver) -> None:
    public = (await hearing.register(receiver.url("/public")))[0]
    pushes = (await hearing.register(receiver.url("/some"), "refund.*", "message.sent"))[0]
    everything = (await hearing.register(receiver.url("/all"), "*"))[0]
    types = ["payment.captured", "refund.pending", "refund.settled", "message.sent", "money.held"]
    types += ["card.blocked", "notification.created", "disbursement.paid", "payout.paid", "dispute.opened"]
    types += ["clock.wound", "payments.odd"]
    for type in types:
        await hearing.happen("x", type=type)
    await hearing.tell()
    await hearing.tell()  # what webhooks say of themselves is told to nobody, or it would never end
    told = {each.id: [each.type for each in hearing.deliveries(each.id)] for each in (public, pushes, everything)}
    hidden = ("message.sent", "money.held", "clock.wound", "payments.odd")
    assert told[public.id] == [each for each in types if each not in hidden]
    assert told[pushes.id] == ["refund.pending", "refund.settled", "message.sent"]
    assert told[everything.id] == types
    assert len(receiver.requests) == sum(map(len, told.values()))


async def test_an_endpoint_hears_of_what_happens_after_it_was_opened(hearing: Hearing, receiver: Receiver) -> None:
    await hearing.happen("before")
    await hearing.register(receiver.url())
    await hearing.happen("after")
    await hearing.tell()
    assert receiver.subjects == ["after"]


async def test_events_arrive_in_their_order_over_one_connection(hearing: Hearing, receiver: Receiver) -> None:
    await hearing.register(receiver.url())
    subjects = [f"pay_{n}" for n in range(50)]
    for n in range(0, 50, 5):
        await hearing.happen(*subjects[n : n + 5])
    assert await hearing.tell() == 50
    assert receiver.subjects == subjects
    assert receiver.connections == 1
    positions = [each.told["data"]["position"] for each in receiver.requests]
    assert positions == sorted(set(positions))


async def test_it_is_tried_again_on_the_sandbox_s_clock_and_then_given_up(hearing: Hearing, receiver: Receiver) -> None:
    receiver.otherwise = 500
    _, secret = await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    assert await hearing.tell() == 1
    due_at = NOON
    for wait in RETRY_AFTER:
        due_at += wait
        assert hearing.world.database.read_now(ask, earliest_due()) == due_at
        await hearing.wind(wait - 1)
        assert await hearing.tell() == 0
        assert hearing.delivery().status == PENDING
        await hearing.wind(1)
        assert await hearing.tell() == 1
    delivery = hearing.delivery()
    assert (delivery.status, delivery.attempts, delivery.due_at) == (FAILED, len(RETRY_AFTER) + 1, None)
    assert (delivery.response_code, delivery.error) == (500, "not_accepted")
    assert hearing.world.database.read_now(ask, earliest_due()) is None
    assert {each.id for each in receiver.requests} == {delivery.id}
    assert len({each.body for each in receiver.requests}) == 1
    assert all(each.verified(secret) for each in receiver.requests)  # however far the sandbox's clock is
    assert len(hearing.events("webhook_delivery.attempt_failed")) == len(RETRY_AFTER)
    assert sum(RETRY_AFTER) == 27 * HOUR + 35 * MINUTE + 5 * SECOND
    await hearing.wind(30 * DAY)
    assert await hearing.tell() == 0


@pytest.mark.parametrize("bad", [307, 404, HANG_UP])
async def test_only_2xx_counts_as_heard(hearing: Hearing, receiver: Receiver, bad: int) -> None:
    receiver.answers = [bad]
    receiver.location = receiver.url("/elsewhere")
    await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    await hearing.tell()
    delivery = hearing.delivery()
    assert delivery.status == PENDING
    assert delivery.response_code == (None if bad == HANG_UP else bad)
    assert delivery.error == ("no_answer" if bad == HANG_UP else "not_accepted")
    assert [each.path for each in receiver.requests] == ["/hooks"]  # a redirect is not followed
    await hearing.wind_seconds(5)
    await hearing.tell()
    assert hearing.delivery().status == DELIVERED
    assert (hearing.delivery().response_code, hearing.delivery().error) == (204, "")


async def test_who_does_not_answer_is_asked_once_a_round_and_holds_nobody_up(
    hearing: Hearing, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "ANSWER_WITHIN_SECONDS", 0.3)
    async with listening(otherwise=SILENCE) as silent:
        slow = (await hearing.register(silent.url()))[0]
        quick = (await hearing.register(receiver.url()))[0]
        await hearing.happen(*(f"pay_{n}" for n in range(60)))
        assert await hearing.tell() == 120
        assert len(silent.requests) == 1
        assert len(receiver.requests) == 60
    assert {each.status for each in hearing.deliveries(quick.id)} == {DELIVERED}
    first, *others = hearing.deliveries(slow.id)
    assert first.error == "no_answer"
    assert {(each.status, each.error, each.due_at) for each in others} == {(PENDING, "not_tried", NOON + 5 * SECOND)}


async def test_nobody_listening_is_no_answer(hearing: Hearing) -> None:
    await hearing.register(f"http://127.0.0.1:{closed_port()}/")
    await hearing.register("http://name.invalid/")
    await hearing.register(f"https://{'a' * 70}.invalid/")
    await hearing.happen("pay_1")
    await hearing.tell()
    assert {each.error for each in hearing.deliveries()} == {"no_answer"}


async def test_a_delivery_can_be_sent_anew_under_its_id(hearing: Hearing, receiver: Receiver) -> None:
    await hearing.register(receiver.url())
    await hearing.happen("pay_1")
    await hearing.tell()
    before = hearing.delivery()
    assert (await hearing.webhooks.step(resend, before.id)).status == PENDING
    receiver.answers = [500] * 8
    for wait in (0, *RETRY_AFTER):
        await hearing.wind(wait)
        await hearing.tell()
    assert hearing.delivery().status == FAILED
    await hearing.webhooks.step(resend, before.id)
    await hearing.webhooks.step(resend, before.id)  # pending already: due at once
    await hearing.tell()
    after = hearing.delivery()
    assert (after.status, after.attempts, after.tries) == (DELIVERED, 10, 1)
    assert {each.id for each in receiver.requests} == {before.id}
    assert len({each.body for each in receiver.requests}) == 1


async def test_a_rotated_secret_and_the_one_before_sign_together_for_a_day(
    hearing: Hearing, receiver: Receiver
) -> None:
    endpoint, old = await hearing.register(receiver.url())
    _, shown = await hearing.webhooks.step(rotate_secret, endpoint.id)
    new = shown.reveal()
    assert new != old
    await hearing.happen("pay_1")
    await hearing.tell()
    await hearing.wind(DAY)
    await hearing.happen("pay_2")
    await hearing.tell()
    during, after = receiver.requests
    assert during.verified(old) == during.verified(new)
    assert after.verified(new)
    assert len(after.headers["webhook-signature"].split()) == 1
    with pytest.raises(WebhookVerificationError):
        after.verified(old)


async def test_secrets_show_themselves_nowhere(hearing: Hearing, receiver: Receiver) -> None:
    endpoint, old = await hearing.register(receiver.url())
    changed, shown = await hearing.webhooks.step(rotate_secret, endpoint.id)
    await hearing.happen("pay_1")
    await hearing.tell()
    written = hearing.everything_written() + repr((endpoint, changed, shown))
    for secret in (old, shown.reveal()):
        assert secret.removeprefix("whsec_") not in written
        assert base64.b64decode(secret.removeprefix("whsec_")).hex() not in written
    assert len(base64.b64decode(old.removeprefix("whsec_"))) == 32
