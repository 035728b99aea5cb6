"""Finding out what became of a push that was never answered. No money is lost, and none is paid twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from payments.acquirer.disbursement import Disbursement, disburse, record_pending
from payments.acquirer.enquiry import enquire, take_over
from payments.acquirer.screening import NO_HIT
from payments.issuer.inbox import receive as issuer_receives
from payments.issuer.notification import Notification
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.jobs.winding import wind
from payments.kit.clock import MINUTE, SECOND, instant
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.world import Institution
from payments.network.enquiry import ask_issuer
from payments.network.inbox import receive as network_receives
from payments.network.network import Network
from payments.network.transaction import Transaction
from payments.switch.iso8583 import decode, encode
from payments.switch.message import Enquiry, EnquiryReply, Message, OriginalCredit
from payments.switch.switch import NoReply
from tests.flows.push_world import FUNDS, NORAS, PushWorld, order, push_world

THEO = "4000121111150062"
TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"
HOPS = (TO_NETWORK, TO_ISSUER)
LOSSES = ("lose_request", "lose_reply", "delay")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


async def lost(world: PushWorld, kind: str, hop: str, **changes: object) -> Disbursement:
    """A disbursement whose push met with a fault at a hop, so that its fate is unknown."""
    await world.arm(kind, hop, "original_credit")
    unknown = await world.push(250_00, **changes)  # type: ignore[arg-type]
    assert unknown.status == "unknown"
    return unknown


# ── one thing went wrong ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hop", HOPS)
@pytest.mark.parametrize("kind", ["lose_reply", "delay"])
async def test_what_had_arrived_is_found_paid(world: PushWorld, kind: str, hop: str) -> None:
    unknown = await lost(world, kind, hop)
    found = await enquire(world.harbor, unknown.id)
    assert (found.status, found.response_code, found.decided_by) == ("paid", "00", "first_prairie")
    assert (found.interchange_amount, found.scheme_fee_amount, found.window) == (10, 2, "win_2026-10-14")
    assert found.approval_code
    assert found.answer_due_at is None
    assert world.balance(NORAS) == 412_18 + 250_00
    assert world.balance(FUNDS) == 10_000_00 - 250_60
    assert len(world.all(Notification)) == 1
    world.money_is_where_it_should_be()


async def test_what_never_arrived_at_the_network_is_declined_and_released(world: PushWorld) -> None:
    unknown = await lost(world, "lose_request", TO_NETWORK)
    found = await enquire(world.harbor, unknown.id)
    assert (found.status, found.response_code, found.decided_by) == ("declined", "25", "opennet")
    assert world.available(FUNDS) == 10_000_00
    world.money_is_where_it_should_be()


async def test_what_never_arrived_at_the_issuer_is_declined_and_released(world: PushWorld) -> None:
    unknown = await lost(world, "lose_request", TO_ISSUER)
    found = await enquire(world.harbor, unknown.id)
    assert (found.status, found.response_code, found.decided_by) == ("declined", "91", "opennet")
    assert world.available(FUNDS) == 10_000_00
    world.money_is_where_it_should_be()


@pytest.mark.parametrize("hop", HOPS)
async def test_what_was_declined_is_found_declined(world: PushWorld, hop: str) -> None:
    unknown = await lost(world, "lose_reply", hop, to=THEO)
    found = await enquire(world.harbor, unknown.id)
    assert (found.status, found.response_code, found.decided_by) == ("declined", "62", "first_prairie")
    assert world.available(FUNDS) == 10_000_00
    world.money_is_where_it_should_be()


async def test_what_the_network_knows_it_tells_without_asking_the_issuer(world: PushWorld) -> None:
    unknown = await lost(world, "lose_reply", TO_NETWORK)
    await world.arm("lose_request", TO_ISSUER, "enquiry", times=9)
    assert (await enquire(world.harbor, unknown.id)).status == "paid"


async def test_who_has_the_outcome_is_not_asked_again(world: PushWorld) -> None:
    paid = await world.push()
    before = len(world.all(Event))
    assert await enquire(world.harbor, paid.id) == paid
    assert len(world.all(Event)) == before


async def test_a_push_under_way_is_not_enquired_about(world: PushWorld) -> None:
    pending, _ = await world.harbor.step(record_pending, order(), NO_HIT)
    with pytest.raises(MoveNotAllowed):
        await enquire(world.harbor, pending.id)
    with pytest.raises(NotFound):
        await enquire(world.harbor, "dsb_none")


# ── the answer came late, or not at all for a while ─────────────────────────────────────────────────


async def test_an_issuer_that_was_silent_is_asked_until_it_answers(world: PushWorld) -> None:
    unknown = await lost(world, "lose_reply", TO_ISSUER)
    await world.arm("lose_reply", TO_ISSUER, "enquiry", times=3)
    for attempts in (1, 2, 3):
        still = await enquire(world.harbor, unknown.id)
        assert (still.status, still.attempts) == ("unknown", attempts)
        assert world.available(FUNDS) == 10_000_00 - 250_60
        world.money_is_where_it_should_be()
    assert (await enquire(world.harbor, unknown.id)).status == "paid"
    assert world.balance(NORAS) == 412_18 + 250_00
    world.money_is_where_it_should_be()


async def test_it_is_asked_again_after_1_2_4_minutes_an_hour_at_most(world: PushWorld) -> None:
    unknown = await lost(world, "lose_reply", TO_ISSUER)
    await world.arm("lose_request", TO_NETWORK, "enquiry", times=9)
    waits = []
    for _ in range(8):
        still = await enquire(world.harbor, unknown.id)
        assert still.answer_due_at is not None
        waits.append((still.answer_due_at - await world.now()) // MINUTE)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_the_clock_asks_by_itself(world: PushWorld) -> None:
    unknown = await lost(world, "lose_reply", TO_ISSUER)
    await world.arm("lose_request", TO_ISSUER, "enquiry", times=2)
    start = await world.now()
    await wind(world.sandbox, start + 30 * SECOND)
    assert [(each.status, each.attempts) for each in world.all(Disbursement)] == [("unknown", 0)]
    await wind(world.sandbox, start + 10 * MINUTE)
    (found,), (answered,) = world.all(Disbursement), world.all(Transaction)
    assert (found.id, found.status, answered.status) == (unknown.id, "paid", "answered")
    assert found.answer_due_at is answered.answer_due_at is None
    world.money_is_where_it_should_be()


async def test_the_network_finds_out_by_itself(world: PushWorld) -> None:
    unknown = await lost(world, "lose_reply", TO_ISSUER)
    (forwarded,) = world.all(Transaction)
    await world.arm("lose_reply", TO_ISSUER, "enquiry")
    assert (await ask_issuer(world.sandbox.network, forwarded.id)).status == "unanswered"
    await world.wind(180)
    still = await ask_issuer(world.sandbox.network, forwarded.id)
    assert (still.status, still.response_code) == ("answered", "00")
    assert await ask_issuer(world.sandbox.network, forwarded.id) == still
    assert (await enquire(world.harbor, unknown.id)).status == "paid"
    world.money_is_where_it_should_be()


async def test_the_network_waits_as_long_again_as_has_gone_by(world: PushWorld) -> None:
    await lost(world, "lose_reply", TO_ISSUER)
    (forwarded,) = world.all(Transaction)
    await world.arm("lose_request", TO_ISSUER, "enquiry", times=9)
    waits = []
    for _ in range(9):
        still = await ask_issuer(world.sandbox.network, forwarded.id)
        assert still.answer_due_at is not None
        waits.append((still.answer_due_at - await world.now()) // MINUTE)
        await world.wind(waits[-1] * 60)
    assert waits == [1, 1, 2, 4, 8, 16, 32, 60, 60]


async def test_an_answer_after_the_window_closed_settles_in_the_next(world: PushWorld) -> None:
    unknown = await lost(world, "lose_reply", TO_ISSUER)
    await world.wind((instant(datetime(2026, 10, 14, 23, 50, tzinfo=UTC)) - await world.now()) // 1_000_000)
    found = await enquire(world.harbor, unknown.id)
    assert (found.status, found.window) == ("paid", "win_2026-10-15")
    world.money_is_where_it_should_be()


# ── the original comes after all ────────────────────────────────────────────────────────────────────


async def test_an_original_later_than_its_enquiry_is_declined_by_the_network(world: PushWorld) -> None:
    network = world.sandbox.network
    under_way = keep_under_way(world, network, network_receives)
    unknown = await world.push(250_00)
    assert (await enquire(world.harbor, unknown.id)).status == "declined"
    for _ in range(2):
        late = await network_receives(network, under_way[0])
        assert (late.code, late.decided_by, late.amount, late.currency) == ("12", "opennet", 250_00, "USD")
    assert world.all(IssuerTransaction) == []
    assert world.balance(NORAS) == 412_18
    world.money_is_where_it_should_be()


async def test_an_original_later_than_its_enquiry_is_declined_by_the_issuer(world: PushWorld) -> None:
    first_prairie = world.sandbox.issuers["first_prairie"]
    under_way = keep_under_way(world, first_prairie, issuer_receives)
    unknown = await world.push(250_00)
    assert (await enquire(world.harbor, unknown.id)).response_code == "91"
    for _ in range(2):
        late = await issuer_receives(first_prairie, under_way[0])
        assert (late.code, late.decided_by, late.amount) == ("12", "first_prairie", 250_00)
    assert world.balance(NORAS) == 412_18
    assert world.all(Notification) == []
    world.money_is_where_it_should_be()


async def test_who_asks_again_about_what_never_arrived_is_told_the_same(world: PushWorld) -> None:
    unknown = await lost(world, "lose_request", TO_NETWORK)
    await world.arm("lose_reply", TO_NETWORK, "enquiry")
    assert (await enquire(world.harbor, unknown.id)).status == "unknown"
    found = await enquire(world.harbor, unknown.id)
    assert (found.status, found.response_code) == ("declined", "25")
    world.money_is_where_it_should_be()


async def test_an_enquiry_that_overtakes_its_original_decides_with_it(world: PushWorld) -> None:
    """The network is asked while the issuer's answer is still on its way: both find the same."""
    network, fp = world.sandbox.network, world.sandbox.issuers["first_prairie"]
    told: list[EnquiryReply] = []

    async def answer_slowly(message: Message) -> object:
        reply = await issuer_receives(fp, message)
        if isinstance(message, OriginalCredit):
            told.append(await network_receives(network, enquiry_about(network, message)))
        return reply

    world.sandbox.switch.connect(fp.id, answer_slowly)
    paid = await world.push()
    assert paid.status == "paid"
    assert told[0].original is not None
    assert (told[0].original.code, told[0].original.window) == ("00", paid.window)
    world.money_is_where_it_should_be()


