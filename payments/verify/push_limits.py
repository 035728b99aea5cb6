"""Truth 7: what counts against the limits of pushes is what was pushed, each push once."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.acquirer.push import GIVEN_BACK, Disbursement
from payments.acquirer.sender import Standing
from payments.kit.clock import CLOCK, DAY, Clock, real_now
from payments.kit.database import fetch
from payments.network.item import ORIGINAL_CREDIT
from payments.network.outcome import WAITING
from payments.network.programme import WINDOWS
from payments.network.transaction import DEFERRED, Transaction
from payments.network.velocity import CardVelocity, counted
from payments.switch.codes import APPROVALS
from payments.verify.finding import Finding

Sums = dict[tuple[Any, ...], tuple[int, int]]
"""How many pushes, and how much, by what they are counted under."""

_STRIDE: Final = 5_000


def miscounted_cards(connection: sa.Connection) -> Iterator[Finding]:
    """Find the cards whose counters are not what the network has forwarded to them and no issuer has declined."""
    since = _today(connection) - max(WINDOWS)
    pushed = _pushed_to_cards(connection, since)
    for velocity in _all(connection, CardVelocity):
        kept = {(velocity.id, *each[:2]): each[2:] for each in counted(velocity) if each[0] > since}
        due = pushed.pop(velocity.id, {})
        yield from _differences(kept, due, f"card {velocity.card[:12]}… in {velocity.currency}", velocity)
    for id in sorted(pushed):
        what = f"Pushes to a card are counted nowhere: there is no row {id[:12]}… of counters."
        yield Finding(7, what, (f"{CardVelocity.shape.name} {id}",))


def miscounted_senders(connection: sa.Connection) -> Iterator[Finding]:
    """Find the senders whose count of a day is not what they pushed on that day and was not given back."""
    pushed = _pushed_by_senders(connection)
    for standing in _all(connection, Standing):
        used: dict[str, list[int]] = orjson.loads(standing.used)
        kept = {(standing.sender, standing.day, name): (count, amount) for name, (count, amount) in used.items()}
        yield from _differences(kept, pushed.get(standing.sender, {}), f"sender {standing.sender}", standing)


def _differences(kept: Sums, due: Sums, whose: str, row: Any) -> Iterator[Finding]:
    for key in sorted(kept.keys() | due.keys()):
        count, amount = kept.get(key, (0, 0))
        wanted, total = due.get(key, (0, 0))
        if (count, amount) != (wanted, total):
            yield Finding(
                7,
                f"The counters of {whose} say {count} pushes of {amount} as {key[2]} on day {key[1]};"
                f" there were {wanted}, of {total} (minor units).",
                (f"{row.shape.name} {row.shape.key_of(row)}",),
                (("counted", amount), ("pushed", total)),
            )


def _pushed_to_cards(connection: sa.Connection, since: int) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for card, currency, on, application, count, amount in connection.execute(_to_cards(), {"since": since}):
        id = f"{card}.{currency}"
        found.setdefault(id, {})[id, on, application] = count, int(amount)
    return found


@cache
def _to_cards() -> sa.Select[Any]:
    table = Transaction.table().c
    day = _day(table.created_at)
    counts = sa.or_(table.status.in_((*WAITING, DEFERRED)), table.response_code.in_(APPROVALS))
    converted = table.billing_currency != sa.literal_column("''")
    currency = sa.case((converted, table.billing_currency), else_=table.currency)
    keys = table.card_fingerprint, currency, day, table.business_application
    received = sa.func.sum(sa.case((converted, table.billing_amount), else_=table.amount))
    query = sa.select(*keys, sa.func.count(), received).group_by(*keys)
    query = query.where(table.type == ORIGINAL_CREDIT, table.card_fingerprint != "", counts)
    return query.where(day > sa.bindparam("since"))


def _pushed_by_senders(connection: sa.Connection) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for sender, day, programme, count, amount in connection.execute(_by_senders()):
        found.setdefault(sender, {})[sender, day, programme] = count, int(amount)
    return found


@cache
def _by_senders() -> sa.Select[Any]:
    pushes, standings = Disbursement.table().c, Standing.table().c
    keys = pushes.sender, standings.day, pushes.programme
    query = sa.select(*keys, sa.func.count(), sa.func.sum(pushes.amount)).group_by(*keys)
    query = query.where(standings.sender == pushes.sender, standings.day == _day(pushes.created_at))
    return query.where(pushes.status.not_in(GIVEN_BACK))


def _day(at: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return at.op("/")(sa.literal_column(str(DAY)))  # of integers: rounds down, as `//` does


def _all(connection: sa.Connection, kind: Any) -> Iterator[Any]:
    table = kind.table()
    rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
    for part in rows.partitions(_STRIDE):
        yield from (kind(*row) for row in part)


def _today(connection: sa.Connection) -> int:
    found = fetch(connection, Clock, sa.select(Clock.table()).where(Clock.table().c.id == CLOCK))
    return found[0].now(real_now()) // DAY if found else 0
