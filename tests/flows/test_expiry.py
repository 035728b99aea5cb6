"""An authorization does not hold for ever: when it ends, what that books, and what may still come after."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from payments.acquirer.capture import Capture
from payments.acquirer.expiry import expire_payment
from payments.acquirer.payment import Payment
from payments.issuer.expiry import expire_authorization
from payments.issuer.transaction import Transaction
from payments.kit.clock import DAY
from tests.flows.sale_world import NORA_HAD, NORA_OWES, NORAS, SaleWorld, sale_world
from tests.flows.world import GRETA


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[SaleWorld]:
    async with sale_world(database_url) as world:
        yield world


async def test_what_is_held_too_long_is_let_go(world: SaleWorld) -> None:
    await world.authorize(58_41)
    await world.expire()
    assert world.postings("expire") == {
        "first_prairie": [("expire", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 58_41)]
    }
    payment, transaction = world.only(Payment), world.only(Transaction)
    assert (payment.status, payment.expires_at) == ("expired", None)
    assert (transaction.status, transaction.expires_at) == ("expired", None)
    assert world.balance(NORAS) == world.available(NORAS) == NORA_HAD
    world.nothing_is_left_open()


async def test_a_line_of_credit_is_free_again(world: SaleWorld) -> None:
    await world.authorize(58_41, card=GRETA)
    await world.expire()
    assert world.available("coastline.cardholder.USD.acct_greta_lindholm") == 5_000_00


@pytest.mark.parametrize(("entry_mode", "days"), [("07", 5), ("05", 5), ("81", 10), ("01", 10)])
async def test_it_ends_after_five_days_if_the_card_was_there_else_after_ten(
    world: SaleWorld, entry_mode: str, days: int
) -> None:
    payment = await world.authorize(58_41, entry_mode=entry_mode)
    assert payment.expires_at == payment.created_at + days * DAY
    await world.expire(days - 1)
    assert (world.only(Payment).status, world.only(Transaction).status) == ("authorized", "pending")
    assert world.held() == 58_41
    await world.expire(1)
    assert (world.only(Payment).status, world.only(Transaction).status) == ("expired", "expired")
    assert world.held() == 0


async def test_it_expires_once(world: SaleWorld) -> None:
    payment = await world.authorize(58_41)
    await world.expire()
    await world.expire()
    assert (await world.harbor.step(expire_payment, payment.id)).status == "expired"
    issuer = world.sandbox.issuers["first_prairie"]
    assert (await issuer.step(expire_authorization, world.only(Transaction).id)).status == "expired"
    assert len(world.postings("expire")["first_prairie"]) == 1


async def test_what_was_captured_does_not_expire(world: SaleWorld) -> None:
    await world.sell(58_41)
    await world.expire()
    assert world.postings("expire") == {}
    assert world.only(Payment).status == "captured"


async def test_a_payment_captured_in_part_is_closed_and_the_rest_let_go(world: SaleWorld) -> None:
    payment = await world.authorize(100_00)
    await world.capture(payment, 30_00, final=False)
    await world.cut_off()
    await world.expire()
    payment = world.only(Payment)
    assert (payment.status, payment.captured_amount, payment.expires_at) == ("captured", 30_00, None)
    assert [each.status for each in world.all(Transaction)] == ["posted", "posted"]
    assert world.postings("expire")["first_prairie"][0][3] == 70_00
    assert world.balance(NORAS) == world.available(NORAS) == NORA_HAD - 30_00
    assert (await world.refund(payment)).amount == 30_00
    await world.cut_off()
    world.nothing_is_left_open()


async def test_what_is_presented_after_it_is_a_forced_posting(world: SaleWorld) -> None:
    """It takes what is there; the rest is owed, and the floor stays where it is."""
    await world.buy(400_00)
    await world.expire()
    await world.buy(100_00)
    await world.cut_off()
    posted = world.postings("clear_sale")["first_prairie"]
    nora, owes = "cardholder.USD.acct_nora_patel", "overdrawn.USD.acct_nora_patel"
    assert ("post", nora, "due_to_network.USD", 100_00) in posted
    assert sorted(row for row in posted if row[0] == "transfer" and row[2] == "due_to_network.USD") in (
        [
            ("transfer", nora, "due_to_network.USD", 312_18),
            ("transfer", owes, "due_to_network.USD", 87_82),
        ],
    )
    assert (world.balance(NORAS), world.available(NORAS), world.balance(NORA_OWES)) == (0, 0, 87_82)
    assert {each.status for each in world.all(Capture)} == {"cleared"}
    world.nothing_is_left_open()
