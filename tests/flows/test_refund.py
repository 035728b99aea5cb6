"""Refunds: what each book writes, where the money comes from, every refusal, every fault at each hop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import Capture
from payments.acquirer.clearing import present
from payments.acquirer.merchant import Merchant, available_account, pending_account
from payments.acquirer.payment import Payment
from payments.acquirer.refund import Refund, RefundExceedsCapture, RefundItem
from payments.acquirer.refund_clearing import present_item, present_refund, settle_item
from payments.issuer.transaction import Transaction
from payments.kit.clock import MINUTE
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import advance
from payments.kit.secrets import CardNumber
from payments.kit.work import Work
from payments.ledger.balance import InsufficientFunds
from payments.ledger.entry import book, transfer
from payments.network.presentment import Presentment
from payments.switch.message import CardAcceptor, PresentedCard, RefundPresentment
from tests.flows.sale_world import BOOKS_AVAILABLE, BOOKS_PENDING, NORA_HAD, NORA_OWES, NORAS, SaleWorld, sale_world
from tests.flows.test_clearing import FAULTS, HOPS, TO_ISSUER, rejects
from tests.flows.world import BOOKS, GRETA, NORA

REFUND = RefundPresentment(
    sender="opennet",
    receiver="first_prairie",
    acquirer="400100",
    stan="000002",
    rrn="628700000001",
    transmitted_at=0,
    card=PresentedCard(CardNumber(NORA)),
    amount=20_00,
    currency="USD",
    acceptor=CardAcceptor("BLUEDOORBOOKS01", "Blue Door Books", "Alder", "US", "5942"),
    arn="74001006287000000000025",
    original_arn="74001006287000000000017",
    interchange_amount=9,
)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[SaleWorld]:
    async with sale_world(database_url) as world:
        yield world


async def settle(world: SaleWorld) -> None:
    """Settle what is cleared at Harbor, as far as refunds need it: sales' money becomes available."""
    await world.harbor.step(make_available)


def make_available(work: Work, _: Acquirer) -> None:
    captures = work.records(Capture, sa.select(Capture.table()).where(Capture.table().c.status == "cleared"))
    items = work.records(RefundItem, sa.select(RefundItem.table()).where(RefundItem.table().c.status == "cleared"))
    for each in captures:
        merchant = work.fact(Merchant, each.merchant)
        free = each.amount - each.merchant_fee_amount - each.refunded_amount
        pending, available = pending_account(work, merchant), available_account(work, merchant)
        if free > 0:
            book(work, "settle", each.window, transfer(pending, available, free, "settlement"))
        advance(work, each, "settle")
    for item in items:
        settle_item(work, item)


# ── the story, to the cent ──


async def test_what_is_not_settled_is_given_back_from_pending(world: SaleWorld) -> None:
    payment = await world.sell(58_41)
    refund = await world.refund(payment, 20_00, reason="a torn page")
    assert (refund.status, refund.amount, refund.hold, refund.reason) == ("pending", 20_00, None, "a torn page")
    assert world.held() == 0
    assert world.one(Payment, payment.id).refunded_amount == 20_00
    await world.cut_off()
    assert world.postings("refund") == {
        "first_prairie": [
            ("transfer", "due_from_network.USD", "cardholder.USD.acct_nora_patel", 20_00),
            ("transfer", "interchange_income.USD", "due_from_network.USD", 9),
        ],
        "opennet": [("transfer", "due_from_member.USD.harbor", "due_to_member.USD.first_prairie", 20_00 - 9)],
        "harbor": [
            ("transfer", f"merchant_pending.USD.{BOOKS}", "due_to_network.USD", 20_00),
            ("transfer", "due_to_network.USD", "interchange_expense.USD", 9),
        ],
    }
    item = world.only(RefundItem)
    assert (item.status, item.interchange_amount, item.held) == ("cleared", 9, 0)
    assert item.original_arn == world.only(Capture).arn != item.arn
    assert world.only(Refund).status == "cleared"
    assert world.balance(NORAS) == NORA_HAD - 58_41 + 20_00
    assert world.balance(BOOKS_PENDING) == 58_41 - 1_62 - 20_00
    assert [each.type for each in world.all(Transaction)] == ["authorization", "purchase", "refund"]
    world.nothing_is_left_open()


