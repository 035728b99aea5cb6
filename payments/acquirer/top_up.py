"""Top-ups: money paid in for a sender, or as the acquirer's own capital.

The bank is told that the money came, and gives the same answer if it is told again. Without an answer a top-up stays
pending and is repeated.
"""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import require_currency
from payments.acquirer.sender import Sender, sender_account
from payments.acquirer.standing import balance_locks, watch_balance
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger import chart
from payments.ledger.account import Account
from payments.ledger.entry import book, transfer
from payments.switch.asking import ask
from payments.switch.bank_message import BankReply, FundsReceived
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
CREDITED: Final = "credited"
REFUSED: Final = "refused"


@record("acquirer_top_ups", Index(None, "sender", "id"), due_index("answer_due_at"))
class TopUp(Record):
    """Money paid in from outside: for a ``sender``, or ('') for the acquirer itself, as capital.

    ``credited_account`` is the ledger account it goes to once the bank has it; ``amount`` is in minor units.
    """

    noun: ClassVar[str] = "top_up"
    prefix: ClassVar[str] = "top"
    moves: ClassVar[tuple[Move, ...]] = (Move("credit", PENDING, CREDITED), Move("refuse", PENDING, REFUSED))

    id: Key[str]
    acquirer: str
    sender: str
    credited_account: str
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


async def top_up(acquirer: Acquirer, sender_id: str, amount: int, claim: Claim | None = None) -> TopUp:
    """Pay ``amount`` minor units in for a sender. Raises ``NotFound``."""
    made = await acquirer.step(record_top_up, sender_id, amount, claim)
    return await tell_bank(acquirer, made.id)


async def capitalize(acquirer: Acquirer, currency: str, amount: int) -> TopUp:
    """Pay ``amount`` minor units of capital into the acquirer's own reserve. Raises ``CurrencyNotKept``."""
    made = await acquirer.step(record_capital, currency, amount)
    return await tell_bank(acquirer, made.id)


async def tell_bank(acquirer: Acquirer, top_up_id: str) -> TopUp:
    """Tell the bank of a top-up, once more if need be; without an answer it stays pending, and due."""
    return await ask(acquirer, top_up_id, record_attempt, record_answer)


def record_top_up(work: Work, acquirer: Acquirer, sender_id: str, amount: int, claim: Claim | None) -> TopUp:
    """Write down that money came in for a sender. Raises ``NotFound``."""
    sender = work.get(Sender, sender_id)
    if sender.acquirer != acquirer.id:
        raise NotFound(f"There is no sender {sender_id}.")
    return _record(work, acquirer, sender.id, sender_account(work, sender), amount, claim)


def record_capital(work: Work, acquirer: Acquirer, currency: str, amount: int) -> TopUp:
    """Write down that capital came in for the acquirer itself. Raises ``CurrencyNotKept``."""
    require_currency(work, acquirer, currency)
    return _record(work, acquirer, "", chart.account(work, acquirer.id, "equity", currency), amount, None)


def _record(work: Work, acquirer: Acquirer, sender: str, credited: Account, amount: int, claim: Claim | None) -> TopUp:
    top_up_id = work.new_id(TopUp.prefix)
    claim_key(work, claim, top_up_id)
    number = work.next_number()
    made = TopUp(
        id=top_up_id,
        acquirer=acquirer.id,
        sender=sender,
        credited_account=credited.id,
        amount=amount,
        currency=credited.currency,
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        claim=claim.id if claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now,
    )
    announce(work, made, {"sender": sender, "amount": amount, "currency": credited.currency})
    return work.add(made)


def _attempt_reads(_: Acquirer, top_up_id: str) -> list[Lock]:
    return [Lock(TopUp, top_up_id)]


@hot(_attempt_reads)
def record_attempt(work: Work, acquirer: Acquirer, top_up_id: str) -> tuple[TopUp, FundsReceived | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    made = work.get(TopUp, top_up_id)
    if made.status != PENDING:
        return made, None
    message = FundsReceived(
        sender=acquirer.id,
        receiver=acquirer.bank,
        acquirer=acquirer.code,
        stan=made.stan,
        rrn=made.reference,
        transmitted_at=made.created_at,
        amount=made.amount,
        currency=made.currency,
    )
    sent(work, message)
    due = repeat_due_at(work.now, made.attempts)
    return work.change(made, attempts=made.attempts + 1, answer_due_at=due, writer=work.writer), message


def _answer_reads(_: Acquirer, made: TopUp, __: BankReply) -> list[Lock]:
    locks = [Lock(TopUp, made.id), *balance_locks(made.sender, made.credited_account)]
    return [*locks, Lock(IdempotencyKey, made.claim)] if made.claim else locks


@hot(_answer_reads)
def record_answer(work: Work, acquirer: Acquirer, asked: TopUp, reply: BankReply) -> TopUp:
    """Book the money once the bank has it; a second answer changes nothing."""
    received(work, reply)
    made = work.get(TopUp, asked.id)
    if made.status != PENDING:
        return made
    done = advance(work, made, "credit" if reply.approved else "refuse", answer_due_at=None)
    if reply.approved:
        cash = chart.account(work, acquirer.id, "settlement_cash", made.currency)
        event = "top_up" if made.sender else "capital"
        book(
            work,
            event,
            made.reference,
            transfer(cash, work.fact(Account, made.credited_account), made.amount, event),
        )
    if made.sender:
        watch_balance(work, work.fact(Sender, made.sender), made.reference)
    acquirer.answer(work, made.claim, done)
    return done
