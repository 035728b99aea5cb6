"""Pushing money to a card: what each book writes, every reason to decline or refuse, every fault at each hop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from payments.acquirer.disbursement import Disbursement, DisbursementOrder, SenderCurrencyDiffers, disburse
from payments.acquirer.programme import disbursement_fee
from payments.acquirer.programme_rules import UnknownBusinessApplication, UnknownChannel
from payments.issuer.account import Account, overdrawn_account
from payments.issuer.issuer import Issuer
from payments.issuer.notification import Notification
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKeyReused, Replayed
from payments.kit.secrets import CardNumber, Secret
from payments.kit.work import Work
from payments.ledger.balance import InsufficientFunds
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.network.inbox import receive as network_receives
from payments.network.programme import original_credit_limit
from payments.network.transaction import Transaction
from payments.switch.directory import UnknownBin
from payments.switch.message import OriginalCredit, PresentedCard, Reversal
from payments.switch.switch import NoReply
from tests.flows.push_world import FUNDS, NORAS, PushWorld, order, push_world
from tests.flows.world import CITY, GRETA, NORA, WINDOW

MEI, THEO, NOOR = "4000121111150054", "4000121111150062", "4000911111180048"
NOBODY = "4000121111100000"
TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


async def test_a_city_pays_250_dollars_to_noras_card(world: PushWorld) -> None:
    paid = await world.push(250_00)
    assert (paid.status, paid.response_code, paid.decided_by) == ("paid", "00", "first_prairie")
    assert (paid.window, paid.interchange_amount, paid.scheme_fee_amount, paid.fee_amount) == (WINDOW, 10, 2, 60)
    assert paid.network_id
    assert paid.approval_code
    assert paid.answer_due_at is None
    city, nora = f"sender.USD.{CITY}", "cardholder.USD.acct_nora_patel"
    assert world.postings("push_hold") == {
        "harbor": [
            ("hold", city, "due_to_network.USD", 250_00),
            ("hold", city, "disbursement_fees.USD", 60),
        ],
    }
    assert world.postings("push") == {
        "first_prairie": [
            ("transfer", "due_from_network.USD", nora, 250_00),
            ("transfer", "due_from_network.USD", "interchange_income.USD", 10),
        ],
        "opennet": [
            ("transfer", "due_from_member.USD.harbor", "due_to_member.USD.first_prairie", 250_10),
            ("transfer", "due_from_member.USD.harbor", "scheme_fees.USD", 2),
        ],
        "harbor": [
            ("post", city, "due_to_network.USD", 250_00),
            ("post", city, "disbursement_fees.USD", 60),
            ("transfer", "interchange_expense.USD", "due_to_network.USD", 10),
            ("transfer", "scheme_fees.USD", "due_to_network.USD", 2),
        ],
    }
    assert world.balance(FUNDS) == world.available(FUNDS) == 10_000_00 - 250_60
    assert world.available(NORAS) == 412_18 + 250_00
    world.money_is_where_it_should_be()


async def test_the_issuer_tells_the_cardholder_before_the_sender_knows(world: PushWorld) -> None:
    paid = await world.push()
    told = [each.type for each in world.all(Event) if each.reference == paid.reference]
    assert told == [
        "disbursement.pending",
        "money.held",
        "message.sent",
        "message.received",
        "message.sent",
        "message.received",
        "transaction.posted",
        "money.posted",
        "notification.sent",
        "message.sent",
        "message.received",
        "money.posted",
        "network_transaction.answered",
        "message.sent",
        "message.received",
        "money.posted",
        "disbursement.paid",
    ]


async def test_a_push_to_a_credit_card_pays_off_what_is_owed(world: PushWorld) -> None:
    assert (await world.push(20_00, GRETA)).status == "paid"
    assert world.available("coastline.cardholder.USD.acct_greta_lindholm") == 5_020_00
    world.money_is_where_it_should_be()


async def test_a_push_repays_what_is_overdrawn_first(world: PushWorld) -> None:
    await world.sandbox.issuers["first_prairie"].step(overdraw, 30_00)
    await world.push(250_00)
    due, own = "due_from_network.USD", "USD.acct_nora_patel"
    assert world.postings("push")["first_prairie"] == [
        ("transfer", due, f"overdrawn.{own}", 30_00),
        ("transfer", due, f"cardholder.{own}", 220_00),
        ("transfer", due, "interchange_income.USD", 10),
    ]
    assert world.all(Notification)[0].text.endswith("Available now: 632.18 USD")


# ── declined ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("card", "expiry", "code"),
    [
        (NOBODY, "", "14"),
        (THEO, "", "62"),
        (MEI, "2409", "54"),
        (NORA, "3001", "54"),
        (NOOR, "", "57"),
    ],
)
async def test_what_an_issuer_declines_is_given_back(world: PushWorld, card: str, expiry: str, code: str) -> None:
    declined = await world.push(250_00, card, expiry=expiry)
    assert (declined.status, declined.response_code) == ("declined", code)
    assert declined.decided_by == ("opennet" if card == NOOR else "first_prairie")
    assert (declined.window, declined.interchange_amount, declined.scheme_fee_amount) == ("", 0, 0)
    assert world.postings("push") == {}
    assert [each[0] for each in world.postings("push_release")["harbor"]] == ["release", "release"]
    assert world.balance(FUNDS) == world.available(FUNDS) == 10_000_00
    assert world.all(Notification) == []
    world.money_is_where_it_should_be()


async def test_a_push_without_expiry_date_reaches_an_expired_card(world: PushWorld) -> None:
    assert (await world.push(1_00, MEI)).status == "paid"


async def test_the_network_declines_more_than_its_limit(world: PushWorld) -> None:
    most = original_credit_limit("USD", date(2026, 10, 14))
    assert most == 50_000_00
    request = await sent_by(world, order(1))
    over = replace(request, stan="999999", amount=most + 1)
    for _ in range(2):
        reply = await network_receives(world.sandbox.network, over)
        assert (reply.code, reply.decided_by, reply.window) == ("61", "opennet", "")
    assert (await network_receives(world.sandbox.network, replace(over, stan="999998", amount=most))).approved
    assert original_credit_limit("JPY", date(2026, 10, 14)) is None
    assert original_credit_limit("USD", date(2018, 3, 8)) is None


# ── refused ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "changes", "refusal"),
    [
        (10_000_00 - 60 + 1, {}, InsufficientFunds),
        (10_000_01, {}, InsufficientFunds),
        (1_00, {"card": PresentedCard(CardNumber("5555555555554444"))}, UnknownBin),
        (1_00, {"channel": "fax"}, UnknownChannel),
        (1_00, {"business_application": "gd"}, UnknownBusinessApplication),
        (1_00, {"currency": "EUR"}, SenderCurrencyDiffers),
        (1_00, {"sender": "snd_nobody"}, NotFound),
    ],
)
async def test_what_is_refused_is_never_sent_and_leaves_no_trace(
    world: PushWorld, amount: int, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = len(world.all(Event))
    with pytest.raises(refusal) as refused:
        await world.push(amount, **changes)
    assert "5555" not in refused.value.detail
    assert len(world.all(Event)) == before
    assert world.all(Disbursement) == []
    assert world.available(FUNDS) == 10_000_00


async def test_a_sender_can_spend_its_last_cent(world: PushWorld) -> None:
    assert (await world.push(10_000_00 - 60)).status == "paid"
    assert world.balance(FUNDS) == 0
    with pytest.raises(InsufficientFunds):
        await world.push(1)


async def test_a_hundred_pushes_at_once_never_spend_more_than_there_is(world: PushWorld) -> None:
    pushes = await asyncio.gather(*(world.push(300_00) for _ in range(100)), return_exceptions=True)
    paid = [each for each in pushes if isinstance(each, Disbursement) and each.status == "paid"]
    assert len(paid) == 10_000_00 // 300_60
    assert sum(isinstance(each, InsufficientFunds) for each in pushes) == 100 - len(paid)
    world.money_is_where_it_should_be()


async def test_what_is_set_aside_cannot_be_spent_twice(world: PushWorld) -> None:
    await world.arm("lose_reply", TO_NETWORK, "original_credit")
    assert (await world.push(9_000_00)).status == "unknown"
    with pytest.raises(InsufficientFunds):
        await world.push(1_000_00)


# ── repeated ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_repeated_request_gets_the_first_answer(world: PushWorld) -> None:
    world.sandbox.world.render["push"] = lambda push, _: (201, f'"{push.status}"')
    asked = order(claim=Claim.on("key", "1", "push", b"{}"))
    await disburse(world.harbor, asked)
    with pytest.raises(Replayed) as replayed:
        await disburse(world.harbor, asked)
    assert (replayed.value.status, replayed.value.body) == (201, '"paid"')
    with pytest.raises(IdempotencyKeyReused):
        await disburse(world.harbor, replace(asked, claim=Claim.on("key", "1", "push", b"{ }")))
    assert len(world.all(Disbursement)) == 1


async def test_a_repeated_request_is_told_of_an_unknown_one(world: PushWorld) -> None:
    world.sandbox.world.render["push"] = lambda push, _: (201, f'"{push.status}"')
    await world.arm("lose_request", TO_NETWORK, "original_credit")
    asked = order(claim=Claim.on("key", "1", "push", b"{}"))
    assert (await disburse(world.harbor, asked)).status == "unknown"
    with pytest.raises(Replayed) as replayed:
        await disburse(world.harbor, asked)
    assert replayed.value.body == '"unknown"'
    assert len(world.all(Disbursement)) == 1


@pytest.mark.parametrize("card", [NORA, THEO])
async def test_a_repeated_message_gets_the_same_answer_and_does_nothing(world: PushWorld, card: str) -> None:
    request = await sent_by(world, order(to=card))
    (network_row,), (issuer_row,) = world.all(Transaction), world.all(IssuerTransaction)
    answers = [await network_receives(world.sandbox.network, request) for _ in range(2)]
    assert {(each.code, each.approval_code, each.network_id, each.window) for each in answers} == {
        (network_row.response_code, network_row.approval_code, network_row.network_id, network_row.window)
    }
    assert world.all(Transaction) == [network_row]
    assert world.all(IssuerTransaction) == [issuer_row]
    world.money_is_where_it_should_be()


async def test_a_message_repeated_while_the_issuer_is_silent_gets_no_answer(world: PushWorld) -> None:
    await world.arm("lose_request", TO_ISSUER, "original_credit")
    request = await sent_by(world, order())
    with pytest.raises(NoReply):
        await network_receives(world.sandbox.network, request)
    assert [each.status for each in world.all(Transaction)] == ["unanswered"]
    world.money_is_where_it_should_be()


# ── faults ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_without_an_answer_the_money_stays_set_aside(world: PushWorld, kind: str, hop: str) -> None:
    await world.arm(kind, hop, "original_credit")
    unknown = await world.push(250_00)
    assert unknown.status == "unknown"
    assert unknown.answer_due_at == await world.now() + 60 * 1_000_000
    assert world.balance(FUNDS) == 10_000_00
    assert world.available(FUNDS) == 10_000_00 - 250_60
    arrived = kind != "lose_request"
    assert world.balance(NORAS) == 412_18 + arrived * 250_00
    assert len(world.all(Notification)) == arrived
    world.money_is_where_it_should_be()


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
async def test_what_the_line_doubles_is_paid_once(world: PushWorld, hop: str) -> None:
    await world.arm("duplicate", hop, "original_credit")
    assert (await world.push(250_00)).status == "paid"
    assert world.balance(NORAS) == 412_18 + 250_00
    assert len(world.all(Notification)) == 1
    world.money_is_where_it_should_be()


async def test_an_issuer_that_is_silent_is_never_declined_for(world: PushWorld) -> None:
    await world.arm("lose_reply", TO_ISSUER, "original_credit")
    await world.push()
    (transaction,) = world.all(Transaction)
    assert (transaction.status, transaction.response_code) == ("unanswered", "")
    assert transaction.answer_due_at == await world.now() + 60 * 1_000_000
    assert world.postings("push").keys() == {"first_prairie"}


async def test_a_push_is_never_reversed(world: PushWorld) -> None:
    request = await sent_by(world, order())
    reversal = Reversal(
        sender="harbor",
        receiver="opennet",
        acquirer=request.acquirer,
        stan="900000",
        rrn=request.rrn,
        transmitted_at=request.transmitted_at,
        card=request.card,
        amount=request.amount,
        currency=request.currency,
        acceptor=request.acceptor,
        original_stan=request.stan,
        original_transmitted_at=request.transmitted_at,
        reason="4000",
    )
    reply = await network_receives(world.sandbox.network, reversal)
    assert reply.code == "12"
    assert world.balance(NORAS) == 412_18 + 250_00
    assert [each.status for each in world.all(Transaction)] == ["answered"]
    world.money_is_where_it_should_be()


# ── what it costs, what is passed on ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("currency", "fee"), [("USD", 60), ("JPY", 90), ("BHD", 230), ("CHF", 0)])
def test_the_fee_is_dated_and_in_minor_units(currency: str, fee: int) -> None:
    assert disbursement_fee(currency, date(2026, 10, 14)) == fee
    assert disbursement_fee(currency, date(2015, 12, 8)) == 0


async def test_the_message_names_sender_and_purpose_and_never_a_cvv(world: PushWorld) -> None:
    card = PresentedCard(CardNumber(NORA), "2912", Secret("123"))
    request = await sent_by(world, order(card=card))
    assert request.card == replace(card, cvv=None)
    assert (request.payer.name, request.payer.city, request.recipient.name) == (
        "City of Alder",
        "Alder",
        "Nora Patel",
    )
    assert (request.channel, request.business_application) == ("mobile_app", "GD")
    assert all(NORA not in each.data for each in world.all(Event))
    assert all(NORA not in repr(each) for each in world.all(Disbursement))


def overdraw(work: Work, issuer: Issuer, amount: int) -> None:
    nora = work.get(Account, "acct_nora_patel")
    cash = account(work, issuer.id, "settlement_cash", "USD")
    book(work, "clear_sale", "", transfer(overdrawn_account(work, nora), cash, amount, "purchase_overdrawn"))


async def sent_by(world: PushWorld, asked: DisbursementOrder) -> OriginalCredit:
    """Send a push, and return the message the network was sent."""
    caught: list[OriginalCredit] = []
    network = world.sandbox.network

    async def listen(message: OriginalCredit) -> object:
        caught.append(message)
        return await network_receives(network, message)

    world.sandbox.switch.connect(network.id, listen)
    await disburse(world.harbor, asked)
    return caught[0]
