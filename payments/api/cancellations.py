"""Cancellations: a deferred disbursement is stopped before the network releases it."""

from typing import Final

from starlette.responses import Response

from payments.acquirer.cancellation import cancel
from payments.acquirer.push import Disbursement
from payments.api.answers import Operation
from payments.api.disbursements import DisbursementReply, disbursement_shape
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Id
from payments.api.hot_route import Calling, hot_router

CANCEL: Final = Operation("cancel_disbursement", disbursement_shape, 200)

hot = hot_router("disbursements")


@hot.post(
    "/disbursements/{disbursement_id}/cancel",
    response_model=DisbursementReply,
    responses=problems(404, 409),
    openapi_extra=IDEMPOTENT,
)
async def cancel_disbursement(call: Calling, disbursement_id: Id) -> Response:
    """Cancel a deferred disbursement. What the network has released already is beyond recall.

    If the network is releasing it just now, ``cancellation`` says that it came too late.
    """
    call.key.must_be_operator()
    (home,) = await call.door.home(Disbursement, disbursement_id, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]
    return await call.answer(CANCEL, acquirer, lambda claim: cancel(acquirer, disbursement_id, claim))
