"""Books and accounts: where money can be.

A book belongs to one institution and is named as it. An account belongs to a book, has a currency and a kind, and is
*guarded* (has a floor, one balance row, locked) or *striped* (no floor, one balance row per writer).
"""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from payments.kit.records import Key, Record, record

ASSET: Final = "asset"
LIABILITY: Final = "liability"
EQUITY: Final = "equity"
INCOME: Final = "income"
EXPENSE: Final = "expense"

DEBIT: Final = "debit"
CREDIT: Final = "credit"
GUARDED: Final = "guarded"
STRIPED: Final = "striped"


@record("ledger_books", fixed=True)
class Book(Record):
    """One institution's books."""

    noun: ClassVar[str] = "book"

    id: Key[str]
    name: str
    opened_at: int


@record(
    "ledger_accounts",
    UniqueConstraint("book", "currency", "id"),
    ForeignKeyConstraint(["book"], ["ledger_books.id"]),
    CheckConstraint("kind IN ('asset', 'liability', 'equity', 'income', 'expense')", name="kind"),
    CheckConstraint("mode IN ('guarded', 'striped')", name="mode"),
    fixed=True,
)
class Account(Record):
    """An account. ``code`` says what it is for (``due_to_network``), ``owner`` whose it is ('' for the house's own)."""

    noun: ClassVar[str] = "ledger account"

    id: Key[str]
    book: str
    currency: str
    kind: str
    code: str
    owner: str
    name: str
    mode: str
    opened_at: int

    @property
    def guarded(self) -> bool:
        """Tell whether the account has a floor."""
        return self.mode == GUARDED

    @property
    def side(self) -> str:
        """Return the account's own side: debit or credit, whichever makes its balance larger."""
        return DEBIT if self.kind in (ASSET, EXPENSE) else CREDIT


def account_id(book: str, code: str, currency: str, owner: str = "") -> str:
    """Return the id of an account: it says where the account is and what it is for."""
    return f"{book}.{code}.{currency}.{owner}" if owner else f"{book}.{code}.{currency}"


def opposite(side: str) -> str:
    """Return the other side."""
    return DEBIT if side == CREDIT else CREDIT
