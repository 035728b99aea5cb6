"""Push limits: what the acquirer lets its senders push, each and in a day, in all and by programme.

No scheme publishes such figures, so there are none until the operator sets them.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.programme import programme_of
from payments.acquirer.push import DisbursementOrder
from payments.acquirer.sender import Standing
from payments.acquirer.standing import used_on
from payments.kit.clock import DAY
from payments.kit.errors import Refusal
from payments.kit.money import Money
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Find
from payments.kit.work import Work

ALERT_PERCENT: Final = 90
"""How much of a daily amount is used when an event says so, unless set otherwise. Processors: TabaPay's alerts."""

_AMOUNTS: Final = ("least_amount", "most_amount", "daily_amount", "daily_count")


class PartnerLimitReached(Refusal):
    """The sender's acquirer does not let it push that much."""

    fields = ("amount",)

    def __init__(self, detail: str = "", limit: str = "", limit_id: str = "") -> None:
        """Name the ``limit`` (least_amount, most_amount, daily_amount or daily_count) and the record it stands in."""
        super().__init__(detail)
        self.limit = limit
        self.limit_id = limit_id


@record(
    "acquirer_push_limits",
    *(CheckConstraint(f"{each} IS NULL OR {each} >= 0", name=each) for each in _AMOUNTS),
    CheckConstraint("alert_percent BETWEEN 1 AND 100", name="alert_percent"),
)
class PushLimit(Record):
    """What one ``sender`` ('': each sender of the acquirer) may push in one ``programme`` ('': in all together).

    ``least_amount`` and ``most_amount`` are for one push, the daily ones for a UTC day; minor units of ``currency``,
    ``None`` is no limit. Once ``alert_percent`` of the daily amount are used, an event says so.
    """

    noun: ClassVar[str] = "push_limit"

    id: Key[str]
    acquirer: str
    sender: str
    programme: str
    currency: str
    least_amount: Mutable[int | None] = None
    most_amount: Mutable[int | None] = None
    daily_amount: Mutable[int | None] = None
    daily_count: Mutable[int | None] = None
    alert_percent: Mutable[int] = ALERT_PERCENT


def push_limit_id(owner: str, currency: str, programme: str = "") -> str:
    """Return the id of the limit of a sender, or of each sender of an acquirer: ``harbor.USD.payroll``."""
    return f"{owner}.{currency}.{programme}".rstrip(".")


def limit_finds(acquirer: Acquirer, order: DisbursementOrder) -> tuple[Find, ...]:
    """Return what a step looks up that checks an order against the limits."""
    return _finds(acquirer.id, order.sender, order.currency, order.programme, order.business_application)


@lru_cache(maxsize=1024)
def _finds(acquirer: str, sender: str, currency: str, programme: str, application: str) -> tuple[Find, ...]:
    found = programme_of(programme, application)
    names = ("", found.programme) if found else ("",)
    return tuple(
        Find(PushLimit, "id", push_limit_id(owner, currency, name)) for owner in (acquirer, sender) for name in names
    )


def check_limits(work: Work, acquirer: Acquirer, order: DisbursementOrder, standing: Standing) -> list[PushLimit]:
    """Raise ``PartnerLimitReached`` if it is more than is allowed; return the limits that it brings near their end."""
    return [limit for limit in _limits(work, acquirer, order) if _check(work, limit, order, standing)]


def alert(work: Work, limits: list[PushLimit], standing: Standing, reference: str) -> None:
    """Say in an event of each of the ``limits`` that it is nearly used up; ``standing`` is that after the push."""
    for limit in limits:
        _, used = used_on(standing, work.now // DAY, limit.programme)
        names = ("programme", "currency", "daily_amount", "alert_percent")
        data = {name: getattr(limit, name) for name in names} | {"sender": standing.sender, "used_amount": used}
        work.emit("push_limit.nearly_reached", limit.id, reference, data)


def set_sender_limit(
    work: Work, acquirer: Acquirer, sender: str, programme: str, currency: str, limits: dict[str, Any]
) -> PushLimit:
    """Set some of the limits and leave the others as they are; a cold step."""
    limit_id = push_limit_id(sender or acquirer.id, currency, programme)
    known = work.get_or_none(PushLimit, limit_id)
    if known is None:
        known = work.add(PushLimit(limit_id, acquirer.id, sender, programme, currency))
    work.emit("push_limit.set", limit_id, "", limits)
    return work.change(known, **limits)


def _limits(work: Work, acquirer: Acquirer, order: DisbursementOrder) -> Iterator[PushLimit]:
    for find in limit_finds(acquirer, order):
        if limit := work.find(PushLimit, "id", find.value):
            yield limit


def _check(work: Work, limit: PushLimit, order: DisbursementOrder, standing: Standing) -> bool:
    """Raise ``PartnerLimitReached``, or tell whether the order takes what is used of the day over the alert."""
    count, used = used_on(standing, work.now // DAY, limit.programme)
    after = used + order.amount
    if limit.least_amount is not None and order.amount < limit.least_amount:
        raise _reached(limit, "least_amount", "at least {} a push")
    if limit.most_amount is not None and order.amount > limit.most_amount:
        raise _reached(limit, "most_amount", "at most {} a push")
    if limit.daily_amount is not None and after > limit.daily_amount:
        raise _reached(limit, "daily_amount", f"at most {{}} a day, of which {Money(used, limit.currency)} are used")
    if limit.daily_count is not None and count >= limit.daily_count:
        raise _reached(limit, "daily_count", "at most {} pushes a day")
    if limit.daily_amount is None:
        return False
    alert_at = limit.daily_amount * limit.alert_percent
    return used * 100 < alert_at <= after * 100


def _reached(limit: PushLimit, name: str, words: str) -> PartnerLimitReached:
    most = getattr(limit, name)
    said = words.format(most if name == "daily_count" else Money(most, limit.currency))
    return PartnerLimitReached(f"amount: limit {limit.id} allows {said}.", name, limit.id)