async def test_an_enquiry_that_overtakes_it_on_the_way_to_the_issuer_stops_it(world: PushWorld) -> None:
    network, fp = world.sandbox.network, world.sandbox.issuers["first_prairie"]
    told: list[EnquiryReply] = []

    async def deliver_slowly(message: Message) -> object:
        if isinstance(message, OriginalCredit):
            told.append(await network_receives(network, enquiry_about(network, message)))
        return await issuer_receives(fp, message)

    world.sandbox.switch.connect(fp.id, deliver_slowly)
    declined = await world.push()
    assert (declined.status, declined.response_code) == ("declined", "91")
    assert told[0].original is not None
    assert told[0].original.code == "91"
    assert world.balance(NORAS) == 412_18
    world.money_is_where_it_should_be()


# ── on the wire ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_push_and_its_enquiry_say_the_same_in_bytes(world: PushWorld) -> None:
    speak_bytes(world, world.sandbox.network, network_receives)
    speak_bytes(world, world.sandbox.issuers["first_prairie"], issuer_receives)
    assert (await world.push(1_00)).status == "paid"
    for kind, hop in product(LOSSES, HOPS):
        unknown = await lost(world, kind, hop)
        found = await enquire(world.harbor, unknown.id)
        assert found.status == ("declined" if kind == "lose_request" else "paid")
    world.money_is_where_it_should_be()


