"""What becomes of a converted push later: taken back by its own rate, kept, held, counted; and what crosses without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product

import pytest

from payments.acquirer.adjustment import Adjustment, AdjustmentOrder, adjust
from payments.acquirer.cancellation import cancel
from payments.acquirer.held import Decision, refuse, release
from payments.acquirer.list_loading import load_list
from payments.acquirer.name_index import Entry
from payments.acquirer.quote import Quote
from payments.acquirer.sanctions_list import Draft
from payments.issuer.transaction import Transaction as CardTransaction
from payments.jobs.winding import wind as wind_and_run
from payments.kit.clock import DAY, HOUR, MINUTE
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.network.card_limit import CardLimit, set_card_limit
from payments.network.item import Item
from payments.network.position import Position
from payments.network.rate import set_rate
from payments.network.settlement import Settlement
from payments.network.transaction import Transaction
from payments.network.velocity import CardVelocity, counted
from payments.switch.faults import KINDS
from payments.switch.message import Party
from tests.flows.crossing_world import LUCIA, LUCIAS, books_are_right, push_by, quoted, sender_in
from tests.flows.push_world import FUNDS, PushWorld, push_world
from tests.flows.staged_world import later, pushed, right, staged, told
from tests.flows.world import CITY, NOON, SETTLES

LUCIAS_OWN, FUNDED = 800_00, 10_000_00
HOPS = ("harbor → opennet", "opennet → coastline")
HOPS_BACK = ("coastline → opennet", "opennet → harbor")
INTERCHANGE = {"opennet.fx_position.USD": 11, "opennet.fx_position.EUR": -10, "opennet.fx_margin.USD": 0}
"""What the network has of a push that was taken back whole: the interchange alone, which is kept."""


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        books_are_right(world)


async def taken_back(world: PushWorld, amount: int | None = None) -> Adjustment:
    """Ask for (part of) the one disbursement back."""
    return await adjust(world.harbor, AdjustmentOrder(None, pushed(world).id, amount))


def back(world: PushWorld, dollars: int, euros: int) -> None:
    """Of 100.00 USD that were 91.44 EUR so much is back where it came from, once; the fees are kept."""
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED - 100_60 + dollars
    assert world.balance(LUCIAS) == LUCIAS_OWN + 91_44 - euros
    assert pushed(world).taken_back_amount == dollars
    books_are_right(world)


def unwound(world: PushWorld) -> bool:
    return {each: world.balance(each) for each in INTERCHANGE} == INTERCHANGE


# ── taken back ──────────────────────────────────────────────────────────────────────────────────────


async def test_what_the_recipient_returns_comes_back_whole_whatever_the_market_does(world: PushWorld) -> None:
    await staged(world, "returned", LUCIA, seconds=60)
    await push_by(world, await quoted(world))
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    await later(world, MINUTE)
    assert pushed(world).status == "returned"
    assert world.postings("return") == {
        "coastline": [("transfer", "cardholder.EUR.acct_lucia_ferri", "due_to_network.EUR", 91_44)],
        "opennet": [
            ("transfer", "due_from_member.EUR.coastline", "fx_position.EUR", 91_44),
            ("transfer", "fx_position.USD", "due_to_member.USD.harbor", 99_25),
            ("transfer", "fx_margin.USD", "due_to_member.USD.harbor", 75),
        ],
        "harbor": [("transfer", "due_from_network.USD", f"sender.USD.{CITY}", 100_00)],
    }
    assert told(world)[1][0] == "91.44 EUR were returned"
    assert unwound(world)
    back(world, 100_00, 91_44)


async def test_an_adjustment_takes_back_what_that_much_was_worth(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    done = await taken_back(world, 40_00)
    assert (done.status, done.amount, done.currency, done.decided_by) == ("accepted", 40_00, "USD", "coastline")
    # 91.44 × 0.4 = 36.576, up; of the margin of 0.75 it is 0.30.
    assert world.postings("adjust") == {
        "coastline": [("transfer", "cardholder.EUR.acct_lucia_ferri", "due_to_network.EUR", 36_58)],
        "opennet": [
            ("transfer", "due_from_member.EUR.coastline", "fx_position.EUR", 36_58),
            ("transfer", "fx_position.USD", "due_to_member.USD.harbor", 39_70),
            ("transfer", "fx_margin.USD", "due_to_member.USD.harbor", 30),
        ],
        "harbor": [("transfer", "due_from_network.USD", f"sender.USD.{CITY}", 40_00)],
    }
    _, debited = world.all(CardTransaction)
    assert (debited.amount, debited.currency, debited.sent_amount, debited.sent_currency) == (
        36_58,
        "EUR",
        40_00,
        "USD",
    )
    assert told(world)[1] == ("36.58 EUR were taken back", "City of Alder corrected what it had sent you")
    back(world, 40_00, 36_58)


async def test_in_however_many_parts_it_comes_back_nothing_stays_in_the_positions(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    for amount, euros in ((1, 1), (33_33, 30_49), (33_33, 60_97)):
        await taken_back(world, amount)
        back(world, pushed(world).taken_back_amount, euros)
    assert (await taken_back(world)).amount == 33_33
    back(world, 100_00, 91_44)
    assert unwound(world)


async def test_a_part_that_is_refused_can_be_asked_for_again(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    await staged(world, "adjustment_refused", LUCIA, code="57")
    assert (await taken_back(world, 40_00)).status == "refused"
    back(world, 0, 0)
    assert (await taken_back(world)).status == "accepted"
    back(world, 100_00, 91_44)
    assert unwound(world)


async def test_when_the_recipient_has_given_all_back_cents_are_left_over(world: PushWorld) -> None:
    """Of 2.00 USD that bought 0.03 EUR each cent asked back takes a whole one: for the rest none are left."""
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.02")
    await push_by(world, await quoted(world, amount=2_00))
    assert pushed(world).recipient_amount == 3
    codes = [(await taken_back(world, 1)).response_code for _ in range(4)]
    assert codes == ["00", "00", "00", "13"]
    assert world.balance(LUCIAS) == LUCIAS_OWN
    assert (await taken_back(world)).response_code == "13"


async def test_what_is_on_hold_is_taken_out_of_the_hold(world: PushWorld) -> None:
    await staged(world, "available_later", LUCIA, seconds=3600)
    await push_by(world, await quoted(world))
    assert told(world)[0][0] == "91.44 EUR are on their way"
    assert (world.balance(LUCIAS), world.available(LUCIAS)) == (LUCIAS_OWN + 91_44, LUCIAS_OWN)
    assert (await taken_back(world, 40_00)).status == "accepted"
    assert (world.balance(LUCIAS), world.available(LUCIAS)) == (LUCIAS_OWN + 54_86, LUCIAS_OWN)
    await later(world, HOUR)
    assert world.available(LUCIAS) == LUCIAS_OWN + 54_86
    back(world, 40_00, 36_58)


async def test_what_is_spent_is_not_given_back(world: PushWorld) -> None:
    by = await quoted(world)
    await push_by(world, by)
    await spend(world, LUCIAS_OWN + 54_87)
    refused = await taken_back(world, 40_00)
    assert (refused.status, refused.response_code, refused.decided_by) == ("refused", "51", "coastline")
    assert (await taken_back(world, 39_99)).status == "accepted"
    assert world.balance(LUCIAS) == 0


async def test_both_legs_of_what_comes_back_settle_in_their_own_currency(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    await later(world, DAY)
    assert (await taken_back(world)).window == "win_2026-10-15"
    legs = [each for each in world.all(Item) if each.kind == "debit_adjustment"]
    assert sorted((each.currency, each.debtor, each.creditor, each.amount) for each in legs) == [
        ("EUR", "coastline", "opennet", 91_44),
        ("USD", "opennet", "harbor", 100_00),
    ]
    await wind_and_run(world.sandbox, SETTLES + DAY)
    second = {(each.currency, each.member): each.net_amount for each in world.all(Position) if "10-15" in each.window}
    assert second == {
        ("USD", "harbor"): 100_00,
        ("USD", "opennet"): -100_00,
        ("EUR", "opennet"): 91_44,
        ("EUR", "coastline"): -91_44,
    }
    assert {each.status for each in world.all(Settlement)} == {"settled"}
    for due in ("harbor.due_from_network.USD", "coastline.due_to_network.EUR", "coastline.due_from_network.EUR"):
        assert world.balance(due) == 0
    assert unwound(world)
    back(world, 100_00, 91_44)


@pytest.mark.parametrize(("kind", "hop", "times"), [*product(KINDS, HOPS, (1, 3))])
async def test_no_fault_of_an_adjustment_loses_or_doubles_money(
    world: PushWorld, kind: str, hop: str, times: int
) -> None:
    await push_by(world, await quoted(world))
    await world.arm(kind, hop, "adjustment", times)
    assert (await taken_back(world, 40_00)).status == ("accepted" if kind == "duplicate" else "pending")
    right(world)
    await later(world, 30 * MINUTE)
    assert [each.status for each in world.all(Adjustment)] == ["accepted"]
    assert len([each for each in world.all(Item) if each.kind == "debit_adjustment"]) == 2
    back(world, 40_00, 36_58)


@pytest.mark.parametrize(("kind", "hop", "times"), [*product(KINDS, HOPS_BACK, (1, 3))])
async def test_no_fault_of_a_return_loses_or_doubles_money(world: PushWorld, kind: str, hop: str, times: int) -> None:
    await staged(world, "returned", LUCIA, seconds=60)
    await push_by(world, await quoted(world))
    await world.arm(kind, hop, "original_credit_return", times)
    await later(world, MINUTE)
    right(world)
    await later(world, 30 * MINUTE)
    assert pushed(world).status == "returned"
    assert len([each for each in world.all(Item) if each.kind == "original_credit_return"]) == 2
    back(world, 100_00, 91_44)
    assert unwound(world)


# ── kept and held ───────────────────────────────────────────────────────────────────────────────────


async def test_what_the_network_keeps_is_converted_by_the_rate_it_came_with(world: PushWorld) -> None:
    by = await quoted(world)
    deferred = await push_by(world, by, release_at=NOON + 2 * HOUR)
    assert deferred.status == "deferred"
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    await later(world, 2 * HOUR)
    assert pushed(world).status == "paid"
    assert world.balance(LUCIAS) == LUCIAS_OWN + 91_44
    (credited,) = world.all(CardTransaction)
    assert (credited.sent_amount, credited.rate, pushed(world).interchange_amount) == (100_00, by.rate, 11)
    back(world, 0, 0)


async def test_what_is_cancelled_converts_nothing(world: PushWorld) -> None:
    deferred = await push_by(world, await quoted(world), release_at=NOON + 2 * HOUR)
    assert (await cancel(world.harbor, deferred.id, None)).status == "cancelled"
    await later(world, 2 * HOUR)
    assert (world.available(FUNDS), world.balance(LUCIAS)) == (FUNDED, LUCIAS_OWN)
    assert world.all(Item) == []
    assert [each.status for each in world.all(Quote)] == ["used"]
    (velocity,) = world.all(CardVelocity)
    assert counted(velocity) == []


LISTED = Draft.of([Entry("EX-1", ("Viktor Zloty",))], 88)
OPERATOR = Decision(None, "key_demo", "another man")


async def test_what_is_held_and_released_in_time_is_converted(world: PushWorld) -> None:
    await load_list(world.harbor, LISTED)
    held = await push_by(world, await quoted(world), recipient=Party("Viktor Zloty"))
    assert (held.status, held.recipient_amount) == ("held", 91_44)
    assert (await release(world.harbor, held.id, OPERATOR)).status == "paid"
    assert world.balance(LUCIAS) == LUCIAS_OWN + 91_44


async def test_what_is_held_until_its_quote_is_over_goes_back_to_the_sender(world: PushWorld) -> None:
    await load_list(world.harbor, LISTED)
    held = await push_by(world, await quoted(world), recipient=Party("Viktor Zloty"))
    await later(world, 10 * MINUTE)
    declined = await release(world.harbor, held.id, OPERATOR)
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", "12", "opennet")
    assert (world.available(FUNDS), world.balance(LUCIAS)) == (FUNDED, LUCIAS_OWN)


async def test_what_is_held_and_refused_goes_back_to_the_sender(world: PushWorld) -> None:
    await load_list(world.harbor, LISTED)
    held = await push_by(world, await quoted(world), recipient=Party("Viktor Zloty"))
    assert (await refuse(world.harbor, held.id, OPERATOR)).status == "refused"
    assert (world.available(FUNDS), world.balance(LUCIAS)) == (FUNDED, LUCIAS_OWN)
    assert world.all(Transaction) == []


# ── counted ─────────────────────────────────────────────────────────────────────────────────────────


async def limit(world: PushWorld, currency: str, **limits: int | None) -> CardLimit:
    return await world.sandbox.network.step(set_card_limit, currency, "", limits)


async def test_a_card_counts_what_it_receives_in_its_own_currency(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    paris = await sender_in(world, "EUR", "FR", 100_00)
    await world.push(10_00, LUCIA, sender=paris.id, currency="EUR", business_application="FD")
    (velocity,) = world.all(CardVelocity)
    assert velocity.currency == "EUR"
    assert sorted(each[1:] for each in counted(velocity)) == [("FD", 1, 10_00), ("GD", 1, 91_44)]


async def test_the_windows_of_a_card_are_of_its_own_currency(world: PushWorld) -> None:
    await limit(world, "EUR", amount_1d=182_87)
    codes = [(await push_by(world, await quoted(world))).response_code for _ in range(2)]
    assert codes == ["00", "61"]
    await limit(world, "EUR", amount_1d=182_88, count_1d=2)
    codes = [(await push_by(world, await quoted(world))).response_code for _ in range(2)]
    assert codes == ["00", "61"]
    await limit(world, "EUR", amount_1d=None)
    assert (await push_by(world, await quoted(world))).response_code == "65"


@pytest.mark.parametrize(("currency", "most"), [("USD", 99_99), ("EUR", 91_43)])
async def test_one_push_is_limited_on_both_sides_of_a_conversion(world: PushWorld, currency: str, most: int) -> None:
    await limit(world, currency, transaction_amount=most)
    declined = await push_by(world, await quoted(world))
    assert (declined.response_code, declined.decided_by) == ("61", "opennet")
    await limit(world, currency, transaction_amount=most + 1)
    assert (await push_by(world, await quoted(world))).response_code == "00"


async def test_what_the_issuer_declines_is_counted_no_more(world: PushWorld) -> None:
    await staged(world, "decline", LUCIA, code="62")
    assert (await push_by(world, await quoted(world))).response_code == "62"
    (velocity,) = world.all(CardVelocity)
    assert (velocity.currency, counted(velocity)) == ("EUR", [])


# ── what the tests above ask of their world ─────────────────────────────────────────────────────────


async def spend(world: PushWorld, amount: int) -> None:
    """Have Lucia take euros out."""

    def withdraw(work: Work, _: object) -> None:
        own, bank = work.fact(Account, LUCIAS), account(work, "coastline", "equity", "EUR")
        assert work.get(Balance, LUCIAS).available >= amount
        book(work, "withdraw", "", transfer(own, bank, amount, "spent"))

    await world.sandbox.issuers["coastline"].step(withdraw)
