"""Settlement: the window's items are netted, the bank moves the money, and every book says the same afterwards."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from payments.acquirer import release
from payments.acquirer.capture import CLEARED, SETTLED, Capture
from payments.acquirer.clearing import present
from payments.acquirer.payout import Payout, pay_out_all
from payments.acquirer.refund import Refund, RefundItem, refund
from payments.acquirer.refund_clearing import present_refund
from payments.acquirer.release import Shortfall, release_sales
from payments.issuer import deposit
from payments.issuer.settlement import Settlement as IssuerSettlement
from payments.kit.clock import DAY, HOUR, instant
from payments.kit.database import Database
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.work import Work
from payments.network.item import SALE, Item, record_item
from payments.network.network import Network
from payments.network.position import Position
from payments.network.settlement import ASKED_AGAIN_AFTER, Settlement, instruct, settle_window
from payments.network.settlement_advice import SettlementNotice, advise
from payments.network.window import CLOSED, OPEN, Window, close_window, window_id, window_open_at
from payments.sandbox import Sandbox
from payments.switch.bank_message import NetPosition, SettlementInstruction
from tests.flows.world import (
    BOOKS,
    CAFE,
    CLOSES,
    GRETA,
    NOON,
    OMAR,
    SETTLES,
    WINDOW,
    arm,
    balance,
    balances,
    mirrors_agree,
    open_world,
    push,
    rows,
    sell,
    wind,
    withdraw,
)
from tests.flows.world import (
    postings as booked,
)

PENDING_MONEY = f"harbor.merchant_pending.USD.{BOOKS}"
AVAILABLE_MONEY = f"harbor.merchant_available.USD.{BOOKS}"


async def settle(sandbox: Sandbox, window: str = WINDOW) -> Window:
    """Close the window of the fourteenth and settle it on the fifteenth."""
    await wind(sandbox, CLOSES)
    await sandbox.network.step(close_window, window)
    await wind(sandbox, SETTLES)
    return await settle_window(sandbox.network, window)


async def resend(sandbox: Sandbox) -> None:
    """Send again whatever of a settlement waits for an answer, as the clock would."""
    for settlement in rows(sandbox, Settlement):
        if settlement.answer_due_at is not None:
            await instruct(sandbox.network, settlement.id)
    for notice in rows(sandbox, SettlementNotice):
        if notice.answer_due_at is not None:
            await advise(sandbox.network, notice.id)


async def trade(sandbox: Sandbox) -> None:
    """Sales at both acquirers by cards of both issuers, and a push."""
    await sell(sandbox, 58_41)
    await sell(sandbox, 12_50, OMAR, CAFE)
    await sell(sandbox, 300_00, GRETA)
    await push(sandbox, 250_00)


# ── the story ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_window_is_settled_to_the_cent_in_every_book(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await trade(sandbox)
        mirrors_agree(sandbox)

        assert (await settle(sandbox)).status == "settled"

        net = {each.member: each.net_amount for each in rows(sandbox, Position)}
        # sales less interchange and scheme fees, the push with them: 58.16, 12.25 and 294.23; 250.10
        assert net == {
            "first_prairie": 250_10 - 58_16,
            "coastline": -(12_25 + 294_23),
            "harbor": 58_16 + 294_23 - 250_10 - 55,
            "summit": 12_25 - 3,
            "opennet": 55 + 3,
        }
        assert sum(net.values()) == 0
        settled = booked(sandbox, "settle")
        assert sum(amount for *_, amount in settled["reserve_bank"]) == 306_48
        assert settled["opennet"] == [
            ("transfer", "settlement_cash.USD", "due_from_member.USD.coastline", 306_48),
            ("transfer", "settlement_cash.USD", "due_from_member.USD.first_prairie", 58_16),
            ("transfer", "due_to_member.USD.first_prairie", "settlement_cash.USD", 250_10),
            ("transfer", "settlement_cash.USD", "due_from_member.USD.harbor", 250_10 + 55),
            ("transfer", "due_to_member.USD.harbor", "settlement_cash.USD", 58_16 + 294_23),
            ("transfer", "settlement_cash.USD", "due_from_member.USD.summit", 3),
            ("transfer", "due_to_member.USD.summit", "settlement_cash.USD", 12_25),
        ]
        assert settled["coastline"] == [("transfer", "due_to_network.USD", "settlement_cash.USD", 306_48)]
        assert settled["first_prairie"] == [
            ("transfer", "due_to_network.USD", "settlement_cash.USD", 58_16),
            ("transfer", "settlement_cash.USD", "due_from_network.USD", 250_10),
        ]
        fees = 9_52  # 2.6 % and ten cents of each sale
        assert settled["harbor"] == [
            ("transfer", "due_to_network.USD", "settlement_cash.USD", 250_10 + 55),
            ("transfer", "settlement_cash.USD", "due_from_network.USD", 58_16 + 294_23),
            (
                "transfer",
                f"merchant_pending.USD.{BOOKS}",
                f"merchant_available.USD.{BOOKS}",
                358_41 - fees,
            ),
        ]
        mirrors_agree(sandbox)
        nothing_is_owed(sandbox)
        assert {each.status for each in rows(sandbox, Capture)} == {SETTLED}


def nothing_is_owed(sandbox: Sandbox) -> None:
    left = balances(sandbox)
    assert not [each for each in left if ".due_" in each or ".merchant_pending." in each], left


async def test_what_is_cleared_after_the_closing_waits_for_the_next_window(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await sell(sandbox, 10_00)
        await wind(sandbox, CLOSES)
        await sell(sandbox, 20_00)
        await sandbox.network.step(close_window, WINDOW)
        await wind(sandbox, SETTLES)
        await settle_window(sandbox.network, WINDOW)

        assert [each.window for each in rows(sandbox, Item)] == [WINDOW, "win_2026-10-15"]
        assert [(each.amount, each.status) for each in rows(sandbox, Capture)] == [(10_00, SETTLED), (20_00, CLEARED)]
        assert [(each.id, each.status) for each in rows(sandbox, Window)] == [
            (WINDOW, "settled"),
            ("win_2026-10-15", OPEN),
        ]
        mirrors_agree(sandbox)


async def test_each_currency_is_settled_by_itself(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await sandbox.network.step(clear_items)
        await wind(sandbox, CLOSES)
        await sandbox.network.step(close_window, WINDOW)
        await settle_window(sandbox.network, WINDOW)
        found = {each.currency: each for each in rows(sandbox, Settlement)}
        assert {currency: each.status for currency, each in found.items()} == {"JPY": "settled", "USD": "settled"}
        for each in found.values():
            lines = [line for line in rows(sandbox, Position) if line.settlement == each.id]
            assert sum(line.net_amount for line in lines) == 0
        assert balance(sandbox, "opennet.settlement_cash.JPY") - 25_000_000 == 3


def clear_items(work: Work, network: Network) -> None:
    for currency, fee in (("USD", 9), ("JPY", 3)):
        record_item(
            work,
            network,
            SALE,
            "",
            acquirer="harbor",
            issuer="coastline",
            currency=currency,
            amount=1_000,
            interchange_amount=20,
            scheme_fee_amount=fee,
        )


async def test_an_empty_window_is_settled_without_asking_anybody(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        assert (await settle(sandbox)).status == "settled"
        assert (await settle_window(sandbox.network, WINDOW)).status == "settled"
        assert rows(sandbox, Settlement) == []


async def test_an_open_window_is_not_settled(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        with pytest.raises(MoveNotAllowed):
            await settle_window(sandbox.network, WINDOW)


async def test_to_settle_a_settled_window_again_changes_nothing(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await trade(sandbox)
        await settle(sandbox)
        before = balances(sandbox)
        await settle_window(sandbox.network, WINDOW)
        await sandbox.network.step(close_window, WINDOW)
        assert balances(sandbox) == before


# ── a member is short ───────────────────────────────────────────────────────────────────────────────


async def test_a_short_member_stops_the_settlement_until_its_reserve_is_filled_up(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await trade(sandbox)
        coastline = sandbox.issuers["coastline"]
        reserve = balance(sandbox, "reserve_bank.reserve.USD.coastline")
        await withdraw(sandbox, coastline, reserve - 306_47)
        before = balances(sandbox)

        assert (await settle(sandbox)).status == CLOSED

        (refused,) = rows(sandbox, Settlement)
        assert (refused.status, refused.short) == ("refused", "coastline")
        assert refused.answer_due_at == SETTLES + ASKED_AGAIN_AFTER
        assert balances(sandbox) == before

        still = await instruct(sandbox.network, refused.id)
        assert (still.status, still.short) == ("refused", "coastline")
        assert still.stan != refused.stan

        await deposit.capitalize(coastline, "USD", 1)
        done = await instruct(sandbox.network, refused.id)
        assert (done.status, done.short, done.answer_due_at) == ("settled", "", None)
        assert rows(sandbox, Window)[0].status == "settled"
        assert balance(sandbox, "reserve_bank.reserve.USD.coastline") == 0
        mirrors_agree(sandbox)
        nothing_is_owed(sandbox)


async def test_the_bank_carries_out_nothing_that_does_not_sum_to_zero(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        before = balances(sandbox)
        crooked = SettlementInstruction(
            sender="opennet",
            receiver="reserve_bank",
            acquirer="900000",
            stan="000001",
            rrn="628712000001",
            transmitted_at=NOON,
            window=WINDOW,
            currency="USD",
            positions=(NetPosition("harbor", -10), NetPosition("summit", 11)),
        )
        assert (await sandbox.switch.send(crooked)).code == "30"
        assert balances(sandbox) == before


# ── something is lost, late or doubled on the way ───────────────────────────────────────────────────

HOPS = [
    ("opennet", "reserve_bank", "settlement_instruction"),
    ("opennet", "first_prairie", "settlement_advice"),
    ("opennet", "harbor", "settlement_advice"),
]


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay", "duplicate"])
@pytest.mark.parametrize(("sender", "receiver", "message"), HOPS, ids=lambda each: each)
async def test_whatever_is_lost_the_books_end_the_same(
    database_url: str, sender: str, receiver: str, message: str, kind: str
) -> None:
    async with open_world(database_url) as sandbox:
        await trade(sandbox)
        await arm(sandbox, kind, sender, receiver, message, times=2)
        await settle(sandbox)
        for _ in range(3):
            await resend(sandbox)
        settled_once(sandbox)


def settled_once(sandbox: Sandbox) -> None:
    mirrors_agree(sandbox)
    nothing_is_owed(sandbox)
    assert balance(sandbox, "reserve_bank.reserve.USD.opennet") == 1_000_000_00 + 58
    assert balance(sandbox, "opennet.settlement_cash.USD") == 1_000_000_00 + 58
    assert balance(sandbox, AVAILABLE_MONEY) == 358_41 - 9_52
    assert {each.status for each in rows(sandbox, SettlementNotice)} == {"answered"}
    assert len(rows(sandbox, IssuerSettlement)) == 2
    assert rows(sandbox, Window)[0].status == "settled"
    assert {each.status for each in rows(sandbox, Capture)} == {SETTLED}


async def test_a_merchants_sales_are_released_lot_by_lot_and_taken_up_where_it_stopped(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "AT_A_TIME", 2)
    async with open_world(database_url) as sandbox:
        for amount in (10_00, 20_00, 30_00, 40_00, 50_00):
            await sell(sandbox, amount)
        lots = 0

        def stop_at_the_second(work: Work, *arguments: object) -> None:
            nonlocal lots
            lots += 1
            assert lots != 2, "the acquirer stops here"
            release_sales(work, *arguments)  # type: ignore[arg-type]

        stop_at_the_second.reads = release_sales.reads  # type: ignore[attr-defined]
        with monkeypatch.context() as stopping:
            stopping.setattr(release, "release_sales", stop_at_the_second)
            with pytest.raises(AssertionError, match="stops here"):
                await settle(sandbox)
        assert [each.status for each in rows(sandbox, Capture)] == [SETTLED] * 2 + [CLEARED] * 3
        assert balance(sandbox, AVAILABLE_MONEY) == 30_00 - 98

        await resend(sandbox)
        assert {each.status for each in rows(sandbox, Capture)} == {SETTLED}
        assert balance(sandbox, AVAILABLE_MONEY) == 150_00 - 4_40
        assert balance(sandbox, PENDING_MONEY) == 0
        mirrors_agree(sandbox)


# ── refunds and latecomers ──────────────────────────────────────────────────────────────────────────


async def test_what_is_to_be_refunded_of_an_unsettled_sale_stays_pending(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = sandbox.acquirers["harbor"]
        payment = await sell(sandbox, 100_00)
        made = await refund(harbor, payment.id, 40_00)
        await settle(sandbox)
        fee = 2_70
        assert balance(sandbox, AVAILABLE_MONEY) == 100_00 - 40_00 - fee
        assert balance(sandbox, PENDING_MONEY) == 40_00

        await present_refund(harbor, made.id)
        assert balance(sandbox, PENDING_MONEY) == 0
        assert [each.status for each in rows(sandbox, RefundItem)] == ["cleared"]
        await wind(sandbox, CLOSES + DAY)
        await sandbox.network.step(close_window, "win_2026-10-15")
        await wind(sandbox, SETTLES + DAY)
        await settle_window(sandbox.network, "win_2026-10-15")
        assert [each.status for each in rows(sandbox, RefundItem)] == ["settled"]
        assert [each.status for each in rows(sandbox, Refund)] == ["settled"]
        assert balance(sandbox, AVAILABLE_MONEY) == 100_00 - 40_00 - fee
        mirrors_agree(sandbox)


async def test_the_fee_of_a_sale_given_back_whole_is_kept_back_from_the_next(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = sandbox.acquirers["harbor"]
        payment = await sell(sandbox, 100_00)
        made = await refund(harbor, payment.id, None)
        await present_refund(harbor, made.id)
        await settle(sandbox)
        assert [(each.merchant, each.amount) for each in rows(sandbox, Shortfall)] == [(BOOKS, 2_70)]
        assert balance(sandbox, AVAILABLE_MONEY) == 0
        assert balance(sandbox, PENDING_MONEY) == -2_70

        await sell(sandbox, 50_00)
        await wind(sandbox, CLOSES + DAY)
        await sandbox.network.step(close_window, "win_2026-10-15")
        await wind(sandbox, SETTLES + DAY)
        await settle_window(sandbox.network, "win_2026-10-15")
        assert [each.amount for each in rows(sandbox, Shortfall)] == [0]
        assert balance(sandbox, AVAILABLE_MONEY) == 50_00 - 1_40 - 2_70
        assert balance(sandbox, PENDING_MONEY) == 0
        mirrors_agree(sandbox)


async def test_the_fee_of_a_sale_given_back_whole_is_taken_from_what_is_available(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = sandbox.acquirers["harbor"]
        await sell(sandbox, 50_00)
        await settle(sandbox)
        payment = await sell(sandbox, 100_00)
        await present_refund(harbor, (await refund(harbor, payment.id, None)).id)
        await wind(sandbox, CLOSES + DAY)
        await sandbox.network.step(close_window, "win_2026-10-15")
        await wind(sandbox, SETTLES + DAY)
        await settle_window(sandbox.network, "win_2026-10-15")
        assert rows(sandbox, Shortfall) == []
        assert balance(sandbox, AVAILABLE_MONEY) == 50_00 - 1_40 - 2_70
        assert balance(sandbox, PENDING_MONEY) == 0


async def test_a_sale_whose_clearing_was_heard_of_after_the_settlement_is_released_and_paid_out(
    database_url: str,
) -> None:
    async with open_world(database_url) as sandbox:
        harbor = sandbox.acquirers["harbor"]
        await arm(sandbox, "lose_reply", "harbor", "opennet", "presentment")
        await sell(sandbox, 100_00)
        await settle(sandbox)
        (late,) = rows(sandbox, Capture)
        assert late.status == "waiting"
        assert balance(sandbox, AVAILABLE_MONEY) == 0

        assert (await present(harbor, late.id)).window == WINDOW
        assert [(each.merchant, each.amount) for each in await pay_out_all(harbor)] == [(BOOKS, 97_30)]
        assert [each.status for each in rows(sandbox, Payout)] == ["paid"]
        mirrors_agree(sandbox)
        nothing_is_owed(sandbox)


# ── which window, and when ──────────────────────────────────────────────────────────────────────────


def at(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("now", "window"),
    [
        ("2026-10-14T00:00", "win_2026-10-14"),
        ("2026-10-14T23:44:59.999999", "win_2026-10-14"),
        ("2026-10-14T23:45", "win_2026-10-15"),
        ("2026-10-14T23:59:59.999999", "win_2026-10-15"),
        ("2026-12-31T23:45", "win_2027-01-01"),
    ],
)
def test_the_window_of_an_instant(now: str, window: str) -> None:
    assert window_id(at(now)) == window
    assert window_open_at(at(now)).opened_at <= at(now) < window_open_at(at(now)).closes_at


@pytest.mark.parametrize(
    ("noon", "settles"),
    [
        ("2026-10-14T12:00", "2026-10-15T10:00"),  # a Wednesday
        ("2026-10-16T12:00", "2026-10-19T10:00"),  # over the weekend
        ("2026-11-25T12:00", "2026-11-27T10:00"),  # over Thanksgiving
    ],
)
def test_a_window_is_settled_on_the_next_business_day(noon: str, settles: str) -> None:
    assert window_open_at(at(noon)).settles_at == at(settles)


def test_windows_follow_one_another_without_a_gap() -> None:
    for hours in range(0, 24 * 40, 7):
        window = window_open_at(NOON + hours * HOUR)
        assert window_open_at(window.closes_at).opened_at == window.closes_at
        assert window.closes_at - window.opened_at == DAY


async def test_a_window_is_not_closed_early(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await wind(sandbox, CLOSES - 1)
        with pytest.raises(AssertionError, match="still open"):
            await sandbox.network.step(close_window, WINDOW)


# ── several processes ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite there is one process
async def test_an_item_under_way_when_the_window_is_settled_is_not_missed(database_url: str) -> None:
    """Another process is clearing a sale at noon; before it has committed, the clock is wound to the settlement."""
    async with open_world(database_url) as sandbox:
        other = Sandbox.open(Database(database_url), b"k" * 32)
        begun, may_end = threading.Event(), threading.Event()

        def clear_slowly(work: Work, network: Network) -> str:
            begun.set()
            assert may_end.wait(20)
            clear_items(work, network)
            return window_id(work.now)

        try:
            clearing = asyncio.create_task(other.network.step(clear_slowly))
            await asyncio.to_thread(begun.wait, 20)
            await wind(sandbox, CLOSES)
            await sandbox.network.step(close_window, WINDOW)
            await wind(sandbox, SETTLES)
            settling = asyncio.create_task(settle_window(sandbox.network, WINDOW))
            while not await sandbox.world.database.read(somebody_waits):
                assert not settling.done()
            may_end.set()
            assert await clearing == WINDOW
            assert (await settling).status == "settled"
        finally:
            may_end.set()
            other.close()
        assert sorted({each.currency for each in rows(sandbox, Position)}) == ["JPY", "USD"]


def somebody_waits(connection: sa.Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(connection.exec_driver_sql(waiting).scalar_one())
