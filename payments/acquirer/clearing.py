"""Clearing, the acquirer's side: capture what was authorized, and present it to the card's issuer."""

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import WAITING, Capture, record_capture
from payments.acquirer.merchant import Merchant, pending_account
from payments.acquirer.payment import AUTHORIZED, Payment
from payments.acquirer.refund import WAITING as REFUND_WAITING
from payments.acquirer.refund import RefundItem
from payments.acquirer.refund_clearing import reject_item
from payments.kit.clock import rfc3339
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import MoveNotAllowed, advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import Line, book, transfer
from payments.switch.message import Presentment, PresentmentReply
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent
from payments.switch.validity import capture_limit, card_present


class CaptureExceedsAuthorization(Refusal):
    """No more can be captured than was authorized."""


async def capture(
    acquirer: Acquirer, payment_id: str, amount: int | None, claim: Claim | None = None, final: bool = True
) -> Payment:
    """Take ``amount`` (minor units; ``None``: all that is left) of what is authorized, to be presented at the cut-off.

    Unless ``final``, the rest stays open for more. Raises ``CaptureExceedsAuthorization``, ``MoveNotAllowed`` and
    ``NotFound``.
    """
    return await acquirer.step(record_captured, payment_id, amount, claim, final)


async def present(acquirer: Acquirer, capture_id: str) -> Capture:
    """Present a capture once more; if no answer comes it stays due and is repeated by the clock.

    The last capture of a payment waits for the earlier ones, because the issuer lets the rest of the hold go with it.
    """
    capture, message = await acquirer.step(record_presented, capture_id)
    if message is None:
        return capture
    try:
        reply = await acquirer.switch.send(message)
    except NoReply:
        return capture
    step = record_cleared if reply.approved else record_rejected
    return await acquirer.step(step, capture, reply)


def _captured_reads(_: Acquirer, payment_id: str, __: int | None, claim: Claim | None, ___: bool) -> list[Lock]:
    locks = [Lock(Payment, payment_id)]
    return [*locks, Lock(IdempotencyKey, claim.id)] if claim else locks


@hot(_captured_reads)
def record_captured(
    work: Work, acquirer: Acquirer, payment_id: str, amount: int | None, claim: Claim | None, final: bool
) -> Payment:
    """Write down that the merchant captures."""
    claim_key(work, claim, payment_id)
    payment = work.get(Payment, payment_id)
    taken = _checked_amount(work, payment, amount)
    captured = payment.captured_amount + taken
    if final:
        payment = advance(work, payment, "capture", captured_amount=captured, expires_at=None)
    else:
        payment = work.change(payment, captured_amount=captured)
    record_capture(work, acquirer, payment, taken, final)
    acquirer.answer(work, claim.id if claim else None, payment)
    return payment


def _checked_amount(work: Work, payment: Payment, amount: int | None) -> int:
    if payment.status != AUTHORIZED:
        raise MoveNotAllowed(f"This payment is {payment.status}: capture is not possible.")
    if payment.expires_at is not None and payment.expires_at <= work.now:
        raise MoveNotAllowed(f"The authorization expired at {rfc3339(payment.expires_at)}.")
    limit = payment.amount
    if card_present(payment.entry_mode):
        limit = capture_limit(payment.amount, work.fact(Merchant, payment.merchant).mcc)
    taken = payment.amount - payment.captured_amount if amount is None else amount
    assert amount is None or amount > 0, "amounts are checked at the door"
    if taken <= 0 or payment.captured_amount + taken > limit:
        left = max(0, limit - payment.captured_amount)
        raise CaptureExceedsAuthorization(f"At most {left} can still be captured (minor units).")
    return taken


def _presented_reads(_: Acquirer, capture_id: str) -> Reads:
    capture = yield Find(Capture, "id", capture_id)
    if capture is None:
        return []
    yield Find(Payment, "id", capture.payment)
    return [Lock(Capture, capture_id)]


