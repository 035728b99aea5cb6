"""No order of moves breaks a truth: not in the middle, not when messages are lost, not when the process dies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from io import StringIO
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import jobs
from payments.acquirer.capture import Capture
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout
from payments.acquirer.refund import RefundItem
from payments.issuer.transaction import Transaction
from payments.kit.clock import DAY
from payments.kit.records import metadata
from payments.sandbox import Sandbox
from payments.verify import verify
from payments.verify.waiting import waiting_rows
from tests.flows.world import mirrors_agree, rows
from tests.properties.conftest import Worlds
from tests.properties.moves import Mend, Move, Table, games
from tests.properties.on_paper import in_the_books, on_paper

EXAMPLES: int = settings.default.max_examples  # type: ignore[union-attr]
KEPT_BY_THE_WRITER = ("kit_batches", "kit_event_tail", "kit_event_positions", "kit_sessions")


def test_no_order_of_moves_breaks_a_truth(worlds: Worlds, logged: StringIO) -> None:
    examples = max(2, EXAMPLES // {"sqlite": 4, "postgresql": 20}[worlds.engine])

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.booleans(), games)
    def play(wire: bool, moves: list[Move]) -> None:
        logged.seek(0)
        logged.truncate()
        with worlds.seeded() as url:
            asyncio.run(a_game(url, wire, moves))
        assert '"level": "error"' not in logged.getvalue(), "a job failed"

    play()


async def a_game(url: str, wire: bool, moves: Sequence[Move]) -> None:
    """Play the moves, then let five days pass in which nothing goes wrong, and look at the books all the time."""
    table = Table.lay(url, wire)
    try:
        for move in moves:
            before = everything(table.sandbox)
            if await table.play(move):
                assert everything(table.sandbox) == before, f"refused, and yet something changed: {move}"
            assert verify(table.sandbox.world.database) == [], move
        await table.play(Mend())
        await jobs.wind_by(table.sandbox, 5 * DAY)
        assert verify(table.sandbox.world.database) == []
        nothing_waits(table.sandbox)
        assert in_the_books(table.sandbox) == on_paper(table.sandbox)
    finally:
        table.sandbox.close()


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
    ended: list[tuple[type[Capture | RefundItem | Payout], str]]
    ended = [(Capture, "settled"), (RefundItem, "settled"), (Payout, "paid")]
    for kind, end in ended:
        assert {each.status for each in rows(sandbox, kind)} <= {end, "rejected", "declined"}, kind.__name__
    held_for = {each.reference for each in rows(sandbox, Transaction) if each.status == "pending"}
    assert held_for <= {each.reference for each in rows(sandbox, Payment) if each.status == "authorized"}
