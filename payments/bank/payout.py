"""Payouts, the bank's side: from an acquirer's reserve into a merchant's bank account."""

from payments.bank.bank import Bank
from payments.bank.order import Order, known_order, order_lock, record_order, reply_to
from payments.bank.reserve import has_reserve, reserve_lock
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import LIABILITY, Account, account_id
from payments.ledger.balance import guarded_balance
from payments.ledger.chart import account, open_account
from payments.ledger.entry import book, transfer
from payments.switch.bank_message import BankReply, PayMerchant
from payments.switch.codes import INSUFFICIENT_FUNDS, NOT_PERMITTED
from payments.switch.trail import received


async def pay_merchant(bank: Bank, message: PayMerchant) -> BankReply:
    """Pay a merchant out of its acquirer's reserve, or say that that is short."""
    return await bank.step(answer_pay_merchant, message)


def _payment_reads(bank: Bank, message: PayMerchant) -> Reads:
    yield Find(Account, "id", _merchant_account_id(bank, message))
    return [order_lock(message), reserve_lock(bank, message.sender, message.currency)]


@hot(_payment_reads)
def answer_pay_merchant(work: Work, bank: Bank, message: PayMerchant) -> BankReply:
    """Book the money to the merchant's account, once however often it is asked; if short, refuse (51)."""
    received(work, message)
    order = known_order(work, message) or _pay(work, bank, message)
    return reply_to(work, bank, message, order)


def _pay(work: Work, bank: Bank, message: PayMerchant) -> Order:
    if not has_reserve(work, bank, message.sender, message.currency):
        return record_order(work, bank, message, NOT_PERMITTED)
    reserve = account(work, bank.id, "reserve", message.currency, message.sender)
    if guarded_balance(work, reserve).available < message.amount:
        return record_order(work, bank, message, INSUFFICIENT_FUNDS, message.sender)
    merchants = _merchant_account(work, bank, message)
    book(work, "payout", message.rrn, transfer(reserve, merchants, message.amount, "payout"))
    return record_order(work, bank, message)


def _merchant_account(work: Work, bank: Bank, message: PayMerchant) -> Account:
    """Return the merchant's account, opened when it is first paid."""
    known = work.find(Account, "id", _merchant_account_id(bank, message))
    return known or open_account(
        work,
        bank.id,
        "merchant_account",
        message.currency,
        LIABILITY,
        name=message.merchant_name,
        owner=message.merchant,
    )


def _merchant_account_id(bank: Bank, message: PayMerchant) -> str:
    return account_id(bank.id, "merchant_account", message.currency, message.merchant)
