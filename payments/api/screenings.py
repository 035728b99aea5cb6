"""Screenings: which disbursements were held for their names, and what somebody decided about each."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.held import Decision, refuse, release
from payments.acquirer.push import Disbursement
from payments.acquirer.screening import Screening
from payments.api.answers import Operation
from payments.api.call import Call
from payments.api.disbursements import DisbursementReply, disbursement_shape
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import FreeText, Id, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.api.sanctions import Score, score_shape
from payments.kit.clock import rfc3339


class Decide(Shape):
    """Why it is released or refused, in a few words."""

    note: FreeText = ""


class ScreeningReply(Reply):
    """Why a disbursement was held, and who decided about it."""

    id: str
    object: Literal["screening"]
    status: Literal["held", "released", "refused"]
    disbursement: str
    sanctions_list: str | None
    hold_at: int
    payer: Score
    recipient: Score
    decided_by: str | None = Field(description="The id of the API key.")
    decided_at: str | None
    note: str
    reference: str
    created_at: str


def screening_shape(screening: Screening) -> dict[str, Any]:
    """Return the JSON of a screening."""
    decided_at = screening.decided_at
    return {
        "id": screening.id,
        "object": "screening",
        "status": screening.status,
        "disbursement": screening.disbursement,
        "sanctions_list": screening.list or None,
        "hold_at": screening.hold_at,
        "payer": score_shape(screening.payer_entry, screening.payer_score),
        "recipient": score_shape(screening.recipient_entry, screening.recipient_score),
        "decided_by": screening.decided_by or None,
        "decided_at": None if decided_at is None else rfc3339(decided_at),
        "note": screening.note,
        "reference": screening.reference,
        "created_at": rfc3339(screening.created_at),
    }


_NO_NOTE: Final = Decide()
RELEASE: Final = Operation("release_disbursement", disbursement_shape, 200)
REFUSE: Final = Operation("refuse_disbursement", disbursement_shape, 200)

hot = hot_router("before a push")
router = APIRouter(route_class=ApiRoute, tags=["before a push"])


@hot.post(
    "/disbursements/{disbursement_id}/release",
    response_model=DisbursementReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def release_disbursement(
    call: Calling, order: Annotated[Decide, Body()] = _NO_NOTE, *, disbursement_id: Id
) -> Response:
    """Send a held disbursement after all."""
    return await _decided(call, RELEASE, release, disbursement_id, order)


@hot.post(
    "/disbursements/{disbursement_id}/refuse",
    response_model=DisbursementReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def refuse_disbursement(
    call: Calling, order: Annotated[Decide, Body()] = _NO_NOTE, *, disbursement_id: Id
) -> Response:
    """Refuse a held disbursement: its money goes back to the sender, and nothing was ever sent."""
    return await _decided(call, REFUSE, refuse, disbursement_id, order)


async def _decided(call: Call, operation: Operation, decide: Any, disbursement_id: str, order: Decide) -> Response:
    call.key.must_be_operator()
    (home,) = await call.door.home(Disbursement, disbursement_id, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]

    async def flow(claim: Any) -> Disbursement:
        return await decide(acquirer, disbursement_id, Decision(claim, call.key.id, order.note))  # type: ignore[no-any-return]

    return await call.answer(operation, acquirer, flow)


@router.get("/screenings/{screening_id}", response_model=ScreeningReply, responses=problems(404))
async def get_screening(call: Calling, screening_id: Id) -> Response:
    """Read why a disbursement was held, and who decided about it."""
    call.key.must_be_operator()
    return json_reply(screening_shape(await call.door.read(one, Screening, screening_id)))


@router.get("/screenings", response_model=ListReply[ScreeningReply], responses=problems())
async def list_screenings(
    call: Calling,
    limit: Limit = 20,
    after: After = None,
    disbursement: Filter = None,
    status: Literal["held", "released", "refused"] | None = None,
) -> Response:
    """List screenings that hit, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(
        lambda c: page(c, Screening, limit, after, disbursement=disbursement, status=status)
    )
    return list_reply([screening_shape(each) for each in found], next)