@hot(_presented_reads)
def record_presented(work: Work, acquirer: Acquirer, capture_id: str) -> tuple[Capture, Presentment | None]:
    """Count an attempt, say when the next one is due, and build the message; none if it is not its turn."""
    capture = work.get(Capture, capture_id)
    payment = work.find(Payment, "id", capture.payment)
    assert payment
    if capture.status != WAITING:
        return capture, None
    due = repeat_due_at(work.now, capture.attempts)
    if capture.final and _earlier_ones_wait(payment, capture):
        return work.change(capture, answer_due_at=due), None
    message = _presentment(work, acquirer, payment, capture)
    sent(work, message)
    return work.change(capture, attempts=capture.attempts + 1, answer_due_at=due), message


def _earlier_ones_wait(payment: Payment, capture: Capture) -> bool:
    return payment.captured_amount - payment.cleared_amount > capture.amount


def _answer_reads(acquirer: Acquirer, capture: Capture, __: PresentmentReply) -> list[Lock]:
    return [Lock(Capture, capture.id), Lock(Payment, capture.payment)]


@hot(_answer_reads)
def record_cleared(work: Work, acquirer: Acquirer, presented: Capture, reply: PresentmentReply) -> Capture:
    """Book a capture that the issuer has paid; a second answer changes nothing."""
    received(work, reply)
    capture = work.get(Capture, presented.id)
    if capture.status != WAITING:
        return capture
    payment = work.get(Payment, capture.payment)
    work.change(payment, cleared_amount=payment.cleared_amount + capture.amount)
    capture = advance(
        work,
        capture,
        "clear",
        answer_due_at=None,
        response_code=reply.code,
        window=reply.window,
        interchange_amount=reply.interchange_amount,
        scheme_fee_amount=reply.scheme_fee_amount,
        merchant_fee_amount=work.fact(Merchant, capture.merchant).fee(capture.amount),
    )
    book(work, "clear_sale", capture.reference, *_postings(work, acquirer, capture))
    return capture


def _postings(work: Work, acquirer: Acquirer, capture: Capture) -> tuple[Line, ...]:
    own, currency = acquirer.id, capture.currency
    pending = pending_account(work, work.fact(Merchant, capture.merchant))
    due_from_network = account(work, own, "due_from_network", currency)
    due_to_network = account(work, own, "due_to_network", currency)
    interchange = account(work, own, "interchange_expense", currency)
    scheme_fees = account(work, own, "scheme_fees", currency)
    merchant_fees = account(work, own, "merchant_fees", currency)
    return (
        transfer(due_from_network, pending, capture.amount, "sale"),
        transfer(interchange, due_from_network, capture.interchange_amount, "interchange"),
        transfer(scheme_fees, due_to_network, capture.scheme_fee_amount, "scheme_fee"),
        transfer(pending, merchant_fees, capture.merchant_fee_amount, "merchant_fee"),
    )


def record_rejected(work: Work, acquirer: Acquirer, presented: Capture, reply: PresentmentReply) -> Capture:
    """Write down that the issuer does not pay: nothing is booked, and what was to be given back of it is not.

    A cold step: it is rare, and it looks for refunds.
    """
    capture = work.get(Capture, presented.id)
    items = RefundItem.table()
    waiting = sa.select(items).where(items.c.capture == capture.id, items.c.status == REFUND_WAITING)
    given_back = work.records(RefundItem, waiting)
    received(work, reply)
    if capture.status != WAITING:
        return capture
    for item in given_back:
        reject_item(work, acquirer, item, reply.code)
    payment = work.get(Payment, capture.payment)
    work.change(payment, captured_amount=payment.captured_amount - capture.amount)
    return advance(work, work.get(Capture, capture.id), "reject", answer_due_at=None, response_code=reply.code)


def _presentment(work: Work, acquirer: Acquirer, payment: Payment, capture: Capture) -> Presentment:
    return Presentment(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=capture.stan,
        rrn=capture.reference,
        transmitted_at=work.now,
        network_id=payment.network_id,
        card=payment.card(acquirer.world.vault),
        amount=capture.amount,
        currency=capture.currency,
        acceptor=work.fact(Merchant, payment.merchant).card_acceptor(),
        arn=capture.arn,
        approval_code=payment.approval_code,
        final=bool(capture.final),
        repeat=capture.attempts > 0,
    )
