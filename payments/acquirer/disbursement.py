"""Disbursements, the acquirer's side: set the sender's money aside, push it to the card, post it or let it go.

What is pushed is never reversed. Without an answer a disbursement is ``unknown`` and its money stays set aside until an
enquiry (``enquiry.py``) has found out what became of it.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.original_credit import original_credit
from payments.acquirer.outcome import conclude, outcome_locks
from payments.acquirer.programme import check_programme, disbursement_fee
from payments.acquirer.push import DECLINED, PENDING, UNKNOWN, Disbursement, DisbursementOrder
from payments.acquirer.quote import Quote
from payments.acquirer.quoted_push import converted, quote_locks, take_quote, with_quote
from payments.acquirer.sender import Sender, sender_account
from payments.kit.clock import day
from payments.kit.errors import Refusal
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Line, book, hold
from payments.switch.message import OriginalCredit, OriginalCreditReply
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import REPLY_WITHIN, NoReply, repeat_due_at
from payments.switch.trail import received, sent

__all__ = [
    "DECLINED",
    "PENDING",
    "UNKNOWN",
    "Disbursement",
    "DisbursementOrder",
    "SenderCurrencyDiffers",
    "disburse",
]


class SenderCurrencyDiffers(Refusal):
    """The sender's money is in another currency."""


async def disburse(acquirer: Acquirer, order: DisbursementOrder) -> Disbursement:
    """Set the sender's money aside and push it to the card; without an answer its fate is unknown.

    Raises ``UnknownBin``, ``InsufficientFunds`` and the other refusals of ``record_pending`` before anything is sent.
    """
    disbursement, credit = await acquirer.step(record_pending, order)
    try:
        reply = await acquirer.switch.send(credit)
    except NoReply:
        return await acquirer.step(record_unknown, disbursement)  # type: ignore[no-any-return]
    return await acquirer.step(record_reply, disbursement, reply)  # type: ignore[no-any-return]


def _pending_reads(acquirer: Acquirer, order: DisbursementOrder) -> list[Lock]:
    funds = Lock(Balance, account_id(acquirer.id, "sender", order.currency, order.sender))
    locks = [funds, *quote_locks(order)]
    return [*locks, Lock(IdempotencyKey, order.claim.id)] if order.claim else locks


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: DisbursementOrder) -> tuple[Disbursement, OriginalCredit]:
    """Set the money aside and write down what is about to be asked.

    Raises ``NotFound``, ``SenderCurrencyDiffers``, ``UnknownBin``, ``UnknownChannel``,
    ``UnknownBusinessApplication`` and ``InsufficientFunds``, and what ``take_quote`` and ``with_quote`` do.
    """
    sender = work.fact(Sender, order.sender)
    if order.currency != sender.currency:
        raise SenderCurrencyDiffers(f"{sender.name} sends {sender.currency}.")
    check_programme(order.channel, order.business_application)
    to = acquirer.switch.directory.bin_of(order.card.number)
    disbursement_id = work.new_id(Disbursement.prefix)
    claim_key(work, order.claim, disbursement_id)
    quote = take_quote(work, order, to, disbursement_id)
    disbursement = _disbursement(work, acquirer, order, disbursement_id, quote)
    named = {"sender": sender.id, "channel": order.channel, "business_application": order.business_application}
    announce(work, disbursement, named | {"amount": order.amount, "currency": order.currency})
    book(work, "push_hold", disbursement.reference, *_holds(work, sender, disbursement))
    credit = with_quote(original_credit(acquirer, sender, disbursement, order.card), quote)
    sent(work, credit)
    return work.add(disbursement), credit


def _disbursement(
    work: Work, acquirer: Acquirer, order: DisbursementOrder, disbursement_id: str, quote: Quote | None
) -> Disbursement:
    number = work.next_number()
    fee = disbursement_fee(order.currency, day(work.now))
    return Disbursement(
        id=disbursement_id,
        acquirer=acquirer.id,
        sender=order.sender,
        amount=order.amount,
        fee_amount=fee,
        currency=order.currency,
        card_masked=order.card.number.masked,
        card_encrypted=acquirer.world.vault.encrypt(order.card.number),
        card_expiry=order.card.expiry,
        channel=order.channel,
        business_application=order.business_application,
        recipient_name=order.recipient_name,
        statement_text=order.statement_text,
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        enquiry_stan=trace_number(work.next_number()),
        hold=work.new_id("hold"),
        fee_hold=work.new_id("hold") if fee else None,
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now + REPLY_WITHIN,
        **converted(quote),  # type: ignore[arg-type]
    )


def _holds(work: Work, sender: Sender, disbursement: Disbursement) -> list[Line]:
    funds = sender_account(work, sender)
    due = account(work, disbursement.acquirer, "due_to_network", disbursement.currency)
    lines = [hold(disbursement.hold, disbursement.id, funds, due, disbursement.amount, "push")]
    if disbursement.fee_hold:
        fees = account(work, disbursement.acquirer, "disbursement_fees", disbursement.currency)
        fee = disbursement.fee_amount
        lines.append(hold(disbursement.fee_hold, disbursement.id, funds, fees, fee, "disbursement_fee"))
    return lines


def _outcome_reads(_: Acquirer, disbursement: Disbursement, *_rest: object) -> list[Lock]:
    return outcome_locks(disbursement)


@hot(_outcome_reads)
def record_reply(work: Work, acquirer: Acquirer, asked: Disbursement, reply: OriginalCreditReply) -> Disbursement:
    """Write down the issuer's answer; what has its outcome already keeps it."""
    received(work, reply)
    disbursement = work.get(Disbursement, asked.id)
    decided = conclude(work, disbursement, reply)
    if disbursement.status == PENDING:
        acquirer.answer(work, disbursement.claim, decided)
    return decided


@hot(_outcome_reads)
def record_unknown(work: Work, acquirer: Acquirer, asked: Disbursement) -> Disbursement:
    """Write down that no answer came: the money stays set aside, and an enquiry is due in a minute."""
    disbursement = work.get(Disbursement, asked.id)
    if disbursement.status != PENDING:
        return disbursement
    unknown = advance(work, disbursement, "lose_sight", answer_due_at=repeat_due_at(work.now, 0))
    acquirer.answer(work, disbursement.claim, unknown)
    return unknown
