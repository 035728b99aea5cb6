"""`verify` finds each kind of damage, explains it, and claims nothing else; in the middle of things it is content."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
import sqlalchemy as sa

from payments import jobs
from payments.acquirer.adjustment import AdjustmentOrder, adjust
from payments.acquirer.authorization import void
from payments.acquirer.refund import refund
from payments.kit.clock import DAY, HOUR
from payments.kit.database import Database
from payments.switch.faults import DELAY, DUPLICATE, LOSE_REPLY, LOSE_REQUEST
from payments.switch.outcome import AVAILABLE_LATER, DEFERRED
from payments.verify import Finding, findings, verify
from payments.webhooks.dispatch import place_events
from tests.conftest import template_database, template_file
from tests.day import OMAR, a_day, arm, convert, push, sell, stage_for_nora, wrong
from tests.postgres import Cluster


class Damage(NamedTuple):
    """What is done to the rows behind the house's back, which truths it breaks, and words of the explanation."""

    name: str
    done: tuple[str, ...]
    truths: set[int]
    said: tuple[str, ...]


FEE = "(SELECT MIN(id) FROM ledger_transfers WHERE purpose = 'merchant_fee')"
CASH = "(SELECT MIN(id) FROM ledger_transfers WHERE event = 'deposit')"
NORAS = "first_prairie.cardholder.USD.acct_nora_patel"
OPEN_HOLD = "(SELECT MIN(hold) FROM issuer_transactions WHERE status = 'pending')"
CAPTURED = "(SELECT MIN(id) FROM acquirer_payments WHERE status = 'captured' AND refunded_amount = 0)"
QUIET = "(SELECT MIN(id) FROM kit_events WHERE type = 'merchant.opened')"
HEARD = "(SELECT MAX(id) FROM kit_events WHERE type = 'message.received' AND institution = 'harbor')"
LAST_PLACE = "(SELECT MAX(first) FROM kit_event_positions)"
PUSHED = "(SELECT MIN(id) FROM acquirer_disbursements WHERE status IN ('paid', 'settled'))"
LINE = "(SELECT MIN(id) FROM network_positions)"

