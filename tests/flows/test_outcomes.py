"""Every staged outcome of a push, as a story: on both sides of the wall, and in the books to the cent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from payments.acquirer.disbursement import disburse
from payments.acquirer.enquiry import enquire
from payments.issuer.transaction import Transaction as CardTransaction
from payments.kit.clock import DAY, HOUR, MINUTE, SECOND
from payments.kit.database import Database
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.secrets import CardNumber
from payments.kit.steps import Steps
from payments.kit.world import Institution
from payments.ledger.entry import Hold
from payments.network.item import Item
from payments.network.transaction import Transaction
from payments.sandbox import Sandbox
from payments.switch.outcome import OUTCOMES
from payments.switch.staging import USED_UP, NotADecline, Staging, remove_all_stagings, remove_staging, stage
from tests.flows.push_world import FUNDS, NORAS, PushWorld, order, push_world
from tests.flows.staged_world import (
    FUNDED,
    NORAS_OWN,
    PAID_OUT,
    armed,
    drain,
    later,
    pushed,
    right,
    staged,
    staged_for_city,
    told,
)
from tests.flows.world import CITY, GRETA, KEY, NORA, OMAR, mirrors_agree


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        right(world)


# ── declined ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["issuer", "network"])
@pytest.mark.parametrize("code", ["05", "12", "51", "59", "61", "65", "93", "R0"])
async def test_any_decline_code_by_issuer_or_network(world: PushWorld, by: str, code: str) -> None:
    await staged(world, "decline", code=code, by=by)
    declined = await world.push()
    decided_by = "first_prairie" if by == "issuer" else "opennet"
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", code, decided_by)
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED
    assert world.balance(NORAS) == NORAS_OWN
    assert [each.status for each in world.all(CardTransaction)] == (["declined"] if by == "issuer" else [])
    assert told(world) == []
    assert armed(world) == []
    assert (await world.push()).status == "paid"
    world.money_is_where_it_should_be()


async def test_a_staged_decline_whose_answer_is_lost_is_found_declined(world: PushWorld) -> None:
    await staged(world, "decline", code="12")
    await world.arm("lose_reply", "opennet → first_prairie", "original_credit")
    assert (await world.push()).status == "unknown"
    found = await enquire(world.harbor, pushed(world).id)
    assert (found.status, found.response_code, found.decided_by) == ("declined", "12", "first_prairie")
    world.money_is_where_it_should_be()


async def test_what_approves_is_no_decline(world: PushWorld) -> None:
    for code in ("00", "09"):
        with pytest.raises(NotADecline):
            await staged(world, "decline", code=code)
    assert world.all(Staging) == []


@pytest.mark.parametrize("code", ["", "65"])
async def test_the_partner_limit_is_reached_before_anything_is_sent(world: PushWorld, code: str) -> None:
    await staged_for_city(world, "partner_limit", code=code)
    declined = await world.push()
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", code or "61", "harbor")
    said = [each.type for each in world.all(Event) if each.reference == declined.reference]
    assert said == ["disbursement.pending", "outcome.played", "disbursement.declined"]
    assert (world.all(Hold), world.all(Transaction)) == ([], [])
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED
    assert (await world.push()).status == "paid"
    world.money_is_where_it_should_be()


async def test_who_repeats_a_request_at_the_limit_gets_the_first_answer(world: PushWorld) -> None:
    world.sandbox.world.render["push"] = lambda push, _: (201, f'"{push.status}"')
    await staged_for_city(world, "partner_limit", times=2)
    claim = Claim.on("key", "1", "push", b"{}")
    assert (await disburse(world.harbor, order(claim=claim))).status == "declined"
    with pytest.raises(Replayed):
        await disburse(world.harbor, order(claim=claim))
    assert armed(world) == [("partner_limit", 1)]


# ── lost on the way ─────────────────────────────────────────────────────────────────────────────────


async def test_lost_then_found_approved(world: PushWorld) -> None:
    await staged(world, "lost_then_approved")
    unknown = await world.push()
    assert (unknown.status, unknown.response_code) == ("unknown", "")
    assert world.balance(NORAS) == NORAS_OWN + 250_00, "the recipient has it already"
    assert world.available(FUNDS) == FUNDED - PAID_OUT
    assert world.balance(FUNDS) == FUNDED, "and the sender's bank keeps it aside"
    right(world)
    await later(world, MINUTE)
    assert (pushed(world).status, pushed(world).decided_by) == ("paid", "first_prairie")
    assert world.balance(FUNDS) == FUNDED - PAID_OUT
    assert len(told(world)) == 1
    world.money_is_where_it_should_be()


async def test_lost_then_found_never_processed(world: PushWorld) -> None:
    await staged(world, "lost_then_never_processed")
    assert (await world.push()).status == "unknown"
    assert (world.all(CardTransaction), world.all(Transaction)) == ([], [])
    assert world.available(FUNDS) == FUNDED - PAID_OUT
    await later(world, MINUTE)
    assert (pushed(world).status, pushed(world).response_code) == ("declined", "25")
    assert world.balance(NORAS) == NORAS_OWN
    assert world.available(FUNDS) == FUNDED
    world.money_is_where_it_should_be()


@pytest.mark.parametrize(
    ("outcome", "ends"), [("lost_then_approved", "paid"), ("lost_then_never_processed", "declined")]
)
async def test_nobody_is_told_before_its_time(world: PushWorld, outcome: str, ends: str) -> None:
    await staged(world, outcome, seconds=3600)
    await world.push()
    for _ in range(3):
        assert (await enquire(world.harbor, pushed(world).id)).status == "unknown"
    await later(world, 50 * MINUTE)
    assert pushed(world).status == "unknown"
    world.money_is_where_it_should_be()
    await later(world, 11 * MINUTE)
    assert (await enquire(world.harbor, pushed(world).id)).status == ends
    world.money_is_where_it_should_be()
    assert (await world.push()).status == "paid"


async def test_a_duplicate_is_recognised_and_paid_once(world: PushWorld) -> None:
    await staged(world, "duplicate")
    assert (await world.push()).status == "paid"
    received = [e for e in world.all(Event) if e.type == "message.received" and e.institution == "opennet"]
    assert len([each for each in received if '"0200"' in each.data]) == 2
    assert world.balance(NORAS) == NORAS_OWN + 250_00
    assert len(world.all(Item)) == 1
    world.money_is_where_it_should_be()


# ── available later ─────────────────────────────────────────────────────────────────────────────────


async def test_the_money_is_on_the_account_and_available_later(world: PushWorld) -> None:
    await staged(world, "available_later", seconds=7200)
    assert (await world.push()).status == "paid"
    assert (world.balance(NORAS), world.available(NORAS)) == (NORAS_OWN + 250_00, NORAS_OWN)
    assert world.postings("push_on_hold") == {
        "first_prairie": [("hold", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 250_00)]
    }
    assert [each.status for each in world.all(CardTransaction)] == ["on_hold"]
    right(world)
    mirrors_agree(world.sandbox)
    await later(world, 2 * HOUR - SECOND)
    assert world.available(NORAS) == NORAS_OWN
    await later(world, SECOND)
    assert world.available(NORAS) == NORAS_OWN + 250_00
    assert [each.status for each in world.all(CardTransaction)] == ["posted"]
    assert told(world) == [
        ("250.00 USD are on their way", "City of Alder, relief. Available from 2026-10-14 14:00 UTC"),
        ("250.00 USD are available", "City of Alder, relief. Available now: 662.18 USD"),
    ]
    world.money_is_where_it_should_be()


async def test_without_seconds_it_is_available_on_the_second_business_day(world: PushWorld) -> None:
    await staged(world, "available_later")
    await world.push()
    await later(world, 2 * DAY - SECOND)
    assert world.available(NORAS) == NORAS_OWN
    await later(world, SECOND)
    assert world.available(NORAS) == NORAS_OWN + 250_00


async def test_a_range_without_fast_funds_makes_money_available_later(world: PushWorld) -> None:
    directory = world.sandbox.switch.directory
    slow = directory.bins["400034"].changed(fast_funds=0)
    directory.bins["400034"] = slow
    assert (await world.push(10_00, OMAR)).status == "paid"
    omars = "coastline.cardholder.USD.acct_omar_diallo"
    assert (world.balance(omars), world.available(omars)) == (1_260_00, 1_250_00)
    await later(world, 2 * DAY)
    assert world.available(omars) == 1_260_00


async def test_on_a_credit_card_the_limit_is_free_later(world: PushWorld) -> None:
    await staged(world, "available_later", GRETA, seconds=60)
    gretas = "coastline.cardholder.USD.acct_greta_lindholm"
    await world.push(20_00, GRETA)
    assert world.available(gretas) == 5_000_00
    await later(world, MINUTE)
    assert world.available(gretas) == 5_020_00


# ── returned ────────────────────────────────────────────────────────────────────────────────────────


async def test_the_recipient_refuses_it_and_the_sender_has_the_amount_again(world: PushWorld) -> None:
    await staged(world, "returned", seconds=3600)
    paid = await world.push()
    assert paid.status == "paid"
    assert world.balance(NORAS) == NORAS_OWN + 250_00
    await later(world, HOUR)
    returned = pushed(world)
    assert (returned.status, returned.taken_back_amount, returned.return_reason) == ("returned", 250_00, "1380")
    assert returned.returned_at == await world.now()
    assert world.postings("return") == {
        "first_prairie": [("transfer", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 250_00)],
        "harbor": [("transfer", "due_from_network.USD", f"sender.USD.{CITY}", 250_00)],
        "opennet": [("transfer", "due_from_member.USD.first_prairie", "due_to_member.USD.harbor", 250_00)],
    }
    assert world.balance(FUNDS) == world.available(FUNDS) == FUNDED - 60, "the fee is kept"
    assert world.balance(NORAS) == NORAS_OWN
    assert world.balance("first_prairie.interchange_income.USD") == 10, "and so is the interchange"
    items = [(each.kind, each.debtor, each.creditor, each.amount) for each in world.all(Item)]
    assert items == [
        ("original_credit", "harbor", "first_prairie", 250_10),
        ("original_credit_return", "first_prairie", "harbor", 250_00),
    ]
    assert [each.status for each in world.all(CardTransaction)] == ["returned"]
    assert told(world)[1] == ("250.00 USD were returned", "City of Alder, relief: you did not accept it")
    mirrors_agree(world.sandbox)


async def test_what_is_spent_is_returned_by_force(world: PushWorld) -> None:
    await staged(world, "returned", seconds=60)
    await world.push()
    await drain(world, NORAS)
    await later(world, MINUTE)
    assert pushed(world).status == "returned"
    assert world.balance(NORAS) == 0
    assert world.balance("first_prairie.overdrawn.USD.acct_nora_patel") == 250_00
    assert world.balance(FUNDS) == FUNDED - 60
    mirrors_agree(world.sandbox)


async def test_what_is_on_hold_is_returned_out_of_the_hold(world: PushWorld) -> None:
    await staged(world, "returned", seconds=60)
    directory = world.sandbox.switch.directory
    directory.bins["400012"] = directory.bins["400012"].changed(fast_funds=0)
    await world.push()
    assert world.available(NORAS) == NORAS_OWN
    await later(world, MINUTE)
    assert pushed(world).status == "returned"
    assert [each[0] for each in world.postings("return")["first_prairie"]] == ["post"]
    assert world.available(NORAS) == world.balance(NORAS) == NORAS_OWN
    await later(world, 3 * DAY)
    assert world.available(NORAS) == world.balance(NORAS) == NORAS_OWN


async def test_a_return_settles_in_its_own_window(world: PushWorld) -> None:
    before = world.balance("harbor.settlement_cash.USD")
    await staged(world, "returned", seconds=86_400)
    await world.push()
    await later(world, 3 * DAY)
    assert pushed(world).status == "returned"
    assert [each.window for each in world.all(Item)] == ["win_2026-10-14", "win_2026-10-15"]
    for member in ("harbor", "first_prairie"):
        assert world.balance(f"{member}.due_to_network.USD") == world.balance(f"{member}.due_from_network.USD") == 0
    assert world.balance("harbor.settlement_cash.USD") == before - 12
    mirrors_agree(world.sandbox)


async def test_a_return_waits_until_the_sender_knows_that_it_was_paid(world: PushWorld) -> None:
    await staged(world, "lost_then_approved", seconds=3600)
    await staged(world, "returned", seconds=60)
    assert (await world.push()).status == "unknown"
    await later(world, 30 * MINUTE)
    assert pushed(world).status == "unknown"
    right(world)
    await later(world, 4 * HOUR)
    assert pushed(world).status == "returned"
    assert world.balance(FUNDS) == FUNDED - 60
    mirrors_agree(world.sandbox)


# ── for whom, and how often ─────────────────────────────────────────────────────────────────────────


async def test_a_staging_is_played_as_often_as_it_says(world: PushWorld) -> None:
    await staged(world, "decline", code="51", times=2)
    assert [(await world.push(1_00)).status for _ in range(3)] == ["declined", "declined", "paid"]
    assert [(each.status, each.times) for each in world.all(Staging)] == [(USED_UP, 0)]
    assert world.sandbox.stagings.none_armed


async def test_a_staging_for_ever_is_played_until_it_is_removed(world: PushWorld) -> None:
    staging = await staged(world, "decline", code="51", times=None)
    assert {(await world.push(1_00)).status for _ in range(5)} == {"declined"}
    await world.sandbox.stagings.step(remove_staging, staging.id)
    assert (await world.push(1_00)).status == "paid"
    with pytest.raises(MoveNotAllowed):
        await world.sandbox.stagings.step(remove_staging, staging.id)
    with pytest.raises(NotFound):
        await world.sandbox.stagings.step(remove_staging, "stg_none")


async def test_it_is_for_that_card_and_for_that_sender_only(world: PushWorld) -> None:
    await staged(world, "decline", OMAR, code="51")
    await staged_for_city(world, "decline", code="57")
    assert (await world.push(1_00)).response_code == "57"
    assert (await world.push(1_00)).status == "paid"
    assert (await world.push(1_00, OMAR)).response_code == "51"


async def test_two_stagings_of_one_card_are_played_in_order(world: PushWorld) -> None:
    await staged(world, "decline", code="51")
    await staged(world, "decline", code="57")
    assert [(await world.push(1_00)).response_code for _ in range(3)] == ["51", "57", "00"]


async def test_a_repeated_message_uses_nothing_up(world: PushWorld) -> None:
    await staged(world, "duplicate")
    await staged(world, "decline", code="51", times=2)
    assert (await world.push(1_00)).response_code == "51"
    assert armed(world) == [("decline", 1)]


async def test_all_are_removed_at_once(world: PushWorld) -> None:
    for outcome in OUTCOMES:
        await staged(world, outcome, times=None)
    assert await world.sandbox.stagings.step(remove_all_stagings) == len(OUTCOMES)
    assert (await world.push(1_00)).status == "paid"
    assert world.sandbox.stagings.none_armed
    played = [each.type for each in world.all(Event) if each.type.startswith(("staging", "outcome"))]
    assert played == ["staging.armed"] * len(OUTCOMES) + ["staging.removed"] * len(OUTCOMES)


# ── many processes, and nothing staged ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("outcome", "code"), [("partner_limit", "61"), ("decline", "05")])
async def test_what_one_process_stages_another_plays(world: PushWorld, outcome: str, code: str) -> None:
    url = world.sandbox.world.database.url
    if world.sandbox.world.database.sqlite:
        return  # one process serves a file
    other = Sandbox.open(Database(url), KEY)
    try:
        assert (await world.push(1_00)).status == "paid"
        stagings, number = other.stagings, CardNumber(NORA)
        await stagings.step(lambda work, _: stage(work, stagings, outcome, number=number))
        declined = await world.push(1_00)
        assert (declined.status, declined.response_code) == ("declined", code)
        assert (await world.push(1_00)).status == "paid"
    finally:
        other.close()


async def test_with_nothing_staged_a_push_reads_nothing_more(world: PushWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.push(1_00)
    ran: list[str] = []
    run = Steps.run

    async def counted(self: Steps, institution: Institution, step: Any, *arguments: Any) -> Any:
        ran.append(step.__name__)
        return await run(self, institution, step, *arguments)

    async def look(self: Database, *_: Any) -> Any:
        raise AssertionError("it looked into the database")

    monkeypatch.setattr(Steps, "run", counted)
    monkeypatch.setattr(Database, "read", look)
    await world.push(1_00)
    monkeypatch.undo()
    assert ran == ["record_begun", "record_request", "answer_credit", "record_reply", "record_reply"]
