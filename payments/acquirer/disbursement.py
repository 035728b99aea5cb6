"""Disbursements, the acquirer's side: set the sender's money aside, push it to the card, post it or let it go.

What is pushed is never reversed. Without an answer a disbursement is ``unknown`` and its money stays set aside until an
enquiry (``enquiry.py``) has found out what became of it.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.programme import check_programme, disbursement_fee
from payments.acquirer.sender import Sender, sender_account
from payments.kit.clock import day
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import Account, account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Hold, Line, book, hold, post, release, transfer
from payments.switch.message import CardAcceptor, OriginalCredit, OriginalCreditReply, Party, PresentedCard
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import REPLY_WITHIN, NoReply, repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
PAID: Final = "paid"
DECLINED: Final = "declined"
UNKNOWN: Final = "unknown"
SETTLED: Final = "settled"

# DE 18 of a push: a financial institution (ISO 18245). What the money is for, the business application says.
_MCC: Final = "6012"


class SenderCurrencyDiffers(Refusal):
    """The sender's money is in another currency."""


@dataclass(frozen=True, slots=True)
class DisbursementOrder:
    """What a sender asks for: ``amount`` minor units of ``currency`` to ``card``.

    ``channel`` is where it was started, ``business_application`` what it is for (two letters); ``statement_text`` is
    a word for the recipient.
    """

    claim: Claim | None
    sender: str
    card: PresentedCard
    amount: int
    currency: str
    channel: str
    business_application: str
    recipient_name: str
    statement_text: str = ""


@record(
    "acquirer_disbursements",
    Index(None, "sender", "id"),
    Index(None, "reference", unique=True),
    Index(None, "answer_due_at"),
    Index(None, "window"),
    CheckConstraint("amount > 0 AND fee_amount >= 0", name="amounts"),
)
class Disbursement(Record):
    """A push to a card (OCT). Amounts are minor units of ``currency``; the sender pays ``amount`` and ``fee_amount``.

    ``hold`` and ``fee_hold`` (``None``: no fee) are the holds on the sender's account. ``reference`` is the RRN,
    ``stan`` the trace number of the push and ``enquiry_stan`` that of its enquiries. ``answer_due_at`` is set, and
    ``writer`` says whose, while an answer is awaited. The network's answer sets window, interchange and scheme fee.
    """

    noun: ClassVar[str] = "disbursement"
    prefix: ClassVar[str] = "dsb"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("pay", PENDING, PAID),
        Move("decline", PENDING, DECLINED),
        Move("lose_sight", PENDING, UNKNOWN),
        Move("find_paid", UNKNOWN, PAID),
        Move("find_declined", UNKNOWN, DECLINED),
        Move("settle", PAID, SETTLED),
    )

    id: Key[str]
    acquirer: str
    sender: str
    amount: int
    fee_amount: int
    currency: str
    card_masked: str
    card_encrypted: str
    card_expiry: str
    channel: str
    business_application: str
    recipient_name: str
    statement_text: str
    reference: str
    stan: str
    enquiry_stan: str
    hold: str
    fee_hold: str | None
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    network_id: Mutable[str] = ""
    approval_code: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""
    interchange_amount: Mutable[int] = 0
    scheme_fee_amount: Mutable[int] = 0


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
    return [funds, Lock(IdempotencyKey, order.claim.id)] if order.claim else [funds]


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: DisbursementOrder) -> tuple[Disbursement, OriginalCredit]:
    """Set the money aside and write down what is about to be asked.

    Raises ``NotFound``, ``SenderCurrencyDiffers``, ``UnknownBin``, ``UnknownChannel``,
    ``UnknownBusinessApplication`` and ``InsufficientFunds``.
    """
    sender = work.fact(Sender, order.sender)
    if order.currency != sender.currency:
        raise SenderCurrencyDiffers(f"{sender.name} sends {sender.currency}.")
    check_programme(order.channel, order.business_application)
    acquirer.switch.directory.bin_of(order.card.number)
    disbursement_id = work.new_id(Disbursement.prefix)
    claim_key(work, order.claim, disbursement_id)
    disbursement = _disbursement(work, acquirer, order, disbursement_id)
    named = {"sender": sender.id, "channel": order.channel, "business_application": order.business_application}
    announce(work, disbursement, named | {"amount": order.amount, "currency": order.currency})
    book(work, "push_hold", disbursement.reference, *_holds(work, sender, disbursement))
    credit = _credit(work, acquirer, sender, disbursement, order.card)
    sent(work, credit)
    return work.add(disbursement), credit


