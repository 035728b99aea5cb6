"""Refunds at clearing, the acquirer's side: present each item as a credit, book it, follow it to its settlement."""

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import CLEARED as SALE_CLEARED
from payments.acquirer.capture import SETTLED as SALE_SETTLED
from payments.acquirer.capture import Capture
from payments.acquirer.merchant import Merchant, available_account, pending_account
from payments.acquirer.payment import Payment
from payments.acquirer.refund import CLEARED, PENDING, WAITING, Refund, RefundItem
from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Hold, Line, book, post, release, transfer
from payments.switch.message import PresentmentReply, RefundPresentment
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent


async def present_refund(acquirer: Acquirer, refund_id: str) -> Refund:
    """Present every item of a refund that waits and whose capture is cleared, once more."""
    for item_id in await acquirer.world.database.read(waiting_items_of_refund, refund_id):
        await present_item(acquirer, item_id)
    return await acquirer.step(read_refund, refund_id)


async def present_item(acquirer: Acquirer, item_id: str) -> RefundItem:
    """Present one item once more; if no answer comes it stays due and is repeated by the clock.

    An item whose capture is not cleared yet waits for it: what was never paid is not given back.
    """
    item, message = await acquirer.step(record_item_presented, item_id)
    if message is None:
        return item
    try:
        reply = await acquirer.switch.send(message)
    except NoReply:
        return item
    return await acquirer.step(record_item_answer, item, reply)


def waiting_items_of_refund(connection: sa.Connection, refund_id: str) -> list[str]:
    """Return the ids of a refund's items that have no answer."""
    items = RefundItem.table().c
    query = sa.select(items.id).where(items.refund == refund_id, items.status == WAITING).order_by(items.id)
    return list(connection.execute(query).scalars())


def read_refund(work: Work, _: Acquirer, refund_id: str) -> Refund:
    """Return the refund as it is now. Raises ``NotFound``."""
    return work.get(Refund, refund_id)


def _presented_reads(_: Acquirer, item_id: str) -> Reads:
    item = yield Find(RefundItem, "id", item_id)
    if item is None:
        return []
    yield Find(Capture, "id", item.capture), Find(Payment, "id", item.payment)
    return [Lock(RefundItem, item_id)]


@hot(_presented_reads)
def record_item_presented(work: Work, acquirer: Acquirer, item_id: str) -> tuple[RefundItem, RefundPresentment | None]:
    """Count an attempt, say when the next one is due, and build the message; none if it is not its turn."""
    item = work.get(RefundItem, item_id)
    capture, payment = work.find(Capture, "id", item.capture), work.find(Payment, "id", item.payment)
    assert capture and payment
    if item.status != WAITING or capture.status not in (SALE_CLEARED, SALE_SETTLED):
        return item, None
    message = _presentment(work, acquirer, payment, item)
    sent(work, message)
    due = repeat_due_at(work.now, item.attempts)
    return work.change(item, attempts=item.attempts + 1, answer_due_at=due), message


def _answer_reads(_: Acquirer, item: RefundItem, __: PresentmentReply) -> Reads:
    refund = yield Find(Refund, "id", item.refund)
    available = account_id(item.acquirer, "merchant_available", item.currency, item.merchant)
    locks = [Lock(RefundItem, item.id), Lock(Refund, item.refund), Lock(Balance, available)]
    locks += [Lock(Payment, item.payment), Lock(Capture, item.capture)]
    return [*locks, Lock(Hold, refund.hold)] if refund.hold else locks


@hot(_answer_reads)
def record_item_answer(work: Work, acquirer: Acquirer, presented: RefundItem, reply: PresentmentReply) -> RefundItem:
    """Book what was given back, or let it go if it was rejected; a second answer changes nothing."""
    received(work, reply)
    item = work.get(RefundItem, presented.id)
    if item.status != WAITING:
        return item
    if not reply.approved:
        return reject_item(work, acquirer, item, reply.code)
    item = advance(
        work,
        item,
        "clear",
        answer_due_at=None,
        response_code=reply.code,
        window=reply.window,
        interchange_amount=reply.interchange_amount,
    )
    book(work, "refund", item.reference, *_postings(work, item))
    refund = work.get(Refund, item.refund)
    _progress(work, work.change(refund, cleared_amount=refund.cleared_amount + item.amount))
    return item


def _postings(work: Work, item: RefundItem) -> tuple[Line, ...]:
    due_to_network = account(work, item.acquirer, "due_to_network", item.currency)
    interchange = account(work, item.acquirer, "interchange_expense", item.currency)
    pending = pending_account(work, work.fact(Merchant, item.merchant))
    given = (
        post(_hold(work, item), item.amount) if item.held else transfer(pending, due_to_network, item.amount, "refund")
    )
    return given, transfer(due_to_network, interchange, item.interchange_amount, "interchange")


def _hold(work: Work, item: RefundItem) -> Hold:
    return work.get(Hold, work.get(Refund, item.refund).hold)


def reject_item(work: Work, _: Acquirer, item: RefundItem, code: str) -> RefundItem:
    """Write down that an item is not given back: its money is the merchant's again. Part of the step that learns it."""
    capture, payment, refund = (
        work.get(Capture, item.capture),
        work.get(Payment, item.payment),
        work.get(Refund, item.refund),
    )
    if item.held:
        book(work, "release_refund", item.reference, release(_hold(work, item), item.amount))
    elif capture.status == SALE_SETTLED:
        merchant = work.fact(Merchant, item.merchant)
        kept = transfer(
            pending_account(work, merchant), available_account(work, merchant), item.amount, "refund_rejected"
        )
        book(work, "release_refund", item.reference, kept)
    work.change(capture, refunded_amount=capture.refunded_amount - item.amount)
    work.change(payment, refunded_amount=payment.refunded_amount - item.amount)
    _progress(work, work.change(refund, rejected_amount=refund.rejected_amount + item.amount))
    return advance(work, item, "reject", answer_due_at=None, response_code=code)


def settle_item(work: Work, item: RefundItem) -> RefundItem:
    """Write down that the window of a cleared item is settled; part of the (cold) step that settles the window."""
    refund = work.get(Refund, item.refund)
    _progress(work, work.change(refund, settled_amount=refund.settled_amount + item.amount))
    return advance(work, item, "settle")


def _progress(work: Work, refund: Refund) -> None:
    """Move the refund on when the last of its items has been answered, or settled."""
    if refund.status == PENDING and refund.cleared_amount + refund.rejected_amount == refund.amount:
        refund = advance(work, refund, "clear" if refund.cleared_amount else "reject")
    if refund.status == CLEARED and refund.settled_amount == refund.cleared_amount:
        advance(work, refund, "settle")


def _presentment(work: Work, acquirer: Acquirer, payment: Payment, item: RefundItem) -> RefundPresentment:
    return RefundPresentment(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=item.stan,
        rrn=item.reference,
        transmitted_at=work.now,
        network_id=payment.network_id,
        card=payment.card(acquirer.world.vault),
        amount=item.amount,
        currency=item.currency,
        acceptor=work.fact(Merchant, payment.merchant).card_acceptor(),
        arn=item.arn,
        original_arn=item.original_arn,
        repeat=item.attempts > 0,
    )
