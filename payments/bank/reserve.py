"""Reserves: what each member keeps at the bank, and money that comes in from outside."""

from payments.bank.bank import Bank
from payments.bank.order import Order, known_order, order_lock, record_order, reply_to
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.switch.bank_message import BankReply, FundsReceived
from payments.switch.codes import NOT_PERMITTED
from payments.switch.trail import received


async def take_in(bank: Bank, message: FundsReceived) -> BankReply:
    """Credit a member's reserve with money that came in from outside."""
    return await bank.step(answer_funds_received, message)


def reserve_lock(bank: Bank, member: str, currency: str) -> Lock:
    """Return the declaration by which a hot step may move a member's reserve."""
    return Lock(Balance, account_id(bank.id, "reserve", currency, member))


def has_reserve(work: Work, bank: Bank, member: str, currency: str) -> bool:
    """Tell whether a member keeps a reserve in ``currency``; a hot step has declared its ``reserve_lock``."""
    return work.get_or_none(*reserve_lock(bank, member, currency)) is not None


def _funds_reads(bank: Bank, message: FundsReceived) -> list[Lock]:
    return [order_lock(message), reserve_lock(bank, message.sender, message.currency)]


@hot(_funds_reads)
def answer_funds_received(work: Work, bank: Bank, message: FundsReceived) -> BankReply:
    """Book the money from the vault to the sender's reserve, once however often told; if it has none, refuse (57)."""
    received(work, message)
    order = known_order(work, message) or _take_in(work, bank, message)
    return reply_to(work, bank, message, order)


def _take_in(work: Work, bank: Bank, message: FundsReceived) -> Order:
    if not has_reserve(work, bank, message.sender, message.currency):
        return record_order(work, bank, message, NOT_PERMITTED)
    vault = account(work, bank.id, "vault", message.currency)
    reserve = account(work, bank.id, "reserve", message.currency, message.sender)
    book(work, "funds_received", message.rrn, transfer(vault, reserve, message.amount, "funds_received"))
    return record_order(work, bank, message)