async def test_what_is_settled_is_held_in_available_when_the_refund_is_accepted(world: SaleWorld) -> None:
    payment = await world.sell(58_41)
    await settle(world)
    assert world.available(BOOKS_AVAILABLE) == 58_41 - 1_62
    await world.refund(payment, 20_00)
    assert world.postings("hold_refund") == {
        "harbor": [("hold", f"merchant_available.USD.{BOOKS}", "due_to_network.USD", 20_00)]
    }
    assert world.available(BOOKS_AVAILABLE) == 58_41 - 1_62 - 20_00
    await world.cut_off()
    assert world.postings("refund")["harbor"] == [
        ("post", f"merchant_available.USD.{BOOKS}", "due_to_network.USD", 20_00),
        ("transfer", "due_to_network.USD", "interchange_expense.USD", 9),
    ]
    assert world.balance(BOOKS_AVAILABLE) == world.available(BOOKS_AVAILABLE) == 58_41 - 1_62 - 20_00
    await settle(world)
    refund = world.only(Refund)
    assert (refund.status, refund.settled_amount) == ("settled", 20_00)
    world.nothing_is_left_open()


async def test_a_merchant_that_has_not_the_money_cannot_refund_what_is_settled(world: SaleWorld) -> None:
    payment = await world.sell(58_41)
    await settle(world)
    with pytest.raises(InsufficientFunds):
        await world.refund(payment)  # its fee of 1.62 is gone
    assert world.all(Refund) == []
    assert world.one(Payment, payment.id).refunded_amount == 0
    assert (await world.refund(payment, 56_79)).status == "pending"
    with pytest.raises(InsufficientFunds):
        await world.refund(payment, 1)


async def test_what_was_accepted_before_the_sale_settled_stays_in_pending_for_it(world: SaleWorld) -> None:
    payment = await world.sell(58_41)
    await world.refund(payment, 20_00)
    await settle(world)
    assert world.balance(BOOKS_PENDING) == 20_00
    assert world.balance(BOOKS_AVAILABLE) == 58_41 - 1_62 - 20_00
    await world.cut_off()
    assert world.balance(BOOKS_PENDING) == 0
    world.nothing_is_left_open()


async def test_interchange_comes_back_once_in_however_many_parts(world: SaleWorld) -> None:
    payment = await world.sell(58_41)
    for amount in (1, 20_00, 7_77, 30_63):
        await world.refund(payment, amount)
        await world.cut_off()
    items = world.all(RefundItem)
    assert [each.interchange_amount for each in items] == [0, 9, 3, 13]
    assert sum(each.interchange_amount for each in items) == world.only(Capture).interchange_amount == 25
    assert world.balance("harbor.interchange_expense.USD") == 0
    assert world.balance("first_prairie.interchange_income.USD") == 0
    assert world.balance("opennet.scheme_fees.USD") == 9
    assert world.balance("harbor.merchant_fees.USD") == 1_62
    assert world.balance(NORAS) == NORA_HAD
    world.nothing_is_left_open()


async def test_a_credit_card_owes_less(world: SaleWorld) -> None:
    payment = await world.sell(58_41, card=GRETA)
    await world.refund(payment)
    await world.cut_off()
    assert world.available("coastline.cardholder.USD.acct_greta_lindholm") == 5_000_00
    assert world.balance("coastline.interchange_income.USD") == 0
    world.nothing_is_left_open()


async def test_what_is_overdrawn_is_repaid_first(world: SaleWorld) -> None:
    late = await world.buy(300_00)
    await world.expire()
    await world.sell(400_00)
    assert (world.balance(NORAS), world.balance(NORA_OWES)) == (0, 287_82)
    await world.refund(late)
    await world.cut_off()
    assert world.postings("refund")["first_prairie"][:2] == [
        ("transfer", "due_from_network.USD", "overdrawn.USD.acct_nora_patel", 287_82),
        ("transfer", "due_from_network.USD", "cardholder.USD.acct_nora_patel", 12_18),
    ]
    assert (world.balance(NORAS), world.balance(NORA_OWES)) == (12_18, 0)
    world.nothing_is_left_open()


# ── how much, and of what ──


async def test_no_more_is_refunded_than_was_captured(world: SaleWorld) -> None:
    payment = await world.capture(await world.authorize(100_00), 60_00)
    with pytest.raises(RefundExceedsCapture, match="At most 6000"):
        await world.refund(payment, 60_01)
    await world.refund(payment, 50_00)
    with pytest.raises(RefundExceedsCapture, match="At most 1000"):
        await world.refund(payment, 10_01)
    assert (await world.refund(payment)).amount == 10_00
    for amount in (1, None):
        with pytest.raises(RefundExceedsCapture, match="At most 0"):
            await world.refund(payment, amount)


async def test_what_was_never_captured_is_not_refunded(world: SaleWorld) -> None:
    with pytest.raises(RefundExceedsCapture):
        await world.refund(await world.authorize())
    with pytest.raises(NotFound):
        await world.refund(replace(world.only(Payment), id="pay_nobody"))


