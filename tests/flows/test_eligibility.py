"""Asking what may be done with a card: the network's directory answers, and a push is then treated as it said."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from payments.acquirer.eligibility import Eligibility, inquire
from payments.kit.events import Event
from payments.kit.secrets import CardNumber
from payments.ledger.entry import Transfer
from payments.switch.directory import UnknownBin
from payments.switch.inquiry_message import EligibilityReply
from payments.switch.message import PresentedCard
from payments.switch.numbers import luhn_digit
from payments.verify import verify
from tests.flows.push_world import PushWorld, push_world
from tests.flows.world import NORA


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


def card_of(bin: str) -> str:
    """Some number of a range, whether a card has it or not."""
    return f"{bin}111111111{luhn_digit(f'{bin}111111111')}"


async def ask(world: PushWorld, number: str, origin: str = "", business_application: str = "") -> Eligibility:
    return await inquire(world.harbor, PresentedCard(CardNumber(number)), origin, business_application)


async def told(world: PushWorld, number: str, origin: str = "", business_application: str = "") -> EligibilityReply:
    found = await ask(world, number, origin, business_application)
    assert found.answer is not None
    return found.answer


async def test_the_directory_says_all_it_knows_of_a_card(world: PushWorld) -> None:
    answer = await told(world, NORA)
    of_the_card = answer.attributes
    assert (of_the_card.issuer, of_the_card.issuer_name) == ("first_prairie", "First Prairie Bank")
    assert (of_the_card.country, of_the_card.currency) == ("US", "USD")
    assert (of_the_card.product, of_the_card.platform, of_the_card.fast_funds) == ("debit", "consumer", "B")
    assert (answer.cross_border, answer.geo_blocked, answer.push_allowed, answer.pull_allowed) == (
        False, False, True, True,
    )  # fmt: skip
    assert (answer.refusal, answer.funds_within_seconds, answer.funds_within_business_days) == ("", 1800, 0)


async def test_it_moves_nothing_and_leaves_its_messages(world: PushWorld) -> None:
    before = len(world.all(Transfer))
    found = await ask(world, NORA)
    said = [(each.type, each.institution) for each in world.all(Event) if each.reference == found.reference]
    assert said == [
        ("message.sent", "harbor"),
        ("message.received", "opennet"),
        ("message.sent", "opennet"),
        ("message.received", "harbor"),
    ]
    assert len(world.all(Transfer)) == before
    assert not any(NORA in each.data for each in world.all(Event))
    assert verify(world.sandbox.world.database) == []


@pytest.mark.parametrize(
    ("bin", "origin", "application", "refusal", "flag"),
    [
        ("400171", "", "", "", "D"),
        ("400172", "", "", "not_reloadable", "B"),
        ("400173", "", "", "", "N"),
        ("400174", "", "", "", "B"),
        ("400174", "", "GP", "gambling_blocked", "B"),
        ("400174", "", "OG", "gambling_blocked", "B"),
        ("400175", "", "", "cross_border_push_not_allowed", "B"),
        ("400176", "", "", "geo_blocked", "B"),
        ("400176", "CH", "", "", "B"),
        ("400177", "", "", "push_not_allowed", "N"),
    ],
)
async def test_what_stands_against_a_push_is_told(
    world: PushWorld, bin: str, origin: str, application: str, refusal: str, flag: str
) -> None:
    answer = await told(world, card_of(bin), origin, application)
    assert (answer.refusal, answer.push_allowed) == (refusal, not refusal)
    assert answer.attributes.fast_funds == flag
    if refusal == "geo_blocked":
        assert (answer.geo_blocked, answer.pull_allowed) == (True, False)


async def test_when_the_money_is_promised(world: PushWorld) -> None:
    slow = await told(world, card_of("400173"))
    assert (slow.funds_within_seconds, slow.funds_within_business_days) == (0, 2)
    abroad = await told(world, card_of("400176"), "CH")
    assert (abroad.cross_border, abroad.funds_within_seconds) == (True, 1800)


@pytest.mark.parametrize("bin", ["400172", "400177"])
async def test_what_was_said_not_to_be_allowed_is_declined_by_the_network(world: PushWorld, bin: str) -> None:
    declined = await world.push(to=card_of(bin))
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", "58", "opennet")
    world.money_is_where_it_should_be()


async def test_winnings_are_declined_where_they_are_blocked_and_other_pushes_are_not(world: PushWorld) -> None:
    blocked = await world.push(to=card_of("400174"), business_application="GP", sender="snd_blue_door_books")
    assert (blocked.response_code, blocked.decided_by) == ("58", "opennet")
    let_through = await world.push(to=card_of("400174"))
    assert (let_through.response_code, let_through.decided_by) == ("14", "coastline")  # there is no such card
    world.money_is_where_it_should_be()


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_without_an_answer_nothing_is_known_and_one_asks_again(world: PushWorld, kind: str) -> None:
    await world.arm(kind, "harbor → opennet", "eligibility_inquiry")
    assert (await ask(world, NORA)).answer is None
    assert (await ask(world, NORA)).answer is not None
    assert verify(world.sandbox.world.database) == []


async def test_one_that_arrives_twice_is_answered_twice(world: PushWorld) -> None:
    await world.arm("duplicate", "harbor → opennet", "eligibility_inquiry")
    assert (await told(world, NORA)).push_allowed
    assert verify(world.sandbox.world.database) == []


async def test_a_number_of_nobodys_range_is_refused_before_anything_is_sent(world: PushWorld) -> None:
    before = len(world.all(Event))
    with pytest.raises(UnknownBin):
        await ask(world, "4999991111110008")
    assert len(world.all(Event)) == before
