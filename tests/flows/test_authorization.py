"""Asking the issuer to hold the money: every answer there is, and what is left after every fault on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from payments.acquirer.authorization import authorize
from payments.acquirer.payment import CurrencyNotSupported, Payment
from payments.acquirer.reversal import PaymentReversal
from payments.issuer.transaction import Transaction
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKeyReused, Replayed
from payments.kit.steps import entries_written
from payments.ledger.entry import Hold
from payments.network.reversal import IssuerReversal
from payments.network.transaction import Transaction as NetworkTransaction
from payments.switch.codes import REASONS
from payments.switch.faults import arm_fault
from payments.switch.message import AuthorizationRequest
from payments.switch.switch import NoReply
from tests.flows.sale_world import (
    ADA,
    CERAMICS,
    LIAM,
    LUCIA,
    MEI,
    NORA_HAD,
    NORAS,
    THEO,
    SaleWorld,
    order,
    sale_world,
)
from tests.flows.world import BOOKS, GRETA, NORA

NOBODY = "4000121111100000"
TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[SaleWorld]:
    async with sale_world(database_url) as world:
        yield world


# ── answers ──


async def test_the_issuer_holds_the_money(world: SaleWorld) -> None:
    payment = await world.authorize(58_41)
    assert (payment.status, payment.response_code, payment.decided_by) == ("authorized", "00", "first_prairie")
    assert len(payment.approval_code) == 6
    assert len(payment.network_id) == 15
    assert payment.answer_due_at is None
    assert world.postings("authorize") == {
        "first_prairie": [("hold", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 58_41)]
    }
    assert (world.balance(NORAS), world.available(NORAS)) == (NORA_HAD, NORA_HAD - 58_41)
    transaction, known = world.only(Transaction), world.only(NetworkTransaction)
    assert (transaction.status, transaction.trace) == ("pending", payment.network_id)
    assert (known.status, known.network_id, known.issuer) == ("answered", payment.network_id, "first_prairie")
    assert world.only(Hold).owner == transaction.id
    world.books_agree()


async def test_every_message_leaves_a_trace_under_one_reference(world: SaleWorld) -> None:
    payment = await world.authorize()
    assert world.events(payment.reference) == [
        *("payment.pending", "message.sent", "message.received", "message.sent", "message.received"),
        *("money.held", "transaction.pending", "message.sent", "message.received"),
        *("network_transaction.answered", "message.sent", "message.received", "payment.authorized"),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"card": NOBODY}, "14", "no_such_card"),
        ({"card": THEO}, "62", "card_blocked"),
        ({"card": MEI}, "54", "expired_card"),
        ({"expiry": "2808"}, "54", "expired_card"),
        ({"cvv": "999"}, "N7", "wrong_cvv"),
        ({"card": LIAM}, "51", "insufficient_funds"),
        ({"amount": NORA_HAD + 1}, "51", "insufficient_funds"),
        ({"card": GRETA, "amount": 5_000_01}, "51", "insufficient_funds"),
        ({"card": ADA, "amount": 50_01}, "61", "amount_limit_exceeded"),
        ({"card": LUCIA}, "57", "currency_not_permitted"),
    ],
)
async def test_every_reason_an_issuer_has_to_decline(
    world: SaleWorld, changes: dict[str, Any], code: str, reason: str
) -> None:
    payment = await world.authorize(**({"amount": 10_00} | changes))
    assert (payment.status, payment.response_code, REASONS[code]) == ("declined", code, reason)
    assert payment.decided_by == world.only(NetworkTransaction).issuer
    assert world.only(Transaction).status == "declined"
    assert world.all(Hold) == []
    world.nothing_is_left_open()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": NORA_HAD},
        {"card": GRETA, "amount": 5_000_00},
        {"card": ADA, "amount": 50_00},
        {"expiry": "2912"},
        {"cvv": None},
        {"card": LUCIA, "merchant": CERAMICS, "currency": "EUR"},
    ],
)
async def test_what_is_just_allowed_is_approved(world: SaleWorld, changes: dict[str, Any]) -> None:
    assert (await world.authorize(**({"amount": 10_00} | changes))).status == "authorized"


async def test_what_is_held_cannot_be_spent_again(world: SaleWorld) -> None:
    answers = await asyncio.gather(*(world.authorize(100_00) for _ in range(6)))
    assert sorted(each.status for each in answers) == ["authorized"] * 4 + ["declined"] * 2
    assert world.available(NORAS) == NORA_HAD - 400_00


async def test_captured_at_once_it_has_no_expiry(world: SaleWorld) -> None:
    payment = await world.buy(58_41)
    assert (payment.status, payment.captured_amount, payment.expires_at) == ("captured", 58_41, None)


async def test_what_is_refused_is_never_asked(world: SaleWorld) -> None:
    with pytest.raises(CurrencyNotSupported):
        await world.authorize(currency="EUR")
    with pytest.raises(NotFound):
        await world.authorize(merchant="mch_nobody")
    assert world.all(Payment) == []
    assert world.all(NetworkTransaction) == []


async def test_a_repeated_request_is_asked_once(world: SaleWorld) -> None:
    world.sandbox.world.render["create_payment"] = lambda payment, entries: (201, f"{payment.status} {len(entries)}")
    for key, amount, answer in (("1", 58_41, "authorized 1"), ("2", 1_000_00, "declined 0")):
        claim = Claim.on("key", key, "create_payment", b"body")
        entries_written.set([])  # as a door does
        await authorize(world.harbor, order(amount, claim=claim))
        with pytest.raises(Replayed) as replayed:
            await authorize(world.harbor, order(amount, claim=claim))
        assert (replayed.value.status, replayed.value.body) == (201, answer)
        other = Claim.on("key", key, "create_payment", b"another body")
        with pytest.raises(IdempotencyKeyReused):
            await authorize(world.harbor, order(amount, claim=other))
    assert len(world.all(Payment)) == len(world.all(NetworkTransaction)) == 2


async def test_a_number_is_kept_nowhere_in_clear(world: SaleWorld) -> None:
    await world.buy(58_41)
    await world.cut_off()
    database = world.sandbox.world.database
    with database.engine.connect() as connection:
        for table in Payment.table().metadata.sorted_tables:
            for row in connection.execute(table.select()):
                assert NORA not in str(row), table.name
    assert world.only(Payment).card_masked == "400012••••••4242"


# ── what goes wrong on the way ──


@pytest.mark.parametrize("fault", ["lose_request", "lose_reply", "delay"])
@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
async def test_without_an_answer_nothing_is_held_once_the_reversal_is_answered(
    world: SaleWorld, fault: str, hop: str
) -> None:
    await world.arm(fault, hop, "authorization_request")
    payment = await world.authorize(58_41)
    if hop == TO_NETWORK:
        assert (payment.status, payment.response_code) == ("failed", "")
        assert world.only(PaymentReversal).status == "answered"
    else:
        assert (payment.status, payment.response_code, payment.decided_by) == ("declined", "91", "opennet")
        assert world.only(IssuerReversal).status == "answered"
    assert world.available(NORAS) == NORA_HAD
    world.nothing_is_left_open()


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
async def test_a_request_that_arrives_twice_is_held_once(world: SaleWorld, hop: str) -> None:
    await world.arm("duplicate", hop, "authorization_request")
    payment = await world.authorize(58_41)
    assert payment.status == "authorized"
    assert world.held() == world.only(Hold).amount == 58_41
    assert len(world.all(NetworkTransaction)) == len(world.all(Transaction)) == 1


async def test_a_short_delay_changes_nothing(world: SaleWorld) -> None:
    await world.sandbox.faults.step(arm_fault, "delay", "", "", "authorization_request", 2, 0)
    assert (await world.authorize()).status == "authorized"
    assert world.held() == 58_41


async def test_a_request_that_arrives_after_its_reversal_is_declined(world: SaleWorld) -> None:
    late: list[AuthorizationRequest] = []

    async def keep_back(message: Any) -> Any:
        if isinstance(message, AuthorizationRequest):
            late.append(message)
            raise NoReply
        return await world.to_network(message)

    world.sandbox.switch.connect("opennet", keep_back)
    assert (await world.authorize(58_41)).status == "failed"
    assert (await world.to_network(late[0])).code == "12"
    assert world.all(Hold) == []
    world.nothing_is_left_open()


async def test_all_who_buy_at_once_on_different_cards_are_served(world: SaleWorld) -> None:
    cards = [NORA, ADA, GRETA] * 10
    answers = await asyncio.gather(*(world.authorize(1_00, card=card, merchant=BOOKS) for card in cards))
    assert {each.status for each in answers} == {"authorized"}
    assert world.held() == 30_00
