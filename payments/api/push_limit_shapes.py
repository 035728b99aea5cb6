"""The shapes of push limits: what may be pushed to a card at the network, and by a sender at its acquirer."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from payments.acquirer.push_limit import PushLimit
from payments.api.fields import LARGEST, Currency, Reference, Reply, Shape
from payments.network.card_limit import CardLimit
from payments.network.programme import WINDOWS

Per = Literal["card", "sender"]
MaybeAmount = Annotated[int | None, Field(strict=True, ge=0, le=LARGEST)]
MaybeCount = Annotated[int | None, Field(strict=True, ge=0, le=1_000_000_000)]


class WindowLimit(Shape):
    """How much (minor units) and how often may be pushed in so many days of UTC, today among them; null: no limit."""

    days: Literal[1, 3, 7, 30]
    amount: MaybeAmount = None
    count: MaybeCount = None


class SetPushLimit(Shape):
    """Which limit, and what of it is to be set: what is not said stays as it is, and null takes a limit away.

    Per ``card``: any one card, over all acquirers, by pushes of one ``business_application`` or of all. Per ``sender``:
    this ``sender``, or each sender of an ``acquirer``, in one ``programme`` or in all; in a day.
    """

    per: Per
    currency: Currency
    business_application: str = Field(default="", pattern="^([A-Z]{2})?$")
    sender: Reference | None = None
    acquirer: Reference | None = None
    programme: str = Field(default="", max_length=40)
    least_amount: MaybeAmount = None
    transaction_amount: MaybeAmount = None
    windows: list[WindowLimit] = Field(default=[], max_length=4)
    alert_percent: int = Field(default=90, ge=1, le=100, strict=True)

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        given = self.model_fields_set
        if self.per == "card" and given & {"sender", "acquirer", "programme", "least_amount", "alert_percent"}:
            raise ValueError("a limit per card has a business_application, a transaction_amount and windows")
        if self.per == "sender" and (self.sender is None) == (self.acquirer is None):
            raise ValueError("name the sender, or the acquirer for each of its senders")
        if self.per == "sender" and (self.business_application or any(each.days > 1 for each in self.windows)):
            raise ValueError("a limit per sender has a programme, and a window of 1 day")
        return self


class WindowLimitReply(Reply):
    """What may be pushed in so many days; null is no limit."""

    days: int
    amount: int | None
    count: int | None


class PushLimitReply(Reply):
    """A limit. ``member`` keeps it; ``is_default`` says that it is what holds while the operator has set nothing."""

    id: str
    object: Literal["push_limit"]
    per: Per
    member: str
    currency: str
    business_application: str | None
    sender: str | None
    programme: str | None
    least_amount: int | None
    transaction_amount: int | None
    windows: list[WindowLimitReply]
    alert_percent: int | None
    is_default: bool


def card_limit_shape(limit: CardLimit, network: str, is_default: bool = False) -> dict[str, Any]:
    """Return the JSON of a limit per card."""
    return {
        "id": limit.id,
        "object": "push_limit",
        "per": "card",
        "member": network,
        "currency": limit.currency,
        "business_application": limit.business_application or None,
        "sender": None,
        "programme": None,
        "least_amount": None,
        "transaction_amount": limit.transaction_amount,
        "windows": [
            {"days": days, "amount": getattr(limit, f"amount_{days}d"), "count": getattr(limit, f"count_{days}d")}
            for days in WINDOWS
        ],
        "alert_percent": None,
        "is_default": is_default,
    }


def sender_limit_shape(limit: PushLimit) -> dict[str, Any]:
    """Return the JSON of a limit per sender."""
    return {
        "id": limit.id,
        "object": "push_limit",
        "per": "sender",
        "member": limit.acquirer,
        "currency": limit.currency,
        "business_application": None,
        "sender": limit.sender or None,
        "programme": limit.programme or None,
        "least_amount": limit.least_amount,
        "transaction_amount": limit.most_amount,
        "windows": [{"days": 1, "amount": limit.daily_amount, "count": limit.daily_count}],
        "alert_percent": limit.alert_percent,
        "is_default": False,
    }
