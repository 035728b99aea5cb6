"""Taking back what was pushed, with the issuer's consent: granted, refused, in parts; faults at each hop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product

import pytest

from payments.acquirer.adjustment import Adjustment, AdjustmentOrder, AdjustmentTooLarge, adjust, ask_issuer
from payments.issuer.transaction import Transaction as CardTransaction
from payments.kit.clock import DAY, HOUR, MINUTE
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.network.item import Item
from payments.network.take_back import TakeBack
from tests.flows.push_world import FUNDS, NORAS, PushWorld, push_world
from tests.flows.staged_world import FUNDED, NORAS_OWN, PAID_OUT, drain, later, pushed, right, staged, told
from tests.flows.world import CITY, mirrors_agree

TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"
FROM_ISSUER, TO_ACQUIRER = "first_prairie → opennet", "opennet → harbor"
KINDS = ("lose_request", "lose_reply", "delay", "duplicate")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        right(world)


async def taken_back(world: PushWorld, amount: int | None = None, claim: Claim | None = None) -> Adjustment:
    """Ask for (part of) the one disbursement back."""
    return await adjust(world.harbor, AdjustmentOrder(claim, pushed(world).id, amount))


def back(world: PushWorld, amount: int) -> None:
    """Of the push, ``amount`` is back where it came from, once; the fees are kept."""
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED - PAID_OUT + amount
    assert world.balance(NORAS) == NORAS_OWN + 250_00 - amount
    assert pushed(world).taken_back_amount == amount
    mirrors_agree(world.sandbox)
    right(world)


async def test_the_issuer_consents_and_the_sender_has_it_again(world: PushWorld) -> None:
    await world.push()
    done = await taken_back(world)
    assert (done.status, done.amount, done.response_code, done.decided_by) == (
        "accepted",
        250_00,
        "00",
        "first_prairie",
    )
    assert (done.window, done.reason_code, done.type) == ("win_2026-10-14", "2150", "debit")
    assert world.postings("adjust") == {
        "first_prairie": [("transfer", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 250_00)],
        "opennet": [("transfer", "due_from_member.USD.first_prairie", "due_to_member.USD.harbor", 250_00)],
        "harbor": [("transfer", "due_from_network.USD", f"sender.USD.{CITY}", 250_00)],
    }
    assert [each.kind for each in world.all(Item)] == ["original_credit", "debit_adjustment"]
    posted = [(each.type, each.status, each.taken_back_amount) for each in world.all(CardTransaction)]
    assert posted == [("original_credit", "posted", 250_00), ("debit_adjustment", "posted", 0)]
    assert told(world)[1] == ("250.00 USD were taken back", "City of Alder corrected what it had sent you")
    assert pushed(world).status == "paid"
    back(world, 250_00)


async def test_it_is_taken_back_in_parts_and_never_more_than_there_was(world: PushWorld) -> None:
    await world.push()
    assert [(await taken_back(world, each)).status for each in (100_00, 50_00)] == ["accepted"] * 2
    back(world, 150_00)
    with pytest.raises(AdjustmentTooLarge):
        await taken_back(world, 100_01)
    assert (await taken_back(world)).amount == 100_00
    for amount in (None, 1, 0):
        with pytest.raises(AdjustmentTooLarge):
            await taken_back(world, amount)
    back(world, 250_00)


async def test_what_is_spent_is_not_given_back(world: PushWorld) -> None:
    await world.push()
    await drain(world, NORAS)
    refused = await taken_back(world)
    assert (refused.status, refused.response_code, refused.decided_by) == ("refused", "51", "first_prairie")
    assert pushed(world).taken_back_amount == 0
    assert world.balance(FUNDS) == FUNDED - PAID_OUT
    assert [each.status for each in world.all(TakeBack)] == ["refused"]
    mirrors_agree(world.sandbox)


async def test_a_refusal_can_be_staged_with_any_code(world: PushWorld) -> None:
    await staged(world, "adjustment_refused", code="57")
    await world.push()
    assert (await taken_back(world)).response_code == "57"
    back(world, 0)
    assert (await taken_back(world)).status == "accepted"
    back(world, 250_00)


async def test_what_is_on_hold_is_taken_out_of_the_hold(world: PushWorld) -> None:
    await staged(world, "available_later", seconds=3600)
    await world.push()
    assert (await taken_back(world, 100_00)).status == "accepted"
    assert world.available(NORAS) == NORAS_OWN
    back(world, 100_00)
    assert (await taken_back(world, 150_00)).status == "accepted"
    assert [each.status for each in world.all(CardTransaction)] == ["posted"] * 3
    back(world, 250_00)
    await later(world, HOUR)
    back(world, 250_00)


async def test_the_rest_of_what_is_on_hold_is_available_later(world: PushWorld) -> None:
    await staged(world, "available_later", seconds=3600)
    await world.push()
    await taken_back(world, 100_00)
    await later(world, HOUR)
    assert world.available(NORAS) == NORAS_OWN + 150_00
    assert told(world)[-1][0] == "150.00 USD are available"
    back(world, 100_00)


async def test_what_is_not_paid_cannot_be_adjusted(world: PushWorld) -> None:
    await staged(world, "decline", code="51")
    declined = await world.push()
    with pytest.raises(MoveNotAllowed):
        await taken_back(world)
    for acquirer, known in ((world.harbor, "dsb_none"), (world.sandbox.acquirers["summit"], declined.id)):
        with pytest.raises(NotFound):
            await adjust(acquirer, AdjustmentOrder(None, known))


async def test_a_repeated_request_gets_the_first_answer(world: PushWorld) -> None:
    world.sandbox.world.render["adjust"] = lambda made, _: (201, f'"{made.status}"')
    await world.push()
    claim = Claim.on("key", "1", "adjust", b"{}")
    await taken_back(world, 100_00, claim)
    with pytest.raises(Replayed):
        await taken_back(world, 100_00, claim)
    back(world, 100_00)


async def test_an_adjustment_settles_in_its_own_window(world: PushWorld) -> None:
    await world.push()
    await later(world, DAY)
    assert (await taken_back(world)).window == "win_2026-10-15"
    await later(world, 2 * DAY)
    for member in ("harbor", "first_prairie"):
        assert world.balance(f"{member}.due_to_network.USD") == world.balance(f"{member}.due_from_network.USD") == 0
    back(world, 250_00)


# ── with a return of the same push ──────────────────────────────────────────────────────────────────


async def test_what_is_adjusted_in_part_is_not_returned_as_well(world: PushWorld) -> None:
    await staged(world, "returned", seconds=60)
    await world.push()
    await taken_back(world, 100_00)
    await later(world, HOUR)
    assert pushed(world).status == "paid"
    back(world, 100_00)


async def test_what_is_returned_is_not_adjusted_as_well(world: PushWorld) -> None:
    await staged(world, "returned", seconds=60)
    await world.push()
    await later(world, MINUTE)
    with pytest.raises(MoveNotAllowed):
        await taken_back(world)
    back(world, 250_00)


@pytest.mark.parametrize(("kind", "hop"), [*product(KINDS, (TO_NETWORK, TO_ISSUER))])
async def test_of_a_return_and_an_adjustment_that_meet_one_is_carried_out(
    world: PushWorld, kind: str, hop: str
) -> None:
    """An adjustment is under way, lost at a hop, when the recipient returns the push."""
    await staged(world, "returned", seconds=60)
    await world.push()
    await world.arm(kind, hop, "adjustment", 2)
    await taken_back(world)
    for _ in range(4):
        await later(world, MINUTE)
        right(world)
    await later(world, 6 * HOUR)
    (made,) = world.all(Adjustment)
    assert (pushed(world).status == "returned") != (made.status == "accepted")
    back(world, 250_00)


@pytest.mark.parametrize(("kind", "hop"), [*product(KINDS, (FROM_ISSUER, TO_ACQUIRER))])
async def test_of_an_adjustment_that_meets_a_return_one_is_carried_out(world: PushWorld, kind: str, hop: str) -> None:
    """A return is under way, lost at a hop, when the sender asks for the push back."""
    await staged(world, "returned", seconds=60)
    await world.push()
    await world.arm(kind, hop, "original_credit_return", 2)
    await later(world, MINUTE)
    if pushed(world).status == "paid":
        await taken_back(world)
    for _ in range(4):
        await later(world, MINUTE)
        right(world)
    await later(world, 6 * HOUR)
    done = [each.status for each in world.all(Adjustment)].count("accepted")
    assert (pushed(world).status == "returned") != bool(done)
    back(world, 250_00)


# ── every fault on every hop ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "hop", "times"), [*product(KINDS, (TO_NETWORK, TO_ISSUER), (1, 3))])
async def test_no_fault_of_an_adjustment_loses_or_doubles_money(
    world: PushWorld, kind: str, hop: str, times: int
) -> None:
    await world.push()
    await world.arm(kind, hop, "adjustment", times)
    made = await taken_back(world, 100_00)
    assert made.status == ("accepted" if kind == "duplicate" else "pending")
    right(world)
    await later(world, 30 * MINUTE)
    assert [each.status for each in world.all(Adjustment)] == ["accepted"]
    assert await ask_issuer(world.harbor, made.id) == world.all(Adjustment)[0]
    assert len([each for each in world.all(Item) if each.kind == "debit_adjustment"]) == 1
    back(world, 100_00)


@pytest.mark.parametrize(("kind", "hop", "times"), [*product(KINDS, (FROM_ISSUER, TO_ACQUIRER), (1, 3))])
async def test_no_fault_of_a_return_loses_or_doubles_money(world: PushWorld, kind: str, hop: str, times: int) -> None:
    await staged(world, "returned", seconds=60)
    await world.push()
    await world.arm(kind, hop, "original_credit_return", times)
    await later(world, MINUTE)
    right(world)
    await later(world, 30 * MINUTE)
    assert pushed(world).status == "returned"
    assert len([each for each in world.all(Item) if each.kind == "original_credit_return"]) == 1
    back(world, 250_00)
