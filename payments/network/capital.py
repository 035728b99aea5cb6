"""Capital: what the network's owners pay into its own reserve at the settlement bank.

The bank is told that the money came, and gives the same answer if it is told again. Without an answer it
stays pending and is repeated.
"""

from typing import ClassVar, Final

from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.network.network import Network
from payments.switch.asking import ask
from payments.switch.bank_message import BankReply, FundsReceived
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
CREDITED: Final = "credited"
REFUSED: Final = "refused"


@record("network_capital", due_index("answer_due_at"))
class Capital(Record):
    """Capital paid in, in minor units of ``currency``."""

    noun: ClassVar[str] = "capital"
    prefix: ClassVar[str] = "cpt"
    moves: ClassVar[tuple[Move, ...]] = (Move("credit", PENDING, CREDITED), Move("refuse", PENDING, REFUSED))

    id: Key[str]
    network: str
    amount: int
    currency: str
    reference: str
    stan: str
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0


async def capitalize(network: Network, currency: str, amount: int) -> Capital:
    """Pay ``amount`` minor units of capital into the network's own reserve. Raises ``NotFound``."""
    made = await network.step(record_capital, currency, amount)
    return await tell_bank(network, made.id)


async def tell_bank(network: Network, capital_id: str) -> Capital:
    """Tell the bank of capital, once more if need be; without an answer it stays pending, and due."""
    return await ask(network, capital_id, record_attempt, record_answer)


def record_capital(work: Work, network: Network, currency: str, amount: int) -> Capital:
    """Write down that capital came in. Raises ``NotFound`` for a currency the network does not work in."""
    equity = account(work, network.id, "equity", currency)
    number = work.next_number()
    made = Capital(
        id=work.new_id(Capital.prefix),
        network=network.id,
        amount=amount,
        currency=equity.currency,
        reference=retrieval_reference(work.now, network.ids.session, number),
        stan=trace_number(number),
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now,
    )
    announce(work, made, {"amount": amount, "currency": currency})
    return work.add(made)


def _capital_reads(_: Network, capital_id: str) -> list[Lock]:
    return [Lock(Capital, capital_id)]


@hot(_capital_reads)
def record_attempt(work: Work, network: Network, capital_id: str) -> tuple[Capital, FundsReceived | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    made = work.get(Capital, capital_id)
    if made.status != PENDING:
        return made, None
    message = FundsReceived(
        sender=network.id,
        receiver=network.bank,
        acquirer=network.code,
        stan=made.stan,
        rrn=made.reference,
        transmitted_at=made.created_at,
        amount=made.amount,
        currency=made.currency,
    )
    sent(work, message)
    due = repeat_due_at(work.now, made.attempts)
    return work.change(made, attempts=made.attempts + 1, answer_due_at=due, writer=work.writer), message


def _answer_reads(_: Network, asked: Capital, __: BankReply) -> list[Lock]:
    return [Lock(Capital, asked.id)]


@hot(_answer_reads)
def record_answer(work: Work, network: Network, asked: Capital, reply: BankReply) -> Capital:
    """Book the money once the bank has it; a second answer changes nothing."""
    received(work, reply)
    made = work.get(Capital, asked.id)
    if made.status != PENDING:
        return made
    if reply.approved:
        cash = account(work, network.id, "settlement_cash", made.currency)
        equity = account(work, network.id, "equity", made.currency)
        book(work, "capital", made.reference, transfer(cash, equity, made.amount, "capital"))
    return advance(work, made, "credit" if reply.approved else "refuse", answer_due_at=None)
