"""What was written stays: the database refuses to change facts, and the chain of hashes finds who did it anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from payments.kit.events import Event
from payments.kit.ids import batch_of
from payments.kit.sessions import Batch
from payments.kit.world import Institution
from payments.kit.writer import chain_hash
from payments.ledger.entry import Transfer
from payments.ledger.reversal import Reversed
from tests import kernel
from tests.kernel import new_bank, run, run_together

CHAINED = (Event, Transfer, Reversed)
FACTS = ["kit_events", "kit_batches", "kit_sessions", "ledger_books", "ledger_accounts", "ledger_transfers"]


@pytest.fixture
def bank(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        bank = new_bank(world, "bank")
        run_together(bank, [(kernel.move, 0, 1, 5), (kernel.move, 1, 0, 7, "pay")])
        run(bank, kernel.move, 0, 1, 1)
        yield bank


def execute(bank: Institution, sql: str) -> None:
    with bank.world.database.engine.connect() as connection:
        connection.exec_driver_sql(sql)
        connection.commit()


@pytest.mark.parametrize("table", FACTS)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_facts_are_not_changed(bank: Institution, table: str, change: str) -> None:
    if change.startswith("TRUNCATE") and bank.world.database.sqlite:
        return  # SQLite has no such statement
    with pytest.raises(DBAPIError, match=f"{table}: rows of this table are never changed or removed"):
        execute(bank, change.format(table))


def test_facts_are_not_replaced(bank: Institution) -> None:
    """SQLite's REPLACE would delete a row without asking the triggers, if it were not told to ask."""
    if not bank.world.database.sqlite:
        return
    with pytest.raises(DBAPIError, match="never changed"):
        execute(bank, "INSERT OR REPLACE INTO ledger_books SELECT id, 'Another', opened_at FROM ledger_books")


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────


def broken_links(bank: Institution) -> list[int]:
    """The batches whose hash is not that of their rows after the hash before, over every writer's chain."""
    rows: dict[int, dict[str, list[Any]]] = defaultdict(dict)
    with bank.world.database.engine.connect() as connection:
        for kind in CHAINED:
            for row in connection.execute(sa.select(kind.table()).order_by(kind.table().c.id)):
                rows[batch_of(row.id)].setdefault(kind.shape.name, []).append(tuple(row))
        batches = [Batch(*row) for row in connection.execute(sa.select(Batch.table()).order_by(Batch.table().c.id))]
    heads: dict[int, str] = defaultdict(str)
    broken = []
    for batch in batches:
        written = rows.pop(batch.id, {})
        known = (heads[batch.writer], chain_hash(batch.previous, written), sum(map(len, written.values())))
        if known != (batch.previous, batch.hash, batch.rows):
            broken.append(batch.id)
        heads[batch.writer] = batch.hash
    return broken + list(rows)


def unguarded(bank: Institution, table: str, sql: str) -> None:
    """Do what the triggers forbid."""
    triggers = [f"{table}_no_update", f"{table}_no_delete"] if bank.world.database.sqlite else []
    for trigger in triggers:
        execute(bank, f"DROP TRIGGER {trigger}")
    if not triggers:
        execute(bank, f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
    execute(bank, sql)


def test_the_chain_replays(bank: Institution) -> None:
    assert broken_links(bank) == []


def test_the_chain_runs_on_through_sessions(bank: Institution, database_url: str) -> None:
    bank.world.close()
    with kernel.open_world(database_url) as world:
        again = Institution("bank", "Bank", world)
        run(again, kernel.move, 0, 1, 1)
        assert broken_links(again) == []


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("ledger_transfers", "UPDATE ledger_transfers SET amount = amount + 1 WHERE reference = 'pay'"),
        ("ledger_transfers", "UPDATE ledger_transfers SET purpose = 'gift' WHERE reference = 'pay'"),
        ("ledger_transfers", "DELETE FROM ledger_transfers WHERE reference = 'pay'"),
        ("kit_events", "UPDATE kit_events SET data = '{}' WHERE reference = 'pay'"),
        ("kit_events", "DELETE FROM kit_events WHERE reference = 'pay'"),
        (
            "kit_events",
            "INSERT INTO kit_events SELECT id + 9, at, type, institution, subject, reference, data"
            " FROM kit_events WHERE reference = 'pay'",
        ),
        ("kit_batches", "DELETE FROM kit_batches WHERE id = (SELECT min(id) FROM kit_batches WHERE rows > 0)"),
        ("kit_batches", "UPDATE kit_batches SET hash = previous WHERE rows > 0"),
    ],
)
def test_the_chain_finds_a_change(bank: Institution, table: str, damage: str) -> None:
    unguarded(bank, table, damage)
    assert broken_links(bank)
