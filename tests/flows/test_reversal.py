"""Taking back what was asked: voids, answers that never came, and reversals that are themselves lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from payments.acquirer.authorization import void
from payments.acquirer.payment import Payment
from payments.acquirer.reversal import PaymentReversal, reverse
from payments.issuer.transaction import Transaction
from payments.kit.clock import MINUTE
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.network.reversal import IssuerReversal
from payments.network.transaction import Transaction as NetworkTransaction
from tests.flows.sale_world import NORA_HAD, NORAS, SaleWorld, sale_world
from tests.flows.world import GRETA

TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"
HOPS = (TO_NETWORK, TO_ISSUER)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[SaleWorld]:
    async with sale_world(database_url) as world:
        yield world


async def test_a_void_lets_the_money_go(world: SaleWorld) -> None:
    payment = await void(world.harbor, (await world.authorize(58_41)).id)
    assert (payment.status, payment.expires_at) == ("voided", None)
    assert world.postings("reverse") == {
        "first_prairie": [("release", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 58_41)]
    }
    reversal = world.only(PaymentReversal)
    assert (reversal.status, reversal.reason, reversal.attempts) == ("answered", "4000", 1)
    assert world.only(Transaction).status == "reversed"
    assert world.only(NetworkTransaction).status == "reversed"
    assert world.balance(NORAS) == world.available(NORAS) == NORA_HAD
    world.nothing_is_left_open()


async def test_a_void_frees_a_line_of_credit(world: SaleWorld) -> None:
    await void(world.harbor, (await world.authorize(58_41, card=GRETA)).id)
    assert world.available("coastline.cardholder.USD.acct_greta_lindholm") == 5_000_00


async def test_what_is_captured_even_in_part_is_not_voided(world: SaleWorld) -> None:
    whole = await world.buy(10_00)
    part = await world.authorize(10_00)
    await world.capture(part, 4_00, final=False)
    for payment in (whole, part):
        with pytest.raises(MoveNotAllowed, match="refund"):
            await void(world.harbor, payment.id)
    assert world.all(PaymentReversal) == []


async def test_what_is_not_authorized_is_not_voided(world: SaleWorld) -> None:
    declined = await world.authorize(1_000_00)
    voided = await void(world.harbor, (await world.authorize(1_00)).id)
    for payment in (declined, voided):
        with pytest.raises(MoveNotAllowed, match=payment.status):
            await void(world.harbor, payment.id)
    with pytest.raises(NotFound):
        await void(world.harbor, "pay_nobody")
    assert len(world.all(PaymentReversal)) == 1


async def test_a_repeated_void_is_one(world: SaleWorld) -> None:
    world.sandbox.world.render["void_payment"] = lambda payment, entries: (200, payment.status)
    payment = await world.authorize()
    claim = Claim.on("key", "1", "void_payment", b"")
    await void(world.harbor, payment.id, claim)
    with pytest.raises(Replayed) as replayed:
        await void(world.harbor, payment.id, claim)
    assert replayed.value.body == "voided"
    assert len(world.all(PaymentReversal)) == 1


# ── what goes wrong on the way ──


@pytest.mark.parametrize("hop", HOPS)
@pytest.mark.parametrize("fault", ["lose_request", "lose_reply", "delay"])
async def test_a_reversal_is_repeated_until_it_is_answered(world: SaleWorld, fault: str, hop: str) -> None:
    payment = await world.authorize(58_41)
    await world.arm(fault, hop, "reversal", times=3)
    assert (await void(world.harbor, payment.id)).status == "voided"
    for minutes in (1, 2, 4):
        waiting = world.only(PaymentReversal)
        assert (waiting.status, waiting.answer_due_at) == ("waiting", await world.now() + minutes * MINUTE)
        await world.wind(minutes * 60)
        await reverse(world.harbor, waiting.id)
    answered = world.only(PaymentReversal)
    assert (answered.status, answered.attempts, answered.answer_due_at) == ("answered", 4, None)
    assert len(world.postings("reverse")["first_prairie"]) == 1
    assert world.available(NORAS) == NORA_HAD
    world.nothing_is_left_open()


@pytest.mark.parametrize("hop", HOPS)
async def test_a_reversal_that_arrives_twice_releases_once(world: SaleWorld, hop: str) -> None:
    payment = await world.authorize(58_41)
    await world.arm("duplicate", hop, "reversal")
    await void(world.harbor, payment.id)
    assert len(world.postings("reverse")["first_prairie"]) == 1
    world.nothing_is_left_open()


@pytest.mark.parametrize("asked", HOPS)
@pytest.mark.parametrize("lost", ["lose_request", "lose_reply"])
@pytest.mark.parametrize("reversed_on", HOPS)
@pytest.mark.parametrize("again", ["lose_request", "lose_reply"])
async def test_question_and_reversal_both_lost_leave_nothing_held(
    world: SaleWorld, asked: str, lost: str, reversed_on: str, again: str
) -> None:
    await world.arm(lost, asked, "authorization_request")
    await world.arm(again, reversed_on, "reversal", times=2)
    payment = await world.authorize(58_41)
    assert payment.status == ("failed" if asked == TO_NETWORK else "declined")
    for _ in range(3):
        await world.repeat_reversals()
    assert world.available(NORAS) == NORA_HAD
    assert len(world.all(PaymentReversal)) + len(world.all(IssuerReversal)) == 1
    world.nothing_is_left_open()


async def test_a_reversed_payment_stays_so_when_its_answer_comes_late(world: SaleWorld) -> None:
    await world.arm("lose_reply", TO_NETWORK, "authorization_request")
    await world.authorize(58_41)
    payment = world.only(Payment)
    assert (payment.status, payment.approval_code) == ("failed", "")
    assert world.only(PaymentReversal).reason == "4021"
    assert world.held() == 0
