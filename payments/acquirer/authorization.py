"""Authorization, the acquirer's side: ask the issuer to hold the money, void, give up."""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.capture import record_capture
from payments.acquirer.merchant import Merchant
from payments.acquirer.payment import PENDING, CurrencyNotSupported, Order, Payment
from payments.acquirer.reversal import CANCELLED, NO_ANSWER, PaymentReversal, record_reversal, reverse
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import MoveNotAllowed, advance, announce
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.message import AuthorizationReply, AuthorizationRequest
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import REPLY_WITHIN, NoReply
from payments.switch.trail import received, sent
from payments.switch.validity import authorization_expires_at, card_present


async def authorize(acquirer: Acquirer, order: Order) -> Payment:
    """Ask the card's issuer, through the network, to hold the money."""
    payment, request = await acquirer.step(record_pending, order)
    try:
        reply = await acquirer.switch.send(request)
    except NoReply:
        return await give_up(acquirer, payment)
    return await acquirer.step(record_reply, payment, reply)


async def give_up(acquirer: Acquirer, payment: Payment) -> Payment:
    """Fail a payment whose answer never came, and reverse it until the reversal is answered."""
    failed, reversal = await acquirer.step(record_given_up, payment)
    if reversal:
        await reverse(acquirer, reversal.id)
    return failed


async def void(acquirer: Acquirer, payment_id: str, claim: Claim | None = None) -> Payment:
    """Cancel an authorization of which nothing was captured, and reverse it until the reversal is answered."""
    voided, reversal = await acquirer.step(record_void, payment_id, claim)
    await reverse(acquirer, reversal.id)
    return voided


def _pending_reads(_: Acquirer, order: Order) -> list[Lock]:
    return [Lock(IdempotencyKey, order.claim.id)] if order.claim else []


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: Order) -> tuple[Payment, AuthorizationRequest]:
    """Write down what is about to be asked. Raises ``NotFound`` and ``CurrencyNotSupported``."""
    merchant = work.fact(Merchant, order.merchant)
    if order.currency != merchant.currency:
        raise CurrencyNotSupported(f"{merchant.name} sells in {merchant.currency}.")
    payment_id = work.new_id(Payment.prefix)
    claim_key(work, order.claim, payment_id)
    number = work.next_number()
    payment = Payment(
        id=payment_id,
        acquirer=acquirer.id,
        merchant=merchant.id,
        amount=order.amount,
        currency=order.currency,
        card_masked=order.card.number.masked,
        card_encrypted=acquirer.world.vault.encrypt(order.card.number),
        card_expiry=order.card.expiry,
        entry_mode=order.card.entry_mode,
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        description=order.description,
        capture_at_once=int(order.capture),
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now + REPLY_WITHIN,
    )
    announce(work, payment, {"merchant": merchant.id, "amount": order.amount, "currency": order.currency})
    request = AuthorizationRequest(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=payment.stan,
        rrn=payment.reference,
        transmitted_at=work.now,
        card=order.card,
        amount=order.amount,
        currency=order.currency,
        acceptor=merchant.card_acceptor(),
    )
    sent(work, request)
    return work.add(payment), request


def _payment_reads(_: Acquirer, payment: Payment, *_rest: object) -> list[Lock]:
    locks = [Lock(Payment, payment.id)]
    return [*locks, Lock(IdempotencyKey, payment.claim)] if payment.claim else locks


@hot(_payment_reads)
def record_reply(work: Work, acquirer: Acquirer, asked: Payment, reply: AuthorizationReply) -> Payment:
    """Write down the issuer's answer; an answer to what was given up meanwhile changes nothing."""
    received(work, reply)
    payment = work.get(Payment, asked.id)
    if payment.status != PENDING:
        return payment
    decided = _approve(work, acquirer, payment, reply) if reply.approved else _decline(work, payment, reply)
    acquirer.answer(work, payment.claim, decided)
    return decided


def _approve(work: Work, acquirer: Acquirer, payment: Payment, reply: AuthorizationReply) -> Payment:
    mcc = work.fact(Merchant, payment.merchant).mcc
    present = card_present(payment.entry_mode)
    approved = advance(
        work,
        payment,
        "approve_and_capture" if payment.capture_at_once else "approve",
        answer_due_at=None,
        network_id=reply.network_id,
        approval_code=reply.approval_code,
        response_code=reply.code,
        decided_by=reply.decided_by,
        captured_amount=payment.amount if payment.capture_at_once else 0,
        expires_at=None
        if payment.capture_at_once
        else authorization_expires_at(work.now, mcc, present, "cardholder", estimated=False),
    )
    if payment.capture_at_once:
        record_capture(work, acquirer, approved, payment.amount, final=True)
    return approved


def _decline(work: Work, payment: Payment, reply: AuthorizationReply) -> Payment:
    return advance(
        work,
        payment,
        "decline",
        answer_due_at=None,
        network_id=reply.network_id,
        response_code=reply.code,
        decided_by=reply.decided_by,
    )


@hot(_payment_reads)
def record_given_up(work: Work, acquirer: Acquirer, asked: Payment) -> tuple[Payment, PaymentReversal | None]:
    """Write down that no answer came, and that the payment is to be reversed."""
    payment = work.get(Payment, asked.id)
    if payment.status != PENDING:
        return payment, None
    failed = advance(work, payment, "give_up", answer_due_at=None)
    acquirer.answer(work, payment.claim, failed)
    return failed, record_reversal(work, acquirer, failed, NO_ANSWER)


def record_void(
    work: Work, acquirer: Acquirer, payment_id: str, claim: Claim | None
) -> tuple[Payment, PaymentReversal]:
    """Write down that the merchant cancels, and that the hold is to be taken back."""
    claim_key(work, claim, payment_id)
    payment = work.get(Payment, payment_id)
    if payment.captured_amount:
        raise MoveNotAllowed("Part of this payment is captured: refund it instead.")
    voided = advance(work, payment, "void", expires_at=None)
    acquirer.answer(work, claim.id if claim else None, voided)
    return voided, record_reversal(work, acquirer, voided, CANCELLED)
