"""No order of moves breaks a truth: not in the middle, not when messages are lost, not when the process dies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from payments import jobs
from payments.acquirer.capture import Capture as CaptureRow
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout
from payments.acquirer.refund import RefundItem
from payments.acquirer.release import Shortfall
from payments.issuer.transaction import Transaction
from payments.kit.clock import DAY
from payments.kit.records import metadata
from payments.sandbox import Sandbox
from payments.seed.people import PEOPLE
from payments.seed.places import SHOPS
from payments.switch.faults import KINDS, LOSE_REPLY
from payments.verify import verify
from payments.verify.waiting import waiting_rows
from tests.conftest import ENGINES
from tests.flows.world import balance, mirrors_agree, rows
from tests.properties.conftest import Worlds
from tests.properties.drawing import games
from tests.properties.moves import (
    Adjust,
    Ask,
    Break,
    Cancel,
    Capture,
    CaptureWithTip,
    Convert,
    Deposit,
    Enquire,
    Mend,
    Move,
    Pay,
    PayOut,
    Push,
    Refund,
    Stage,
    Table,
    TopUp,
    Void,
    Wind,
)
from tests.properties.on_paper import in_the_books, on_paper

CAFE = SHOPS[1]
OMAR, GRETA, KENJI = PEOPLE[5], PEOPLE[6], PEOPLE[8]
EXAMPLES: int = settings.default.max_examples  # type: ignore[union-attr]
GAMES = {"sqlite": 20, "postgresql": 3}
KEPT_BY_THE_WRITER = ("kit_batches", "kit_event_tail", "kit_event_positions", "kit_sessions")


# Everything that a message is sent for, once at least: whatever is lost of it, time brings it back.
A_LIFE: tuple[Move, ...] = (
    *(Pay(30_00), Capture(50, final=False), Capture(50, final=False), Capture(100)),
    *(Pay(20_00, shop=CAFE, entry_mode="07"), CaptureWithTip(20), Pay(412_18), Pay(5_00, GRETA, captured=True)),
    *(Pay(40_00), Capture(30), Pay(7_00), Void(), Pay(9_00), Push(25_00), Refund(50), Refund(30, which=1)),
    *(Deposit(1_00), TopUp(2_00), Wind(DAY), Refund(20, which=2), PayOut(50), Refund(0), PayOut(), Wind(2 * DAY)),
    *(Break(LOSE_REPLY, "original_credit"), Push(12_00, GRETA), Enquire(), Pay(5_00, OMAR), Capture(1)),
    *(Push(14_00), Adjust(50), Stage("deferred"), Push(15_00), Cancel(), Stage("deferred", seconds=60), Push(16_00)),
    *(Stage("available_later"), Push(17_00), Adjust(30), Stage("returned", OMAR), Push(18_00, OMAR), Wind(DAY)),
    *(Ask(21_00), Convert(), Ask(8_00, KENJI, arriving=True), Convert(person=KENJI), Ask(3_00), Push(6_00, KENJI)),
)
# Its window has settled when the acquirer hears that a sale, and what was given back of another, has cleared.
HEARD_TOO_LATE: list[Move] = [
    *(Pay(30_00, captured=True), Wind(DAY), Pay(40_00, captured=True), Refund(50), Pay(50_00, captured=True)),
    *(
        Break(LOSE_REPLY, "presentment", ("harbor", ""), 40),
        Break(LOSE_REPLY, "refund_presentment", ("harbor", ""), 40),
    ),
    *(Refund(10, which=2), Wind(DAY), Mend(), Wind(DAY), Refund(10)),
]
TWO_HOPS = ("authorization_request", "reversal", "presentment", "refund_presentment", "original_credit", "enquiry")
ONE_HOP = (
    *("settlement_instruction", "settlement_advice", "pay_merchant", "funds_received", "quote_request"),
    *("cancellation", "original_credit_advice", "original_credit_return", "adjustment"),
)


@pytest.mark.parametrize("worlds", ENGINES[:1], indirect=True)  # what is lost on the way no database can tell
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("message", "sender"),
    [*((each, sender) for each in TWO_HOPS for sender in ("harbor", "opennet")), *((each, "") for each in ONE_HOP)],
)
def test_whatever_is_lost_at_any_hop_comes_right(
    worlds: Worlds, logged: StringIO, kind: str, message: str, sender: str
) -> None:
    with worlds.seeded() as url:
        asyncio.run(a_game(url, False, [Break(kind, message, (sender, ""), 2), *A_LIFE], closely=False))
    assert '"level": "error"' not in logged.getvalue(), "a job failed"


def test_no_order_of_moves_breaks_a_truth(worlds: Worlds, logged: StringIO) -> None:
    soak = EXAMPLES > 100  # a game takes a second or two, because everything is looked at after each move
    examples = EXAMPLES * 6 // {"sqlite": 10, "postgresql": 100}[worlds.engine] if soak else GAMES[worlds.engine]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.booleans(), games)
    @example(True, [*A_LIFE])
    @example(False, HEARD_TOO_LATE)
    def play(wire: bool, moves: list[Move]) -> None:
        logged.seek(0)
        logged.truncate()
        with worlds.seeded() as url:
            asyncio.run(a_game(url, wire, moves))
        assert '"level": "error"' not in logged.getvalue(), "a job failed"

    play()


async def a_game(url: str, wire: bool, moves: Sequence[Move], closely: bool = True) -> None:
    """Play the moves, then let five days pass in which nothing goes wrong; ``closely``, look all the time."""
    table = Table.lay(url, wire)
    try:
        for move in moves:
            await (watch if closely else Table.play)(table, move)
        await table.play(Mend())
        await jobs.wind_by(table.sandbox, 5 * DAY)
        assert verify(table.sandbox.world.database) == []
        nothing_waits(table.sandbox)
        assert in_the_books(table.sandbox) == on_paper(table.sandbox)
    finally:
        table.sandbox.close()


async def watch(table: Table, move: Move) -> None:
    """Play a move; the books are in order after it, and if it is refused nothing has changed."""
    before = everything(table.sandbox)
    if await table.play(move):
        assert everything(table.sandbox) == before, f"refused, and yet something changed: {move}"
    assert verify(table.sandbox.world.database) == [], move


def everything(sandbox: Sandbox) -> dict[str, Any]:
    """All rows there are, but for those by which a writer counts its own batches."""

    def read(connection: sa.Connection) -> dict[str, Any]:
        tables = (each for each in metadata.sorted_tables if each.name not in KEPT_BY_THE_WRITER)
        return {each.name: sorted(map(tuple, connection.execute(sa.select(each)))) for each in tables}

    return sandbox.world.database.read_now(read)


def nothing_waits(sandbox: Sandbox) -> None:
    """Every question is answered, everything captured or given back is settled, and nothing is held for nobody."""
    assert sandbox.world.database.read_now(waiting_rows) == {}
    mirrors_agree(sandbox)
    ended: list[tuple[type[CaptureRow | RefundItem | Payout], str]]
    ended = [(CaptureRow, "settled"), (RefundItem, "settled"), (Payout, "paid")]
    for kind, end in ended:
        assert {each.status for each in rows(sandbox, kind)} <= {end, "rejected", "declined"}, kind.__name__
    lacking = {each.merchant: each.amount for each in rows(sandbox, Shortfall)}
    for shop in SHOPS:  # all that was pending is available or paid out, or has gone back
        pending = balance(sandbox, f"{shop.acquirer}.merchant_pending.{shop.currency}.{shop.id}")
        assert pending == -lacking.get(shop.id, 0), shop.name
    held_for = {each.reference for each in rows(sandbox, Transaction) if each.status == "pending"}
    assert held_for <= {each.reference for each in rows(sandbox, Payment) if each.status == "authorized"}
