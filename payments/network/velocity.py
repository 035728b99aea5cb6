"""Velocity: how much was pushed to a card in the last days, over all acquirers, and whether a push would be too much.

A push is counted when the network forwards it, on that UTC day, so that pushes under way together cannot exceed a limit
that each alone would not; and it is counted once, whatever is repeated. Without an answer it stays counted. When it is
declined, however late, it is taken out again, of the day on which it was counted. What was approved stays counted for
ever, also when the money is returned later: it was pushed.

What is counted is what the card receives. So all that is pushed to a card is counted together, in its own currency,
whatever its senders pay in. Only the limit of one push holds on both sides of a conversion: a scheme that publishes one
publishes it in the currency of the transaction, which is the sender's.

A card's row is made by the first push to it. When two processes make it at the same moment, the database refuses the
second, whose batch is run again and finds it.
"""

from typing import Any, ClassVar, Final

import orjson

from payments.kit.clock import DAY
from payments.kit.money import Money
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Find, Lock
from payments.kit.work import Work
from payments.network.card_limit import CardLimit, card_limit_id, default_limit
from payments.network.programme import WINDOWS
from payments.network.transaction import Transaction
from payments.switch.codes import AMOUNT_LIMIT_EXCEEDED, FREQUENCY_LIMIT_EXCEEDED
from payments.switch.message import OriginalCredit

_LONGEST: Final = max(WINDOWS)

Counted = list[tuple[int, str, int, int]]
"""Day (since the epoch, UTC), business application, how many pushes, how much (minor units)."""


@record("network_card_velocities")
class CardVelocity(Record):
    """What was pushed to one card in one currency, day by day: ``counted`` is JSON of ``Counted``, 30 days of it.

    ``card`` is the keyed hash of its number.
    """

    noun: ClassVar[str] = "card_velocity"

    id: Key[str]
    card: str
    currency: str
    counted: Mutable[str]


def velocity_id(card: str, currency: str) -> str:
    """Return the id of a card's counters, given the keyed hash of its number."""
    return f"{card}.{currency}"


def velocity_lock(card: str, currency: str) -> Lock:
    """Return what a step locks that counts a push, or takes it out."""
    return Lock(CardVelocity, velocity_id(card, currency))


def limit_finds(currency: str, business_application: str) -> tuple[Find, Find]:
    """Return what a step looks up that checks a push against the limits: those of all pushes, and of its kind."""
    return (
        Find(CardLimit, "id", card_limit_id(currency)),
        Find(CardLimit, "id", card_limit_id(currency, business_application)),
    )


def limit_exceeded(work: Work, card: str, credit: OriginalCredit, credited: Money) -> str:
    """Return 61 or 65 if ``credit`` is more, or comes more often, than the limits allow; else ''.

    ``credited`` is what the card receives; when that is of another currency, what is sent has its own limits.
    """
    before = counted(work.get_or_none(CardVelocity, velocity_id(card, credited.currency)))
    for limit in _limits(work, credited.currency, credit.business_application):
        if code := _exceeded(limit, before, credited.amount, work.now):
            return code
    if credited.currency == credit.currency:
        return ""
    sent = _limits(work, credit.currency, credit.business_application)
    return AMOUNT_LIMIT_EXCEEDED if any(_too_much(each, credit.amount) for each in sent) else ""


def _limits(work: Work, currency: str, business_application: str) -> list[CardLimit]:
    overall, of_its_kind = (
        work.find(CardLimit, "id", each.value) for each in limit_finds(currency, business_application)
    )
    return [overall or default_limit(currency, work.now), *([of_its_kind] if of_its_kind else [])]


def _too_much(limit: CardLimit, amount: int) -> bool:
    return limit.transaction_amount is not None and amount > limit.transaction_amount


def _exceeded(limit: CardLimit, before: Counted, amount: int, now: int) -> str:
    if _too_much(limit, amount):
        return AMOUNT_LIMIT_EXCEEDED
    for days in WINDOWS:
        most, times = getattr(limit, f"amount_{days}d"), getattr(limit, f"count_{days}d")
        if most is None and times is None:
            continue
        count, total = in_window(before, days, now, limit.business_application)
        if most is not None and total + amount > most:
            return AMOUNT_LIMIT_EXCEEDED
        if times is not None and count + 1 > times:
            return FREQUENCY_LIMIT_EXCEEDED
    return ""


def in_window(before: Counted, days: int, now: int, business_application: str = "") -> tuple[int, int]:
    """Return how often and how much was pushed in the last ``days`` days, by one kind of push or ('') by all."""
    first = now // DAY - days + 1
    found = [each for each in before if each[0] >= first and business_application in ("", each[1])]
    return sum(each[2] for each in found), sum(each[3] for each in found)


def count_push(work: Work, transaction: Transaction) -> None:
    """Count a push that is being forwarded."""
    _add(work, transaction, 1)


def uncount_push(work: Work, transaction: Transaction) -> None:
    """Take out a push that was counted and not approved."""
    _add(work, transaction, -1)


def counted(velocity: CardVelocity | None) -> Counted:
    """Return what is counted, the oldest first."""
    return [tuple(each) for each in orjson.loads(velocity.counted)] if velocity else []


def _add(work: Work, transaction: Transaction, sign: int) -> None:
    card, currency = transaction.card_fingerprint, transaction.credited_currency
    known = work.get_or_none(CardVelocity, velocity_id(card, currency))
    sums: dict[tuple[int, str], tuple[int, int]] = {each[:2]: each[2:] for each in counted(known)}
    place = (transaction.created_at // DAY, transaction.business_application)
    count, amount = sums.get(place, (0, 0))
    sums[place] = count + sign, amount + sign * transaction.credited_amount
    text = _text(sums, work.now // DAY - _LONGEST)
    if known:
        work.change(known, counted=text)
    else:
        work.add(CardVelocity(velocity_id(card, currency), card, currency, text))


def _text(sums: dict[tuple[int, str], tuple[int, int]], over: int) -> str:
    """Return what is to be kept: nothing of the day ``over`` or before, on which no window looks any more."""
    kept: list[Any] = [(*place, *sums[place]) for place in sorted(sums) if place[0] > over and sums[place][0]]
    return orjson.dumps(kept).decode()
