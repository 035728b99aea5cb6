"""Credits whose money comes later: approved and on the account, but on hold until their time.

A push is available at once where the card's range has fast funds; elsewhere, or if it is staged, its money is held on
the cardholder's own account, then released, and the cardholder is told.
"""

from typing import ClassVar

from payments.issuer.account import Account, ledger_account
from payments.issuer.card import Card
from payments.issuer.issuer import Issuer
from payments.issuer.notification import notify
from payments.issuer.transaction import ON_HOLD, Transaction
from payments.kit.lifecycle import advance
from payments.kit.money import Money
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.balance import Balance, guarded_balance
from payments.ledger.entry import Hold, book, release


@record("issuer_held_credits", due_index("available_at"))
class HeldCredit(Record):
    """When the money of a credit is available; its ``id`` is the transaction's. Empty once it is, or was taken back."""

    noun: ClassVar[str] = "held_credit"

    id: Key[str]
    issuer: str
    held_at: int
    available_at: Mutable[int | None]


def release_locks(transaction: Transaction, account: Account) -> list[Lock]:
    """Return what a hot step that ends a hold on a credit has to lock."""
    locks = [Lock(Transaction, transaction.id), Lock(HeldCredit, transaction.id), Lock(Balance, account.ledger_id)]
    return [*locks, Lock(Hold, transaction.hold)] if transaction.hold else locks


def _available_reads(_: Issuer, transaction_id: str) -> Reads:
    transaction = yield Find(Transaction, "id", transaction_id)
    account = yield Find(Account, "id", transaction.account)
    yield Find(Card, "id", transaction.card)
    return release_locks(transaction, account)


@hot(_available_reads)
def make_available(work: Work, issuer: Issuer, transaction_id: str) -> Transaction:
    """Release what is held of a credit whose time has come, and tell the cardholder; a step."""
    transaction, held = work.get(Transaction, transaction_id), work.get(HeldCredit, transaction_id)
    if transaction.status != ON_HOLD or held.available_at is None or held.available_at > work.now:
        return transaction
    work.change(held, available_at=None)
    account, card = work.fact(Account, transaction.account), work.find(Card, "id", transaction.card)
    if transaction.hold:
        book(work, "push_available", transaction.reference, release(work.get(Hold, transaction.hold)))
    released = advance(work, transaction, "make_available")
    if card is not None:
        left = Money(guarded_balance(work, ledger_account(work, account)).available, account.currency)
        amount = Money(transaction.amount - transaction.taken_back_amount, transaction.currency)
        title = f"{amount} are available"
        notify(
            work,
            issuer,
            account,
            card,
            title,
            f"{transaction.description}. Available now: {left}",
            transaction.reference,
        )
    return released
