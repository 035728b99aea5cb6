"""Settlement, the acquirer's side: book what the network advises, then make the merchants' sales available.

Booked are the window's totals, not the balance of the moment. The network is answered when every sale of
the window has been seen to (``release.py``), so if the acquirer falls silent on the way, the advice that is
sent again finishes it.
"""

from typing import ClassVar

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import CLEARED, Capture
from payments.acquirer.refund import CLEARED as REFUND_CLEARED
from payments.acquirer.refund import RefundItem
from payments.acquirer.release import release
from payments.kit.records import Key, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.switch.codes import APPROVED
from payments.switch.message import SettlementAdvice, SettlementAdviceReply, Totals
from payments.switch.trail import received, sent


@record("acquirer_settlements", fixed=True)
class Settlement(Record):
    """The totals of one window and currency as they were advised and booked, in minor units."""

    noun: ClassVar[str] = "settlement"

    id: Key[str]
    acquirer: str
    window: str
    currency: str
    due_to_network: int
    due_from_network: int
    reference: str
    booked_at: int


async def settle(acquirer: Acquirer, advice: SettlementAdvice) -> SettlementAdviceReply:
    """Book the totals of a settled window, and make available what its sales brought."""
    await acquirer.step(book_advice, advice)
    for totals in advice.totals:
        await release(acquirer, advice.window, totals.currency, advice.rrn)
    return await acquirer.step(answer_advice, advice)


async def release_latecomers(acquirer: Acquirer) -> None:
    """Release what cleared in a window but was only heard of after that was settled: its answer had been lost."""
    for window, currency, reference in await acquirer.world.database.read(windows_with_latecomers, acquirer.id):
        await release(acquirer, window, currency, reference)


def windows_with_latecomers(connection: sa.Connection, acquirer: str) -> list[tuple[str, str, str]]:
    """Return the settled windows, with currency and reference, of which something is still only cleared."""
    settled = Settlement.table().c
    found = set()
    for items, cleared in ((Capture.table().c, CLEARED), (RefundItem.table().c, REFUND_CLEARED)):
        query = (
            sa.select(settled.window, settled.currency, settled.reference)
            .join_from(
                settled.id.table,
                items.id.table,
                sa.and_(
                    items.window == settled.window,
                    items.currency == settled.currency,
                    items.acquirer == settled.acquirer,
                ),
            )
            .where(items.status == cleared, items.acquirer == acquirer)
            .distinct()
        )
        found |= {tuple(row) for row in connection.execute(query)}
    return sorted(found)


def _advice_reads(acquirer: Acquirer, advice: SettlementAdvice) -> list[Lock]:
    return [Lock(Settlement, _settlement_id(acquirer, advice, each)) for each in advice.totals]


@hot(_advice_reads)
def book_advice(work: Work, acquirer: Acquirer, advice: SettlementAdvice) -> None:
    """Book each currency's totals once, however often they are advised."""
    received(work, advice)
    for totals in advice.totals:
        if work.get_or_none(Settlement, _settlement_id(acquirer, advice, totals)) is None:
            _book_totals(work, acquirer, advice, totals)


def _answer_reads(_: Acquirer, __: SettlementAdvice) -> list[Lock]:
    return []


@hot(_answer_reads)
def answer_advice(work: Work, acquirer: Acquirer, advice: SettlementAdvice) -> SettlementAdviceReply:
    """Answer that the totals are booked."""
    reply = SettlementAdviceReply(
        sender=acquirer.id,
        receiver=advice.sender,
        stan=advice.stan,
        rrn=advice.rrn,
        transmitted_at=work.now,
        code=APPROVED,
        decided_by=acquirer.id,
    )
    sent(work, reply)
    return reply


def _book_totals(work: Work, acquirer: Acquirer, advice: SettlementAdvice, totals: Totals) -> None:
    own, currency = acquirer.id, totals.currency
    cash = account(work, own, "settlement_cash", currency)
    due_to = account(work, own, "due_to_network", currency)
    due_from = account(work, own, "due_from_network", currency)
    book(
        work,
        "settle",
        advice.rrn,
        transfer(due_to, cash, totals.due_to_network, "paid_in"),
        transfer(cash, due_from, totals.due_from_network, "paid_out"),
    )
    work.add(
        Settlement(
            id=_settlement_id(acquirer, advice, totals),
            acquirer=own,
            window=advice.window,
            currency=currency,
            due_to_network=totals.due_to_network,
            due_from_network=totals.due_from_network,
            reference=advice.rrn,
            booked_at=work.now,
        )
    )


def _settlement_id(acquirer: Acquirer, advice: SettlementAdvice, totals: Totals) -> str:
    return f"{acquirer.id}.{advice.window}.{totals.currency}"
