"""Entries: a business event's transfers, booked together or not at all.

``book`` takes what is to move as plain values, in the order of the postings table, and writes them::

    book(work, "clear_sale", reference, post(hold, 5841), transfer(due_to_network, interchange, 98, "interchange"))

A transfer moves an amount from a debit account to a credit account of the same book and currency, so an unbalanced
entry cannot be written. Nothing is ever changed or deleted: a mistake is corrected by ``reverse``.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.ledger.account import DEBIT, Account
from payments.ledger.balance import Balance, InsufficientFunds, balance_id, guarded_balance, zero_balance

TRANSFER: Final = "transfer"
HOLD: Final = "hold"
POST: Final = "post"
RELEASE: Final = "release"
EXPIRE: Final = "expire"

LIMIT: Final = 10**15

_EVENTS: Final = {HOLD: "money.held", RELEASE: "money.released", EXPIRE: "money.released"}


@record(
    "ledger_transfers",
    ForeignKeyConstraint(
        ["book", "currency", "debit_account"],
        ["ledger_accounts.book", "ledger_accounts.currency", "ledger_accounts.id"],
    ),
    ForeignKeyConstraint(
        ["book", "currency", "credit_account"],
        ["ledger_accounts.book", "ledger_accounts.currency", "ledger_accounts.id"],
    ),
    Index(None, "debit_account", "at", "id"),
    Index(None, "credit_account", "at", "id"),
    Index(None, "entry"),
    CheckConstraint(f"amount BETWEEN 1 AND {LIMIT}", name="amount"),
    CheckConstraint("debit_account <> credit_account", name="sides"),
    CheckConstraint("kind IN ('transfer', 'hold', 'post', 'release', 'expire')", name="kind"),
    CheckConstraint("(kind = 'transfer') = (hold IS NULL)", name="hold"),
    chained=True,
)
class Transfer(Record):
    """One amount from one account to another. ``kind`` says whether it is promised, posted or let go.

    ``entry`` is shared by the transfers of one business event, ``event`` names that (``clear_sale``), ``purpose``
    what this transfer is for within it, ``reference`` ties together what belongs to one payment.
    """

    id: Key[int]
    entry: str
    event: str
    book: str
    currency: str
    kind: str
    debit_account: str
    credit_account: str
    amount: int
    hold: str | None
    purpose: str
    reference: str
    reverses: str | None
    at: int


@record(
    "ledger_holds",
    Index(None, "owner"),
    CheckConstraint("amount > 0 AND posted >= 0 AND released >= 0 AND posted + released <= amount", name="amounts"),
)
class Hold(Record):
    """Money set aside in the debit account for the credit account, to be posted in one or more goes or let go.

    ``owner`` is the id of the one thing it belongs to. What is left of it is ``amount - posted - released``.
    """

    noun: ClassVar[str] = "hold"

    id: Key[str]
    owner: str
    debit_account: str
    credit_account: str
    amount: int
    purpose: str
    held_at: int
    posted: Mutable[int] = 0
    released: Mutable[int] = 0

    @property
    def remaining(self) -> int:
        """Return what is still held, in minor units."""
        return self.amount - self.posted - self.released


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be booked: an amount (minor units; 0 books nothing) between two accounts or on a hold."""

    kind: str
    amount: int
    purpose: str
    debit: Account | None = None
    credit: Account | None = None
    hold_id: str | None = None
    owner: str = ""


def transfer(debit: Account, credit: Account, amount: int, purpose: str) -> Line:
    """Post ``amount`` from ``debit`` to ``credit``."""
    return Line(TRANSFER, amount, purpose, debit, credit)


def hold(hold_id: str, owner: str, debit: Account, credit: Account, amount: int, purpose: str) -> Line:
    """Set ``amount`` aside in ``debit`` for ``credit``, as a new hold of ``owner``."""
    return Line(HOLD, amount, purpose, debit, credit, hold_id, owner)


def post(held: Hold, amount: int) -> Line:
    """Post ``amount`` of a hold; what exceeds the hold is posted beside it, if the account has it."""
    return Line(POST, amount, held.purpose, hold_id=held.id)


def release(held: Hold, amount: int | None = None) -> Line:
    """Let ``amount`` of a hold go; all that is left when not said."""
    return Line(RELEASE, held.remaining if amount is None else amount, held.purpose, hold_id=held.id)


def expire(held: Hold) -> Line:
    """Let all that is left of a hold go because its time is over."""
    return Line(EXPIRE, held.remaining, held.purpose, hold_id=held.id)


