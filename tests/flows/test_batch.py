"""Paying thousands of people at once: what is paid, what is told before, and every way it can be broken off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from payments import jobs
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_chunk import BatchChunk, give_back_chunk
from payments.acquirer.batch_control import cancel_batch, pause_batch, resume_batch, start_batch
from payments.acquirer.batch_line import BatchLine
from payments.acquirer.batch_loading import CHUNK, abandon_batch, add_lines, close_batch
from payments.acquirer.batch_opening import claim_answered, record_loading
from payments.acquirer.batch_running import pay_chunk, pay_lines, pay_waiting, take_next
from payments.acquirer.batch_tally import PAID_STATES, UNDECIDED_STATES
from payments.acquirer.disbursement import Disbursement, SenderCurrencyDiffers
from payments.acquirer.held import Decision, refuse, release
from payments.acquirer.list_loading import load_list
from payments.acquirer.name_index import Entry
from payments.acquirer.programme_rules import SenderNotInProgramme, UnknownBusinessApplication
from payments.acquirer.push import AlreadyDisbursed
from payments.acquirer.push_limit import set_sender_limit
from payments.acquirer.sanctions_list import Draft
from payments.kit.clock import DAY
from payments.kit.database import fetch
from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKey, IdempotencyKeyInUse, IdempotencyKeyReused, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.ledger.balance import InsufficientFunds
from payments.verify import verify
from tests.flows.batch_world import RELIEF, begin, chunks, line, lines, load, now, pay
from tests.flows.crossing_world import KENJI, LUCIA, LUCIAS, NOOR, books_are_right
from tests.flows.push_world import FUNDS, PushWorld, push_world
from tests.flows.staged_world import staged
from tests.flows.test_disbursement import THEO
from tests.flows.world import GRETA, NORA, OMAR

FEE = 60
ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For what only several writers can do."""
STARTED = replace(RELIEF, start=True)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world
        assert verify(world.sandbox.world.database) == []


def problems(world: PushWorld) -> dict[int, str]:
    """What is wrong with which line."""
    return {each.number: each.problems for each in world.all(BatchLine) if each.problems}


def refused(world: PushWorld) -> list[str]:
    return [each.refusal for each in world.all(BatchLine) if each.refusal]


# ── paid ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_city_pays_600_people_from_one_file(world: PushWorld) -> None:
    batch = await pay(world, [line(n, to=(NORA, OMAR, GRETA)[n % 3]) for n in range(1, 601)])
    assert (batch.status, batch.line_count, batch.paid_count, batch.paid_amount) == ("completed", 600, 600, 600_00)
    assert world.balance(FUNDS) == 10_000_00 - 600 * (100 + FEE)
    paid = {each.id: each for each in world.all(Disbursement)}
    assert {each.disbursement for each in world.all(BatchLine)} == paid.keys()
    assert {each.status for each in paid.values()} == {"paid"}
    assert [each.line_count for each in world.all(BatchChunk)] == [CHUNK, CHUNK, 600 - 2 * CHUNK]
    world.money_is_where_it_should_be()


async def test_the_end_of_a_batch_is_an_event(world: PushWorld) -> None:
    batch = await pay(world, [line(1), line(2, to=THEO)])
    told = [each for each in world.all(Event) if each.subject == batch.id]
    states = [each.type.partition(".")[2] for each in told]
    assert states == ["loading", "checked", "ready", "processing", "completed"]
    assert '"paid_count":1' in told[-1].data
    assert '"declined_count":1' in told[-1].data
    assert {each.reference for each in told} == {batch.id}


async def test_some_lines_are_declined_and_the_others_paid(world: PushWorld) -> None:
    batch = await pay(world, [line(1), line(2, to=THEO), line(3)])
    assert (batch.status, batch.paid_count, batch.declined_count, batch.refused_count) == ("completed", 2, 1, 0)
    assert world.balance(FUNDS) == 10_000_00 - 2 * (100 + FEE)
    world.money_is_where_it_should_be()


