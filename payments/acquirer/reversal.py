"""Reversals, the acquirer's side: take back what was asked, repeated until it is answered."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import Merchant
from payments.acquirer.payment import Payment
from payments.kit.clock import MINUTE
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.asking import ask
from payments.switch.message import PresentedCard, Reversal, ReversalReply
from payments.switch.numbers import trace_number
from payments.switch.trail import received, sent

WAITING: Final = "waiting"
ANSWERED: Final = "answered"

CANCELLED: Final = "4000"
NO_ANSWER: Final = "4021"


@record("acquirer_reversals", Index(None, "payment"), due_index("answer_due_at"))
class PaymentReversal(Record):
    """A reversal of a payment, on its way until answered; ``reason`` is DE 60's code, ``sent_at`` its DE 7."""

    noun: ClassVar[str] = "reversal"
    prefix: ClassVar[str] = "rev"
    moves: ClassVar[tuple[Move, ...]] = (Move("answer", WAITING, ANSWERED),)

    id: Key[str]
    payment: str
    acquirer: str
    reference: str
    stan: str
    reason: str
    sent_at: int
    status: Mutable[str]
    attempts: Mutable[int]
    answer_due_at: Mutable[int | None]


def record_reversal(work: Work, acquirer: Acquirer, payment: Payment, reason: str) -> PaymentReversal:
    """Write down that ``payment`` is to be reversed; part of the step that decides it."""
    reversal = PaymentReversal(
        id=work.new_id(PaymentReversal.prefix),
        payment=payment.id,
        acquirer=acquirer.id,
        reference=payment.reference,
        stan=trace_number(work.next_number()),
        reason=reason,
        sent_at=work.now,
        status=WAITING,
        attempts=0,
        answer_due_at=work.now,
    )
    announce(work, reversal, {"payment": payment.id, "reason": reason})
    return work.add(reversal)


async def reverse(acquirer: Acquirer, reversal_id: str) -> PaymentReversal:
    """Send a reversal once more; if no answer comes it stays due and is repeated by the clock."""
    return await ask(acquirer, reversal_id, record_attempt, record_answer)


def record_attempt(work: Work, acquirer: Acquirer, reversal_id: str) -> tuple[PaymentReversal, Reversal | None]:
    """Count an attempt, say when the next one is due (1, 2, 4 … minutes, an hour at most), and build the message."""
    reversal = work.get(PaymentReversal, reversal_id)
    if reversal.status == ANSWERED:
        return reversal, None
    wait = min(2**reversal.attempts, 60) * MINUTE
    payment = work.get(Payment, reversal.payment)
    message = _message(work, acquirer, reversal, payment)
    sent(work, message)
    return work.change(reversal, attempts=reversal.attempts + 1, answer_due_at=work.now + wait), message


def _answer_reads(_: Acquirer, asked: PaymentReversal, __: ReversalReply) -> list[Lock]:
    return [Lock(PaymentReversal, asked.id)]


@hot(_answer_reads)
def record_answer(work: Work, _: Acquirer, asked: PaymentReversal, reply: ReversalReply) -> PaymentReversal:
    """Write down that the reversal was accepted."""
    received(work, reply)
    reversal = work.get(PaymentReversal, asked.id)
    if reversal.status == ANSWERED:
        return reversal
    return advance(work, reversal, "answer", answer_due_at=None)


def _message(work: Work, acquirer: Acquirer, reversal: PaymentReversal, payment: Payment) -> Reversal:
    card = PresentedCard(
        acquirer.world.vault.card_number(payment.card_encrypted), payment.card_expiry, None, payment.entry_mode
    )
    return Reversal(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=reversal.stan,
        rrn=payment.reference,
        transmitted_at=reversal.sent_at,
        network_id=payment.network_id,
        card=card,
        amount=payment.amount,
        currency=payment.currency,
        acceptor=work.fact(Merchant, payment.merchant).card_acceptor(),
        original_stan=payment.stan,
        original_transmitted_at=payment.created_at,
        reason=reversal.reason,
        repeat=reversal.attempts > 0,
    )
