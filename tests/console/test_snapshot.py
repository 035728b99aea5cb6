"""Snapshots: how every account stood after any event, whichever way one gets there."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from payments.console import snapshot as console
from payments.console.cleared import windows_at
from payments.console.snapshot import Counters, counters_at, snapshot
from payments.kit.event_log import last_position, walk
from payments.ledger.account import Book
from payments.ledger.trial_balance import trial_balance_at_event
from payments.network.position import Position
from payments.sandbox import Sandbox
from payments.webhooks.dispatch import place_events
from tests.console.varied_day import live
from tests.day import NORA, a_day, push, rows, sell


def standing(counters: Counters) -> Counters:
    return {account: counts for account, counts in counters.items() if any(counts)}


async def test_it_is_what_the_trial_balance_says_at_every_event(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await live(sandbox)
        await place_events(sandbox.operator)
        sandbox.world.database.read_now(compare_at_every_event, [each.id for each in rows(sandbox, Book)])


def compare_at_every_event(connection: sa.Connection, books: list[str]) -> None:
    """At every event that moves or holds money, in its book; between them, and in the others, now and then."""
    last = last_position(connection)
    money = {position: event.institution for position, event in walk(connection, 0, "money.*")}
    assert len(money) > 150
    for n in sorted({*money, *range(0, last, 40), last}):
        counters = counters_at(connection, n)
        for book in [money[n]] if n in money and n % 10 else books:
            rows = trial_balance_at_event(connection, book, n).rows
            listed = {row.account.id: row.debit - row.credit for row in rows if row.debit != row.credit}
            assert nets(counters, book) == listed


def nets(counters: Counters, book: str) -> dict[str, int]:
    kept = ((each, counts) for each, counts in counters.items() if each.split(".")[0] == book)
    return {each: debits - credits for each, (debits, credits, *_) in kept if debits != credits}


@pytest.mark.parametrize("back", [0, 1, 2, 7, 40])
async def test_both_ways_lead_to_the_same(database_url: str, back: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backwards from now, with batches that have no positions yet, and forwards from nothing."""
    async with a_day(database_url) as sandbox:
        await sell(sandbox)
        await push(sandbox, 25_00)
        await place_events(sandbox.operator)
        read = sandbox.world.database.read_now
        position = read(last_position) - back
        backwards = read(counters_at, position)
        await sell(sandbox, 10_00)  # nobody has placed its events
        assert read(counters_at, position) == backwards
        monkeypatch.setattr(console, "last_position", lambda _: 10**9)
        assert standing(read(counters_at, position)) == standing(backwards)


async def test_all_accounts_are_in_it(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await place_events(sandbox.operator)
        found = sandbox.world.database.read_now(snapshot, 0)
        assert found["event"] == 0
        assert {each["role"] for each in found["books"]} == {"issuer", "acquirer", "network", "bank"}
        nora = next(each for each in found["accounts"] if each["owner"] == "acct_nora_patel")
        assert (nora["book"], nora["kind"], nora["credits"]) == ("first_prairie", "liability", 0)
        now = sandbox.world.database.read_now(snapshot)
        assert next(each for each in now["accounts"] if each["id"] == nora["id"])["credits"] == 412_18


# ── what was cleared between the members ────────────────────────────────────────────────────────────


def window(sandbox: Sandbox, id: str, position: int | None = None) -> dict[str, Any]:
    read = sandbox.world.database.read_now
    shown = read(windows_at, read(last_position) if position is None else position)
    return next(each for each in shown if each["id"] == id)


async def test_what_was_cleared_nets_to_the_positions_that_are_settled(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await live(sandbox)
        await place_events(sandbox.operator)
        for line in rows(sandbox, Position):
            cleared = window(sandbox, line.window)["cleared"][line.currency]
            owes = sum(amount for debtor, _, amount in cleared["flows"] if debtor == line.member)
            owed = sum(amount for _, creditor, amount in cleared["flows"] if creditor == line.member)
            assert (owes, owed) == (line.due_to_network, line.due_from_network)
            assert cleared["points"][-1][2].get(line.member, 0) == line.net_amount


async def test_a_window_is_shown_as_it_was(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await place_events(sandbox.operator)
        positions = [sandbox.world.database.read_now(last_position)]
        for amount in (10_00, 25_00):
            await push(sandbox, amount, NORA)
            await place_events(sandbox.operator)
            positions.append(sandbox.world.database.read_now(last_position))
        counts = [
            sum(each["count"] for each in window(sandbox, "win_2025-10-14", n)["cleared"].values()) for n in positions
        ]
        assert counts == [0, 1, 2]
        for n in range(positions[1], positions[2] + 1):  # within a batch, too
            cleared = window(sandbox, "win_2025-10-14", n)["cleared"]["USD"]
            assert cleared["count"] in (1, 2)
            balances = sandbox.world.database.read_now(counters_at, n)
            due = balances["opennet.due_to_member.USD.first_prairie"]
            assert cleared["points"][-1][2]["first_prairie"] == due[1] - due[0]