async def test_a_refund_over_several_captures_is_presented_against_each(world: SaleWorld) -> None:
    payment = await world.authorize(100_00)
    await world.capture(payment, 30_00, final=False)
    await world.capture(payment, 50_00)
    await world.cut_off()
    await world.refund(payment, 45_00)
    first, last = world.all(Capture)
    assert [(each.original_arn, each.amount) for each in world.all(RefundItem)] == [
        (first.arn, 30_00),
        (last.arn, 15_00),
    ]
    await present_refund(world.harbor, world.only(Refund).id)
    refund = world.only(Refund)
    assert (refund.status, refund.cleared_amount) == ("cleared", 45_00)
    assert world.balance(NORAS) == NORA_HAD - 80_00 + 45_00
    await world.refund(payment)
    await world.cut_off()
    assert world.balance(NORAS) == NORA_HAD
    assert [each.refunded_amount for each in world.all(Presentment)[:2]] == [30_00, 50_00]
    world.nothing_is_left_open()


async def test_a_refund_of_what_is_settled_and_what_is_not_holds_only_the_first(world: SaleWorld) -> None:
    payment = await world.authorize(100_00)
    await world.sell(40_00)
    await world.capture(payment, 30_00, final=False)
    await world.cut_off()
    await settle(world)
    await world.capture(payment, 50_00)
    await world.refund(payment, 45_00)
    assert world.held() - 50_00 - 20_00 == 30_00  # of Nora's 100.00, 70.00 are still held
    await world.cut_off()
    rows = world.postings("refund")["harbor"]
    assert {(kind, debit.split(".")[0], amount) for kind, debit, _, amount in rows if debit.startswith("merchant")} == {
        ("post", "merchant_available", 30_00),
        ("transfer", "merchant_pending", 15_00),
    }
    world.nothing_is_left_open()


async def test_a_refund_waits_until_its_sale_is_cleared(world: SaleWorld) -> None:
    payment = await world.buy(58_41)
    await world.refund(payment, 20_00)
    item = world.only(RefundItem)
    assert (await present_item(world.harbor, item.id)).attempts == 0
    await world.arm("lose_request", TO_ISSUER, "presentment")
    await world.cut_off()
    assert world.postings("refund") == {}
    await world.cut_off()
    assert world.only(Capture).status == world.only(RefundItem).status == "cleared"
    assert world.balance(NORAS) == NORA_HAD - 38_41
    world.nothing_is_left_open()


async def test_a_sale_that_is_rejected_takes_its_refunds_with_it(world: SaleWorld) -> None:
    payment = await world.buy(58_41)
    await world.refund(payment, 20_00)
    world.sandbox.switch.connect("first_prairie", rejects)
    await world.cut_off()
    refund, payment = world.only(Refund), world.only(Payment)
    assert (refund.status, refund.rejected_amount) == ("rejected", 20_00)
    assert (payment.captured_amount, payment.refunded_amount) == (0, 0)
    assert world.balance(BOOKS_PENDING) == 0
    with pytest.raises(RefundExceedsCapture):
        await world.refund(payment, 1)


@pytest.mark.parametrize("settled", ["before", "between", "not"])
async def test_a_refund_the_issuer_rejects_is_the_merchants_again(world: SaleWorld, settled: str) -> None:
    payment = await world.sell(58_41)
    if settled == "before":
        await settle(world)
    await world.refund(payment, 20_00)
    if settled == "between":
        await settle(world)
    world.sandbox.switch.connect("first_prairie", rejects)
    await world.cut_off()
    refund, item = world.only(Refund), world.only(RefundItem)
    assert (refund.status, item.status, item.response_code) == ("rejected", "rejected", "14")
    sale = world.all(Presentment)[0]
    assert (sale.refunded_amount, sale.returned_amount) == (0, 0)
    assert world.one(Payment, payment.id).refunded_amount == 0
    in_available = 0 if settled == "not" else 58_41 - 1_62
    assert world.balance(BOOKS_AVAILABLE) == world.available(BOOKS_AVAILABLE) == in_available
    assert world.balance(BOOKS_PENDING) == 58_41 - 1_62 - in_available
    assert world.postings("refund") == {}
    world.books_agree()