DAMAGES = [
    Damage(
        "an amount was changed",
        (f"UPDATE ledger_transfers SET amount = amount + 1 WHERE id = {FEE}",),
        {0, 1},
        ("is not as it was written", "harbor.merchant_fees.USD says posted_credits"),
    ),
    Damage(
        "an amount of money that came from outside was changed",
        (f"UPDATE ledger_transfers SET amount = amount + 7 WHERE id = {CASH}",),
        {0, 1, 2},
        ("settlement_cash differ by 7 USD", "says posted_debits"),
    ),
    Damage(
        "a transfer was deleted",
        (f"DELETE FROM ledger_transfers WHERE id = {FEE}",),
        {0, 1},
        ("rows, but", "harbor.merchant_fees.USD says"),
    ),
    Damage(
        "a transfer was added",
        (
            "INSERT INTO ledger_transfers SELECT id + 60000, entry, event, book, currency, kind, debit_account,"
            f" credit_account, amount, hold, purpose, reference, reverses, at FROM ledger_transfers WHERE id = {FEE}",
        ),
        {0, 1},
        ("rows, but", "harbor.merchant_fees.USD says"),
    ),
    Damage(
        "a push that was sent is said to be held",
        (f"UPDATE acquirer_disbursements SET status = 'held' WHERE id = {PUSHED}",),
        {4},
        ("is held, and its screening is missing", "is held, and a message of it was sent"),
    ),
    Damage(
        "a balance was changed",
        (f"UPDATE ledger_balances SET posted_credits = posted_credits + 100 WHERE account = '{NORAS}'",),
        {1},
        (f"Account {NORAS} says posted_credits",),
    ),
    Damage(
        "one side of a mirror is missing, and its balances with it",
        (
            "UPDATE ledger_balances SET posted_debits = posted_debits - 10 WHERE id = (SELECT MIN(id) FROM"
            " ledger_balances WHERE account = 'first_prairie.due_from_network.USD' AND posted_debits > 0)",
            "UPDATE ledger_balances SET posted_credits = posted_credits - 10 WHERE id = (SELECT MIN(id) FROM"
            " ledger_balances WHERE account = 'first_prairie.interchange_income.USD' AND posted_credits > 0)",
            "DELETE FROM ledger_transfers WHERE id = (SELECT MIN(id) FROM ledger_transfers"
            " WHERE book = 'first_prairie' AND event = 'push' AND purpose = 'interchange')",
        ),
        {0, 2},
        ("the network's due_to_member and first_prairie's due_from_network differ by 10 USD",),
    ),
    Damage(
        "a transfer crosses the wall between two books",
        (
            "UPDATE ledger_transfers SET credit_account = 'summit.merchant_fees.USD'"
            f" WHERE id = {FEE}",
        ),
        {0, 1},
        ("which are not both accounts of its book", "Book harbor does not balance", "Book summit does not balance"),
    ),
    Damage(
        "a hold has lost its authorization",
        ("UPDATE issuer_transactions SET status = 'reversed' WHERE status = 'pending'",),
        {4},
        ("belongs to nothing that is still under way",),
    ),
    Damage(
        "a hold belongs to somebody else",
        (f"UPDATE ledger_holds SET owner = 'itx_nobody' WHERE id = {OPEN_HOLD}",),
        {4},
        ("its owner is itx_nobody", "lives by hold"),
    ),
    Damage(
        "a hold says that less was posted",
        ("UPDATE ledger_holds SET posted = posted - 1 WHERE id = (SELECT MIN(id) FROM ledger_holds WHERE posted > 1)",),
        {1, 4},
        ("its transfers come to", "keeps 1 of"),
    ),
    Damage(
        "an account is below its floor",
        (f"UPDATE ledger_balances SET floor = 1000000 WHERE id = '{NORAS}'",),
        {4},
        ("may not have less than 1000000",),
    ),
    Damage(
        "more was refunded than captured",
        (f"UPDATE acquirer_payments SET refunded_amount = captured_amount + 1 WHERE id = {CAPTURED}",),
        {5},
        ("refunded of", "its captures come to"),
    ),
    Damage(
        "more was captured than authorized",
        (
            f"UPDATE acquirer_captures SET amount = amount + 1 WHERE payment = {CAPTURED}",
            "UPDATE acquirer_payments SET captured_amount = captured_amount + 1, cleared_amount = cleared_amount + 1"
            f" WHERE id = {CAPTURED}",
        ),
        {5},
        ("its merchant's category allows",),
    ),
    Damage(
        "an answer was never received",
        (f"DELETE FROM kit_events WHERE id = {HEARD}",),
        {0, 6},
        ("rows, but", "was never answered or reversed"),
    ),
    Damage(
        "something waits for ever",
        ("UPDATE acquirer_disbursements SET answer_due_at = NULL WHERE status = 'unknown'",),
        {2, 6},
        ("there is no time by which", "was never answered or reversed", "no message on its way explains it"),
    ),
    Damage(
        "an event was changed",
        (f"UPDATE kit_events SET data = '{{}}' WHERE id = {QUIET}",),
        {0},
        ("is not as it was written",),
    ),
    Damage(
        "the chain is broken",
        ("UPDATE kit_batches SET hash = 'somebody else''s' WHERE id = (SELECT MIN(id) FROM kit_batches)",),
        {0},
        ("is not as it was written", "does not follow the one before it"),
    ),
    Damage(
        "a batch is gone",
        (
            "DELETE FROM kit_event_positions WHERE batch = (SELECT MIN(batch) FROM kit_event_positions)",
            "DELETE FROM kit_batches WHERE id = (SELECT MIN(id >> 16) FROM kit_events)",
        ),
        {0},
        ("belongs to no batch", "does not follow the one before it", "start at position"),
    ),
    Damage(
        "events are out of place",
        (f"UPDATE kit_event_positions SET first = first + 100000 WHERE first = {LAST_PLACE}",),
        {0},
        ("a reader would miss some",),
    ),
    Damage(
        "events have no place",
        (f"DELETE FROM kit_event_positions WHERE first = {LAST_PLACE}",),
        {0},
        ("but 0 are given positions",),
    ),
    Damage(
        "a settlement does not sum to zero",
        (f"UPDATE network_positions SET net_amount = net_amount + 1 WHERE id = {LINE}",),
        {3},
        ("sum to 1 USD", "but its net is"),
    ),
    Damage(
        "a push was counted twice at its card",
        ("UPDATE network_card_velocities SET counted = replace(counted, ',25000]', ',50000]')",),
        {7},
        ("The counters of card", "there were 1, of 25000"),
    ),
    Damage(
        "a card's counters are gone",
        ("DELETE FROM network_card_velocities",),
        {7},
        ("counted nowhere",),
    ),
    Damage(
        "a sender's count of the day is wrong",
        ("UPDATE acquirer_sender_standings SET used = '{}'",),
        {7},
        ("The counters of sender snd_city_of_alder say 0 pushes", "there were 5, of 23201"),
    ),
    Damage(
        "a settlement is not its window's items",
        ("UPDATE network_items SET amount = amount + 1 WHERE id = (SELECT MIN(id) FROM network_items)",),
        {3},
        ("By the items of win_2025-10-14",),
    ),
    Damage(
        "more was taken back than was pushed",
        ("UPDATE acquirer_disbursements SET taken_back_amount = amount + 1 WHERE taken_back_amount > 0",),
        {5},
        ("says that 3001 of 3000 were taken back; its returns and adjustments come to 1000",),
    ),
    Damage(
        "the network says that less was taken back",
        ("UPDATE network_transactions SET taken_back_amount = 1 WHERE taken_back_amount > 0",),
        {5},
        ("says that 1 of 3000 were taken back; its returns and adjustments come to 1000",),
    ),
    Damage(
        "a push is deferred for ever",
        ("UPDATE network_deferred_credits SET release_at = NULL",),
        {6},
        ("is deferred, and nothing says until when",),
    ),
    Damage(
        "nobody will tell what became of a deferred push",
        ("UPDATE network_transactions SET status = 'cancelled' WHERE status = 'deferred'",),
        {6, 7},
        ("is deferred, and nothing says until when, or tells how it ended", "say 4 pushes of 13201 as GD"),
    ),
    Damage(
        "money is on hold for ever",
        ("UPDATE issuer_held_credits SET available_at = NULL",),
        {6},
        ("is on hold, and nothing says until when",),
    ),
    Damage(
        "a conversion is not what was quoted",
        ("UPDATE network_transactions SET billing_amount = billing_amount + 1 WHERE quote <> ''",),
        {3, 7},
        ("which is not what quote nqt_", "the network's fx_position in EUR took in"),
    ),
    Damage(
        "a quote has served twice",
        (
            "UPDATE network_transactions SET quote = (SELECT id FROM network_quotes), rate = 'x'"
            " WHERE id = (SELECT MIN(id) FROM network_transactions WHERE type = 'original_credit')",
        ),
        {3},
        ("or not for it alone", "the network's fx_position in USD took in"),
    ),
    Damage(
        "less came back of a conversion than was adjusted",
        ("UPDATE network_take_backs SET billing_amount = billing_amount - 1 WHERE rate <> ''",),
        {3, 5},
        ("the network's fx_position in EUR took in", "its returns and adjustments come to 3572 and 30"),
    ),
    Damage(
        "some margin was kept of what was taken back",
        ("UPDATE network_transactions SET margin_taken_back_amount = 0",),
        {5},
        ("3573 were taken back from its recipient, 0 of the margin", "come to 3573 and 30"),
    ),
    Damage(
        "a conversion was never quoted",
        ("UPDATE network_quotes SET status = 'open'",),
        {3},
        ("which is not what quote nqt_",),
    ),
    Damage(
        "a sender was told that more arrived than did",
        ("UPDATE acquirer_disbursements SET recipient_amount = recipient_amount + 1 WHERE rate <> ''",),
        {3},
        ("is said to have brought 8933 EUR; the network has converted it into 8932 EUR",),
    ),
    Damage(
        "a sender was told of a conversion that never was",
        (f"UPDATE acquirer_disbursements SET rate = '0.5' WHERE rate = '' AND id = {PUSHED}",),
        {3},
        ("is said to have brought 0 as it was sent; the network has converted it into 0 nothing else",),
    ),
    Damage(
        "margin was taken that is no conversion's",
        (
            "UPDATE ledger_transfers SET credit_account = 'opennet.fx_margin.USD'"
            " WHERE purpose = 'scheme_fee' AND book = 'opennet' AND id = (SELECT MIN(id) FROM ledger_transfers"
            " WHERE purpose = 'scheme_fee' AND book = 'opennet')",
        ),
        {0, 1, 3},
        ("the network's fx_margin in USD took in",),
    ),
]  # fmt: skip


