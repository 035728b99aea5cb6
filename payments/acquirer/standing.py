"""Standings: what a sender has pushed today, and whether its funds are low.

A push is counted when it is accepted, on that UTC day, and taken out when it is declined on the same day. The row is
opened with the sender (``sender.py``) and locked with its funds, so that it costs no concurrency.
"""

import orjson

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import NOTHING_USED, Sender, Standing, sender_account
from payments.kit.clock import DAY
from payments.kit.errors import NotFound
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.ledger.balance import Balance, guarded_balance


def used_on(standing: Standing, day: int, programme: str = "") -> tuple[int, int]:
    """Return how often and how much the sender has pushed on a day, in one programme or ('') in all."""
    if standing.day != day or standing.used == NOTHING_USED:
        return 0, 0
    used: dict[str, list[int]] = orjson.loads(standing.used)
    found = [each for name, each in used.items() if programme in ("", name)]
    return sum(each[0] for each in found), sum(each[1] for each in found)


def count_use(work: Work, disbursement: Disbursement) -> Standing:
    """Count a push that is accepted; the sender's standing is locked."""
    return _add(work, work.get(Standing, disbursement.sender), disbursement, 1)


def uncount_use(work: Work, disbursement: Disbursement) -> None:
    """Take out a push whose money went back to the sender, if it is still the day on which it was counted."""
    standing = work.get(Standing, disbursement.sender)
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
    standing = work.get(Standing, sender.id)
    if standing.low_balance_amount is None and not standing.low:
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
    work.change(work.get(Standing, sender_id), low_balance_amount=amount)
    work.emit("sender.low_balance_set", sender_id, "", {"low_balance_amount": amount})
    work.get(Balance, sender_account(work, sender).id)
    watch_balance(work, sender)
    return work.get(Standing, sender_id)
