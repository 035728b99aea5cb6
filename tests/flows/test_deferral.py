"""Pushes that the network keeps until their time: released, declined, cancelled; every fault at each hop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product

import pytest

from payments.acquirer.cancellation import cancel, cancel_again
from payments.acquirer.disbursement import Disbursement
from payments.acquirer.enquiry import enquire
from payments.issuer.transaction import Transaction as CardTransaction
from payments.kit.clock import DAY, HOUR, MINUTE, SECOND
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.network.deferral import LONGEST, DeferredCredit
from payments.network.item import Item
from payments.network.release import release
from payments.network.transaction import Transaction
from tests.flows.push_world import FUNDS, NORAS, PushWorld, push_world
from tests.flows.staged_world import FUNDED, NORAS_OWN, PAID_OUT, later, pushed, right, staged, told
from tests.flows.world import mirrors_agree

TO_NETWORK, TO_ISSUER, TO_ACQUIRER = "harbor → opennet", "opennet → first_prairie", "opennet → harbor"
KINDS = ("lose_request", "lose_reply", "delay", "duplicate")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        right(world)


def nothing_moved(world: PushWorld) -> None:
    """The sender's money is set aside, the recipient has nothing, and nothing is cleared."""
    assert (world.balance(FUNDS), world.available(FUNDS)) == (FUNDED, FUNDED - PAID_OUT)
    assert world.balance(NORAS) == NORAS_OWN
    assert world.all(Item) == []
    right(world)


def paid_once(world: PushWorld) -> None:
    """It was paid, once, and everybody knows."""
    assert {each.status for each in world.all(Disbursement)} == {"paid"}
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED - PAID_OUT
    assert world.balance(NORAS) == NORAS_OWN + 250_00
    assert [each.kind for each in world.all(Item)] == ["original_credit"]
    assert len(told(world)) == 1
    mirrors_agree(world.sandbox)
    right(world)


def given_back(world: PushWorld) -> None:
    """It was never paid, and the sender has its money."""
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED
    assert world.balance(NORAS) == NORAS_OWN
    assert world.all(Item) == []
    mirrors_agree(world.sandbox)
    right(world)


# ── released ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_staged_push_is_kept_and_then_released(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=3600)
    deferred = await world.push()
    start = await world.now()
    assert (deferred.status, deferred.release_at, deferred.answer_due_at) == ("deferred", start + HOUR, None)
    assert world.all(CardTransaction) == []
    nothing_moved(world)
    await later(world, HOUR - SECOND)
    nothing_moved(world)
    await later(world, SECOND)
    assert pushed(world).decided_by == "first_prairie"
    assert (pushed(world).window, pushed(world).interchange_amount) == ("win_2026-10-14", 10)
    paid_once(world)


async def test_a_sender_may_ask_for_it(world: PushWorld) -> None:
    at = await world.now() + 25 * HOUR
    deferred = await world.push(release_at=at)
    assert (deferred.status, deferred.release_at) == ("deferred", at)
    await later(world, 25 * HOUR)
    assert pushed(world).window == "win_2026-10-15", "it is cleared when it is released"
    paid_once(world)


async def test_what_was_to_be_released_by_now_is_paid_at_once(world: PushWorld) -> None:
    assert (await world.push(release_at=await world.now())).status == "paid"
    paid_once(world)


async def test_nothing_is_kept_longer_than_the_network_allows(world: PushWorld) -> None:
    assert LONGEST == 2 * DAY
    declined = await world.push(release_at=await world.now() + LONGEST + 1)
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", "12", "opennet")
    given_back(world)


async def test_what_the_issuer_then_declines_is_given_back(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=60)
    await staged(world, "decline", code="62")
    await world.push()
    await later(world, MINUTE)
    assert (pushed(world).status, pushed(world).response_code) == ("declined", "62")
    given_back(world)


async def test_no_card_number_is_kept_in_the_clear(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=60)
    await world.push()
    (kept,) = world.all(DeferredCredit)
    assert "4000121111104242" not in kept.credit + kept.card_encrypted
    assert "400012••••••4242" in kept.credit
    assert [each for each in world.all(Event) if "4000121111104242" in each.data] == []


async def test_it_is_not_released_before_its_time(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=60)
    await world.push()
    (kept,) = world.all(Transaction)
    assert (await release(world.sandbox.network, kept.id)).status == "deferred"
    nothing_moved(world)


async def test_a_lost_answer_is_found_deferred(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=3600)
    await world.arm("lose_reply", TO_NETWORK, "original_credit")
    assert (await world.push()).status == "unknown"
    found = await enquire(world.harbor, pushed(world).id)
    assert (found.status, found.release_at) == ("deferred", await world.now() + HOUR)
    nothing_moved(world)
    await later(world, HOUR)
    paid_once(world)


