"""Capturing and presenting: what each book writes, every refusal, every fault at each hop, and what comes too late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from payments.acquirer.authorization import void
from payments.acquirer.capture import Capture
from payments.acquirer.clearing import CaptureExceedsAuthorization, present
from payments.acquirer.cut_off import present_all
from payments.acquirer.payment import Payment
from payments.issuer.transaction import Transaction
from payments.kit.clock import MINUTE
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKeyReused, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.secrets import CardNumber
from payments.ledger.entry import Hold, Transfer
from payments.network.presentment import Presentment
from payments.switch.message import CardAcceptor, PresentedCard, PresentmentReply
from payments.switch.message import Presentment as PresentmentMessage
from tests.flows.sale_world import (
    BOOKS_PENDING,
    CERAMICS,
    KENJI,
    LUCIA,
    NOOR,
    NORA_HAD,
    NORA_OWES,
    NORAS,
    PAPER,
    PEARLS,
    SaleWorld,
    sale_world,
)
from tests.flows.world import BOOKS, CAFE, GRETA, NORA, OMAR, WINDOW

TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"
HOPS = (TO_NETWORK, TO_ISSUER)
PRESENTED = PresentmentMessage(
    sender="opennet",
    receiver="first_prairie",
    acquirer="400100",
    stan="000001",
    rrn="628700000001",
    transmitted_at=0,
    network_id="000000000000001",
    card=PresentedCard(CardNumber(NORA)),
    amount=58_41,
    currency="USD",
    acceptor=CardAcceptor("BLUEDOORBOOKS01", "Blue Door Books", "Alder", "US", "5942"),
    arn="74001006287000000000017",
    interchange_amount=25,
)
FAULTS = ("lose_request", "lose_reply", "delay", "duplicate")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[SaleWorld]:
    async with sale_world(database_url) as world:
        yield world


# ── the story, to the cent ──


async def test_a_sale_of_58_41_is_cleared_in_three_books(world: SaleWorld) -> None:
    payment = await world.sell(58_41)
    nora, books = "cardholder.USD.acct_nora_patel", f"merchant_pending.USD.{BOOKS}"
    assert world.postings("authorize") == {"first_prairie": [("hold", nora, "due_to_network.USD", 58_41)]}
    assert world.postings("clear_sale") == {
        "first_prairie": [
            ("post", nora, "due_to_network.USD", 58_41),
            ("transfer", "due_to_network.USD", "interchange_income.USD", 25),
        ],
        "opennet": [
            ("transfer", "due_from_member.USD.first_prairie", "due_to_member.USD.harbor", 58_41 - 25),
            ("transfer", "due_from_member.USD.harbor", "scheme_fees.USD", 9),
        ],
        "harbor": [
            ("transfer", "due_from_network.USD", books, 58_41),
            ("transfer", "interchange_expense.USD", "due_from_network.USD", 25),
            ("transfer", "scheme_fees.USD", "due_to_network.USD", 9),
            ("transfer", books, "merchant_fees.USD", 1_62),
        ],
    }
    assert (payment.status, payment.captured_amount, payment.cleared_amount) == ("captured", 58_41, 58_41)
    capture = world.only(Capture)
    assert (capture.status, capture.window, capture.response_code) == ("cleared", WINDOW, "00")
    fees = (capture.interchange_amount, capture.scheme_fee_amount, capture.merchant_fee_amount)
    assert fees == (25, 9, 1_62)
    presented = world.only(Presentment)
    assert (presented.arn, presented.status, presented.window) == (capture.arn, "cleared", WINDOW)
    assert (presented.programme, presented.rate) == ("us_debit_regulated", "0.05 % + 0.22 USD")
    authorization, purchase = world.all(Transaction)
    assert (authorization.type, authorization.status) == ("authorization", "posted")
    assert (purchase.type, purchase.status, purchase.trace) == ("purchase", "posted", capture.arn)
    assert world.balance(NORAS) == world.available(NORAS) == NORA_HAD - 58_41
    assert world.balance(BOOKS_PENDING) == 58_41 - 1_62
    world.nothing_is_left_open()


async def test_every_message_of_a_sale_is_in_the_events_under_its_reference(world: SaleWorld) -> None:
    payment = await world.sell()
    events = world.events(payment.reference)
    assert events.count("message.sent") == events.count("message.received") == 8
    for what in ("capture.waiting", "capture.cleared", "presentment.cleared", "transaction.posted"):
        assert what in events


async def test_a_credit_card_sale_raises_what_the_cardholder_owes(world: SaleWorld) -> None:
    await world.sell(58_41, card=GRETA)
    assert world.postings("clear_sale")["coastline"] == [
        ("post", "cardholder.USD.acct_greta_lindholm", "due_to_network.USD", 58_41),
        ("transfer", "due_to_network.USD", "interchange_income.USD", 98),
    ]
    assert world.available("coastline.cardholder.USD.acct_greta_lindholm") == 5_000_00 - 58_41
    world.nothing_is_left_open()


@pytest.mark.parametrize(
    ("card", "merchant", "currency", "amount", "interchange", "scheme_fee", "merchant_fee"),
    [
        (LUCIA, CERAMICS, "EUR", 80_00, 16, 6, 1_17),
        (KENJI, PAPER, "JPY", 12_000, 96, 16, 390),
        (NOOR, PEARLS, "BHD", 25_500, 204, 33, 560),
    ],
)
async def test_other_currencies(
    world: SaleWorld,
    card: str,
    merchant: str,
    currency: str,
    amount: int,
    interchange: int,
    scheme_fee: int,
    merchant_fee: int,
) -> None:
    await world.sell(amount, card, merchant, currency=currency)
    capture = world.only(Capture)
    fees = (capture.interchange_amount, capture.scheme_fee_amount, capture.merchant_fee_amount)
    assert fees == (interchange, scheme_fee, merchant_fee)
    pending = f"{capture.acquirer}.merchant_pending.{currency}.{merchant}"
    assert world.balance(pending) == amount - merchant_fee
    world.nothing_is_left_open()


async def test_nothing_is_presented_before_the_cut_off(world: SaleWorld) -> None:
    await world.buy(58_41)
    assert world.only(Capture).status == "waiting"
    assert world.postings("clear_sale") == {}
    assert (world.balance(NORAS), world.available(NORAS)) == (NORA_HAD, NORA_HAD - 58_41)


# ── how much ──


async def test_a_part_is_captured_and_the_final_presentment_lets_the_rest_go(world: SaleWorld) -> None:
    payment = await world.capture(await world.authorize(100_00), 60_00)
    assert (payment.status, payment.captured_amount, payment.expires_at) == ("captured", 60_00, None)
    assert world.held() == 100_00
    await world.cut_off()
    assert world.postings("clear_sale")["first_prairie"][:2] == [
        ("post", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 60_00),
        ("release", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 40_00),
    ]
    assert world.available(NORAS) == NORA_HAD - 60_00
    world.nothing_is_left_open()


async def test_several_captures_each_clear_and_the_last_closes(world: SaleWorld) -> None:
    payment = await world.authorize(100_00)
    payment = await world.capture(payment, 30_00, final=False)
    assert (payment.status, payment.captured_amount) == ("authorized", 30_00)
    await world.cut_off()
    assert world.held() == 70_00
    await world.capture(payment, 20_00, final=False)
    payment = await world.capture(payment, 40_00)
    assert (payment.status, payment.captured_amount) == ("captured", 90_00)
    await world.cut_off()
    assert [each.status for each in world.all(Capture)] == ["cleared"] * 3
    assert len({each.arn for each in world.all(Capture)}) == 3
    assert world.balance(NORAS) == world.available(NORAS) == NORA_HAD - 90_00
    assert world.one(Payment, payment.id).cleared_amount == 90_00
    world.nothing_is_left_open()


async def test_without_an_amount_what_is_left_is_captured(world: SaleWorld) -> None:
    payment = await world.authorize(100_00)
    await world.capture(payment, 30_00, final=False)
    assert (await world.capture(payment)).captured_amount == 100_00


async def test_the_last_capture_waits_for_the_earlier_ones(world: SaleWorld) -> None:
    """It lets the rest of the hold go: were it first, the others would find nothing held."""
    payment = await world.authorize(400_00)
    await world.capture(payment, 100_00, final=False)
    await world.capture(payment, 300_00)
    first, last = world.all(Capture)
    waiting = await present(world.harbor, last.id)
    assert (waiting.status, waiting.attempts) == ("waiting", 0)
    assert waiting.answer_due_at is not None
    await present(world.harbor, first.id)
    assert (await present(world.harbor, last.id)).status == "cleared"
    assert world.balance(NORA_OWES) == 0
    world.nothing_is_left_open()


async def test_no_more_can_be_captured_than_was_authorized(world: SaleWorld) -> None:
    payment = await world.authorize(100_00)
    with pytest.raises(CaptureExceedsAuthorization, match="At most 10000"):
        await world.capture(payment, 100_01)
    await world.capture(payment, 60_00, final=False)
    with pytest.raises(CaptureExceedsAuthorization, match="At most 4000"):
        await world.capture(payment, 40_01)
    await world.capture(payment, 40_00, final=False)
    for amount in (1, None):
        with pytest.raises(CaptureExceedsAuthorization, match="At most 0"):
            await world.capture(payment, amount)
    assert sum(each.amount for each in world.all(Capture)) == 100_00


async def test_a_cafe_may_capture_a_tip_of_20_percent_if_the_card_was_there(world: SaleWorld) -> None:
    payment = await world.authorize(100_00, merchant=CAFE)
    with pytest.raises(CaptureExceedsAuthorization):
        await world.capture(payment, 120_01)
    await world.capture(payment, 120_00)
    await world.cut_off()
    assert world.postings("clear_sale")["first_prairie"][:2] == [
        ("post", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 100_00),
        ("transfer", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 20_00),
    ]
    assert world.balance(NORAS) == NORA_HAD - 120_00
    world.nothing_is_left_open()


async def test_there_is_no_tip_on_a_card_that_was_not_there(world: SaleWorld) -> None:
    payment = await world.authorize(100_00, merchant=CAFE, entry_mode="81")
    with pytest.raises(CaptureExceedsAuthorization):
        await world.capture(payment, 100_01)


async def test_a_tip_that_the_account_has_not_is_overdrawn(world: SaleWorld) -> None:
    payment = await world.authorize(400_00, merchant=CAFE)
    await world.capture(payment, 450_00)
    await world.cut_off()
    assert world.postings("clear_sale")["first_prairie"][:3] == [
        ("post", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 400_00),
        ("transfer", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 12_18),
        ("transfer", "overdrawn.USD.acct_nora_patel", "due_to_network.USD", 37_82),
    ]
    assert (world.balance(NORAS), world.balance(NORA_OWES)) == (0, 37_82)
    world.nothing_is_left_open()


@pytest.mark.parametrize("state", ["declined", "voided", "captured", "expired", "failed"])
async def test_only_what_is_authorized_can_be_captured(world: SaleWorld, state: str) -> None:
    if state == "failed":
        await world.arm("lose_request", TO_NETWORK, "authorization_request")
    payment = await world.authorize(1_000_00 if state == "declined" else 10_00)
    if state == "voided":
        payment = await void(world.harbor, payment.id)
    if state == "captured":
        payment = await world.capture(payment)
    if state == "expired":
        await world.expire()
        payment = world.one(Payment, payment.id)
    before = len(world.all(Capture))
    assert payment.status == state
    with pytest.raises(MoveNotAllowed, match=state):
        await world.capture(payment, 1)
    assert len(world.all(Capture)) == before


async def test_what_is_over_is_not_captured_even_before_it_is_let_go(world: SaleWorld) -> None:
    payment = await world.authorize()
    assert payment.expires_at is not None
    await world.wind((payment.expires_at - payment.created_at) // 1_000_000)
    with pytest.raises(MoveNotAllowed, match="expired"):
        await world.capture(payment)


async def test_an_unknown_payment_is_not_captured(world: SaleWorld) -> None:
    with pytest.raises(NotFound):
        await world.capture(replace(await world.authorize(), id="pay_nobody"))


async def test_a_repeated_request_captures_once(world: SaleWorld) -> None:
    world.sandbox.world.render["capture_payment"] = lambda payment, entries: (200, payment.status)
    payment = await world.authorize(100_00)
    claim = Claim.on("key", "1", "capture_payment", b"60")
    await world.capture(payment, 60_00, claim=claim, final=False)
    with pytest.raises(Replayed) as replayed:
        await world.capture(payment, 60_00, claim=claim, final=False)
    assert (replayed.value.status, replayed.value.body) == (200, "authorized")
    with pytest.raises(IdempotencyKeyReused):
        await world.capture(payment, 1, claim=Claim.on("key", "1", "capture_payment", b"1"), final=False)
    assert world.only(Capture).amount == 60_00


async def test_a_refused_capture_leaves_its_key_free(world: SaleWorld) -> None:
    world.sandbox.world.render["capture_payment"] = lambda payment, entries: (200, payment.status)
    payment = await world.authorize(100_00)
    claim = Claim.on("key", "1", "capture_payment", b"")
    with pytest.raises(CaptureExceedsAuthorization):
        await world.capture(payment, 100_01, claim=claim)
    assert (await world.capture(payment, 100_00, claim=claim)).status == "captured"


# ── what goes wrong on the way ──


@pytest.mark.parametrize("hop", HOPS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_happens_on_the_way_it_is_booked_once(world: SaleWorld, fault: str, hop: str) -> None:
    await world.buy(58_41)
    await world.arm(fault, hop, "presentment", times=2)
    await world.cut_off()
    if fault != "duplicate":
        capture = world.only(Capture)
        assert (capture.status, capture.attempts) == ("waiting", 1)
        assert capture.answer_due_at == await world.now() + MINUTE
        await world.wind(60)
        await present(world.harbor, capture.id)
        await world.wind(120)
        await present(world.harbor, capture.id)
    assert world.only(Capture).status == "cleared"
    assert {book: len(rows) for book, rows in world.postings("clear_sale").items()} == {
        "first_prairie": 2,
        "opennet": 2,
        "harbor": 4,
    }
    assert world.balance(NORAS) == NORA_HAD - 58_41
    assert world.balance(BOOKS_PENDING) == 58_41 - 1_62
    world.nothing_is_left_open()


async def test_an_answer_that_comes_after_the_window_closed_settles_in_the_next(world: SaleWorld) -> None:
    await world.buy(58_41)
    await world.arm("lose_reply", TO_ISSUER, "presentment")
    await world.cut_off()
    await world.wind(12 * 3600)
    await present(world.harbor, world.only(Capture).id)
    assert world.only(Capture).window == world.only(Presentment).window == "win_2026-10-15"
    world.nothing_is_left_open()


async def test_a_repeat_says_that_it_is_one(world: SaleWorld) -> None:
    await world.buy()
    await world.arm("lose_request", TO_ISSUER, "presentment")
    seen: list[PresentmentMessage] = []

    async def see(message: PresentmentMessage) -> Any:
        seen.append(message)
        return await world.to_network(message)

    world.sandbox.switch.connect("opennet", see)
    await world.cut_off()
    await present(world.harbor, world.only(Capture).id)
    assert [each.repeat for each in seen] == [False, True]
    assert len({(each.arn, each.stan) for each in seen}) == 1


async def test_the_same_presentment_twice_at_once_is_booked_once(world: SaleWorld) -> None:
    await world.buy(58_41)
    capture = world.only(Capture)
    await asyncio.gather(*(present(world.harbor, capture.id) for _ in range(5)))
    assert len(world.postings("clear_sale")["first_prairie"]) == 2
    assert len(world.postings("clear_sale")["opennet"]) == 2
    assert len(world.postings("clear_sale")["harbor"]) == 4
    world.nothing_is_left_open()


async def test_many_at_once_and_one_that_fails_stops_nobody(world: SaleWorld) -> None:
    for _ in range(8):
        await world.buy(1_00)
        await world.buy(1_00, card=OMAR)
    await world.arm("lose_request", "opennet → coastline", "presentment")
    waiting = [each.id for each in world.all(Capture)]
    unlucky = world.all(Capture)[3].stan

    async def breaks_once(message: PresentmentMessage) -> Any:
        if message.stan == unlucky:
            raise RuntimeError("a bug")
        return await world.to_network(message)

    world.sandbox.switch.connect("opennet", breaks_once)
    with pytest.raises(ExceptionGroup) as errors:
        await present_all(world.harbor)
    assert [str(each) for each in errors.value.exceptions] == ["a bug"]
    assert [each.status for each in world.all(Capture)].count("cleared") == len(waiting) - 2
    world.sandbox.switch.connect("opennet", world.to_network)
    assert await present_all(world.harbor) == 2
    assert await present_all(world.harbor) == 0
    world.nothing_is_left_open()


async def test_more_than_a_page_is_presented(world: SaleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.acquirer.cut_off.PAGE", 3)
    for _ in range(7):
        await world.buy(1_00)
    assert await present_all(world.harbor) == 7
    assert {each.status for each in world.all(Capture)} == {"cleared"}


# ── what is rejected ──


async def test_a_sale_without_a_fee_programme_is_rejected_by_the_network(world: SaleWorld) -> None:
    await world.buy(58_41)
    bins = world.sandbox.switch.directory.bins
    bins["400012"] = replace(bins["400012"], region="XX")
    await world.cut_off()
    await world.cut_off()
    capture, payment = world.only(Capture), world.only(Payment)
    assert (capture.status, capture.response_code) == ("rejected", "12")
    assert (payment.captured_amount, payment.cleared_amount) == (0, 0)
    assert world.postings("clear_sale") == {}
    assert world.only(Presentment).decided_by == "opennet"


async def test_an_issuer_that_rejects_is_not_asked_again(world: SaleWorld) -> None:
    await world.buy(58_41)
    world.sandbox.switch.connect("first_prairie", rejects)
    await world.cut_off()
    capture, payment = world.only(Capture), world.only(Payment)
    assert (capture.status, capture.response_code, capture.answer_due_at) == ("rejected", "14", None)
    assert (payment.captured_amount, payment.cleared_amount) == (0, 0)
    assert world.only(Presentment).decided_by == "first_prairie"
    assert world.postings("clear_sale") == {}
    assert await present(world.harbor, capture.id) == capture


async def rejects(message: PresentmentMessage) -> PresentmentReply:
    return PresentmentReply(
        sender=message.receiver,
        receiver=message.sender,
        stan=message.stan,
        rrn=message.rrn,
        transmitted_at=message.transmitted_at,
        code="14",
        decided_by=message.receiver,
        amount=message.amount,
        currency=message.currency,
        arn=message.arn,
    )


# ── the issuer alone, as a network sees it ──


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "00"),
        ({"currency": "EUR"}, "57"),
        ({"card": PresentedCard(CardNumber("4000121111199996"))}, "14"),
    ],
)
async def test_an_issuer_pays_what_was_never_authorized_if_it_knows_the_card(
    world: SaleWorld, changes: dict[str, Any], code: str
) -> None:
    message = replace(PRESENTED, **changes)
    replies = [await world.to_issuer(message) for _ in range(3)]
    assert {each.code for each in replies} == {code}
    assert {each.interchange_amount for each in replies} == {25}
    transaction = world.only(Transaction)
    assert (transaction.status, transaction.response_code) == ("posted" if code == "00" else "declined", code)
    taken = [
        ("transfer", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 58_41),
        ("transfer", "due_to_network.USD", "interchange_income.USD", 25),
    ]
    assert world.postings("clear_sale") == ({"first_prairie": taken} if code == "00" else {})


async def test_what_is_presented_after_the_reversal_is_forced(world: SaleWorld) -> None:
    payment = await world.authorize(58_41)
    await void(world.harbor, payment.id)
    reply = await world.to_issuer(replace(PRESENTED, network_id=payment.network_id))
    assert reply.approved
    assert world.postings("clear_sale")["first_prairie"][0][0] == "transfer"
    assert [each.status for each in world.all(Transaction)] == ["reversed", "posted"]
    assert world.balance(NORAS) == world.available(NORAS) == NORA_HAD - 58_41


async def test_the_network_rejects_what_no_card_of_its_directory_bought(world: SaleWorld) -> None:
    card = PresentedCard(CardNumber("5555551111111110"))
    message = replace(PRESENTED, sender="harbor", receiver="opennet", card=card)
    assert (await world.to_network(message)).code == "12"


# ── what comes too late ──


async def test_a_late_presentment_takes_what_is_there_and_the_rest_is_owed(world: SaleWorld) -> None:
    payment = await world.buy(300_00)
    await world.expire()
    assert world.held() == 0
    await world.sell(200_00, merchant=CAFE)
    await world.cut_off()
    assert (world.balance(NORAS), world.balance(NORA_OWES)) == (0, 300_00 + 200_00 - NORA_HAD)
    assert world.one(Payment, payment.id).cleared_amount == 300_00
    statuses = {each.status for each in world.all(Transaction) if each.type == "authorization"}
    assert statuses == {"expired", "posted"}
    world.nothing_is_left_open()


async def test_the_floor_is_never_bent(world: SaleWorld) -> None:
    for _ in range(4):
        await world.buy(100_00)
    await world.expire()
    await world.sell(412_18, merchant=CAFE)
    assert world.balance(NORAS) == 0
    assert world.balance(NORA_OWES) == 400_00
    assert all(each.remaining == 0 for each in world.all(Hold))
    assert all(each.amount > 0 for each in world.all(Transfer))
    world.books_agree()
