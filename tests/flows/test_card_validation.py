"""Asking an issuer whether card, address and name are its cardholder's: answered in codes, and nothing moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from payments.acquirer.card_validation import (
    CardValidation,
    CardValidationOrder,
    give_up,
    record_pending,
    validate_card,
)
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.jobs.recovery import recover
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.secrets import CardNumber, Secret
from payments.ledger.entry import Hold, Transfer
from payments.switch.directory import UnknownBin
from payments.switch.inquiry_message import HolderAddress, HolderName
from payments.switch.message import PresentedCard
from payments.verify import verify
from tests.flows.push_world import PushWorld, push_world
from tests.flows.world import CITY, GRETA, NORA

THEO, MEI = "4000121111150062", "4000121111150054"
HOME = HolderAddress("12 Juniper Lane", "53001")
HOPS = ("harbor → opennet", "opennet → first_prairie")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


def order(number: str = NORA, expiry: str = "", cvv: str = "", **asked: object) -> CardValidationOrder:
    card = PresentedCard(CardNumber(number), expiry, Secret(cvv) if cvv else None)
    return CardValidationOrder(card, **asked)  # type: ignore[arg-type]


async def ask(world: PushWorld, number: str = NORA, expiry: str = "", cvv: str = "", **asked: object) -> CardValidation:
    return await validate_card(world.harbor, order(number, expiry, cvv, **asked))


async def test_everything_matches(world: PushWorld) -> None:
    found = await ask(world, NORA, "2912", "123", address=HOME, holder=HolderName("Nora", "", "Patel"), sender=CITY)
    assert (found.status, found.response_code, found.decided_by) == ("answered", "00", "first_prairie")
    assert (found.cvv_result, found.address_result) == ("M", "Y")
    assert (found.name_result, found.first_name_result, found.last_name_result) == ("01", "01", "01")
    assert (found.middle_name_result, found.answer_due_at) == ("", None)
    assert len(found.network_id) == 15


async def test_it_moves_holds_and_remembers_nothing_of_the_person(world: PushWorld) -> None:
    before = len(world.all(Transfer)), len(world.all(Hold)), len(world.all(IssuerTransaction))
    address, holder = HolderAddress("77 Sorrel Road", "90210"), HolderName("Xanthippe", "Q", "Featherstone")
    await ask(world, NORA, "2912", "947", address=address, holder=holder)
    assert (len(world.all(Transfer)), len(world.all(Hold)), len(world.all(IssuerTransaction))) == before
    kept = [each.data for each in world.all(Event)] + [repr(each) for each in world.all(CardValidation)]
    for secret in (NORA, "947", "Sorrel", "90210", "Xanthippe", "Featherstone"):
        assert not any(f'"{secret}' in each or f"{secret} " in each for each in kept), secret
    assert verify(world.sandbox.world.database) == []


@pytest.mark.parametrize(
    ("number", "expiry", "code"),
    [
        (NORA, "", "00"),
        (NORA, "2911", "54"),
        (MEI, "", "54"),
        (THEO, "2912", "62"),
        ("4000121111999999", "", "14"),
    ],
)
async def test_the_code_is_about_the_card(world: PushWorld, number: str, expiry: str, code: str) -> None:
    found = await ask(world, number, expiry, holder=HolderName(last="Nobody"))
    assert (found.response_code, found.decided_by) == (code, "first_prairie")
    assert found.name_result == ("" if code == "14" else "03")


@pytest.mark.parametrize(
    ("address", "result"),
    [
        (HOME, "Y"),
        (HolderAddress("12 juniper ln.", "53001-1234"), "Y"),
        (HolderAddress("12 Juniper Lane", "99999"), "A"),
        (HolderAddress("99 Elsewhere", "53001"), "Z"),
        (HolderAddress("", "53001"), "Z"),
        (HolderAddress("12 Juniper Lane", ""), "A"),
        (HolderAddress("99 Elsewhere", "99999"), "N"),
        (HolderAddress(), ""),
    ],
)
async def test_the_address_by_street_and_postal_code(world: PushWorld, address: HolderAddress, result: str) -> None:
    assert (await ask(world, address=address)).address_result == result


async def test_an_address_the_bank_does_not_know(world: PushWorld) -> None:
    assert (await ask(world, GRETA, address=HOME)).address_result == "U"


@pytest.mark.parametrize(
    ("holder", "first", "middle", "last", "whole"),
    [
        (HolderName("NORA", "", "Pátel"), "01", "", "01", "01"),
        (HolderName("N", "", "Patel"), "02", "", "01", "02"),
        (HolderName("Nora", "", "Pattel"), "01", "", "02", "02"),
        (HolderName("Nora", "Jane", "Patel"), "01", "03", "01", "02"),
        (HolderName("Greta", "", "Lindholm"), "03", "", "03", "03"),
        (HolderName("", "", "Patel"), "", "", "01", "01"),
        (HolderName("?", "", "!"), "03", "", "03", "03"),
    ],
)
async def test_the_name_part_by_part(
    world: PushWorld, holder: HolderName, first: str, middle: str, last: str, whole: str
) -> None:
    found = await ask(world, holder=holder)
    parts = found.first_name_result, found.middle_name_result, found.last_name_result
    assert parts == (first, middle, last)
    assert found.name_result == whole


async def test_a_wrong_cvv_is_a_result_and_no_decline(world: PushWorld) -> None:
    found = await ask(world, cvv="999")
    assert (found.response_code, found.cvv_result) == ("00", "N")


# ── what may go wrong ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_a_silent_network_leaves_it_unanswered(world: PushWorld, kind: str) -> None:
    await world.arm(kind, HOPS[0], "card_validation")
    found = await ask(world)
    assert (found.status, found.response_code, found.answer_due_at) == ("unanswered", "", None)
    assert verify(world.sandbox.world.database) == []
    assert (await ask(world)).status == "answered"


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_for_a_silent_issuer_the_network_answers(world: PushWorld, kind: str) -> None:
    await world.arm(kind, HOPS[1], "card_validation")
    found = await ask(world, holder=HolderName(last="Patel"))
    assert (found.status, found.response_code, found.decided_by) == ("answered", "91", "opennet")
    assert found.name_result == ""
    assert verify(world.sandbox.world.database) == []


@pytest.mark.parametrize("hop", HOPS)
async def test_one_that_arrives_twice_is_answered_once_and_for_all(world: PushWorld, hop: str) -> None:
    await world.arm("duplicate", hop, "card_validation")
    assert (await ask(world, cvv="123")).cvv_result == "M"
    assert len(world.all(CardValidation)) == 1
    assert verify(world.sandbox.world.database) == []


async def test_one_whose_process_died_is_given_up(world: PushWorld) -> None:
    pending, _ = await world.harbor.step(record_pending, order())
    assert await recover(world.sandbox) == 1
    (given_up,) = world.all(CardValidation)
    assert (given_up.id, given_up.status) == (pending.id, "unanswered")
    assert (await give_up(world.harbor, pending)).status == "unanswered"
    assert verify(world.sandbox.world.database) == []


async def test_what_does_not_exist_is_refused_before_anything_is_sent(world: PushWorld) -> None:
    with pytest.raises(UnknownBin):
        await ask(world, "4999991111110008")
    with pytest.raises(NotFound):
        await ask(world, sender="snd_nobody")
    assert world.all(CardValidation) == []
