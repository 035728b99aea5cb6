"""Cardholders' accounts: a deposit, or a line of credit."""

from typing import ClassVar, Final

from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.ledger import chart
from payments.ledger.account import ASSET, LIABILITY
from payments.ledger.account import Account as LedgerAccount
from payments.ledger.account import account_id as ledger_account_id

DEBIT: Final = "debit"
CREDIT: Final = "credit"


@record("issuer_accounts", fixed=True)
class Account(Record):
    """An account with an issuer, in one currency. ``product`` is debit (a deposit) or credit (``credit_limit`` minor units)."""

    noun: ClassVar[str] = "account"
    prefix: ClassVar[str] = "acct"

    id: Key[str]
    issuer: str
    holder: str
    product: str
    currency: str
    credit_limit: int
    created_at: int

    @property
    def ledger_id(self) -> str:
        """Return the id of the cardholder's account in the issuer's book."""
        return ledger_account_id(self.issuer, "cardholder", self.currency, self.id)


def ledger_account(work: Work, account: Account) -> LedgerAccount:
    """Return the cardholder's account in the issuer's book (guarded)."""
    return work.fact(LedgerAccount, account.ledger_id)


def overdrawn_account(work: Work, account: Account) -> LedgerAccount:
    """Return the receivable that forced postings go to when the cardholder's account has not the money."""
    return chart.account(work, account.issuer, "overdrawn", account.currency, account.id)


def open_ledger_accounts(work: Work, account: Account) -> None:
    """Open the account's accounts in the issuer's book.

    A deposit is a liability that may not fall below 0, a line of credit a receivable that may not rise above its limit.
    """
    currency, owner = account.currency, account.id
    if account.product == CREDIT:
        chart.open_account(
            work, account.issuer, "cardholder", currency, ASSET,
            name=account.holder, owner=owner, ceiling=account.credit_limit,
        )  # fmt: skip
    else:
        chart.open_account(
            work, account.issuer, "cardholder", currency, LIABILITY, name=account.holder, owner=owner, floor=0
        )
    name = f"{account.holder}, overdrawn"
    chart.open_account(work, account.issuer, "overdrawn", currency, ASSET, name=name, owner=owner, floor=0)
