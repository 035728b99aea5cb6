"""Send 2.0's limits of a partner: what it may push in a day, what of that is used, and at how much an alert is given.

Limits of single transfer acceptors and accounts are not served: the house has limits of senders and of cards.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field
from starlette.responses import Response

from payments.facades.mastercard_send.awaited import DailyLimit
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import invalid, unknown_resource
from payments.facades.mastercard_send.fields import Currency, Shape
from payments.kit.clock import moment
from payments.kit.money import exponent

Percentage = Annotated[int, Field(ge=1, le=100)]


class AmountLimit(Shape):
    """How much in a day, in minor units."""

    amount: Annotated[str, Field(min_length=1, max_length=13, pattern=r"^[1-9][0-9]*$")]
    currency: Currency


class VolumeLimit(Shape):
    """How often in a day."""

    maxTransactionVolume: Annotated[str, Field(min_length=1, max_length=8, pattern=r"^[0-9]+$")] | None = None  # noqa: N815


class DailyLimits(Shape):
    """Both."""

    transactionAmountLimit: AmountLimit  # noqa: N815
    transactionVolumeLimit: VolumeLimit | None = None  # noqa: N815


class AlertSettings(Shape):
    """At how much of the daily amount an alert is given. Addresses are taken and not written to: an event is."""

    alertsEnabled: bool = False  # noqa: N815
    alertEmails: Annotated[list[str], Field(max_length=50)]  # noqa: N815
    amountAlertThreshold: Percentage  # noqa: N815
    volumeAlertThreshold: Percentage | None = None  # noqa: N815


class PutPartnerLimit(Shape):
    """PUT limits/daily-limits/{partner_limit_reference}."""

    dailyLimit: DailyLimits  # noqa: N815
    alertSettings: AlertSettings | None = None  # noqa: N815


async def read_limits(visit: Visit) -> Response:
    """Read the partner's daily limits and what of them is used."""
    assert visit.awaited.read_limit, "there is no route without its flow"
    limit = await visit.awaited.read_limit(visit.acquirer, visit.partner.sender, visit.partner.currency)
    row = _limit(visit, limit) | {
        "transactionInitiatorName": limit.sender_name,
        "originatingInstitution": {"id": visit.acquirer.id, "name": visit.acquirer.name},
        "dailyUsage": _usage(visit.partner.currency, limit),
        "informationAsOf": f"{moment(limit.at):%Y-%m-%dT%H:%M:%S}",
        "limitEnabled": limit.amount is not None or limit.count is not None,
        "transferAcceptorLimits": [],
        "accountLimits": [],
    }
    return visit.reply([row])


async def put_limit(visit: Visit) -> Response:
    """Set the partner's daily limits; alert settings that are left out stay as they are."""
    asked = PutPartnerLimit.model_validate(await visit.data())
    if visit.request.path_params["partner_limit_reference"] != limit_reference(visit):
        raise unknown_resource()
    if asked.dailyLimit.transactionAmountLimit.currency != visit.partner.currency:
        raise invalid("dailyLimit.transactionAmountLimit.currency", description="Currency not supported")
    volume = asked.dailyLimit.transactionVolumeLimit
    count = int(volume.maxTransactionVolume) if volume and volume.maxTransactionVolume is not None else None
    amount = int(asked.dailyLimit.transactionAmountLimit.amount)
    alert = asked.alertSettings.amountAlertThreshold if asked.alertSettings else None
    assert visit.awaited.set_limit, "there is no route without its flow"
    owner = (visit.acquirer, visit.partner.sender, visit.partner.currency)
    return visit.reply(_limit(visit, await visit.awaited.set_limit(*owner, amount, count, alert)))


def limit_reference(visit: Visit) -> str:
    """Return the reference under which the partner's limits are set."""
    return f"{visit.partner.sender}.{visit.partner.currency}"[:40]


def _limit(visit: Visit, limit: DailyLimit) -> dict[str, Any]:
    daily: dict[str, Any] = {}
    if limit.amount is not None:
        daily["transactionAmountLimit"] = {"amount": str(limit.amount), "currency": visit.partner.currency}
    if limit.count is not None:
        daily["transactionVolumeLimit"] = {"maxTransactionVolume": str(limit.count)}
    alert = {"alertsEnabled": True, "alertEmails": [], "amountAlertThreshold": limit.alert_percent}
    return {"partnerLimitReference": limit_reference(visit), "dailyLimit": daily, "alertSettings": alert}


def _usage(currency: str, limit: DailyLimit) -> dict[str, Any]:
    return {
        "amountUsed": str(limit.amount_used),
        "currency": currency,
        "currencyExponent": str(exponent(currency)),
        "amountUsedPercentage": _percentage(limit.amount_used, limit.amount),
        "transactionVolumeUsed": str(limit.count_used),
        "transactionVolumeUsedPercentage": _percentage(limit.count_used, limit.count),
    }


def _percentage(used: int, of: int | None) -> str | None:
    return None if not of else f"{(Decimal(100 * used) / of):.2f}"
