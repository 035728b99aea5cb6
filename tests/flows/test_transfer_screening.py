"""Before the pull: names that hit hold a transfer; what its push would be refused for is refused. Nothing has moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from payments.acquirer.held import Decision
from payments.acquirer.held_transfer import refuse_transfer, release_transfer
from payments.acquirer.list_loading import load_list
from payments.acquirer.name_index import Entry
from payments.acquirer.name_rule import NameNotAllowed, set_name_rule
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.programme_rules import PartyDataMissing
from payments.acquirer.pull import Funding
from payments.acquirer.push import Disbursement
from payments.acquirer.sanctions_list import Draft
from payments.acquirer.screening import Screening
from payments.acquirer.transfer import transfer
from payments.kit.events import Event
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.switch.message import Party
from tests.flows.pull_world import PullWorld, pull_world, transfer_order

LISTED = [Entry("EX-1", ("Viktor Zloty",))]
VIKTOR = Party("Viktor Zlotyy")
BY_OPERATOR = Decision(None, "key_demo", "same name, other birth date")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PullWorld]:
    async with pull_world(database_url) as world:
        await load_list(world.harbor, Draft.of(LISTED, 88))
        yield world


async def held(world: PullWorld) -> Transfer:
    made = await transfer(world.harbor, replace(transfer_order(), recipient=VIKTOR))
    assert made.status == "held"
    return made


def transfers(world: PullWorld) -> list[str]:
    return [each.status for each in world.all(Transfer)]


async def test_a_hit_holds_it_before_anything_is_pulled(world: PullWorld) -> None:
    made = await held(world)
    assert (world.all(Funding), world.all(Disbursement), world.moved()) == ([], [], {})
    (why,) = world.all(Screening)
    assert (why.held, why.recipient_entry, why.status) == (made.id, "EX-1", "held")
    said = [each.type for each in world.all(Event) if each.reference == made.reference]
    assert said == ["transfer.held", "screening.held"]
    world.all_is_right_and_quiet()


async def test_released_it_is_pulled_and_pushed_and_not_looked_up_again(world: PullWorld) -> None:
    made = await held(world)
    paid = await release_transfer(world.harbor, made.id, BY_OPERATOR)
    assert (paid.status, paid.funding) == ("paid", made.funding)
    assert world.moved() == {"nora": -100_95, "omar": 100_00}
    (why,) = world.all(Screening)
    assert (why.status, why.decided_by) == ("released", "key_demo")
    with pytest.raises(MoveNotAllowed):
        await release_transfer(world.harbor, made.id, BY_OPERATOR)
    world.all_is_right_and_quiet()


async def test_refused_nothing_has_moved(world: PullWorld) -> None:
    made = await held(world)
    refused = await refuse_transfer(world.harbor, made.id, BY_OPERATOR)
    assert (refused.status, refused.decided_by) == ("refused", "harbor")
    assert (world.all(Funding), world.moved()) == ([], {})
    with pytest.raises(MoveNotAllowed):
        await refuse_transfer(world.harbor, made.id, BY_OPERATOR)
    world.all_is_right_and_quiet()


async def test_its_request_is_answered_when_it_is_held(world: PullWorld) -> None:
    world.sandbox.world.render["transfer"] = lambda made, _: (201, made.status)
    order = replace(transfer_order(claim=Claim.on("key", "1", "transfer", b"{}")), recipient=VIKTOR)
    await transfer(world.harbor, order)
    with pytest.raises(Replayed) as replayed:
        await transfer(world.harbor, order)
    assert replayed.value.body == "held"
    assert transfers(world) == ["held"]


async def test_what_the_programme_asks_to_be_known_is_asked_before_the_pull(world: PullWorld) -> None:
    with pytest.raises(PartyDataMissing) as refused:
        await transfer(world.harbor, replace(transfer_order(), payer=Party("Nora Patel", city="Alder", country="US")))
    assert refused.value.fields == ("payer.address", "payer.region")
    await world.harbor.step(set_name_rule, True)
    with pytest.raises(NameNotAllowed):
        await transfer(world.harbor, replace(transfer_order(), recipient=Party("Who?")))
    assert (world.all(Funding), transfers(world)) == ([], [])


async def test_the_push_quotes_the_pull(world: PullWorld) -> None:
    await world.transfer()
    (pulled,), (pushed,) = world.all(Funding), world.all(Disbursement)
    assert pulled.network_id
    assert pushed.pull_network_id == pulled.network_id
    told = [each.data for each in world.all(Event) if each.type == "message.sent" and '"original_credit"' in each.data]
    assert told
    assert all(pulled.network_id in each for each in told)
