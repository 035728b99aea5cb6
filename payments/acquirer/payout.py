"""Payouts: paying merchants what is available to them, into their accounts at the settlement bank.

The money is held in the merchant's available account, the bank is asked, and its answer posts it or lets it
go. Without an answer it stays held and the bank is asked again under the same trace number: it never pays
twice.
"""

import asyncio
from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import Merchant, available_account
from payments.acquirer.settlement import release_latecomers
from payments.kit.errors import NotFound, Refusal
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import Account, account_id
from payments.ledger.balance import Balance, guarded_balance
from payments.ledger.chart import account
from payments.ledger.entry import Hold, book, hold, post, release
from payments.switch.asking import ask
from payments.switch.bank_message import BankReply, PayMerchant
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
PAID: Final = "paid"
DECLINED: Final = "declined"

AT_A_TIME: Final = 64


class NothingToPayOut(Refusal):
    """The merchant has nothing available to pay out."""


@record("acquirer_payouts", Index(None, "merchant", "id"), due_index("answer_due_at"))
class Payout(Record):
    """An amount (minor units) on its way to a merchant's bank account; ``hold`` keeps it until the bank answers."""

    noun: ClassVar[str] = "payout"
    prefix: ClassVar[str] = "po"
    moves: ClassVar[tuple[Move, ...]] = (Move("pay", PENDING, PAID), Move("decline", PENDING, DECLINED))

    id: Key[str]
    acquirer: str
    merchant: str
    amount: int
    currency: str
    hold: str
    reference: str
    stan: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    response_code: Mutable[str] = ""


async def pay_out(
    acquirer: Acquirer, merchant_id: str, amount: int | None = None, claim: Claim | None = None
) -> Payout:
    """Pay a merchant ``amount`` minor units of what is available (``None``: all of it).

    Raises ``NotFound``, ``InsufficientFunds`` and ``NothingToPayOut``.
    """
    payout = await acquirer.step(record_payout, merchant_id, amount, claim)
    return await ask_bank(acquirer, payout.id)


async def ask_bank(acquirer: Acquirer, payout_id: str) -> Payout:
    """Ask the bank to pay, once more if need be; without an answer the payout stays pending, and due."""
    return await ask(acquirer, payout_id, record_attempt, record_answer)


async def pay_out_all(acquirer: Acquirer) -> list[Payout]:
    """Pay every merchant all that is available to it; the daily payout."""
    await release_latecomers(acquirer)
    merchants = await acquirer.world.database.read(merchants_to_pay, acquirer.id)
    paid: list[Payout | None] = []
    for first in range(0, len(merchants), AT_A_TIME):
        paid += await asyncio.gather(*(_pay_all_of(acquirer, each) for each in merchants[first : first + AT_A_TIME]))
    return [each for each in paid if each]


async def _pay_all_of(acquirer: Acquirer, merchant_id: str) -> Payout | None:
    try:
        return await pay_out(acquirer, merchant_id)
    except NothingToPayOut:  # it was refunded or paid out a moment ago
        return None


def merchants_to_pay(connection: sa.Connection, acquirer: str) -> list[str]:
    """Return the ids of the merchants to whom anything is available."""
    accounts, balances = Account.table().c, Balance.table().c
    available = balances.posted_credits - balances.posted_debits - balances.held_debits
    query = (
        sa.select(accounts.owner)
        .join_from(accounts.id.table, balances.id.table, balances.account == accounts.id)
        .where(accounts.book == acquirer, accounts.code == "merchant_available", available > 0)
    )
    return list(connection.execute(query.order_by(accounts.owner)).scalars())


def _payout_reads(acquirer: Acquirer, merchant_id: str, _: int | None, claim: Claim | None) -> Reads:
    locks = [Lock(IdempotencyKey, claim.id)] if claim else []
    merchant = yield Find(Merchant, "id", merchant_id)
    if merchant is None:
        return locks
    available = account_id(merchant.acquirer, "merchant_available", merchant.currency, merchant_id)
    return [*locks, Lock(Balance, available)]


@hot(_payout_reads)
def record_payout(work: Work, acquirer: Acquirer, merchant_id: str, amount: int | None, claim: Claim | None) -> Payout:
    """Hold the money and write down that the bank is to be asked."""
    merchant = work.fact(Merchant, merchant_id)
    if merchant.acquirer != acquirer.id:
        raise NotFound(f"There is no merchant {merchant_id}.")
    payout_id = work.new_id(Payout.prefix)
    claim_key(work, claim, payout_id)
    available = available_account(work, merchant)
    amount = guarded_balance(work, available).available if amount is None else amount
    if amount <= 0:
        raise NothingToPayOut(f"{merchant.name} is paid what is available when its sales have settled.")
    number = work.next_number()
    payout = Payout(
        id=payout_id,
        acquirer=acquirer.id,
        merchant=merchant.id,
        amount=amount,
        currency=merchant.currency,
        hold=work.new_id("hold"),
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        claim=claim.id if claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now,
    )
    cash = account(work, acquirer.id, "settlement_cash", merchant.currency)
    held = hold(payout.hold, payout.id, available, cash, amount, "payout")
    book(work, "hold_payout", payout.reference, held)
    announce(work, payout, {"merchant": merchant.id, "amount": amount, "currency": merchant.currency})
    return work.add(payout)


def _attempt_reads(_: Acquirer, payout_id: str) -> list[Lock]:
    return [Lock(Payout, payout_id)]


@hot(_attempt_reads)
def record_attempt(work: Work, acquirer: Acquirer, payout_id: str) -> tuple[Payout, PayMerchant | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    payout = work.get(Payout, payout_id)
    if payout.status != PENDING:
        return payout, None
    message = PayMerchant(
        sender=acquirer.id,
        receiver=acquirer.bank,
        acquirer=acquirer.code,
        stan=payout.stan,
        rrn=payout.reference,
        transmitted_at=payout.created_at,
        merchant=payout.merchant,
        merchant_name=work.fact(Merchant, payout.merchant).name,
        amount=payout.amount,
        currency=payout.currency,
    )
    sent(work, message)
    due = repeat_due_at(work.now, payout.attempts)
    return work.change(payout, attempts=payout.attempts + 1, answer_due_at=due, writer=work.writer), message


def _answer_reads(_: Acquirer, payout: Payout, __: BankReply) -> list[Lock]:
    available = account_id(payout.acquirer, "merchant_available", payout.currency, payout.merchant)
    locks = [Lock(Payout, payout.id), Lock(Hold, payout.hold), Lock(Balance, available)]
    return [*locks, Lock(IdempotencyKey, payout.claim)] if payout.claim else locks


@hot(_answer_reads)
def record_answer(work: Work, acquirer: Acquirer, asked: Payout, reply: BankReply) -> Payout:
    """Post what was held if the bank has paid, else let it go; a second answer changes nothing."""
    received(work, reply)
    payout = work.get(Payout, asked.id)
    if payout.status != PENDING:
        return payout
    held = work.get(Hold, payout.hold)
    if reply.approved:
        payout = advance(work, payout, "pay", answer_due_at=None, response_code=reply.code)
        book(work, "payout", payout.reference, post(held, payout.amount))
    else:
        payout = advance(work, payout, "decline", answer_due_at=None, response_code=reply.code)
        book(work, "release_payout", payout.reference, release(held))
    acquirer.answer(work, payout.claim, payout)
    return payout
