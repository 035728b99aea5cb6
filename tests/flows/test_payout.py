"""Payouts: what is available to a merchant goes to its account at the bank, once, and is held till then."""

from __future__ import annotations

import pytest

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.payout import NothingToPayOut, Payout, ask_bank, pay_out, pay_out_all
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, Replayed
from payments.ledger.balance import InsufficientFunds
from payments.ledger.entry import Hold
from payments.network.settlement import settle_window
from payments.network.window import close_window
from payments.sandbox import Sandbox
from tests.flows.world import (
    BOOKS,
    CAFE,
    CLOSES,
    OMAR,
    SETTLES,
    WINDOW,
    arm,
    available,
    balance,
    balances,
    mirrors_agree,
    open_world,
    postings,
    rows,
    sell,
    wind,
    withdraw,
)

MONEY = f"harbor.merchant_available.USD.{BOOKS}"
PAID = f"reserve_bank.merchant_account.USD.{BOOKS}"
EARNED = 100_00 - 2_70


async def with_settled_sales(sandbox: Sandbox) -> Acquirer:
    """Have Blue Door Books and the Larkspur Cafe earn something, and settle it."""
    await sell(sandbox, 100_00)
    await sell(sandbox, 10_00, OMAR, CAFE)
    await wind(sandbox, CLOSES)
    await sandbox.network.step(close_window, WINDOW)
    await wind(sandbox, SETTLES)
    await settle_window(sandbox.network, WINDOW)
    return sandbox.acquirers["harbor"]


async def test_a_merchant_is_paid_to_the_cent(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = await with_settled_sales(sandbox)
        payout = await pay_out(harbor, BOOKS)

        assert (payout.status, payout.amount, payout.answer_due_at) == ("paid", EARNED, None)
        held = ("hold", f"merchant_available.USD.{BOOKS}", "settlement_cash.USD", EARNED)
        assert postings(sandbox, "hold_payout") == {"harbor": [held]}
        assert postings(sandbox, "payout") == {
            "harbor": [("post", *held[1:])],
            "reserve_bank": [("transfer", "reserve.USD.harbor", f"merchant_account.USD.{BOOKS}", EARNED)],
        }
        assert (balance(sandbox, MONEY), balance(sandbox, PAID)) == (0, EARNED)
        mirrors_agree(sandbox)


async def test_a_merchant_is_paid_in_parts_and_never_more_than_is_available(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = await with_settled_sales(sandbox)
        assert (await pay_out(harbor, BOOKS, 40_00)).status == "paid"
        before = balances(sandbox)
        with pytest.raises(InsufficientFunds):
            await pay_out(harbor, BOOKS, EARNED - 40_00 + 1)
        assert balances(sandbox) == before
        assert (await pay_out(harbor, BOOKS)).amount == EARNED - 40_00
        with pytest.raises(NothingToPayOut):
            await pay_out(harbor, BOOKS)
        assert balance(sandbox, PAID) == EARNED
        mirrors_agree(sandbox)


async def test_only_ones_own_merchants_are_paid(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = await with_settled_sales(sandbox)
        for stranger in ("mch_nobody", CAFE):
            with pytest.raises(NotFound):
                await pay_out(harbor, stranger, 1)


async def test_a_short_reserve_declines_the_payout_and_lets_the_money_go(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = await with_settled_sales(sandbox)
        await withdraw(sandbox, harbor, balance(sandbox, "reserve_bank.reserve.USD.harbor") - EARNED + 1)
        payout = await pay_out(harbor, BOOKS)
        assert (payout.status, payout.response_code) == ("declined", "51")
        assert available(sandbox, MONEY) == EARNED
        assert balance(sandbox, PAID) == 0
        mirrors_agree(sandbox)


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay", "duplicate"])
async def test_whatever_is_lost_a_merchant_is_paid_once(database_url: str, kind: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = await with_settled_sales(sandbox)
        await arm(sandbox, kind, "harbor", "reserve_bank", "pay_merchant", times=2)
        payout = await pay_out(harbor, BOOKS)
        if kind != "duplicate":
            assert payout.status == "pending"
            assert payout.answer_due_at is not None
            assert [each.remaining for each in rows(sandbox, Hold) if each.owner == payout.id] == [EARNED]
            assert available(sandbox, MONEY) == 0
            with pytest.raises(NothingToPayOut):
                await pay_out(harbor, BOOKS)
        await ask_bank(harbor, payout.id)
        payout = await ask_bank(harbor, payout.id)
        assert payout.status == "paid"
        assert await ask_bank(harbor, payout.id) == payout
        assert (balance(sandbox, MONEY), balance(sandbox, PAID)) == (0, EARNED)
        mirrors_agree(sandbox)


async def test_the_daily_payout_pays_every_merchant_what_is_available(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await with_settled_sales(sandbox)
        paid = [each for acquirer in sandbox.acquirers.values() for each in await pay_out_all(acquirer)]
        assert sorted((each.merchant, each.amount) for each in paid) == [(BOOKS, EARNED), (CAFE, 10_00 - 33)]
        assert [await pay_out_all(acquirer) for acquirer in sandbox.acquirers.values()] == [[], []]
        mirrors_agree(sandbox)


async def test_a_repeated_request_gets_the_first_answer(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = await with_settled_sales(sandbox)
        sandbox.world.render["create_payout"] = lambda payout, entries: (201, f"{payout.status} {len(entries)}")
        claim = Claim.on("key_demo", "first", "create_payout", b"{}")
        await arm(sandbox, "lose_reply", "harbor", "reserve_bank", "pay_merchant")
        payout = await pay_out(harbor, BOOKS, None, claim)
        with pytest.raises(IdempotencyKeyInUse):
            await pay_out(harbor, BOOKS, None, claim)
        await ask_bank(harbor, payout.id)
        with pytest.raises(Replayed) as replayed:
            await pay_out(harbor, BOOKS, None, claim)
        assert (replayed.value.status, replayed.value.body[:4]) == (201, "paid")
        assert len(rows(sandbox, Payout)) == 1
