"""Person to person: what each book writes, what cannot be pushed, and that what waits is nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from payments.acquirer.enquiry import enquire
from payments.acquirer.funding_reversal import reverse_funding
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.acquirer.transfer import transfer
from payments.issuer.issuing import block_card
from payments.kit.errors import Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.secrets import CardNumber
from payments.ledger.balance import InsufficientFunds
from payments.switch.directory import UnknownBin
from payments.switch.message import PresentedCard
from payments.verify import verify
from tests.flows.crossing_world import LUCIA, LUCIAS, NOOR
from tests.flows.pull_world import FROM_SHOP, FUNDS, SHOP, WAITING, PullWorld, pull_world, transfer_order
from tests.flows.world import NORA, OMAR

LIAM, THEO = "4000121111180051", "4000121111150062"
TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → coastline"
HOUR = 3600


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PullWorld]:
    async with pull_world(database_url) as world:
        yield world


async def test_every_book_to_the_cent(world: PullWorld) -> None:
    made = await world.transfer(100_00)
    (funding,), (push,) = world.all(Funding), world.all(Disbursement)
    assert (made.status, made.funding, made.disbursement) == ("paid", funding.id, push.id)
    assert (funding.status, push.status) == ("received", "paid")
    assert (funding.amount, funding.fee_amount, push.amount, push.fee_amount) == (100_95, 0, 100_00, 95)
    assert world.postings("pull")["harbor"] == [
        ("transfer", "due_from_network.USD", f"transfers.USD.{SHOP}", 100_95),
        ("transfer", "interchange_expense.USD", "due_from_network.USD", 27),
        ("transfer", "scheme_fees.USD", "due_to_network.USD", 15),
    ]
    assert world.postings("push")["harbor"][:2] == [
        ("post", f"transfers.USD.{SHOP}", "due_to_network.USD", 100_00),
        ("post", f"transfers.USD.{SHOP}", "disbursement_fees.USD", 95),
    ]
    assert world.moved() == {"nora": -100_95, "omar": 100_00}
    world.all_is_right_and_quiet()
    await world.run_jobs(3 * 24 * HOUR)
    world.all_is_right_and_quiet()


async def test_its_course_is_told(world: PullWorld) -> None:
    await world.transfer(recipient=THEO)
    told = [each.type for each in world.all(Event) if each.type.startswith("transfer.")]
    assert told == [
        *("transfer.pending", "transfer.pulled", "transfer.pushing", "transfer.returning", "transfer.returned")
    ]


async def test_what_the_payers_bank_declines_is_not_pushed(world: PullWorld) -> None:
    made = await world.transfer(payer=LIAM)
    assert (made.status, made.response_code, made.decided_by) == ("declined", "51", "first_prairie")
    assert world.all(Disbursement) == []
    world.all_is_right_and_quiet()


async def test_to_a_card_in_another_currency_the_network_converts(world: PullWorld) -> None:
    made = await world.transfer(recipient=LUCIA)
    (pushed,) = world.all(Disbursement)
    assert (made.status, pushed.recipient_amount, pushed.recipient_currency) == ("paid", 91_44, "EUR")
    assert (world.moved(), world.balance(LUCIAS)) == ({"nora": -100_95}, 800_00 + 91_44)
    world.all_is_right_and_quiet()


async def test_what_the_network_does_not_convert_is_given_back_whole(world: PullWorld) -> None:
    made = await world.transfer(recipient=NOOR)
    assert (made.status, made.response_code, made.decided_by) == ("returned", "57", "opennet")
    assert world.moved() == {}
    world.all_is_right_and_quiet()


async def test_what_the_recipients_bank_declines_is_given_back_whole(world: PullWorld) -> None:
    made = await world.transfer(recipient=THEO)
    assert (made.status, made.response_code, made.decided_by) == ("returned", "62", "first_prairie")
    assert world.funding().status == "reversed"
    assert world.moved() == {}
    world.all_is_right_and_quiet()


async def test_a_push_that_is_refused_before_it_is_sent_is_given_back_too(
    world: PullWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PartnerLimitReached(Refusal):
        """No more today."""

    async def refuse(*_: Any) -> None:
        raise PartnerLimitReached

    monkeypatch.setattr("payments.acquirer.transfer.disburse", refuse)
    made = await world.transfer()
    assert (made.status, made.response_code, made.decided_by) == ("returned", "partner_limit_reached", "harbor")
    assert world.moved() == {}
    world.all_is_right_and_quiet()


async def test_while_a_push_is_unknown_the_money_waits(world: PullWorld) -> None:
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    made = await world.transfer(100_00)
    assert made.status == "unknown"
    assert world.moved() == {"nora": -100_95, "waiting": 100_95}
    world.all_is_right()
    await enquire(world.harbor, made.disbursement)
    (found,) = world.all(Transfer)
    assert (found.status, found.response_code) == ("returning", "25")
    await world.run_jobs(1)
    (found,) = world.all(Transfer)
    assert found.status == "returned"
    assert world.moved() == {}
    world.all_is_right_and_quiet()


async def test_nobody_else_can_spend_what_waits(world: PullWorld) -> None:
    await world.arm("lose_reply", TO_ISSUER, "original_credit")
    await world.transfer(100_00)
    assert world.available(FUNDS) == 1_000_00
    assert world.available(WAITING) == 0
    with pytest.raises(InsufficientFunds):
        await world.push(1_000_00, **FROM_SHOP)
    with pytest.raises(MoveNotAllowed):
        await reverse_funding(world.harbor, world.funding().id)
    assert (await world.push(1_000_00 - 60, **FROM_SHOP)).status == "paid"
    await world.run_jobs(HOUR)
    assert [each.status for each in world.all(Transfer)] == ["paid"]
    assert world.moved() == {"nora": -100_95 + 999_40, "omar": 100_00, "shop": -1_000_00}
    world.all_is_right_and_quiet()


async def test_a_card_blocked_between_pull_and_push(world: PullWorld) -> None:
    await world.sandbox.issuers["coastline"].step(block_card, "card_omar_diallo")
    assert (await world.transfer()).status == "returned"
    assert world.moved() == {}


async def test_when_it_is_too_late_to_reverse_it_is_adjusted(world: PullWorld) -> None:
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    await world.arm("lose_request", TO_NETWORK, "enquiry", times=99)
    await world.transfer(100_00)
    await world.run_jobs(25 * HOUR)
    assert world.moved() == {"nora": -100_95, "waiting": 100_95}
    world.all_is_right()
    await world.mend()
    await world.run_jobs(2 * HOUR)
    assert [each.status for each in world.all(Transfer)] == ["returned"]
    assert world.funding().status == "adjusted"
    assert world.moved() == {}
    world.all_is_right_and_quiet()
    await world.run_jobs(4 * 24 * HOUR)
    world.all_is_right_and_quiet()


@pytest.mark.parametrize("which", ["payer_card", "recipient_card"])
async def test_a_card_from_elsewhere_is_refused_before_anything_is_sent(world: PullWorld, which: str) -> None:
    changes: dict[str, Any] = {which: PresentedCard(CardNumber("5555555555554444"))}
    before = len(world.all(Event))
    with pytest.raises(UnknownBin):
        await world.transfer(**changes)
    assert (len(world.all(Event)), world.all(Transfer), world.all(Funding)) == (before, [], [])


async def test_no_number_is_kept_in_the_clear(world: PullWorld) -> None:
    await world.transfer()
    kept = [*(each.data for each in world.all(Event)), *map(repr, world.all(Transfer)), *map(repr, world.all(Funding))]
    assert not [each for each in kept if NORA in each or OMAR in each]


@pytest.mark.parametrize(("recipient", "status"), [(OMAR, "paid"), (THEO, "returned")])
async def test_a_repeated_request_gets_the_first_answer(world: PullWorld, recipient: str, status: str) -> None:
    world.sandbox.world.render["transfer"] = lambda made, _: (201, f'"{made.status}"')
    asked = transfer_order(recipient=recipient, claim=Claim.on("key", "1", "transfer", b"{}"))
    await transfer(world.harbor, asked)
    with pytest.raises(Replayed) as replayed:
        await transfer(world.harbor, asked)
    assert replayed.value.body == f'"{status}"'
    assert len(world.all(Transfer)) == len(world.all(Funding)) == len(world.all(Disbursement)) == 1


async def test_the_first_answer_stays_when_more_is_known_later(world: PullWorld) -> None:
    world.sandbox.world.render["transfer"] = lambda made, _: (201, f'"{made.status}"')
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    asked = transfer_order(claim=Claim.on("key", "1", "transfer", b"{}"))
    await transfer(world.harbor, asked)
    await world.run_jobs(HOUR)
    assert [each.status for each in world.all(Transfer)] == ["returned"]
    with pytest.raises(Replayed) as replayed:
        await transfer(world.harbor, asked)
    assert replayed.value.body == '"unknown"'


async def test_many_at_once_never_take_more_than_there_is(world: PullWorld) -> None:
    made = await asyncio.gather(*(world.transfer(50_00) for _ in range(20)))
    paid = [each for each in made if each.status == "paid"]
    assert len(paid) == 412_18 // 50_95
    assert {each.status for each in made} == {"paid", "declined"}
    assert world.moved() == {"nora": -len(paid) * 50_95, "omar": len(paid) * 50_00}
    world.all_is_right_and_quiet()


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("UPDATE acquirer_transfers SET status = 'paid'", "is paid, but its pull is received and its push unknown"),
        ("UPDATE acquirer_transfers SET amount = amount + 1", "keeps 10095 for transfers"),
    ],
)
async def test_verify_sees_a_transfer_that_does_not_add_up(world: PullWorld, wrong: str, found: str) -> None:
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    await world.transfer(100_00)
    database = world.sandbox.world.database
    with database.engine.begin() as connection:
        connection.execute(sa.text(wrong))
    assert found in " ".join(each.what for each in verify(database))