async def test_the_outcome_may_be_known_by_enquiry_first(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=30)
    await world.arm("lose_reply", TO_NETWORK, "original_credit")
    assert (await world.push()).status == "unknown"
    await later(world, 5 * MINUTE)
    paid_once(world)


async def test_a_deferred_push_is_not_enquired_about(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=60)
    deferred = await world.push()
    assert await enquire(world.harbor, deferred.id) == deferred


# ── cancelled ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_deferred_push_is_cancelled(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=3600)
    deferred = await world.push()
    cancelled = await cancel(world.harbor, deferred.id)
    assert (cancelled.status, cancelled.cancel_code) == ("cancelled", "85")
    assert [each[0] for each in world.postings("push_release")["harbor"]] == ["release", "release"]
    given_back(world)
    await later(world, 2 * HOUR)
    assert pushed(world).status == "cancelled"
    assert world.all(CardTransaction) == []
    assert [(each.status, each.response_code) for each in world.all(Transaction)] == [("cancelled", "R0")]
    given_back(world)


async def test_who_cancels_twice_is_told_the_same(world: PushWorld) -> None:
    world.sandbox.world.render["cancel"] = lambda push, _: (200, f'"{push.status}"')
    await staged(world, "deferred", seconds=3600)
    deferred = await world.push()
    claim = Claim.on("key", "1", "cancel", b"{}")
    first = await cancel(world.harbor, deferred.id, claim)
    with pytest.raises(Replayed):
        await cancel(world.harbor, deferred.id, claim)
    assert await cancel(world.harbor, deferred.id) == first
    given_back(world)


@pytest.mark.parametrize("known", [True, False])
async def test_what_is_released_is_beyond_recall(world: PushWorld, known: bool) -> None:
    await staged(world, "deferred", seconds=60)
    deferred = await world.push()
    if not known:
        await world.arm("lose_request", TO_ACQUIRER, "original_credit_advice")
    await later(world, MINUTE)
    if known:
        with pytest.raises(MoveNotAllowed):
            await cancel(world.harbor, deferred.id)
    else:
        refused = await cancel(world.harbor, deferred.id)
        assert (refused.status, refused.cancel_code, refused.answer_due_at) == ("deferred", "21", None)
        await later(world, MINUTE)
    paid_once(world)


async def test_what_is_not_deferred_cannot_be_cancelled(world: PushWorld) -> None:
    paid = await world.push()
    with pytest.raises(MoveNotAllowed):
        await cancel(world.harbor, paid.id)
    for acquirer, known in ((world.harbor, "dsb_none"), (world.sandbox.acquirers["summit"], paid.id)):
        with pytest.raises(NotFound):
            await cancel(acquirer, known)
    assert await cancel_again(world.harbor, paid.id) == paid


# ── every fault on every hop ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "times"), [*product(KINDS, (1, 3))])
async def test_no_fault_of_the_release_loses_or_doubles_money(world: PushWorld, kind: str, times: int) -> None:
    """Every fault of the released credit, of the enquiry about it, and of the advice to the acquirer."""
    await staged(world, "deferred", seconds=60)
    await world.arm(kind, TO_ISSUER, "original_credit")
    await world.arm(kind, TO_ISSUER, "enquiry", times)
    await world.arm(kind, TO_ACQUIRER, "original_credit_advice", times)
    await world.push()
    for _ in range(6):
        await later(world, MINUTE)
        right(world)
    await later(world, 3 * HOUR)
    if kind == "lose_request":
        assert (pushed(world).status, pushed(world).response_code) == ("declined", "91")
        given_back(world)
    else:
        paid_once(world)


@pytest.mark.parametrize(("kind", "times"), [*product(KINDS, (1, 3))])
async def test_no_fault_of_a_cancellation_loses_or_doubles_money(world: PushWorld, kind: str, times: int) -> None:
    await staged(world, "deferred", seconds=3600)
    deferred = await world.push()
    await world.arm(kind, TO_NETWORK, "cancellation", times)
    asked = await cancel(world.harbor, deferred.id)
    assert asked.status == ("cancelled" if kind == "duplicate" else "deferred")
    right(world)
    await later(world, 30 * MINUTE)
    assert pushed(world).status == "cancelled"
    given_back(world)
    await later(world, HOUR)
    given_back(world)


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply"])
async def test_a_cancellation_repeated_past_the_release_changes_nothing(world: PushWorld, kind: str) -> None:
    await staged(world, "deferred", seconds=60)
    deferred = await world.push()
    await world.arm(kind, TO_NETWORK, "cancellation", 1)
    await cancel(world.harbor, deferred.id)
    await later(world, 30 * MINUTE)
    if kind == "lose_request":
        paid_once(world)
    else:
        assert pushed(world).status == "cancelled"
        given_back(world)