async def live_a_day(url: str) -> None:
    """A day with something of everything: settled, refunded, unknown, and still held."""
    async with a_day(url) as sandbox:
        paid = await sell(sandbox)
        await sell(sandbox, 20_00, OMAR)
        await void(sandbox.acquirers["harbor"], (await sell(sandbox, 11_00, capture=False)).id)
        await push(sandbox)
        await jobs.wind_by(sandbox, 19 * HOUR)
        await refund(sandbox.acquirers["harbor"], paid.id, 8_41)
        await jobs.wind_by(sandbox, 2 * DAY)
        await sell(sandbox, 12_00, capture=False)
        too_much = await push(sandbox, 30_00)
        await adjust(sandbox.acquirers["harbor"], AdjustmentOrder(None, too_much.id, 10_00))
        for n, outcome in enumerate((DEFERRED, AVAILABLE_LATER)):
            await stage_for_nora(sandbox, outcome, 3600)
            assert (await push(sandbox, 31_00 + n)).status == ("paid" if n else "deferred")
        converted = await convert(sandbox)
        assert (
            await adjust(sandbox.acquirers["harbor"], AdjustmentOrder(None, converted.id, 40_00))
        ).status == "accepted"
        await arm(sandbox, LOSE_REPLY, "original_credit", "harbor", times=1)
        assert (await push(sandbox, 40_00)).status == "unknown"
        await place_events(sandbox.operator)
        assert wrong(sandbox) == []


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.postgresql),
    ],
)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of that day, to be damaged and mended again."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("verify") / "sandbox.db"
        shutil.copy(template_file(), path)
        asyncio.run(live_a_day(f"sqlite:///{path}"))
        database = Database(f"sqlite:///{path}")
        yield database
        database.close()
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"sandbox_{uuid4().hex}"
    cluster.create_database(name, template_database(cluster))
    asyncio.run(live_a_day(cluster.url_for(name)))
    database = Database(cluster.url_for(name))
    yield database
    database.close()
    cluster.drop_database(name)


