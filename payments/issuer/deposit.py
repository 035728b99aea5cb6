"""Deposits: money that comes in from outside, for a cardholder or as the bank's own capital.

The settlement bank is told that the money came, and gives the same answer if it is told again. Without an
answer a deposit stays pending and is repeated. Paying off a credit card is a deposit too.
"""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.issuer.account import Account, credit_lines, credit_locks, get_account, require_currency
from payments.issuer.issuer import Issuer
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger import chart
from payments.ledger.entry import Line, book, transfer
from payments.switch.asking import ask
from payments.switch.bank_message import BankReply, FundsReceived
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
CREDITED: Final = "credited"
REFUSED: Final = "refused"


@record("issuer_deposits", Index(None, "account", "id"), due_index("answer_due_at"))
class Deposit(Record):
    """Money paid in, in minor units: to a cardholder's ``account``, or ('') to the bank itself."""

    noun: ClassVar[str] = "deposit"
    prefix: ClassVar[str] = "dep"
    moves: ClassVar[tuple[Move, ...]] = (Move("credit", PENDING, CREDITED), Move("refuse", PENDING, REFUSED))

    id: Key[str]
    issuer: str
    account: str
    amount: int
    currency: str
    reference: str
    stan: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0


async def deposit(issuer: Issuer, account_id: str, amount: int, claim: Claim | None = None) -> Deposit:
    """Pay ``amount`` minor units in to a cardholder's account. Raises ``NotFound``."""
    made = await issuer.step(record_deposit, account_id, amount, claim)
    return await tell_bank(issuer, made.id)


async def capitalize(issuer: Issuer, currency: str, amount: int) -> Deposit:
    """Pay ``amount`` minor units of capital into the bank's own reserve. Raises ``CurrencyNotKept``."""
    made = await issuer.step(record_capital, currency, amount)
    return await tell_bank(issuer, made.id)


async def tell_bank(issuer: Issuer, deposit_id: str) -> Deposit:
    """Tell the bank of a deposit, once more if need be; without an answer it stays pending, and due."""
    return await ask(issuer, deposit_id, record_attempt, record_answer)


def record_deposit(work: Work, issuer: Issuer, account_id: str, amount: int, claim: Claim | None) -> Deposit:
    """Write down that money came in for a cardholder. Raises ``NotFound``."""
    account = get_account(work, issuer, account_id)
    return _record(work, issuer, account.id, account.currency, amount, claim)


def record_capital(work: Work, issuer: Issuer, currency: str, amount: int) -> Deposit:
    """Write down that capital came in for the bank itself. Raises ``CurrencyNotKept``."""
    require_currency(work, issuer, currency)
    return _record(work, issuer, "", currency, amount, None)


def _record(work: Work, issuer: Issuer, account: str, currency: str, amount: int, claim: Claim | None) -> Deposit:
    deposit_id = work.new_id(Deposit.prefix)
    claim_key(work, claim, deposit_id)
    number = work.next_number()
    made = Deposit(
        id=deposit_id,
        issuer=issuer.id,
        account=account,
        amount=amount,
        currency=currency,
        reference=retrieval_reference(work.now, issuer.ids.session, number),
        stan=trace_number(number),
        claim=claim.id if claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now,
    )
    announce(work, made, {"account": account, "amount": amount, "currency": currency})
    return work.add(made)


def _attempt_reads(_: Issuer, deposit_id: str) -> list[Lock]:
    return [Lock(Deposit, deposit_id)]


@hot(_attempt_reads)
def record_attempt(work: Work, issuer: Issuer, deposit_id: str) -> tuple[Deposit, FundsReceived | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    made = work.get(Deposit, deposit_id)
    if made.status != PENDING:
        return made, None
    message = FundsReceived(
        sender=issuer.id,
        receiver=issuer.bank,
        acquirer=issuer.code,
        stan=made.stan,
        rrn=made.reference,
        transmitted_at=made.created_at,
        amount=made.amount,
        currency=made.currency,
    )
    sent(work, message)
    due = repeat_due_at(work.now, made.attempts)
    return work.change(made, attempts=made.attempts + 1, answer_due_at=due, writer=work.writer), message


def _answer_reads(_: Issuer, made: Deposit, __: BankReply) -> Reads:
    locks = [Lock(Deposit, made.id)]
    if made.claim:
        locks.append(Lock(IdempotencyKey, made.claim))
    if made.account:
        account = yield Find(Account, "id", made.account)
        locks += credit_locks(account)
    return locks


@hot(_answer_reads)
def record_answer(work: Work, issuer: Issuer, asked: Deposit, reply: BankReply) -> Deposit:
    """Book the money once the bank has it; a second answer changes nothing."""
    received(work, reply)
    made = work.get(Deposit, asked.id)
    if made.status != PENDING:
        return made
    done = advance(work, made, "credit" if reply.approved else "refuse", answer_due_at=None)
    if reply.approved:
        book(work, "deposit" if made.account else "capital", made.reference, *_lines(work, issuer, made))
    issuer.answer(work, made.claim, done)
    return done


def _lines(work: Work, issuer: Issuer, made: Deposit) -> list[Line]:
    cash = chart.account(work, issuer.id, "settlement_cash", made.currency)
    if made.account:
        return credit_lines(work, work.fact(Account, made.account), cash, made.amount, "deposit")
    equity = chart.account(work, issuer.id, "equity", made.currency)
    return [transfer(cash, equity, made.amount, "capital")]
