"""Balances: four counters an account, only ever added to.

What is posted has happened; what is held is promised. *Ledger* balance is what is posted; *available* is what is left
of it when every hold against the account is honoured.
"""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from payments.kit.errors import Refusal
from payments.kit.records import Counter, Key, Mutable, Record, record
from payments.kit.work import Work
from payments.ledger.account import Account

_AVAILABLE = (
    "CASE side WHEN 'credit' THEN posted_credits - posted_debits - held_debits"
    " ELSE posted_debits - posted_credits - held_credits END"
)


class InsufficientFunds(Refusal):
    """The account has not the money."""


@record(
    "ledger_balances",
    ForeignKeyConstraint(["account"], ["ledger_accounts.id"]),
    Index(None, "account"),
    CheckConstraint("side IN ('debit', 'credit')", name="side"),
    CheckConstraint(f"floor IS NULL OR {_AVAILABLE} >= floor", name="floor"),
    # One writer may let go what another has held: then a stripe's own holds are below 0, but never their sum.
    CheckConstraint("floor IS NULL OR (held_debits >= 0 AND held_credits >= 0)", name="held"),
    CheckConstraint("posted_debits >= 0 AND posted_credits >= 0", name="posted"),
)
class Balance(Record):
    """An account's counters, or one writer's stripe of them, in minor units.

    ``side`` is the side that makes *available* larger: the account's own, but for a line of credit, which is an asset
    that may not rise above its limit. ``floor`` is what may not be fallen below on that side (``None``: no floor).
    """

    id: Key[str]
    account: str
    stripe: int
    side: str
    floor: Mutable[int | None]
    posted_debits: Counter[int] = 0
    posted_credits: Counter[int] = 0
    held_debits: Counter[int] = 0
    held_credits: Counter[int] = 0

    @property
    def ledger(self) -> int:
        """Return the posted balance, positive on ``side``."""
        net = self.posted_credits - self.posted_debits
        return net if self.side == "credit" else -net

    @property
    def held(self) -> int:
        """Return what is promised away."""
        return self.held_debits if self.side == "credit" else self.held_credits

    @property
    def available(self) -> int:
        """Return how much may still be taken: posted less held, above the floor."""
        return self.ledger - self.held - (self.floor or 0)


def balance_id(account: Account, writer: int) -> str:
    """Return the id of the balance row that ``writer`` adds to: the only one, if the account is guarded."""
    return account.id if account.guarded else f"{account.id}/{writer}"


def zero_balance(account: Account, writer: int) -> Balance:
    """Return the row ``writer`` adds to, as it is before anything was added."""
    return Balance(balance_id(account, writer), account.id, 0 if account.guarded else writer, account.side, None)


def guarded_balance(work: Work, account: Account) -> Balance:
    """Return the locked balance of a guarded account."""
    assert account.guarded, f"{account.id} has no floor and is never locked"
    return work.get(Balance, account.id)
