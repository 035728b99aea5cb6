"""Sanctions screening: what is like a listed name is held with its money set aside, then released or refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from payments.acquirer.disbursement import Disbursement, disburse, record_pending
from payments.acquirer.enquiry import enquire
from payments.acquirer.held import Decision, record_release, refuse, release
from payments.acquirer.list_loading import load_list, record_list
from payments.acquirer.name_index import Entry
from payments.acquirer.sanctions_list import Draft, ListInForce, SanctionsList
from payments.acquirer.screening import NO_HIT, ScreenedByAnotherList, Screening, give_verdict
from payments.acquirer.sender import open_sender
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.jobs.recovery import recover
from payments.jobs.winding import wind
from payments.kit.clock import DAY
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKeyReused, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.network.transaction import Transaction
from payments.sandbox import Sandbox
from payments.switch.message import Party
from payments.verify import verify
from tests.flows.push_world import FUNDS, NORAS, PushWorld, order, push_world

LISTED = [Entry("EX-1", ("Viktor Zloty", "Виктор Злотый")), Entry("EX-2", ("Grand Meridian Trading",))]
BY_OPERATOR = Decision(None, "key_demo", "same name, other birth date")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        world.sandbox.world.render.update(
            push=lambda push, _: (201, f'"{push.status}"'), decide=lambda push, _: (200, f'"{push.status}"')
        )
        yield world


async def load(world: PushWorld, entries: list[Entry] | None = None, hold_at: int = 88) -> ListInForce:
    return await load_list(world.harbor, Draft.of(LISTED if entries is None else entries, hold_at))


async def held(world: PushWorld, **changes: object) -> Disbursement:
    pushed = await world.push(recipient=Party("Viktor Zlotyy"), **changes)  # type: ignore[arg-type]
    assert pushed.status == "held"
    return pushed


def sound(world: PushWorld) -> None:
    world.money_is_where_it_should_be()
    assert verify(world.sandbox.world.database) == []


# ── held ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_hit_holds_the_money_and_sends_nothing(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    assert world.balance(FUNDS) == 10_000_00
    assert world.available(FUNDS) == 10_000_00 - 250_60
    assert world.balance(NORAS) == 412_18
    assert (world.all(Transaction), world.all(IssuerTransaction)) == ([], [])
    (why,) = world.all(Screening)
    assert (why.held, why.status, why.hold_at) == (pushed.id, "held", 88)
    assert (why.recipient_entry, why.recipient_score, why.payer_score) == ("EX-1", 96, 0)
    said = [each.type for each in world.all(Event) if each.reference == pushed.reference]
    assert said == ["disbursement.held", "money.held", "screening.held"]
    sound(world)


async def test_what_events_say_of_a_hit_names_nobody(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    await refuse(world.harbor, pushed.id, Decision(None, "key_demo", "Viktor Zloty indeed"))
    said = [each.data for each in world.all(Event) if each.reference == pushed.reference or "sanctions" in each.type]
    assert not any("Zloty" in each or "Злотый" in each for each in said)


async def test_without_a_list_names_are_let_through_but_for_the_test_names(world: PushWorld) -> None:
    assert (await world.push(1_00, recipient=Party("Viktor Zloty"))).status == "paid"
    assert (await world.push(1_00, recipient=Party("Sanctions Test Clear"))).status == "paid"
    assert (await world.push(1_00, recipient=Party("Sanctions Test Hit"))).status == "held"
    assert (await world.push(1_00, recipient=Party("sanctions  TEST, near"))).status == "held"
    assert [(each.recipient_entry, each.recipient_score) for each in world.all(Screening)] == [
        ("test_name", 100),
        ("test_name", 90),
    ]
    sound(world)


async def test_the_payer_is_screened_too(world: PushWorld) -> None:
    sender = await world.harbor.step(
        open_sender, "Grand Meridian Trading Ltd", "company", "Alder", "US", "USD", "", "snd_meridian"
    )
    await load(world, [*LISTED, Entry("EX-3", ("City of Alder",))])
    verdict = await give_verdict(world.harbor, order(sender=sender.id))
    assert (verdict.payer.entry, verdict.payer.score, verdict.hit) == ("EX-2", 95, True)
    pushed = await world.push()
    assert pushed.status == "held"
    assert [each.payer_entry for each in world.all(Screening)] == ["EX-3"]


async def test_every_script_is_compared_with_names_in_it(world: PushWorld) -> None:
    await load(world)
    assert (await world.push(1_00, recipient=Party("ЗЛОТЫЙ Виктор"))).status == "held"
    assert (await world.push(1_00, recipient=Party("Иван Петров"))).status == "paid"
    sound(world)


# ── decided ─────────────────────────────────────────────────────────────────────────────────────────


async def test_released_it_is_sent_as_it_would_have_been(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    paid = await release(world.harbor, pushed.id, BY_OPERATOR)
    assert (paid.id, paid.status, paid.response_code) == (pushed.id, "paid", "00")
    assert world.balance(NORAS) == 412_18 + 250_00
    assert world.balance(FUNDS) == 10_000_00 - 250_60
    (why,) = world.all(Screening)
    assert (why.status, why.decided_by, why.note) == ("released", "key_demo", "same name, other birth date")
    assert why.decided_at == await world.now()
    sound(world)


async def test_refused_its_money_goes_back(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    refused = await refuse(world.harbor, pushed.id, BY_OPERATOR)
    assert (refused.status, refused.response_code, refused.decided_by) == ("refused", "93", "harbor")
    assert world.available(FUNDS) == 10_000_00
    assert world.all(Transaction) == []
    assert [each.status for each in world.all(Screening)] == ["refused"]
    sound(world)


async def test_it_is_decided_once(world: PushWorld) -> None:
    await load(world)
    first, second = await held(world), await held(world)
    await release(world.harbor, first.id, BY_OPERATOR)
    await refuse(world.harbor, second.id, BY_OPERATOR)
    for pushed in (first, second):
        for decide in (release, refuse):
            with pytest.raises(MoveNotAllowed):
                await decide(world.harbor, pushed.id, BY_OPERATOR)
    sound(world)


async def test_two_decide_at_once_and_one_of_them_does(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    both = [release(world.harbor, pushed.id, BY_OPERATOR), refuse(world.harbor, pushed.id, BY_OPERATOR)]
    came = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each).__name__ for each in came) == ["Disbursement", "MoveNotAllowed"]
    sound(world)


async def test_only_what_is_held_is_decided_on(world: PushWorld) -> None:
    paid = await world.push()
    for decide in (release, refuse):
        with pytest.raises(MoveNotAllowed):
            await decide(world.harbor, paid.id, BY_OPERATOR)
        with pytest.raises(NotFound):
            await decide(world.harbor, "dsb_nothing", BY_OPERATOR)
    sound(world)


async def test_released_it_may_still_be_declined_by_the_issuer(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world, to="4000121111150062")
    declined = await release(world.harbor, pushed.id, BY_OPERATOR)
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", "62", "first_prairie")
    assert world.available(FUNDS) == 10_000_00
    sound(world)


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay", "duplicate"])
@pytest.mark.parametrize("hop", ["harbor → opennet", "opennet → first_prairie"])
async def test_no_fault_on_the_way_of_a_released_one_loses_or_doubles_money(
    world: PushWorld, kind: str, hop: str
) -> None:
    await load(world)
    pushed = await held(world)
    await world.arm(kind, hop, "original_credit")
    sent = await release(world.harbor, pushed.id, BY_OPERATOR)
    assert sent.status == ("paid" if kind == "duplicate" else "unknown")
    sound(world)
    found = await enquire(world.harbor, pushed.id)
    assert found.status == ("declined" if kind == "lose_request" else "paid")
    sound(world)


# ── asked again ─────────────────────────────────────────────────────────────────────────────────────


async def test_whoever_repeats_the_order_or_the_decision_gets_the_first_answer(world: PushWorld) -> None:
    await load(world)
    claim, decided = Claim.on("key", "1", "push", b"{}"), Claim.on("key", "2", "decide", b"release")
    pushed = await held(world, claim=claim)
    for _ in range(2):
        with pytest.raises(Replayed) as again:
            await disburse(world.harbor, order(claim=claim))
        assert again.value.body == '"held"'
    paid = await release(world.harbor, pushed.id, Decision(decided, "key_demo"))
    assert paid.status == "paid"
    with pytest.raises(Replayed) as again:
        await release(world.harbor, pushed.id, Decision(decided, "key_demo"))
    assert (again.value.status, again.value.body) == (200, '"paid"')
    with pytest.raises(Replayed) as again:
        await disburse(world.harbor, order(claim=claim))
    assert again.value.body == '"held"'  # the order's answer stays what it was
    with pytest.raises(IdempotencyKeyReused):
        await refuse(world.harbor, pushed.id, Decision(Claim.on("key", "2", "decide", b"refuse"), "key_demo"))
    sound(world)


async def test_a_refusal_is_answered_the_same_when_repeated(world: PushWorld) -> None:
    await load(world)
    claim = Claim.on("key", "1", "decide", b"{}")
    pushed = await held(world)
    await refuse(world.harbor, pushed.id, Decision(claim, "key_demo"))
    with pytest.raises(Replayed) as again:
        await refuse(world.harbor, pushed.id, Decision(claim, "key_demo"))
    assert again.value.body == '"refused"'


# ── the list changes ────────────────────────────────────────────────────────────────────────────────


async def test_a_list_that_came_between_is_the_one_that_counts(world: PushWorld) -> None:
    early = await give_verdict(world.harbor, order(recipient=Party("Viktor Zloty")))
    assert early == NO_HIT
    await world.harbor.step(_load_elsewhere, Draft.of(LISTED))  # as another process does: this one knows nothing of it
    with pytest.raises(ScreenedByAnotherList):
        await world.harbor.step(record_pending, order(recipient=Party("Viktor Zloty")), early)
    assert (await world.push(recipient=Party("Viktor Zloty"))).status == "held"
    await world.harbor.step(_load_elsewhere, Draft.of([]))
    assert (await world.push(recipient=Party("Viktor Zloty"))).status == "paid"
    sound(world)


def _load_elsewhere(work: object, harbor: object, draft: Draft) -> None:
    record_list(work, harbor, draft)  # type: ignore[arg-type]


async def test_many_at_once_are_screened_by_a_list_that_nobody_had_read(world: PushWorld) -> None:
    await world.harbor.step(_load_elsewhere, Draft.of(LISTED))
    names = ["Viktor Zloty", "Nora Patel"] * 10
    pushed = await asyncio.gather(*(world.push(1_00, recipient=Party(each)) for each in names))
    assert [each.status for each in pushed] == ["held", "paid"] * 10
    sound(world)


async def test_the_same_list_loaded_again_is_the_same(world: PushWorld) -> None:
    first, again = await load(world), await load(world)
    assert (first.list, first.since) == (again.list, again.since)
    stricter = await load(world, hold_at=97)
    assert stricter.list != first.list
    assert (await world.push(1_00, recipient=Party("Viktor Zlotyy"))).status == "paid"  # 96
    assert (await load(world)).list == first.list
    assert len(world.all(SanctionsList)) == 2
    cleared = await load(world, [])
    assert cleared.list == ""
    loaded = [each.type for each in world.all(Event) if each.type.startswith("sanctions_list.")]
    assert loaded == ["sanctions_list.loaded"] * 3 + ["sanctions_list.cleared"]


async def test_what_is_held_stays_held_when_the_list_is_cleared(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    await load(world, [])
    assert [each.status for each in world.all(Disbursement)] == ["held"]
    assert (await release(world.harbor, pushed.id, BY_OPERATOR)).status == "paid"
    sound(world)


# ── the process died ────────────────────────────────────────────────────────────────────────────────


async def test_what_is_held_outlives_the_process_and_days(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    assert await recover(world.sandbox) == 0
    await wind(world.sandbox, await world.now() + 3 * DAY)
    assert [each.status for each in world.all(Disbursement)] == ["held"]
    assert (await release(world.harbor, pushed.id, BY_OPERATOR)).status == "paid"
    assert verify(world.sandbox.world.database) == []


async def test_a_release_whose_process_died_is_taken_over(world: PushWorld) -> None:
    await load(world)
    pushed = await held(world)
    decided = Claim.on("key", "2", "decide", b"release")
    await world.harbor.step(record_release, pushed.id, Decision(decided, "key_demo"))
    assert await recover(world.sandbox) == 1
    (taken_over,) = world.all(Disbursement)
    assert (taken_over.status, taken_over.response_code) == ("declined", "25")  # it had never been sent
    with pytest.raises(Replayed) as again:
        await release(world.harbor, pushed.id, Decision(decided, "key_demo"))
    assert again.value.body == '"unknown"'
    sound(world)


async def test_a_new_process_learns_of_the_list_from_its_first_push(world: PushWorld, database_url: str) -> None:
    await load(world)
    sandbox: Sandbox = world.sandbox
    fresh = Sandbox.over(sandbox.world)
    assert fresh.acquirers["harbor"].screener.index.id == ""
    pushed = await disburse(fresh.acquirers["harbor"], order(recipient=Party("Viktor Zloty")))
    assert pushed.status == "held"
