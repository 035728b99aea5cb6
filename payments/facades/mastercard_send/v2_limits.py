"""Send 2.0's limits of a partner: what it may push in a day, what of that is used, and at how much an alert is given.

Those of its transfer acceptors and of the accounts it pays are in ``v2_further_limits.py``.
"""

from typing import Any

from starlette.responses import Response

from payments.facades.mastercard_send.awaited import DailyLimit
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import invalid, unknown_limit
from payments.facades.mastercard_send.v2_further_limits import further_limits
from payments.facades.mastercard_send.v2_limit_shapes import PutPartnerLimit, usage
from payments.kit.clock import moment


async def read_limits(visit: Visit) -> Response:
    """Read the partner's daily limits and what of them is used."""
    assert visit.awaited.read_limit, "there is no route without its flow"
    limit = await visit.awaited.read_limit(visit.acquirer, visit.partner.sender, visit.partner.currency)
    row = _limit(visit, limit) | {
        "transactionInitiatorName": limit.sender_name,
        "originatingInstitution": {"id": visit.acquirer.id, "name": visit.acquirer.name},
        "dailyUsage": usage(visit.partner.currency, limit.amount_used, limit.amount, limit.count_used, limit.count),
        "informationAsOf": f"{moment(limit.at):%Y-%m-%dT%H:%M:%S}",
        "limitEnabled": limit.amount is not None or limit.count is not None,
        **await further_limits(visit),
    }
    return visit.reply([row])


async def put_limit(visit: Visit) -> Response:
    """Set the partner's daily limits; alert settings that are left out stay as they are."""
    asked = PutPartnerLimit.model_validate(await visit.data())
    if visit.request.path_params["partner_limit_reference"] != limit_reference(visit):
        raise unknown_limit("partner")
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
