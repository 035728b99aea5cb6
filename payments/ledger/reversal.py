"""Reversal: the only way to correct an entry. What it posted is posted back, by a new entry that names it."""

from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.kit.errors import NotFound, Refusal
from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.entry import EXPIRE, HOLD, RELEASE, Line, Transfer, book, transfer

REVERSE: Final = "reverse_entry"


class EntryAlreadyReversed(Refusal):
    """This entry has been reversed before."""


class EntryNotReversible(Refusal):
    """This entry is not one that a reversal undoes."""


@record("ledger_reversals", Index(None, "entry", unique=True), chained=True)
class Reversed(Record):
    """That ``entry`` was reversed by the entry ``reversal``, and why. Unique: it happens once."""

    noun: ClassVar[str] = "reversal of an entry"

    id: Key[int]
    entry: str
    reversal: str
    why: str
    at: int


def reverse(work: Work, entry_id: str, reference: str, why: str) -> str:
    """Post back what an entry posted, last transfer first; return the new entry's id. Part of a cold step.

    Raises ``NotFound``, ``EntryAlreadyReversed``, ``EntryNotReversible`` for an entry that holds money or lets
    it go (a hold is undone by a release) or is a reversal itself, and ``InsufficientFunds`` when a guarded
    account has not what it is to give back.
    """
    transfers = _transfers(work, entry_id)
    _check(work, entry_id, transfers)
    lines = [_mirror(work, each) for each in reversed(transfers)]
    reversal = book(work, REVERSE, reference, *lines, reverses=entry_id)
    work.add(Reversed(work.next_row(), entry_id, reversal, why, work.now))
    work.emit("entry.reversed", entry_id, reference, {"reversal": reversal, "why": why})
    return reversal


def _transfers(work: Work, entry_id: str) -> list[Transfer]:
    table = Transfer.table()
    found = work.records(Transfer, sa.select(table).where(table.c.entry == entry_id).order_by(table.c.id))
    if not found:
        raise NotFound(f"There is no ledger entry {entry_id}.")
    return found


def _check(work: Work, entry_id: str, transfers: list[Transfer]) -> None:
    if known := work.find(Reversed, "entry", entry_id):
        raise EntryAlreadyReversed(f"The entry {known.reversal} reversed it: {known.why}")
    if transfers[0].reverses is not None:
        raise EntryNotReversible("It is a reversal itself: book what is right anew.")
    if any(each.kind in (HOLD, RELEASE, EXPIRE) for each in transfers):
        raise EntryNotReversible("It holds money or lets it go: release the hold, or hold anew.")


def _mirror(work: Work, posted: Transfer) -> Line:
    debit, credit = work.fact(Account, posted.credit_account), work.fact(Account, posted.debit_account)
    return transfer(debit, credit, posted.amount, posted.purpose)
