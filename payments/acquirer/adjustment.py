"""Adjustments, the acquirer's side: ask the recipient's bank for (part of) a paid push back.

A push is never reversed; an adjustment needs the issuer's consent, and may be refused. It has a trace number of its
own, by which every member knows it, so it is repeated until it is answered.
"""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.adjustment_request import (
    PENDING,
    Adjustment,
    AdjustmentOrder,
    AdjustmentTooLarge,
    record_adjustment,
)
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender
from payments.kit.idempotency import IdempotencyKey
from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.switch.asking import ask
from payments.switch.message import CardAcceptor, PresentedCard
from payments.switch.push_message import Adjustment as AdjustmentMessage
from payments.switch.push_message import AdjustmentReply
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent

__all__ = ["Adjustment", "AdjustmentOrder", "AdjustmentTooLarge", "adjust", "ask_issuer"]

# DE 18: a financial institution (ISO 18245).
_MCC: Final = "6012"


async def adjust(acquirer: Acquirer, order: AdjustmentOrder) -> Adjustment:
    """Ask the issuer for (part of) a paid push back; without an answer it stays pending, and is repeated.

    Raises the refusals of ``record_adjustment`` before anything is asked.
    """
    made = await acquirer.step(record_adjustment, order)
    return await ask_issuer(acquirer, made.id)


async def ask_issuer(acquirer: Acquirer, adjustment_id: str) -> Adjustment:
    """Ask once more for what is still pending; one that was answered is returned as it is."""
    return await ask(acquirer, adjustment_id, record_attempt, record_answer)


def _attempt_reads(_: Acquirer, adjustment_id: str) -> Reads:
    made = yield Find(Adjustment, "id", adjustment_id)
    return [Lock(Adjustment, adjustment_id), Lock(Disbursement, made.disbursement)] if made else []


@hot(_attempt_reads)
def record_attempt(work: Work, acquirer: Acquirer, adjustment_id: str) -> tuple[Adjustment, AdjustmentMessage | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    made = work.get(Adjustment, adjustment_id)
    if made.status != PENDING:
        return made, None
    message = _message(work, acquirer, made)
    sent(work, message)
    due = repeat_due_at(work.now, made.attempts)
    return work.change(made, attempts=made.attempts + 1, answer_due_at=due, writer=work.writer), message


def _message(work: Work, acquirer: Acquirer, made: Adjustment) -> AdjustmentMessage:
    pushed, sender = work.get(Disbursement, made.disbursement), work.fact(Sender, made.sender)
    number = acquirer.world.vault.card_number(pushed.card_encrypted)
    return AdjustmentMessage(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=made.stan,
        rrn=made.reference,
        transmitted_at=made.created_at,
        network_id=pushed.network_id,
        card=PresentedCard(number, pushed.card_expiry),
        amount=made.amount,
        currency=made.currency,
        acceptor=CardAcceptor(sender.acceptor, sender.name, sender.city, sender.country, _MCC),
        reason=made.reason_code,
    )


def _answer_reads(_: Acquirer, made: Adjustment, __: AdjustmentReply) -> list[Lock]:
    funds = account_id(made.acquirer, "sender", made.currency, made.sender)
    locks = [Lock(Adjustment, made.id), Lock(Disbursement, made.disbursement), Lock(Balance, funds)]
    return [*locks, Lock(IdempotencyKey, made.claim)] if made.claim else locks


@hot(_answer_reads)
def record_answer(work: Work, acquirer: Acquirer, asked: Adjustment, reply: AdjustmentReply) -> Adjustment:
    """Give the sender the money if the issuer agrees; a second answer changes nothing."""
    received(work, reply)
    made = work.get(Adjustment, asked.id)
    if made.status != PENDING:
        return made
    if reply.approved:
        due = account(work, acquirer.id, "due_from_network", made.currency)
        funds = account(work, acquirer.id, "sender", made.currency, made.sender)
        book(work, "adjust", made.reference, transfer(due, funds, made.amount, "adjustment"))
    else:
        pushed = work.get(Disbursement, made.disbursement)
        work.change(pushed, taken_back_amount=pushed.taken_back_amount - made.amount)
    done = advance(
        work,
        made,
        "accept" if reply.approved else "refuse",
        answer_due_at=None,
        response_code=reply.code,
        decided_by=reply.decided_by,
        window=reply.window,
    )
    acquirer.answer(work, made.claim, done)
    return done
