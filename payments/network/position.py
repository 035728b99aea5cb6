"""Net positions: what each member owes and is owed for one window, in one currency, all of its items taken together."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import UniqueConstraint

from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.network.item import Item
from payments.network.network import Network
from payments.network.window import Window


@record("network_positions", UniqueConstraint("settlement", "member"), fixed=True)
class Position(Record):
    """One line of a settlement: a member's gross totals in minor units, or the network's own line, its fees.

    The lines' ``net_amount`` sum to zero: positive is paid out to the member, negative it pays in.
    """

    noun: ClassVar[str] = "net position"
    prefix: ClassVar[str] = "pos"

    id: Key[str]
    settlement: str
    window: str
    currency: str
    member: str
    due_to_network: int
    due_from_network: int
    net_amount: int


Totals = dict[str, tuple[int, int]]
"""By member: what it owes the network and what the network owes it."""


def net_totals(work: Work, network: Network, window: Window) -> dict[str, Totals]:
    """Add up the items of a closed window, by currency and member, with the network's own line.

    The (cold) step has waited for others before: an item's step has the time that its batch read, and by
    its time the item belongs here even if it is committed a moment after another process has closed the
    window.
    """
    assert work.now >= window.closes_at, f"{window.id} is still open"
    totals: dict[str, Totals] = {}
    for currency, debtor, creditor, acquirer, amount, fees in work.query(_sums(network, window)):
        of_currency = totals.setdefault(currency, {})
        _add(of_currency, debtor, due_to_network=int(amount))
        _add(of_currency, creditor, due_from_network=int(amount))
        _add(of_currency, acquirer, due_to_network=int(fees))
        _add(of_currency, network.id, due_from_network=int(fees))
    return totals


def positions(work: Work, settlement: str, window: str, currency: str, totals: Totals) -> list[Position]:
    """Write down the lines of a settlement, which sum to zero."""
    lines = [
        Position(
            id=work.new_id(Position.prefix),
            settlement=settlement,
            window=window,
            currency=currency,
            member=member,
            due_to_network=due_to,
            due_from_network=due_from,
            net_amount=due_from - due_to,
        )
        for member, (due_to, due_from) in sorted(totals.items())
    ]
    assert sum(each.net_amount for each in lines) == 0, f"{window} does not balance in {currency}"
    return [work.add(each) for each in lines]


def positions_of(work: Work, settlement: str) -> list[Position]:
    """Return the lines of a settlement; a cold step's reading."""
    table = Position.table()
    return work.records(Position, sa.select(table).where(table.c.settlement == settlement).order_by(table.c.member))


def _sums(network: Network, window: Window) -> sa.Select[Any]:
    item = Item.table().c
    group: Sequence[sa.Column[Any]] = (item.currency, item.debtor, item.creditor, item.acquirer)
    sums = (sa.func.sum(item.amount), sa.func.sum(item.scheme_fee_amount))
    return sa.select(*group, *sums).where(item.window == window.id, item.network == network.id).group_by(*group)


def _add(totals: Totals, member: str, due_to_network: int = 0, due_from_network: int = 0) -> None:
    due_to, due_from = totals.get(member, (0, 0))
    totals[member] = (due_to + due_to_network, due_from + due_from_network)
