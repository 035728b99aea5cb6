"""The chart of accounts: opening accounts, and finding the house's own by what they are for."""

from payments.kit.work import Work
from payments.ledger.account import GUARDED, STRIPED, Account, account_id, opposite
from payments.ledger.balance import Balance, balance_id


def open_account(
    work: Work,
    book: str,
    code: str,
    currency: str,
    kind: str,
    *,
    name: str,
    owner: str = "",
    floor: int | None = None,
    ceiling: int | None = None,
) -> Account:
    """Open an account in ``book``; with a ``floor`` or a ``ceiling`` (minor units) it is guarded, else striped.

    A floor is what the balance, on the account's own side, may not fall below; a ceiling what it may not rise above
    (the limit of a line of credit, which is an asset). Every account is named ``book.code.currency``, with its owner
    behind if it has one.
    """
    assert floor is None or ceiling is None
    guarded = floor is not None or ceiling is not None
    id = account_id(book, code, currency, owner)
    mode = GUARDED if guarded else STRIPED
    account = work.add(Account(id, book, currency, kind, code, owner, name, mode, work.now))
    side = account.side if ceiling is None else opposite(account.side)
    limit = floor if ceiling is None else -ceiling
    work.add(Balance(balance_id(account, work.writer), id, 0 if guarded else work.writer, side, limit))
    return account


def account(work: Work, book: str, code: str, currency: str, owner: str = "") -> Account:
    """Return the account of ``book`` that serves ``code`` in ``currency`` for ``owner``. Raises ``NotFound``."""
    return work.fact(Account, account_id(book, code, currency, owner))
