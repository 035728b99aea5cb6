"""When the money of a push is available: at once, or, where there are no fast funds, some business days later."""

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final, NamedTuple

from payments.issuer.account import Account, ledger_account, overdrawn_account
from payments.issuer.held_credit import HeldCredit
from payments.issuer.issuer import Issuer
from payments.issuer.transaction import Transaction
from payments.kit.calendar import add_business_days
from payments.kit.clock import DAY, day, instant
from payments.kit.work import Work
from payments.ledger.balance import guarded_balance
from payments.ledger.chart import account as house_account
from payments.ledger.entry import book, hold
from payments.switch.message import OriginalCredit
from payments.switch.outcome import AVAILABLE_LATER
from payments.switch.staging import Staging

BUSINESS_DAYS: Final[int] = json.loads(Path(__file__).with_name("availability.json").read_text(encoding="utf-8"))[
    "without_fast_funds_business_days"
]


class OnHold(NamedTuple):
    """How much of a credit is on hold, in minor units, and until when (``None``: nothing is)."""

    until: int | None
    amount: int


AT_ONCE: Final = OnHold(None, 0)


def to_hold(work: Work, issuer: Issuer, account: Account, pushed: OriginalCredit, staging: Staging | None) -> OnHold:
    """Return what of a credit is to be held: all but what repays what is overdrawn. The step locks the account."""
    later = staging if staging is not None and staging.outcome == AVAILABLE_LATER else None
    until = _available_at(issuer, pushed, work.now, later)
    owed = guarded_balance(work, overdrawn_account(work, account)).ledger
    amount = pushed.credited_amount - min(pushed.credited_amount, owed)
    return OnHold(until, amount) if until is not None and until > work.now and amount else AT_ONCE


def _available_at(issuer: Issuer, pushed: OriginalCredit, now: int, staging: Staging | None) -> int | None:
    """Return when the money of a push is to be available, in microseconds; ``None``: at once."""
    if staging is not None and staging.seconds is not None:
        return staging.later(now)
    if staging is None and issuer.switch.directory.bin_of(pushed.card.number).fast_funds:
        return None
    midnight = instant(datetime.combine(add_business_days(day(now), BUSINESS_DAYS), time(), UTC))
    return midnight + now % DAY


def hold_back(work: Work, issuer: Issuer, account: Account, transaction: Transaction, held: OnHold) -> None:
    """Keep the money of a credit on hold, if it is to be; part of the step that has credited it."""
    if held.until is None or transaction.hold is None:
        return
    back = house_account(work, issuer.id, "due_to_network", transaction.currency)
    own = ledger_account(work, account)
    kept = hold(transaction.hold, transaction.id, own, back, held.amount, "not_available_yet")
    book(work, "push_on_hold", transaction.reference, kept)
    work.add(HeldCredit(transaction.id, issuer.id, work.now, held.until))