# ── everything at once ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [*LOSSES, "duplicate"])
async def test_no_fault_on_the_way_out_and_back_loses_or_doubles_money(world: PushWorld, kind: str) -> None:
    """Every fault of the push at each hop, with every fault of the enquiry about it at each hop."""
    for hop, asked_kind, asked_hop in product(HOPS, [*LOSSES, "duplicate"], HOPS):
        await world.arm(kind, hop, "original_credit")
        await world.arm(asked_kind, asked_hop, "enquiry")
        pushed = await world.push(1_00)
        world.money_is_where_it_should_be()
        for _ in range(2):
            pushed = await enquire(world.harbor, pushed.id)
            world.money_is_where_it_should_be()
        assert pushed.status == ("declined" if kind == "lose_request" else "paid")
        await world.mend()
    assert len(world.all(Disbursement)) == 16


# ── the process died ────────────────────────────────────────────────────────────────────────────────


async def test_a_push_whose_process_died_before_it_was_sent_is_taken_over(world: PushWorld) -> None:
    world.sandbox.world.render["push"] = lambda push, _: (201, f'"{push.status}"')
    claim = Claim.on("key", "1", "push", b"{}")
    pending, _ = await world.harbor.step(record_pending, order(claim=claim), NO_HIT)
    assert (await take_over(world.harbor, pending)).status == "declined"
    with pytest.raises(Replayed):
        await disburse(world.harbor, order(claim=claim))
    world.money_is_where_it_should_be()