def book(work: Work, event: str, reference: str, *lines: Line, reverses: str | None = None) -> str:
    """Book a business event's lines together and return the entry's id.

    Raises ``InsufficientFunds`` when a guarded account would fall below its floor; then nothing is booked.
    """
    booking = _Booking(work, event, reference, work.new_id("ent"), reverses)
    for line in lines:
        if line.amount:
            booking.write(line)
    booking.announce()
    return booking.entry


class _Booking:
    """One entry while it is being written."""

    def __init__(self, work: Work, event: str, reference: str, entry: str, reverses: str | None) -> None:
        self.work = work
        self.event = event
        self.reference = reference
        self.entry = entry
        self.reverses = reverses
        self.transfers: list[Transfer] = []

    def write(self, line: Line) -> None:
        assert 0 < line.amount <= LIMIT, f"an amount out of bounds: {line.amount}"
        if line.kind == TRANSFER:
            assert line.debit and line.credit
            self._move(TRANSFER, line.debit, line.credit, line.amount, line.purpose, None)
        elif line.kind == HOLD:
            self._hold(line)
        else:
            self._settle(line)

    def announce(self) -> None:
        if not self.transfers:
            return
        kinds = {each.kind for each in self.transfers}
        moved = [
            [each.kind, each.debit_account, each.credit_account, each.amount, each.currency, each.purpose]
            for each in self.transfers
        ]
        name = _EVENTS.get(kinds.pop(), "money.posted") if len(kinds) == 1 else "money.posted"
        data = {"entry": self.entry, "event": self.event, "transfers": moved}
        self.work.emit(name, self.entry, self.reference, data)
        self.work.entries.append(self.entry)

    def _hold(self, line: Line) -> None:
        assert line.debit and line.credit and line.hold_id
        self._move(HOLD, line.debit, line.credit, line.amount, line.purpose, line.hold_id)
        self.work.add(
            Hold(
                line.hold_id,
                line.owner,
                line.debit.id,
                line.credit.id,
                line.amount,
                line.purpose,
                self.work.now,
            )
        )

    def _settle(self, line: Line) -> None:
        held = self.work.get(Hold, line.hold_id)
        debit, credit = (
            self.work.fact(Account, held.debit_account),
            self.work.fact(Account, held.credit_account),
        )
        within = min(line.amount, held.remaining)
        if within:
            self._move(line.kind, debit, credit, within, held.purpose, held.id)
            part = "posted" if line.kind == POST else "released"
            self.work.change(held, **{part: getattr(held, part) + within})
        if line.amount > within:
            assert line.kind == POST, "more cannot be released than is held"
            self._move(TRANSFER, debit, credit, line.amount - within, f"{held.purpose}_excess", None)

    def _move(self, kind: str, debit: Account, credit: Account, amount: int, purpose: str, held: str | None) -> None:
        assert debit.book == credit.book and debit.currency == credit.currency, (
            "a transfer stays in one book and currency"
        )
        work = self.work
        posted, promised = EFFECTS[kind]
        for account, side in ((debit, 0), (credit, 1)):
            amounts = [0, 0, 0, 0]
            amounts[side] = posted * amount
            amounts[2 + side] = promised * amount
            if account.guarded:
                _guard(work, account, amounts)
            key = balance_id(account, work.writer)
            work.count(Balance, key, tuple(amounts), partial(zero_balance, account, work.writer))
        row = Transfer(
            work.next_row(),
            self.entry,
            self.event,
            debit.book,
            debit.currency,
            kind,
            debit.id,
            credit.id,
            amount,
            held,
            purpose,
            self.reference,
            self.reverses,
            work.now,
        )
        self.transfers.append(work.add(row))


EFFECTS: Final = {TRANSFER: (1, 0), HOLD: (0, 1), POST: (1, -1), RELEASE: (0, -1), EXPIRE: (0, -1)}
"""What each kind of transfer does to what is posted and to what is held, times its amount."""


def _guard(work: Work, account: Account, amounts: list[int]) -> None:
    balance = guarded_balance(work, account)
    posted_debits, posted_credits, held_debits, held_credits = amounts
    if balance.side == DEBIT:
        taken = posted_credits - posted_debits + held_credits
    else:
        taken = posted_debits - posted_credits + held_debits
    if balance.floor is not None and taken > 0 and balance.available < taken:
        raise InsufficientFunds(f"{account.name} has {balance.available} available, not {taken} (minor units).")
