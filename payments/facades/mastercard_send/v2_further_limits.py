"""Send 2.0's limits of a partner's transfer acceptors, and of the accounts it pays."""

from functools import partial
from typing import Any

from starlette.responses import Response

from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import duplicate, invalid, unknown_limit
from payments.facades.mastercard_send.limits import (
    ACCEPTOR,
    ACCOUNT,
    Limit,
    LimitTaken,
    find_limits,
    find_usage,
    open_limit,
    set_limit,
)
from payments.facades.mastercard_send.v2_limit_shapes import (
    AccountLimits,
    DailyLimits,
    PostAcceptorLimit,
    PutAcceptorLimit,
    usage,
)
from payments.kit.errors import NotFound


async def further_limits(visit: Visit) -> dict[str, Any]:
    """Return the limits of acceptors, with what of them is used, and of accounts, as the partner's own show them."""
    limits = await visit.sandbox.world.database.read(find_limits, visit.partner.id)
    acceptors = []
    for each in [each for each in limits if each.kind == ACCEPTOR]:
        count, amount = await visit.sandbox.world.database.read(find_usage, visit.partner.id, each.acceptor)
        daily = each.given["dailyLimit"]
        most, times = int(daily["transactionAmountLimit"]["amount"]), _times(daily)
        used = usage(daily["transactionAmountLimit"]["currency"], amount, most, count, times)
        acceptors.append(_acceptor(each) | {"dailyUsage": used, "limitEnabled": True})
    accounts = [_account(each) for each in limits if each.kind == ACCOUNT]
    return {"transferAcceptorLimits": acceptors, "accountLimits": accounts}


async def post_acceptor_limit(visit: Visit) -> Response:
    """Set the daily limits of a transfer acceptor. Raises ``Refused``: 409 if it has some."""
    asked = PostAcceptorLimit.model_validate(await visit.data())
    await _within_partners(visit, asked.dailyLimit)
    settings = asked.model_dump(exclude={"transferAcceptorId"}, exclude_none=True)
    return visit.reply(_acceptor(await _opened(visit, ACCEPTOR, asked.transferAcceptorId, settings)), 201)


async def put_acceptor_limit(visit: Visit) -> Response:
    """Change the daily limits of a transfer acceptor; alert settings that are left out stay as they are."""
    asked = PutAcceptorLimit.model_validate(await visit.data())
    await _within_partners(visit, asked.dailyLimit)
    reference = visit.request.path_params["transfer_acceptor_limit_reference"]
    settings = asked.model_dump(exclude_none=True)
    return visit.reply(_acceptor(await _changed(visit, ACCEPTOR, reference, settings, keep=True)))


async def post_account_limit(visit: Visit) -> Response:
    """Set limits of every account that is paid so. Raises ``Refused``: 409 if there are some for the same."""
    asked = AccountLimits.model_validate(await visit.data())
    settings = asked.model_dump(exclude_none=True)
    return visit.reply(_account(await _opened(visit, ACCOUNT, asked.transferAcceptorId or "", settings)), 201)


async def put_account_limit(visit: Visit) -> Response:
    """Change limits of accounts; what is left out is no limit any more. What they are for stays as it is."""
    asked = AccountLimits.model_validate(await visit.data())
    reference = visit.request.path_params["account_limit_reference"]
    settings = asked.model_dump(exclude_none=True)
    return visit.reply(_account(await _changed(visit, ACCOUNT, reference, settings, keep=False)))


async def _opened(visit: Visit, kind: str, acceptor: str, settings: dict[str, Any]) -> Limit:
    try:
        opened: Limit = await visit.acquirer.step(open_limit, visit.partner.id, kind, acceptor, settings)
    except LimitTaken:
        raise duplicate("transferAcceptorId" if kind == ACCEPTOR else "partner_id") from None
    return opened


async def _changed(visit: Visit, kind: str, reference: str, settings: dict[str, Any], *, keep: bool) -> Limit:
    step = partial(set_limit, keep=keep)
    try:
        changed: Limit = await visit.acquirer.step(step, visit.partner.id, kind, reference, settings)
    except NotFound:
        raise unknown_limit(kind) from None
    return changed


async def _within_partners(visit: Visit, asked: DailyLimits) -> None:
    """See to it that an acceptor's limits are not higher than the partner's, as published. Raises ``Refused``."""
    assert visit.awaited.read_limit, "there is no route without its flow"
    own = await visit.awaited.read_limit(visit.acquirer, visit.partner.sender, visit.partner.currency)
    amount = asked.transactionAmountLimit
    if amount.currency != visit.partner.currency:
        raise invalid("dailyLimit.transactionAmountLimit.currency")
    if own.amount is not None and int(amount.amount) > own.amount:
        raise invalid("dailyLimit.transactionAmountLimit.amount")
    volume = asked.transactionVolumeLimit
    times = volume.maxTransactionVolume if volume else None
    if own.count is not None and times is not None and int(times) > own.count:
        raise invalid("dailyLimit.transactionVolumeLimit.maxTransactionVolume")


def _times(daily: dict[str, Any]) -> int | None:
    given = (daily.get("transactionVolumeLimit") or {}).get("maxTransactionVolume")
    return None if given is None else int(given)


def _acceptor(limit: Limit) -> dict[str, Any]:
    return {"transferAcceptorLimitReference": limit.id, "transferAcceptorId": limit.acceptor, **limit.given}


def _account(limit: Limit) -> dict[str, Any]:
    given = limit.given
    return {"accountLimitReference": limit.id, **given, "limitEnabled": given["limitEnabled"] == "true"}
