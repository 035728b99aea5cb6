"""Pushes to cards in another currency that name no quote: the network takes one for them, and uses it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest

from payments.acquirer.adjustment import AdjustmentOrder, adjust
from payments.acquirer.disbursement import disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.held import Decision, release
from payments.acquirer.list_loading import load_list
from payments.acquirer.name_index import Entry
from payments.acquirer.quote import Quote
from payments.acquirer.sanctions_list import Draft
from payments.jobs.winding import wind as wind_and_run
from payments.kit.clock import HOUR, MINUTE
from payments.ledger.balance import InsufficientFunds
from payments.network.card_limit import set_card_limit
from payments.network.inbox import receive as network_receives
from payments.network.item import Item
from payments.network.quote import Quote as NetworkQuote
from payments.network.rate import set_rate
from payments.network.settlement import Settlement
from payments.network.transaction import Transaction
from payments.switch.message import OriginalCredit, Party
from payments.switch.switch import NoReply
from tests.flows.crossing_world import KENJI, LUCIA, LUCIAS, NOOR, books_are_right, push_by, quoted, sender_in
from tests.flows.push_world import FUNDS, PushWorld, order, push_world
from tests.flows.staged_world import later, pushed, staged
from tests.flows.world import NOON, SETTLES

TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → coastline"
LOST = ("lose_request", "lose_reply", "duplicate")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        books_are_right(world)


async def test_what_arrives_is_what_a_quote_of_this_moment_says(world: PushWorld) -> None:
    by = await push_by(world, await quoted(world))
    paid = await world.push(100_00, LUCIA)
    assert (paid.status, paid.decided_by, paid.quote) == ("paid", "coastline", "")
    assert (paid.recipient_amount, paid.recipient_currency, paid.rate) == (91_44, "EUR", "0.9144895")
    assert (paid.interchange_amount, paid.scheme_fee_amount) == (by.interchange_amount, by.scheme_fee_amount)
    first, second = world.all(Transaction)
    assert first.margin_amount == second.margin_amount == 75
    assert world.available(LUCIAS) == 800_00 + 2 * 91_44
    assert world.balance(FUNDS) == 10_000_00 - 2 * 100_60


async def test_the_network_takes_a_quote_for_it_and_uses_it_at_once(world: PushWorld) -> None:
    await world.push(100_00, LUCIA)
    (by,), (transaction,) = world.all(NetworkQuote), world.all(Transaction)
    assert (by.status, by.id, by.acquirer) == ("used", transaction.quote, "harbor")
    assert (by.amount, by.recipient_amount, by.margin_amount) == (100_00, 91_44, 75)
    assert world.all(Quote) == []  # its acquirer has asked for none


async def test_it_goes_by_the_rate_of_the_moment_and_no_other(world: PushWorld) -> None:
    await quoted(world)
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.8")
    assert (await world.push(100_00, LUCIA)).recipient_amount == 79_40  # 0.8 less 0.75 %
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    assert (await world.push(100_00, LUCIA)).recipient_amount == 49_62


async def test_a_sender_of_yen_pays_a_card_in_dollars(world: PushWorld) -> None:
    kyoto = await sender_in(world, "JPY", "JP", 100_000)
    paid = await world.push(10_000, sender=kyoto.id, currency="JPY", business_application="FD")
    assert (paid.status, paid.recipient_currency, paid.recipient_amount) == ("paid", "USD", 64_76)


# ── declined ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "card", "code"),
    [
        (100_00, NOOR, "57"),  # this corridor takes nothing without a quote
        (2_500_01, KENJI, "61"),  # this one takes 2,500.00
        (2_500_00, KENJI, "00"),
        (1, LUCIA, "13"),  # of one cent nothing arrives
    ],
)
async def test_what_the_corridor_does_not_take_is_declined_by_the_network(
    world: PushWorld, amount: int, card: str, code: str
) -> None:
    made = await world.push(amount, card)
    assert (made.response_code, made.decided_by) == (code, "opennet" if code != "00" else "coastline")
    if code != "00":
        assert (made.status, made.recipient_amount, made.rate) == ("declined", 0, "")
        assert (world.all(Item), world.available(FUNDS)) == ([], 10_000_00)


async def test_a_closed_corridor_stays_closed(world: PushWorld) -> None:
    kyoto = await sender_in(world, "JPY", "JP", 100_000)
    made = await world.push(10_000, NOOR, sender=kyoto.id, currency="JPY", business_application="FD")
    assert (made.response_code, made.decided_by) == ("57", "opennet")


async def test_who_says_too_little_of_the_payer_is_declined(world: PushWorld) -> None:
    made = await world.push(100_00, LUCIA, payer=Party("Ada Lund", "", "Alder", "US"))
    assert (made.response_code, made.decided_by) == ("30", "opennet")


async def test_what_the_issuer_declines_brings_nothing_and_is_said_to_bring_nothing(world: PushWorld) -> None:
    made = await world.push(100_00, LUCIA[:6] + "1111100009")
    assert (made.status, made.response_code) == ("declined", "14")
    assert (made.recipient_amount, made.recipient_currency, made.rate) == (0, "", "")


async def test_without_funds_the_network_hears_nothing_of_it(world: PushWorld) -> None:
    with pytest.raises(InsufficientFunds):
        await world.push(10_000_00, LUCIA)
    assert world.all(NetworkQuote) == []


async def test_limits_count_what_the_card_receives(world: PushWorld) -> None:
    await world.sandbox.network.step(set_card_limit, "EUR", "", {"amount_1d": 150_00})
    assert [(await world.push(100_00, LUCIA)).response_code for _ in range(2)] == ["00", "61"]
    await world.sandbox.network.step(set_card_limit, "USD", "", {"transaction_amount": 40_00})
    assert (await world.push(40_01, LUCIA)).response_code == "61"
    assert (await world.push(40_00, LUCIA)).response_code == "00"


# ── faults ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay", "duplicate"])
async def test_whatever_is_lost_it_is_converted_once_at_the_rate_of_its_moment(
    world: PushWorld, kind: str, hop: str
) -> None:
    await world.arm(kind, hop, "original_credit")
    made = await world.push(100_00, LUCIA)
    assert (made.status, made.recipient_amount) == (("paid", 91_44) if kind == "duplicate" else ("unknown", 0))
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    await world.wind(3600)
    found = await enquire(world.harbor, made.id)
    if kind == "lose_request":
        assert (found.status, world.available(FUNDS), world.available(LUCIAS)) == ("declined", 10_000_00, 800_00)
    else:
        assert (found.status, found.recipient_amount, found.rate) == ("paid", 91_44, "0.9144895")
        assert (world.balance(FUNDS), world.available(LUCIAS)) == (10_000_00 - 100_60, 891_44)
    assert len(world.all(NetworkQuote)) == (0 if (kind, hop) == ("lose_request", TO_NETWORK) else 1)


async def test_no_fault_on_the_way_out_and_back_creates_or_loses_money(world: PushWorld) -> None:
    """Every fault of the push at each hop, with every fault of the enquiry about it at each hop."""
    for kind, hop, asked_kind, asked_hop in product(LOST, (TO_NETWORK, TO_ISSUER), LOST, (TO_NETWORK, TO_ISSUER)):
        await world.arm(kind, hop, "original_credit")
        await world.arm(asked_kind, asked_hop, "enquiry")
        made = await world.push(1_00, LUCIA)
        for _ in range(2):
            made = await enquire(world.harbor, made.id)
        assert made.status == ("declined" if kind == "lose_request" else "paid")
        await world.mend()
    arrived = sum(each.billing_amount for each in world.all(Transaction) if each.response_code == "00")
    assert world.available(LUCIAS) == 800_00 + arrived


async def test_a_repeat_gets_the_answer_there_was_whatever_the_market_did(world: PushWorld) -> None:
    credit = await kept_back(world)
    replies = [await network_receives(world.sandbox.network, credit)]
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    replies.append(await network_receives(world.sandbox.network, credit))
    said = {(each.code, each.billing_amount, each.rate) for each in replies if each}
    assert said == {("00", 91_44, "0.9144895")}
    assert len(world.all(NetworkQuote)) == 1
    world.sandbox.switch.connect("opennet", lambda message: network_receives(world.sandbox.network, message))
    assert (await enquire(world.harbor, pushed(world).id)).recipient_amount == 91_44


async def test_twenty_at_once_are_each_converted(world: PushWorld) -> None:
    made = await asyncio.gather(*(world.push(10_00, card) for card in (LUCIA, KENJI) * 10))
    assert {(each.status, each.recipient_amount) for each in made} == {("paid", 9_14), ("paid", 1498)}
    assert {each.status for each in world.all(NetworkQuote)} == {"used"}


# ── later ───────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_kept_for_later_keeps_the_rate_at_which_it_was_taken(world: PushWorld) -> None:
    kept = await world.push(100_00, LUCIA, release_at=NOON + HOUR)
    assert (kept.status, kept.recipient_amount, kept.rate) == ("deferred", 91_44, "0.9144895")
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    await later(world, HOUR)
    assert (pushed(world).status, pushed(world).recipient_amount) == ("paid", 91_44)
    assert world.available(LUCIAS) == 800_00 + 91_44


async def test_a_name_on_the_list_holds_it_and_the_rate_is_that_of_its_release(world: PushWorld) -> None:
    await load_list(world.harbor, Draft.of([Entry("EX-1", ("Lucia Ferri",))], 88))
    held = await world.push(100_00, LUCIA, recipient=Party("Lucia Ferri"))
    assert (held.status, world.all(NetworkQuote)) == ("held", [])
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.8")
    released = await release(world.harbor, held.id, Decision(None, "key_1"))
    assert (released.status, released.recipient_amount) == ("paid", 79_40)


async def test_what_is_taken_back_goes_by_its_own_rate(world: PushWorld) -> None:
    await world.push(100_00, LUCIA)
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    done = await adjust(world.harbor, AdjustmentOrder(None, pushed(world).id, 40_00))
    assert done.status == "accepted"
    assert world.available(LUCIAS) == 800_00 + 91_44 - 36_58
    await adjust(world.harbor, AdjustmentOrder(None, pushed(world).id, None))
    assert world.available(LUCIAS) == 800_00
    assert world.balance("opennet.fx_margin.USD") == 0


async def test_what_the_recipient_returns_comes_back_whole(world: PushWorld) -> None:
    await staged(world, "returned", LUCIA, seconds=60)
    await world.push(100_00, LUCIA)
    await later(world, MINUTE)
    assert (pushed(world).status, world.balance(FUNDS)) == ("returned", 10_000_00 - 60)
    assert world.available(LUCIAS) == 800_00


async def test_an_approval_by_whoever_may_approve_anyone_is_one(world: PushWorld) -> None:
    await staged(world, "approved_vip", LUCIA, code="11")
    paid = await world.push(100_00, LUCIA)
    assert (paid.status, paid.response_code, paid.recipient_amount) == ("paid", "11", 91_44)


async def test_both_legs_settle(world: PushWorld) -> None:
    await world.push(100_00, LUCIA)
    await wind_and_run(world.sandbox, SETTLES)
    assert {(each.currency, each.status) for each in world.all(Settlement)} == {("USD", "settled"), ("EUR", "settled")}


async def kept_back(world: PushWorld) -> OriginalCredit:
    """Return a push that the network has never got."""
    caught: list[OriginalCredit] = []

    async def keep(message: Any) -> object:
        caught.append(message)
        raise NoReply("it is still under way")

    world.sandbox.switch.connect(world.sandbox.network.id, keep)
    await disburse(world.harbor, order(100_00, LUCIA))
    return caught[0]