async def test_lines_to_cards_in_other_currencies_are_converted_as_they_are_paid(world: PushWorld) -> None:
    batch = await pay(world, [line(1), line(2, to=LUCIA), line(3, to=NOOR), line(4, to=KENJI)])
    assert (batch.status, batch.paid_count, batch.declined_count, batch.refused_count) == ("completed", 3, 1, 0)
    assert (batch.paid_amount, batch.total_amount) == (300, 400)
    (declined,) = [each for each in world.all(Disbursement) if each.status == "declined"]
    assert (declined.response_code, declined.decided_by, declined.rate) == ("57", "opennet", "")
    arrived = {each.recipient_currency: each.recipient_amount for each in world.all(Disbursement) if each.rate}
    assert arrived == {"EUR": 91, "JPY": 149}
    assert world.available(LUCIAS) == 800_00 + 91
    books_are_right(world)


async def test_lines_without_funds_are_refused_and_the_others_paid(world: PushWorld) -> None:
    batch = await pay(world, lines(3, amount=4_000_00))
    assert (batch.status, batch.paid_count, batch.refused_count) == ("completed", 2, 1)
    assert refused(world) == [InsufficientFunds.code]
    world.money_is_where_it_should_be()


async def test_a_line_of_which_nothing_is_known_keeps_its_batch_open(world: PushWorld) -> None:
    await world.arm("lose_reply", "harbor → opennet", "original_credit", times=2)
    batch = await pay(world, lines(5))
    assert (batch.status, batch.paid_count, batch.open_count) == ("processing", 3, 2)
    assert [each.status for each in world.all(BatchChunk)] == ["unsure"]
    world.money_is_where_it_should_be()
    await jobs.wind_by(world.sandbox, 2 * 60 * 1_000_000)
    batch = now(world, batch)
    assert (batch.status, batch.paid_count, batch.open_count) == ("completed", 5, 0)
    world.money_is_where_it_should_be()


async def test_a_line_that_never_arrived_is_found_to_be_declined(world: PushWorld) -> None:
    await world.arm("lose_request", "harbor → opennet", "original_credit")
    batch = await pay(world, lines(3))
    await jobs.wind_by(world.sandbox, 2 * 60 * 1_000_000)
    batch = now(world, batch)
    assert (batch.status, batch.paid_count, batch.declined_count) == ("completed", 2, 1)
    world.money_is_where_it_should_be()


# ── checked before a cent moves ─────────────────────────────────────────────────────────────────────


async def test_a_wrong_line_stops_the_whole_batch_before_a_cent_moves(world: PushWorld) -> None:
    given = [line(1), line(2, currency="EUR"), line(3, to="4999991111110008"), line(4, business_application="XX")]
    batch = await load(world, given, STARTED)
    assert (batch.status, batch.line_count, batch.invalid_count) == ("rejected", 4, 3)
    found = problems(world)
    assert "currency_differs" in found[2]
    assert "unknown_bin" in found[3]
    assert "unknown_business_application" in found[4]
    assert {each.card_encrypted for each in world.all(BatchLine) if each.problems} == {""}
    assert await pay_waiting(world.harbor) == 0
    assert world.all(Disbursement) == []
    with pytest.raises(MoveNotAllowed):
        await world.harbor.step(start_batch, batch.id)


async def test_a_reference_is_given_to_one_line_of_a_batch(world: PushWorld) -> None:
    given = [*lines(CHUNK), line(CHUNK + 1, reference="relief-1"), line(CHUNK + 2, reference=f"relief-{CHUNK + 1}")]
    batch = await load(world, [*given, line(CHUNK + 3, reference=f"relief-{CHUNK + 1}")])
    assert batch.status == "rejected"
    found = problems(world)
    assert found.keys() == {CHUNK + 1, CHUNK + 3}
    assert "Line 1 of this batch" in found[CHUNK + 1]
    assert f"Line {CHUNK + 2} of this batch" in found[CHUNK + 3]


