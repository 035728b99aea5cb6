"""Release: once a window is settled, what its sales brought moves from merchant pending to merchant available.

A merchant may have thousands of sales in a window, so they are taken some hundreds at a time, each lot in a
step of its own that also marks them settled: whoever stops on the way goes on where it was, and no sale is
released twice.

Of a sale, what it brought is its amount less the merchant's fee, less what was accepted to be refunded of
it before: that stays in pending until the refund clears. When that is less than nothing, because a sale was
given back whole but its fee was kept, it is taken from what is available; what is not there either is a
shortfall, kept back from the next sales.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import CheckConstraint

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import CLEARED, Capture
from payments.acquirer.merchant import Merchant, available_account, pending_account
from payments.acquirer.refund import CLEARED as REFUND_CLEARED
from payments.acquirer.refund import Refund, RefundItem
from payments.acquirer.refund_clearing import settle_item
from payments.kit.lifecycle import advance
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance, guarded_balance
from payments.ledger.entry import book, transfer

AT_A_TIME: Final = 500

Lot = Sequence[tuple[str, str]]
"""Captures with their merchants, or refund items with their refunds, by id."""


@record("acquirer_shortfalls", CheckConstraint("amount >= 0", name="amount"))
class Shortfall(Record):
    """What a merchant's account lacks for fees of sales it has given back whole, in minor units of its currency."""

    noun: ClassVar[str] = "shortfall"

    merchant: Key[str]
    amount: Mutable[int]


async def release(acquirer: Acquirer, window: str, currency: str, reference: str) -> None:
    """Make available, and mark settled, whatever of a settled window is not yet; ``reference`` is the settlement's."""
    read = acquirer.world.database.read
    while lot := await read(unreleased_sales, acquirer.id, window, currency):
        await acquirer.step(release_sales, currency, reference, lot)
    while lot := await read(unsettled_refunds, acquirer.id, window, currency):
        await acquirer.step(settle_refunds, lot)


def unreleased_sales(connection: sa.Connection, acquirer: str, window: str, currency: str) -> Lot:
    """Return the next lot of captures that a window has cleared and not released, with their merchants."""
    return _lot(connection, Capture.table(), "merchant", CLEARED, acquirer, window, currency)


def unsettled_refunds(connection: sa.Connection, acquirer: str, window: str, currency: str) -> Lot:
    """Return the next lot of refund items of a window that are not marked settled, with their refunds."""
    return _lot(connection, RefundItem.table(), "refund", REFUND_CLEARED, acquirer, window, currency)


def _lot(connection: sa.Connection, table: sa.Table, beside: str, *wanted: str) -> Lot:
    columns = (table.c.status, table.c.acquirer, table.c.window, table.c.currency)
    query = sa.select(table.c.id, table.c[beside]).where(
        *(column == value for column, value in zip(columns, wanted, strict=True))
    )
    rows: Sequence[Any] = connection.execute(query.order_by(table.c.id).limit(AT_A_TIME)).fetchall()
    return [(id, other) for id, other in rows]


def _sales_reads(acquirer: Acquirer, currency: str, _: str, lot: Lot) -> list[Lock]:
    merchants = {merchant for _, merchant in lot}
    available = [account_id(acquirer.id, "merchant_available", currency, each) for each in merchants]
    return [
        *(Lock(Capture, capture) for capture, _ in lot),
        *(Lock(Balance, each) for each in available),
        *(Lock(Shortfall, each) for each in merchants),
    ]


@hot(_sales_reads)
def release_sales(work: Work, _: Acquirer, __: str, reference: str, lot: Lot) -> None:
    """Release a lot of captures, merchant by merchant; one that was released meanwhile is left alone."""
    brought: dict[str, int] = {}
    for capture_id, merchant in lot:
        capture = work.get(Capture, capture_id)
        if capture.status == CLEARED:
            advance(work, capture, "settle")
            net = capture.amount - capture.merchant_fee_amount - capture.refunded_amount
            brought[merchant] = brought.get(merchant, 0) + net
    for merchant, amount in sorted(brought.items()):
        _release_to(work, work.fact(Merchant, merchant), amount, reference)


def _release_to(work: Work, merchant: Merchant, brought: int, reference: str) -> None:
    pending, available = pending_account(work, merchant), available_account(work, merchant)
    known = work.get_or_none(Shortfall, merchant.id)
    amount = brought - (known.amount if known else 0)
    taken = min(max(0, -amount), guarded_balance(work, available).available)
    _note_shortfall(work, known, merchant.id, max(0, -amount) - taken)
    book(
        work,
        "settle",
        reference,
        transfer(pending, available, max(0, amount), "available"),
        transfer(available, pending, taken, "fees_of_refunded_sales"),
    )


def _note_shortfall(work: Work, known: Shortfall | None, merchant: str, amount: int) -> None:
    if known:
        work.change(known, amount=amount)
    elif amount:
        work.add(Shortfall(merchant, amount))


def _refunds_reads(_: Acquirer, lot: Lot) -> list[Lock]:
    return [*(Lock(RefundItem, item) for item, _ in lot), *(Lock(Refund, refund) for _, refund in lot)]


@hot(_refunds_reads)
def settle_refunds(work: Work, _: Acquirer, lot: Lot) -> None:
    """Mark a lot of refund items settled; their money left the merchant when they cleared."""
    for item_id, _refund in lot:
        item = work.get(RefundItem, item_id)
        if item.status == REFUND_CLEARED:
            settle_item(work, item)
