"""Fundings given back: by a reversal, or by an adjustment."""

from typing import Any, Final

from starlette.responses import Response

from payments.acquirer import funding_reversal
from payments.acquirer.funding_reversal import ReversalNeedsFailedPayment, ReversalWindowOver
from payments.acquirer.pull import Funding
from payments.api.answers import Operation
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Id, Shape
from payments.api.fundings import FundingReply, funding_shape
from payments.api.hot_route import Calling, hot_router
from payments.ledger.balance import InsufficientFunds


class ReverseFunding(Shape):
    """Why a pull is reversed. Some schemes allow it only when the payment that it was for has failed."""

    payment_failed: bool = False


REVERSE: Final = Operation("reverse_funding", funding_shape, 200)
ADJUST: Final = Operation("adjust_funding", funding_shape, 200)

hot = hot_router("fundings")


@hot.post(
    "/fundings/{funding_id}/reverse",
    response_model=FundingReply,
    responses=problems(
        400,
        404,
        409,
        413,
        415,
        over=ReversalWindowOver("It could be reversed until 2026-10-15T14:03:00Z: ask for an adjustment."),
        payment=ReversalNeedsFailedPayment("Say that the payment failed, or ask for an adjustment."),
        funds=InsufficientFunds(),
    ),
    openapi_extra=IDEMPOTENT,
)
async def reverse_funding(call: Calling, order: ReverseFunding, funding_id: Id) -> Response:
    """Give a pull back while its scheme lets it be reversed: 24 hours, 30 minutes; later it takes an adjustment."""
    acquirer = await _home(call, funding_id)

    async def flow(claim: Any) -> Funding:
        return await funding_reversal.reverse_funding(acquirer, funding_id, claim, payment_failed=order.payment_failed)

    return await call.answer(REVERSE, acquirer, flow)


@hot.post(
    "/fundings/{funding_id}/adjust",
    response_model=FundingReply,
    responses=problems(404, 409, funds=InsufficientFunds()),
    openapi_extra=IDEMPOTENT,
)
async def adjust_funding(call: Calling, funding_id: Id) -> Response:
    """Give a pull back by a credit adjustment, which is cleared like a refund, at any time."""
    acquirer = await _home(call, funding_id)
    return await call.answer(
        ADJUST, acquirer, lambda claim: funding_reversal.adjust_funding(acquirer, funding_id, claim)
    )


async def _home(call: Any, funding_id: str) -> Any:
    call.key.must_be_operator()
    (home,) = await call.door.home(Funding, funding_id, "acquirer")
    return call.door.sandbox.acquirers[home]