async def test_a_reference_is_given_to_one_line_of_a_sender(world: PushWorld) -> None:
    first = await load(world, lines(2))
    second = await load(world, [line(1, reference="relief-2"), line(2, reference="another")])
    assert second.status == "rejected"
    assert f"Line 2 of batch {first.id}" in problems(world)[1]


async def test_a_corrected_file_may_have_the_same_references(world: PushWorld) -> None:
    wrong = await load(world, [line(1), line(2, currency="EUR")])
    assert wrong.status == "rejected"
    right = await pay(world, lines(2))
    assert (right.status, right.paid_count) == ("completed", 2)
    again = await load(world, lines(2))
    assert again.invalid_count == 2


async def test_an_empty_file_and_one_that_contradicts_itself_are_rejected(world: PushWorld) -> None:
    batch = await load(world, [])
    assert batch.status == "rejected"
    assert "no_lines" in batch.file_problems


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"sender": "snd_nobody"}, NotFound),
        ({"currency": "EUR"}, SenderCurrencyDiffers),
        ({"business_application": "XX"}, UnknownBusinessApplication),
    ],
)
async def test_a_batch_that_cannot_be_is_refused(
    world: PushWorld, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await world.harbor.step(record_loading, replace(RELIEF, **changes), None)
    assert world.all(DisbursementBatch) == []


# ── in the sender's hands ───────────────────────────────────────────────────────────────────────────


async def test_a_paused_batch_stands_still_until_it_is_resumed(world: PushWorld) -> None:
    batch = await load(world, lines(3 * CHUNK), STARTED)
    chunk = await take_next(world.harbor)
    assert chunk
    await pay_chunk(world.harbor, chunk)
    await world.harbor.step(pause_batch, batch.id)
    assert await pay_waiting(world.harbor) == 0
    assert (now(world, batch).status, now(world, batch).paid_count) == ("paused", CHUNK)
    await world.harbor.step(resume_batch, batch.id)
    assert await pay_waiting(world.harbor) == 2
    assert (now(world, batch).status, now(world, batch).paid_count) == ("completed", 3 * CHUNK)
    world.money_is_where_it_should_be()


async def test_a_chunk_taken_just_before_the_pause_is_given_back(world: PushWorld) -> None:
    batch = await load(world, lines(2), STARTED)
    chunk = await take_next(world.harbor)
    assert chunk
    await world.harbor.step(pause_batch, batch.id)
    await pay_chunk(world.harbor, chunk)
    assert [each.status for each in world.all(BatchChunk)] == ["waiting"]
    assert world.all(Disbursement) == []
    await world.harbor.step(resume_batch, batch.id)
    await pay_waiting(world.harbor)
    assert now(world, batch).status == "completed"


async def test_a_cancelled_batch_pays_nothing_further(world: PushWorld) -> None:
    batch = await load(world, lines(2 * CHUNK), STARTED)
    chunk = await take_next(world.harbor)
    assert chunk
    cancelling = await world.harbor.step(cancel_batch, batch.id)
    assert cancelling.status == "cancelling"
    await pay_chunk(world.harbor, chunk)
    assert await pay_waiting(world.harbor) == 0
    assert (now(world, batch).status, now(world, batch).paid_count) == ("cancelled", 0)
    assert world.all(Disbursement) == []
    again = await load(world, lines(2))
    assert again.status == "ready", "what was never paid may be ordered anew"


async def test_a_batch_that_is_ready_can_be_cancelled_at_once(world: PushWorld) -> None:
    batch = await load(world, lines(2))
    assert (await world.harbor.step(cancel_batch, batch.id)).status == "cancelled"


async def test_the_lines_paid_before_a_cancel_keep_their_references(world: PushWorld) -> None:
    batch = await load(world, lines(CHUNK + 1), STARTED)
    chunk = await take_next(world.harbor)
    assert chunk
    await pay_chunk(world.harbor, chunk)
    assert (await world.harbor.step(cancel_batch, batch.id)).status == "cancelled"
    again = await load(world, [line(1), line(2, reference=f"relief-{CHUNK + 1}")])
    assert problems(world).keys() == {1}
    assert (again.status, now(world, batch).paid_count) == ("rejected", CHUNK)


@pytest.mark.parametrize("move", [pause_batch, resume_batch, start_batch, cancel_batch])
async def test_what_is_over_is_over(world: PushWorld, move: Callable[..., Any]) -> None:
    batch = await pay(world, lines(1))
    with pytest.raises(MoveNotAllowed):
        await world.harbor.step(move, batch.id)


# ── broken off ──────────────────────────────────────────────────────────────────────────────────────


async def dies_in_the_middle(world: PushWorld, batch: DisbursementBatch, paid: int) -> None:
    """A process takes a chunk, pays some of its lines, and is gone."""
    chunk = await take_next(world.harbor)
    assert chunk
    written = world.sandbox.world.database.read_now(fetch, BatchLine, sa.select(BatchLine.table()))
    await pay_lines(world.harbor, batch, sorted(written, key=lambda each: each.id)[:paid])
    await jobs.recover(world.sandbox)


async def test_who_dies_in_the_middle_loses_and_doubles_nothing(world: PushWorld) -> None:
    batch = await load(world, lines(20), STARTED)
    await dies_in_the_middle(world, batch, paid=7)
    assert [each.status for each in world.all(BatchChunk)] == ["waiting"]
    await pay_waiting(world.harbor)
    batch = now(world, batch)
    assert (batch.status, batch.paid_count, len(world.all(Disbursement))) == ("completed", 20, 20)
    world.money_is_where_it_should_be()


async def test_what_a_dead_process_had_paid_is_counted_when_the_batch_is_cancelled(world: PushWorld) -> None:
    batch = await load(world, lines(20), STARTED)
    await dies_in_the_middle(world, batch, paid=7)
    assert (await world.harbor.step(cancel_batch, batch.id)).status == "cancelling"
    await pay_waiting(world.harbor)
    batch = now(world, batch)
    assert (batch.status, batch.paid_count, len(world.all(Disbursement))) == ("cancelled", 7, 7)


async def test_two_who_pay_the_same_chunk_pay_it_once(world: PushWorld) -> None:
    batch = await load(world, lines(20), STARTED)
    chunk = await take_next(world.harbor)
    assert chunk
    await asyncio.gather(pay_chunk(world.harbor, chunk), pay_chunk(world.harbor, chunk))
    assert len(world.all(Disbursement)) == 20
    await jobs.wind_by(world.sandbox, 5 * 60 * 1_000_000)
    assert now(world, batch).paid_count == 20
    world.money_is_where_it_should_be()


async def test_a_chunk_that_was_given_back_is_not_counted_by_who_had_it(world: PushWorld) -> None:
    batch = await load(world, lines(3), STARTED)
    first = await take_next(world.harbor)
    assert first
    await world.harbor.step(give_back_chunk, first.id)
    second = await take_next(world.harbor)
    assert second
    await pay_chunk(world.harbor, first)
    assert (now(world, batch).status, now(world, batch).paid_count) == ("processing", 0)
    await pay_chunk(world.harbor, second)
    assert (now(world, batch).status, now(world, batch).paid_count) == ("completed", 3)


async def test_a_disbursement_with_an_id_is_made_once(world: PushWorld) -> None:
    paid = await world.push(100, id="dsb_of_a_line")
    assert paid.id == "dsb_of_a_line"
    with pytest.raises(AlreadyDisbursed):
        await world.push(100, id="dsb_of_a_line")
    assert world.balance(FUNDS) == 10_000_00 - 100 - FEE


async def test_an_unforeseen_error_in_a_line_is_tried_again(world: PushWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    async def mistaken(*_: object) -> None:
        raise RuntimeError("a mistake")

    with monkeypatch.context() as patch:
        patch.setattr("payments.acquirer.batch_running.disburse", mistaken)
        batch = await pay(world, lines(3))
    assert (batch.status, batch.paid_count) == ("processing", 0)
    await jobs.wind_by(world.sandbox, 2 * 60 * 1_000_000)
    assert now(world, batch).paid_count == 3


async def test_a_chunk_that_comes_to_an_unforeseen_end_is_given_back(
    world: PushWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object) -> None:
        raise RuntimeError("a mistake")

    batch = await load(world, lines(3), STARTED)
    with monkeypatch.context() as patch:
        patch.setattr("payments.acquirer.batch_running.tally_of", mistaken)
        with pytest.raises(RuntimeError):
            await pay_waiting(world.harbor)
    assert [each.status for each in world.all(BatchChunk)] == ["waiting"]
    await pay_waiting(world.harbor)
    assert (now(world, batch).status, now(world, batch).paid_count) == ("completed", 3)
    assert len(world.all(Disbursement)) == 3


async def test_an_upload_that_breaks_off_is_abandoned_and_may_be_repeated(world: PushWorld) -> None:
    claim = Claim("key_demo:upload", "create_disbursement_batch", "hash")
    batch = await begin(world, RELIEF, claim)
    await world.harbor.step(add_lines, batch.id, lines(2))
    with pytest.raises(IdempotencyKeyInUse):
        await world.harbor.step(record_loading, RELIEF, claim)
    await jobs.recover(world.sandbox)
    assert now(world, batch).status == "abandoned"
    world.sandbox.world.render["create_disbursement_batch"] = lambda made, _: (201, made.id)
    again = await begin(world, RELIEF, claim)
    for some in chunks(lines(2)):
        await world.harbor.step(add_lines, again.id, some)
    assert (await world.harbor.step(close_batch, again.id, claim)).status == "ready"
    assert (await world.harbor.step(abandon_batch, again.id)).status == "ready"
    (kept,) = world.all(IdempotencyKey)
    assert (kept.answer, kept.body_hash) == (again.id, "hash")


async def test_a_key_that_was_answered_is_answered_again_or_refused(world: PushWorld) -> None:
    world.sandbox.world.render["create_disbursement_batch"] = lambda made, _: (201, made.id)
    claim = Claim("key_demo:upload", "create_disbursement_batch", "hash")
    batch = await begin(world, RELIEF, claim)
    await world.harbor.step(add_lines, batch.id, lines(2))
    await world.harbor.step(close_batch, batch.id, claim)
    assert await world.harbor.step(record_loading, RELIEF, claim) is None
    with pytest.raises(Replayed):
        await world.harbor.step(claim_answered, claim)
    with pytest.raises(IdempotencyKeyReused):
        await world.harbor.step(claim_answered, replace(claim, body_hash="another"))
    assert len(world.all(DisbursementBatch)) == 1


def test_every_state_of_a_disbursement_says_whether_it_was_paid() -> None:
    states = {state for move in Disbursement.moves for state in (move.source, move.target)}
    assert {"paid", "settled"} <= PAID_STATES
    assert {"pending", "unknown"} <= UNDECIDED_STATES
    assert "declined" in states - PAID_STATES - UNDECIDED_STATES


# ── verified ────────────────────────────────────────────────────────────────────────────────────────

DAMAGES = {
    "UPDATE acquirer_disbursement_batches SET paid_count = 2, paid_amount = 200": "says 3 lines",
    "UPDATE acquirer_batch_lines SET amount = amount + 1 WHERE number = 2": "orders 101",
    "UPDATE acquirer_batch_lines SET disbursement = (SELECT MIN(id) FROM acquirer_disbursements)": "is to pay both",
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damage_is_found_and_explained(database_url: str, damage: str) -> None:
    async with push_world(database_url) as world:
        await pay(world, lines(3))
        database = world.sandbox.world.database
        assert verify(database) == []
        with database.engine.begin() as connection:
            connection.exec_driver_sql(damage)
        found = verify(database)
        assert {each.truth for each in found} == {5}
        assert any(DAMAGES[damage] in each.what for each in found), found


@ON_POSTGRESQL
async def test_several_processes_share_a_batch(database_url: str) -> None:
    async with push_world(database_url) as one, push_world(database_url) as other:
        batch = await load(one, lines(6 * CHUNK, amount=1), STARTED)
        done = await asyncio.gather(pay_waiting(one.harbor), pay_waiting(other.harbor))
        assert sum(done) == 6
        assert all(done), "each did some of it"
        assert (now(one, batch).status, now(one, batch).paid_count) == ("completed", 6 * CHUNK)
        assert len(one.all(Disbursement)) == 6 * CHUNK
        one.money_is_where_it_should_be()
        assert verify(one.sandbox.world.database) == []


@ON_POSTGRESQL
async def test_a_reference_that_two_processes_load_at_once_is_given_once(database_url: str) -> None:
    async with push_world(database_url) as one, push_world(database_url) as other:
        both = await asyncio.gather(load(one, lines(CHUNK)), load(other, lines(CHUNK)))
        assert sorted(each.status for each in both) == ["ready", "rejected"]
        assert sum(each.invalid_count for each in both) == CHUNK


# ── what may become of a push, in a batch ───────────────────────────────────────────────────────────


async def test_a_held_line_keeps_its_batch_open_until_it_is_decided(world: PushWorld) -> None:
    world.sandbox.world.render["decide"] = lambda push, _: (200, f'"{push.status}"')
    await load_list(world.harbor, Draft.of([Entry("EX-1", ("Viktor Zloty",))], 88))
    batch = await pay(world, [line(1), line(2, recipient_name="Viktor Zloty"), line(3, recipient_name="Viktor Zloty")])
    assert (batch.status, batch.paid_count, batch.open_count) == ("processing", 1, 2)
    first, second = (each for each in world.all(Disbursement) if each.status == "held")
    await release(world.harbor, first.id, Decision(None, "key_demo", "another one"))
    await refuse(world.harbor, second.id, Decision(None, "key_demo", "that one"))
    await jobs.wind_by(world.sandbox, DAY)
    ended = now(world, batch)
    assert (ended.status, ended.paid_count, ended.declined_count, ended.open_count) == ("completed", 2, 1, 0)
    world.money_is_where_it_should_be()


async def test_a_deferred_line_is_paid_when_the_network_lets_it_go(world: PushWorld) -> None:
    await staged(world, "deferred", seconds=3600)
    batch = await pay(world, [line(1), line(2)])
    assert (batch.status, batch.paid_count, batch.open_count) == ("processing", 1, 1)
    await jobs.wind_by(world.sandbox, DAY)
    assert now(world, batch).status == "completed"


async def test_a_partners_limit_refuses_the_lines_beyond_it(world: PushWorld) -> None:
    await world.harbor.step(set_sender_limit, "snd_city_of_alder", "", "USD", {"daily_count": 2})
    batch = await pay(world, lines(3))
    assert (batch.status, batch.paid_count, batch.refused_count) == ("completed", 2, 1)
    assert refused(world) == ["partner_limit_reached"]


async def test_a_sender_that_may_not_is_told_at_once(world: PushWorld) -> None:
    with pytest.raises(SenderNotInProgramme):
        await load(world, [line()], replace(RELIEF, sender="snd_blue_door_books"))
    batch = await load(world, [line(1, business_application="MD")])
    assert batch.status == "rejected"
    assert "sender_not_in_programme" in problems(world)[1]