async def test_a_push_whose_process_died_while_the_issuer_had_it_is_taken_over(world: PushWorld) -> None:
    fp = world.sandbox.issuers["first_prairie"]

    async def die(message: Message) -> object:
        await issuer_receives(fp, message)
        raise KeyboardInterrupt

    world.sandbox.switch.connect(fp.id, die)
    with pytest.raises(KeyboardInterrupt):
        await world.push()
    world.sandbox.switch.connect(fp.id, lambda message: issuer_receives(fp, message))
    (pending,), (forwarded,) = world.all(Disbursement), world.all(Transaction)
    assert (pending.status, forwarded.status) == ("pending", "forwarded")
    assert (await ask_issuer(world.sandbox.network, forwarded.id)).response_code == "00"
    assert (await take_over(world.harbor, pending)).status == "paid"
    world.money_is_where_it_should_be()


def enquiry_about(network: Network, credit: OriginalCredit) -> Enquiry:
    return Enquiry(
        sender="harbor",
        receiver=network.id,
        acquirer=credit.acquirer,
        stan="900000",
        rrn=credit.rrn,
        transmitted_at=credit.transmitted_at,
        original_stan=credit.stan,
        original_transmitted_at=credit.transmitted_at,
    )


def keep_under_way(
    world: PushWorld, member: Institution, receive: Callable[[Any, Message], Awaitable[Any]]
) -> list[OriginalCredit]:
    """Have the line keep original credits to ``member``, as if they were long under way; return what it keeps."""
    under_way: list[OriginalCredit] = []

    async def keep(message: Message) -> Any:
        if not isinstance(message, OriginalCredit):
            return await receive(member, message)
        under_way.append(message)
        raise NoReply("it is still under way")

    world.sandbox.switch.connect(member.id, keep)
    return under_way


def speak_bytes(world: PushWorld, member: Institution, receive: Callable[[Any, Any], Awaitable[Any]]) -> None:
    """Have the messages to ``member``, and its replies, cross the wall as ISO 8583."""

    async def carry(message: Message) -> Any:
        reply = await receive(member, decode(encode(message), sender=message.sender, receiver=message.receiver))
        return decode(encode(reply, answering=message), sender=reply.sender, receiver=reply.receiver)

    world.sandbox.switch.connect(member.id, carry)
