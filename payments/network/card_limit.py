"""Card limits: what may be pushed to any one card, whoever its issuer is and whoever pushes."""

from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint

from payments.kit.clock import day
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.network.network import Network
from payments.network.programme import original_credit_limit, velocity_limits

_COLUMNS = ("transaction_amount", *(f"{what}_{days}d" for days in (1, 3, 7, 30) for what in ("amount", "count")))


@record(
    "network_card_limits",
    *(CheckConstraint(f"{each} IS NULL OR {each} >= 0", name=each) for each in _COLUMNS),
)
class CardLimit(Record):
    """What may be pushed to a card in a ``currency``, by pushes of one ``business_application`` ('': of all together).

    ``transaction_amount`` is the most one push may carry. The others say how much, and how often, in 1, 3, 7 and 30
    days of UTC, today among them. Amounts are minor units; ``None`` is no limit.
    """

    noun: ClassVar[str] = "card_limit"

    id: Key[str]
    currency: str
    business_application: str
    transaction_amount: Mutable[int | None] = None
    amount_1d: Mutable[int | None] = None
    count_1d: Mutable[int | None] = None
    amount_3d: Mutable[int | None] = None
    count_3d: Mutable[int | None] = None
    amount_7d: Mutable[int | None] = None
    count_7d: Mutable[int | None] = None
    amount_30d: Mutable[int | None] = None
    count_30d: Mutable[int | None] = None


def card_limit_id(currency: str, business_application: str = "") -> str:
    """Return the id of a limit: ``card.USD``, ``card.USD.PP``."""
    return f"card.{currency}.{business_application}".rstrip(".")


def default_limit(currency: str, now: int, business_application: str = "") -> CardLimit:
    """Return the limits that hold where the operator has set none; of a business application alone there are none."""
    return _default(currency, day(now), business_application)


@lru_cache(maxsize=1024)
def _default(currency: str, on: date, business_application: str) -> CardLimit:
    limit = CardLimit(card_limit_id(currency, business_application), currency, business_application)
    if business_application:
        return limit
    return limit.changed(transaction_amount=original_credit_limit(currency, on), **velocity_limits(currency, on))


def set_card_limit(
    work: Work, _: Network, currency: str, business_application: str, limits: dict[str, Any]
) -> CardLimit:
    """Set some of the limits and leave the others as they are; a cold step."""
    default = default_limit(currency, work.now, business_application)
    known = work.get_or_none(CardLimit, default.id) or work.add(default)
    work.emit("push_limit.set", known.id, "", limits)
    return work.change(known, **limits)
