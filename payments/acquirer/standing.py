"""Standings: what a sender has pushed today, and whether its funds are low.

A push is counted when it is accepted, on that UTC day, and taken out when it is declined on the same day. One row a
sender, locked with its funds, so that it costs no concurrency.
"""

from typing import ClassVar, Final

import orjson
from sqlalchemy import CheckConstraint

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender, sender_account
from payments.kit.clock import DAY
from payments.kit.errors import NotFound
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.ledger.balance import Balance, guarded_balance

_NOTHING: Final = "{}"


@record(
    "acquirer_sender_standings",
    CheckConstraint("low_balance_amount IS NULL OR low_balance_amount >= 0", name="low_balance_amount"),
)
class Standing(Record):
    """How a sender stands. ``used`` is JSON: how often and how much it has pushed on ``day``, by programme.

    ``day`` is counted from the epoch, UTC. ``low_balance_amount`` (minor units; ``None``: never) is what is available
    when its funds count as ``low`` (0 or 1), which an event says once until they have been enough again.
    """

    noun: ClassVar[str] = "sender_standing"

    sender: Key[str]
    day: Mutable[int] = 0
    used: Mutable[str] = _NOTHING
    low_balance_amount: Mutable[int | None] = None
    low: Mutable[int] = 0


def used_on(standing: Standing, day: int, programme: str = "") -> tuple[int, int]:
    """Return how often and how much the sender has pushed on a day, in one programme or ('') in all."""
    if standing.day != day or standing.used == _NOTHING:
        return 0, 0
    used: dict[str, list[int]] = orjson.loads(standing.used)
    found = [each for name, each in used.items() if programme in ("", name)]
    return sum(each[0] for each in found), sum(each[1] for each in found)


def standing_of(work: Work, sender: str) -> Standing:
    """Return how a sender stands, locked; one that has never pushed gets its row now."""
    return work.get_or_none(Standing, sender) or work.add(Standing(sender))


def count_use(work: Work, disbursement: Disbursement) -> Standing:
    """Count a push that is accepted; the sender's standing is locked."""
    return _add(work, standing_of(work, disbursement.sender), disbursement, 1)


def uncount_use(work: Work, disbursement: Disbursement) -> None:
    """Take out a push whose money went back to the sender, if it is still the day on which it was counted."""
    standing = standing_of(work, disbursement.sender)
    if standing.day == disbursement.created_at // DAY:
        _add(work, standing, disbursement, -1)


def _add(work: Work, standing: Standing, disbursement: Disbursement, sign: int) -> Standing:
    day = disbursement.created_at // DAY
    used: dict[str, list[int]] = orjson.loads(standing.used) if standing.day == day else {}
    count, amount = used.get(disbursement.programme, (0, 0))
    used[disbursement.programme] = [count + sign, amount + sign * disbursement.amount]
    kept = {name: each for name, each in used.items() if each[0]}
    return work.change(standing, day=day, used=orjson.dumps(kept).decode())


# ── low balance ──


def watch_balance(work: Work, sender: Sender, reference: str = "") -> None:
    """Say in an event that the sender's funds have become low; its standing and its balance are locked."""
    standing = work.get_or_none(Standing, sender.id)
    if standing is None or (standing.low_balance_amount is None and not standing.low):
        return
    available = guarded_balance(work, sender_account(work, sender)).available
    low = int(standing.low_balance_amount is not None and available < standing.low_balance_amount)
    if low == standing.low:
        return
    if low:
        threshold = {"available": available, "low_balance_amount": standing.low_balance_amount}
        work.emit("sender.low_balance", sender.id, reference, threshold | {"currency": sender.currency})
    work.change(standing, low=low)


def balance_locks(sender: str, funds: str) -> list[Lock]:
    """Return what a step locks that moves a sender's ``funds`` (the id of the ledger account)."""
    return [Lock(Balance, funds), Lock(Standing, sender)]


def set_low_balance(work: Work, acquirer: Acquirer, sender_id: str, amount: int | None) -> Standing:
    """Say below which available amount (minor units; ``None``: never) a sender's funds are low. Raises ``NotFound``."""
    sender = work.get(Sender, sender_id)
    if sender.acquirer != acquirer.id:
        raise NotFound(f"There is no sender {sender_id}.")
    work.change(standing_of(work, sender_id), low_balance_amount=amount)
    work.emit("sender.low_balance_set", sender_id, "", {"low_balance_amount": amount})
    work.get(Balance, sender_account(work, sender).id)
    watch_balance(work, sender)
    return work.get(Standing, sender_id)