def _disbursement(work: Work, acquirer: Acquirer, order: DisbursementOrder, disbursement_id: str) -> Disbursement:
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


def _credit(
    work: Work, acquirer: Acquirer, sender: Sender, disbursement: Disbursement, card: PresentedCard
) -> OriginalCredit:
    return OriginalCredit(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=disbursement.stan,
        rrn=disbursement.reference,
        transmitted_at=work.now,
        # A push proves nothing about who holds the card: its CVV is neither asked nor passed on.
        card=replace(card, cvv=None),
        amount=disbursement.amount,
        currency=disbursement.currency,
        acceptor=CardAcceptor(sender.acceptor, sender.name, sender.city, sender.country, _MCC),
        business_application=disbursement.business_application,
        channel=disbursement.channel,
        payer=Party(sender.name, sender.address, sender.city, sender.country, sender.id),
        recipient=Party(disbursement.recipient_name),
        statement_text=disbursement.statement_text,
    )


def outcome_locks(disbursement: Disbursement) -> list[Lock]:
    """Return what the step that learns the outcome reads: the row, its holds, the sender's money, the claimed key."""
    funds = account_id(disbursement.acquirer, "sender", disbursement.currency, disbursement.sender)
    locks = [Lock(Disbursement, disbursement.id), Lock(Hold, disbursement.hold), Lock(Balance, funds)]
    if disbursement.fee_hold:
        locks.append(Lock(Hold, disbursement.fee_hold))
    return [*locks, Lock(IdempotencyKey, disbursement.claim)] if disbursement.claim else locks


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


def conclude(work: Work, disbursement: Disbursement, reply: OriginalCreditReply) -> Disbursement:
    """Post or release what was set aside, as ``reply`` has it; once there is an outcome, nothing changes it."""
    if disbursement.status not in (PENDING, UNKNOWN):
        return disbursement
    if not reply.approved:
        return let_go(work, disbursement, reply.code, reply.decided_by, reply.network_id)
    _post(work, disbursement, reply)
    return advance(
        work,
        disbursement,
        "pay" if disbursement.status == PENDING else "find_paid",
        answer_due_at=None,
        network_id=reply.network_id,
        approval_code=reply.approval_code,
        response_code=reply.code,
        decided_by=reply.decided_by,
        window=reply.window,
        interchange_amount=reply.interchange_amount,
        scheme_fee_amount=reply.scheme_fee_amount,
    )


def let_go(work: Work, disbursement: Disbursement, code: str, decided_by: str, network_id: str) -> Disbursement:
    """Decline a disbursement and give its money back to the sender."""
    book(work, "push_release", disbursement.reference, *(release(each) for each in _held(work, disbursement)))
    return advance(
        work,
        disbursement,
        "decline" if disbursement.status == PENDING else "find_declined",
        answer_due_at=None,
        network_id=network_id,
        response_code=code,
        decided_by=decided_by,
    )


def _post(work: Work, disbursement: Disbursement, reply: OriginalCreditReply) -> None:
    def own(code: str) -> Account:
        return account(work, disbursement.acquirer, code, disbursement.currency)

    due = own("due_to_network")
    book(
        work,
        "push",
        disbursement.reference,
        *(post(each, each.remaining) for each in _held(work, disbursement)),
        transfer(own("interchange_expense"), due, reply.interchange_amount, "interchange"),
        transfer(own("scheme_fees"), due, reply.scheme_fee_amount, "scheme_fee"),
    )


def _held(work: Work, disbursement: Disbursement) -> list[Hold]:
    return [work.get(Hold, each) for each in (disbursement.hold, disbursement.fee_hold) if each]
