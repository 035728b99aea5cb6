"""Every kind of push: who may send it, what must be known of its parties, and what the issuer is told of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from payments.acquirer.disbursement import Disbursement, disburse
from payments.acquirer.name_rule import NameNotAllowed, set_name_rule
from payments.acquirer.party import named
from payments.acquirer.programme import BUSINESS_APPLICATIONS, CHANNELS, PROGRAMMES, SOURCES_OF_FUNDS, Programme
from payments.acquirer.programme_rules import (
    ChannelNotInProgramme,
    PartyDataMissing,
    SenderNotInProgramme,
    SourceOfFundsNotInProgramme,
    UnknownProgramme,
    UnknownSourceOfFunds,
)
from payments.acquirer.sender import KINDS, Sender, open_sender
from payments.acquirer.top_up import top_up
from payments.kit.errors import Refusal
from payments.kit.events import Event
from payments.network.inbox import receive as network_receives
from payments.network.programme import rule_broken, switch_push_rules
from payments.switch.message import CONSUMER, ORGANIZATION, Party
from tests.flows.push_world import PushWorld, order, push_world
from tests.flows.test_disbursement import sent_by
from tests.flows.world import CITY
from tests.house import ROOT

NORA_IN_FULL = Party("Nora Patel", "3 Elm Street", "Alder", "US", "C-77", "OR", "97301", CONSUMER)
IDA = Party("Ida Blum", "9 Oak Street", "Alder", "US", "", "OR")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


async def sender_of(world: PushWorld, kind: str, **place: str) -> Sender:
    """A sender of a kind, with funds."""
    where = {"address": "1 Quay", "region": "OR", "postal_code": "97301"} | place
    country = where.pop("country", "US")
    sender: Sender = await world.harbor.step(
        lambda work, harbor: open_sender(work, harbor, f"Some {kind}", kind, "Alder", country, "USD", **where)
    )
    await top_up(world.harbor, sender.id, 1_000_00)
    return sender


def fits(programme: Programme) -> dict[str, Any]:
    """An order that has all that a programme asks for."""
    return {
        "business_application": "",
        "programme": programme.programme,
        "recipient": NORA_IN_FULL,
        "payer": IDA if programme.payer_kind == CONSUMER else None,
        "channel": programme.channels[0],
        "source_of_funds": programme.sources_of_funds[0],
    }


async def test_every_programme_pays(world: PushWorld) -> None:
    senders = {kind: (await sender_of(world, kind)).id for kind in KINDS}
    for programme in PROGRAMMES.values():
        for kind in programme.senders:
            paid = await world.push(1_00, sender=senders[kind], **fits(programme))
            assert (paid.status, paid.programme) == ("paid", programme.programme)
            assert paid.business_application == programme.business_applications[0]
        for kind in {*KINDS} - {*programme.senders}:
            with pytest.raises(SenderNotInProgramme, match=f"^sender: '{kind}' is none of"):
                await world.push(1_00, sender=senders[kind], **fits(programme))


def test_the_table_is_whole() -> None:
    assert {"insurance_claim", "gig_payout", "payroll", "person_to_person", "card_bill_payment"} <= PROGRAMMES.keys()
    for programme in PROGRAMMES.values():
        assert {*programme.senders} <= {*KINDS}
        assert {*programme.channels} <= CHANNELS.keys()
        assert {*programme.sources_of_funds} <= SOURCES_OF_FUNDS.keys()
        fields = {*Party.__dataclass_fields__}
        assert {*programme.payer, *programme.recipient} <= fields
        assert programme.payer_kind in ("", CONSUMER, ORGANIZATION)
    assert PROGRAMMES["government_disbursement"].mastercard_transaction_type == "C56"
    assert PROGRAMMES["person_to_person"].mastercard_transaction_type == "C07"


async def test_an_application_alone_is_in_the_first_programme_that_has_it(world: PushWorld) -> None:
    assert (await world.push(1, business_application="FD")).programme == "corporate_disbursement"
    paid = await world.push(1, business_application="FD", programme="insurance_claim")
    assert (paid.programme, paid.business_application) == ("insurance_claim", "FD")
    assert {each for row in PROGRAMMES.values() for each in row.business_applications} == {*BUSINESS_APPLICATIONS}


@pytest.mark.parametrize(
    ("changes", "refusal", "said"),
    [
        ({"programme": "charity", "business_application": ""}, UnknownProgramme, "programme: 'charity' is none of"),
        ({"programme": "payroll"}, UnknownProgramme, "programme: 'payroll' has PD"),
        ({"source_of_funds": "luck"}, UnknownSourceOfFunds, "source_of_funds: 'luck'"),
        ({"source_of_funds": ""}, UnknownSourceOfFunds, "source_of_funds: ''"),
        ({"recipient": Party(" ")}, PartyDataMissing, "government_disbursement needs recipient.name"),
    ],
)
async def test_what_is_not_in_the_table_is_refused_by_name(
    world: PushWorld, changes: dict[str, Any], refusal: type[Refusal], said: str
) -> None:
    before = len(world.all(Event))
    with pytest.raises(refusal, match=said):
        await world.push(1_00, **changes)
    assert len(world.all(Event)) == before
    assert world.all(Disbursement) == []


async def test_a_card_bill_is_not_paid_on_credit_and_cash_comes_from_cash(world: PushWorld) -> None:
    company = await sender_of(world, "company")
    bill = {"sender": company.id, "business_application": "CP"}
    for source in ("credit_card", "credit_line"):
        with pytest.raises(SourceOfFundsNotInProgramme):
            await world.push(1_00, **bill, source_of_funds=source)
    assert (await world.push(1_00, **bill, source_of_funds="deposit_account")).status == "paid"
    with pytest.raises(SourceOfFundsNotInProgramme):
        await world.push(1_00, sender=company.id, business_application="CI")
    with pytest.raises(ChannelNotInProgramme):
        await world.push(1_00, sender=company.id, business_application="OG", channel="bank_branch")


async def test_a_person_pays_a_person_and_is_named_in_full(world: PushWorld) -> None:
    person = await sender_of(world, "person", region="", postal_code="")
    with pytest.raises(PartyDataMissing) as missing:
        await world.push(1_00, sender=person.id, business_application="PP")
    assert missing.value.fields == ("payer.region",)
    at_home = Party("Ida Blum", "9 Oak Street", "Alder", "US", "", "OR")
    request = await sent_by(world, order(1_00, sender=person.id, business_application="PP", payer=at_home))
    assert request.payer == at_home


async def test_a_company_that_moves_money_between_people_names_the_person(world: PushWorld) -> None:
    company = await sender_of(world, "company")
    transfer = {"sender": company.id, "business_application": "PP"}
    with pytest.raises(PartyDataMissing, match="who pays in person_to_person is a consumer"):
        await world.push(1_00, **transfer)
    with pytest.raises(PartyDataMissing) as missing:
        await world.push(1_00, **transfer, payer=Party("Ida Blum", country="CA"))
    assert missing.value.fields == (
        *("payer.address", "payer.city", "payer.region"),
        *("recipient.address", "recipient.city"),
    )
    assert (await world.push(1_00, **transfer, payer=IDA)).status == "paid"


async def test_a_lenient_door_need_not_have_everything(world: PushWorld) -> None:
    company = await sender_of(world, "company")
    lenient = order(1_00, sender=company.id, business_application="PP", payer=Party("Ida Blum"), complete=False)
    assert (await disburse(world.harbor, lenient)).status == "paid"


async def test_both_parties_are_on_the_row_and_on_the_wire(world: PushWorld) -> None:
    asked = order(1_00, recipient=NORA_IN_FULL, source_of_funds="deposit_account")
    request = await sent_by(world, asked)
    assert request.recipient == NORA_IN_FULL
    assert request.payer == Party("City of Alder", "1 Town Square", "Alder", "US", CITY, "OR", "", ORGANIZATION)
    assert request.source_of_funds == "deposit_account"
    (kept,) = world.all(Disbursement)
    assert named(kept.recipient) == NORA_IN_FULL
    assert named(kept.payer) == request.payer
    assert kept.source_of_funds == "deposit_account"


async def test_winnings_come_from_a_gambling_merchant(world: PushWorld) -> None:
    merchant = await sender_of(world, "merchant")
    request = await sent_by(world, order(1_00, sender=merchant.id, business_application="GP"))
    assert request.acceptor.mcc == "7995"


# ── names ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Li", "64"),
        (" L  i ", "64"),
        ("李", "64"),
        ("李明", "00"),
        ("Ngô", "00"),
        ("नोरा पटेल", "00"),
        ("نورة", "00"),
        ("Ида Блюм", "00"),
        ("Björk Guðmundsdóttir", "00"),
    ],
)
async def test_names_in_any_script_must_say_enough(world: PushWorld, name: str, code: str) -> None:
    pushed = await world.push(1_00, recipient=Party(name))
    assert pushed.response_code == code
    assert pushed.decided_by == ("opennet" if code == "64" else "first_prairie")
    assert named(pushed.recipient).name == name
    world.money_is_where_it_should_be()


async def test_the_names_rule_has_a_switch(world: PushWorld) -> None:
    await world.sandbox.network.step(switch_push_rules, {"names": 0})
    assert (await world.push(1_00, recipient=Party("Li"))).status == "paid"
    await world.sandbox.network.step(switch_push_rules, {"names": 1})
    assert (await world.push(1_00, recipient=Party("Li"))).response_code == "64"
    assert (await world.push(1_00, payer=Party("Li"))).response_code == "64"


def test_neither_rule_holds_before_its_day() -> None:
    nameless: Any = SimpleNamespace(payer=Party(""), recipient=Party(""), source_of_funds="")
    assert rule_broken(nameless, None, date(2025, 10, 16)) == ""
    assert rule_broken(nameless, None, date(2025, 10, 17)) == "12"
    assert rule_broken(nameless, None, date(2025, 10, 24)) == "12"
    assert rule_broken(nameless, None, date(2025, 10, 25)) == "64"
    named_but_poor: Any = SimpleNamespace(payer=Party("Ann"), recipient=Party("Bob"), source_of_funds="")
    assert rule_broken(named_but_poor, None, date(2025, 10, 25)) == "12"


def test_the_page_tells_of_every_programme() -> None:
    page = (ROOT / "docs" / "flows" / "disbursement.md").read_text()
    for programme in PROGRAMMES.values():
        applications, senders = ", ".join(programme.business_applications), ", ".join(programme.senders)
        assert f"| `{programme.programme}` | {applications} | {senders} |" in page


async def test_who_says_no_source_of_funds_is_declined(world: PushWorld) -> None:
    request = await sent_by(world, order(1_00))
    silent = replace(request, stan="999999", source_of_funds="")
    assert (await network_receives(world.sandbox.network, silent)).code == "12"
    await world.sandbox.network.step(switch_push_rules, {"source_of_funds": 0})
    assert (await network_receives(world.sandbox.network, replace(silent, stan="999998"))).approved


async def test_names_can_be_held_to_thirty_characters(world: PushWorld) -> None:
    long = Party("Maximiliana von Hohenstein-Brennt")
    assert (await world.push(1_00, recipient=long)).status == "paid"
    await world.harbor.step(set_name_rule, True)
    with pytest.raises(NameNotAllowed) as refused:
        await world.push(1_00, recipient=long, payer=Party("Who?"))
    assert refused.value.fields == ("payer.name", "recipient.name")
    await world.harbor.step(set_name_rule, False)
    assert (await world.push(1_00, recipient=long)).status == "paid"