def damaged(database: Database, statements: tuple[str, ...]) -> list[Finding]:
    """What is found when the statements are run with every guard of the database off; nothing of it stays."""
    with database.engine.connect() as connection:
        if database.sqlite:
            connection.connection.driver_connection.executescript(  # type: ignore[union-attr]
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON"
            )
        with connection.begin() as transaction:
            drop_guards(connection, database.sqlite)
            for each in statements:
                assert connection.execute(sa.text(each)).rowcount, each
            found = list(findings(connection))
            transaction.rollback()
        connection.invalidate()
    return found


def drop_guards(connection: sa.Connection, sqlite: bool) -> None:
    """Take away triggers and constraints, for this transaction."""
    if sqlite:
        for (name,) in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        return
    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
    checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for table, name in connection.execute(sa.text(checks)).all():
        if not str(table).startswith(("pg_", "information_schema")):
            connection.execute(sa.text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))


@pytest.mark.every_row
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name.replace(" ", "-"))
def test_damage_is_found_and_explained(lived: Database, damage: Damage) -> None:
    found = damaged(lived, damage.done)
    sentences = "\n".join(each.what for each in found)
    assert {each.truth for each in found} == damage.truths, sentences
    for words in damage.said:
        assert words in sentences
    assert all(each.where for each in found)


def test_afterwards_nothing_is_wrong(lived: Database) -> None:
    assert verify(lived) == []


async def test_in_the_middle_of_things_nothing_is_wrong(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        sales = [sell(sandbox, 1_00 + n, OMAR, capture=n % 2 == 0) for n in range(40)]
        pushes = [push(sandbox, 2_00 + n) for n in range(20)]
        under_way = asyncio.gather(*sales, *pushes)
        looks = 0
        while not under_way.done() or not looks:
            assert await asyncio.to_thread(wrong, sandbox) == []
            looks += 1
        await under_way
        winding = asyncio.create_task(jobs.wind_by(sandbox, 2 * DAY))
        while not winding.done():
            assert await asyncio.to_thread(wrong, sandbox) == []
        await winding
        assert wrong(sandbox) == []


HOPS = [("harbor", "opennet"), ("opennet", "first_prairie")]
MESSAGES = ["authorization_request", "original_credit", "presentment", "refund_presentment"]


@pytest.mark.parametrize("kind", [LOSE_REQUEST, LOSE_REPLY, DELAY, DUPLICATE])
@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: "-".join(hop))
async def test_whatever_is_lost_on_the_way_is_accounted_for(tmp_path: Path, kind: str, hop: tuple[str, str]) -> None:
    shutil.copy(template_file(), tmp_path / "sandbox.db")
    async with a_day(f"sqlite:///{tmp_path}/sandbox.db") as sandbox:
        for message in MESSAGES:
            await arm(sandbox, kind, message, *hop)
        await sell(sandbox, 10_00)
        assert wrong(sandbox) == []
        paid = await sell(sandbox, 11_00)
        await push(sandbox, 12_00)
        assert wrong(sandbox) == []
        await jobs.wind_by(sandbox, 10 * HOUR)
        assert wrong(sandbox) == []
        await refund(sandbox.acquirers["harbor"], paid.id, 1_00)
        await jobs.wind_by(sandbox, 3 * DAY)
        assert wrong(sandbox) == []
