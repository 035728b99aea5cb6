"""Cardholders' accounts: a deposit, or a line of credit."""

from typing import ClassVar, Final

from payments.issuer.issuer import Issuer
from payments.kit.errors import NotFound, Refusal
from payments.kit.records import Key, Record, record
from payments.kit.steps import Find, Lock
from payments.kit.work import Work
from payments.ledger import chart
from payments.ledger.account import ASSET, LIABILITY
from payments.ledger.account import Account as LedgerAccount
from payments.ledger.account import account_id as ledger_account_id
from payments.ledger.balance import Balance, guarded_balance
from payments.ledger.entry import Line, transfer

DEBIT: Final = "debit"
CREDIT: Final = "credit"


class CurrencyNotKept(Refusal):
    """This bank keeps no accounts in this currency."""


@record("issuer_accounts", fixed=True)
class Account(Record):
    """An account with an issuer, in one currency.

    ``product`` is debit (a deposit) or credit (a line of credit of ``credit_limit`` minor units). ``street`` and
    ``postal_code`` are where the holder lives, as far as the bank knows.
    """

    noun: ClassVar[str] = "account"
    prefix: ClassVar[str] = "acct"

    id: Key[str]
    issuer: str
    holder: str
    product: str
    currency: str
    credit_limit: int
    created_at: int
    street: str = ""
    postal_code: str = ""

    @property
    def ledger_id(self) -> str:
        """Return the id of the cardholder's account in the issuer's book."""
        return ledger_account_id(self.issuer, "cardholder", self.currency, self.id)


def get_account(work: Work, issuer: Issuer, account_id: str) -> Account:
    """Return an account of ``issuer``, in a cold step. Raises ``NotFound``, for another bank's account too."""
    found = work.get(Account, account_id)
    if found.issuer != issuer.id:
        raise NotFound(f"{issuer.name} has no account {account_id}.")
    return found


def ledger_account(work: Work, account: Account) -> LedgerAccount:
    """Return the cardholder's account in the issuer's book (guarded)."""
    return work.fact(LedgerAccount, account.ledger_id)


def overdrawn_account(work: Work, account: Account) -> LedgerAccount:
    """Return the receivable that takes forced postings which the cardholder has not the money for."""
    return chart.account(work, account.issuer, "overdrawn", account.currency, account.id)


def credit_finds(issuer: Issuer, account_id: str, currency: str) -> tuple[Find, Find, Find]:
    """Return what a hot step looks up that may credit an account, if it is in that currency: itself and its ledgers.

    What was not looked up is read when it is needed, but row by row.
    """
    ledgers = (ledger_account_id(issuer.id, code, currency, account_id) for code in ("cardholder", "overdrawn"))
    own, overdrawn = (Find(LedgerAccount, "id", each) for each in ledgers)
    return Find(Account, "id", account_id), own, overdrawn


def credit_locks(account: Account) -> list[Lock]:
    """Return what a hot step that uses ``credit_lines`` has to lock."""
    overdrawn = ledger_account_id(account.issuer, "overdrawn", account.currency, account.id)
    return [Lock(Balance, account.ledger_id), Lock(Balance, overdrawn)]


def credit_lines(work: Work, account: Account, source: LedgerAccount, amount: int, purpose: str) -> list[Line]:
    """Return the lines that credit ``amount`` to the cardholder; what is overdrawn is repaid first."""
    overdrawn = overdrawn_account(work, account)
    repaid = min(amount, guarded_balance(work, overdrawn).ledger)
    return [
        transfer(source, overdrawn, repaid, f"{purpose}_repays"),
        transfer(source, ledger_account(work, account), amount - repaid, purpose),
    ]


def open_ledger_accounts(work: Work, account: Account) -> None:
    """Open the account's accounts in the issuer's book.

    A deposit is a liability that may not fall below 0, a line of credit a receivable that may not rise
    above its limit.
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


def open_account(
    work: Work,
    issuer: Issuer,
    holder: str,
    product: str,
    currency: str,
    credit_limit: int = 0,
    account_id: str | None = None,
    street: str = "",
    postal_code: str = "",
) -> Account:
    """Open an account for ``holder``; a step.

    ``product`` is debit or credit, with ``credit_limit`` in minor units. ``account_id`` is made up when it
    is not given. Raises ``CurrencyNotKept``.
    """
    assert product in (DEBIT, CREDIT), product
    require_currency(work, issuer, currency)
    opened = Account(
        id=account_id or work.new_id(Account.prefix),
        issuer=issuer.id,
        holder=holder,
        product=product,
        currency=currency,
        credit_limit=credit_limit,
        created_at=work.now,
        street=street,
        postal_code=postal_code,
    )
    open_ledger_accounts(work, opened)
    work.emit("account.opened", opened.id, "", {"product": product, "currency": currency})
    return work.add(opened)


def require_currency(work: Work, issuer: Issuer, currency: str) -> None:
    """Make sure, in a cold step, that the bank works in ``currency``. Raises ``CurrencyNotKept``."""
    if work.get_or_none(LedgerAccount, ledger_account_id(issuer.id, "due_to_network", currency)) is None:
        raise CurrencyNotKept(f"{issuer.name} keeps no accounts in {currency}.")