async def test_a_repeated_request_refunds_once(world: SaleWorld) -> None:
    world.sandbox.world.render["create_refund"] = lambda refund, entries: (201, f"{refund.status} {len(entries)}")
    payment = await world.sell(58_41)
    await settle(world)
    claim = Claim.on("key", "1", "create_refund", b"20")
    await world.refund(payment, 20_00, claim=claim)
    with pytest.raises(Replayed) as replayed:
        await world.refund(payment, 20_00, claim=claim)
    assert (replayed.value.status, replayed.value.body) == (201, "pending 1")
    assert world.only(Refund).amount == 20_00


# ── what goes wrong on the way ──


@pytest.mark.parametrize("hop", HOPS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_happens_on_the_way_it_is_given_back_once(world: SaleWorld, fault: str, hop: str) -> None:
    payment = await world.sell(58_41)
    await settle(world)
    await world.refund(payment, 20_00)
    await world.arm(fault, hop, "refund_presentment", times=2)
    await world.cut_off()
    if fault != "duplicate":
        item = world.only(RefundItem)
        assert (item.status, item.attempts) == ("waiting", 1)
        assert world.held() == 20_00
        assert item.answer_due_at == await world.now() + MINUTE
        await present_item(world.harbor, item.id)
        await present_refund(world.harbor, item.refund)
    assert {book: len(rows) for book, rows in world.postings("refund").items()} == {
        "first_prairie": 2,
        "opennet": 1,
        "harbor": 2,
    }
    assert world.balance(NORAS) == NORA_HAD - 38_41
    assert world.balance(BOOKS_AVAILABLE) == 58_41 - 1_62 - 20_00
    world.nothing_is_left_open()


# ── one party alone ──


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "00"),
        ({"currency": "EUR"}, "57"),
        ({"card": PresentedCard(CardNumber("4000121111199996"))}, "14"),
    ],
)
async def test_an_issuer_credits_a_refund_of_what_it_never_saw_if_it_knows_the_card(
    world: SaleWorld, changes: dict[str, object], code: str
) -> None:
    message = replace(REFUND, **changes)  # type: ignore[arg-type]
    assert {(await world.to_issuer(message)).code for _ in range(3)} == {code}
    assert world.only(Transaction).status == ("posted" if code == "00" else "declined")
    assert world.balance(NORAS) == NORA_HAD + (20_00 if code == "00" else 0)


async def test_the_network_rejects_a_refund_of_what_it_never_cleared(world: SaleWorld) -> None:
    await world.buy(58_41)
    await world.arm("lose_request", TO_ISSUER, "presentment")
    await present(world.harbor, world.only(Capture).id)
    for original in ("74001006287000000000017", world.only(Capture).arn):
        message = replace(REFUND, sender="harbor", receiver="opennet", original_arn=original, arn=original + "R")
        assert (await world.to_network(message)).code == "25"


async def test_the_network_rejects_a_refund_of_more_than_was_presented(world: SaleWorld) -> None:
    await world.sell(58_41)
    to_network = replace(REFUND, sender="harbor", receiver="opennet", original_arn=world.only(Capture).arn)
    for arn, changes, code in (
        ("1", {"amount": 58_42}, "13"),
        ("2", {"currency": "EUR"}, "13"),
        ("3", {"sender": "summit"}, "25"),
        ("4", {"amount": 58_41}, "00"),
        ("5", {"amount": 1}, "13"),
    ):
        message = replace(to_network, arn=f"7400100628700000000{arn}000", **changes)
        assert (await world.to_network(message)).code == code, arn


# ── all of it ──


async def test_the_books_are_right_at_every_moment_of_a_bad_day(world: SaleWorld) -> None:
    sale = await world.sell(58_41)
    await world.refund(sale, 20_00)
    world.verifies()
    await world.cut_off()
    several = await world.authorize(100_00)
    await world.capture(several, 30_00, final=False)
    await world.capture(several, 60_00)
    world.verifies()
    for fault, hop in zip(("lose_reply", "lose_request"), HOPS, strict=True):
        await world.arm(fault, hop, "presentment")
        await world.cut_off()
        world.verifies()
    await world.cut_off()
    await world.cut_off()
    world.nothing_is_left_open()
    world.sandbox.switch.connect("first_prairie", rejects)
    await world.refund(sale, 5_00)
    await world.cut_off()
    world.verifies()
    world.sandbox.switch.connect("first_prairie", world.to_issuer)
    rejected = await world.buy(10_00)
    await world.refund(rejected, 2_00)
    world.sandbox.switch.connect("first_prairie", rejects)
    await world.cut_off()
    world.verifies()
    world.sandbox.switch.connect("first_prairie", world.to_issuer)
    await world.buy(250_00)
    await world.expire()
    world.verifies()
    await world.buy(200_00)
    await world.cut_off()
    assert world.balance(NORA_OWES) > 0
    world.nothing_is_left_open()
