"""Screenings: which disbursements and transfers were held for their names, and what was decided about each."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.held import Decision, refuse, release
from payments.acquirer.held_transfer import refuse_transfer, release_transfer
from payments.acquirer.person_to_person import Transfer
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
from payments.api.transfers import CardTransferReply, transfer_shape
from payments.kit.clock import rfc3339


class Decide(Shape):
    """Why it is released or refused, in a few words."""

    note: FreeText = ""


class ScreeningReply(Reply):
    """Why a disbursement, or a transfer, was held, and who decided about it."""

    id: str
    object: Literal["screening"]
    status: Literal["held", "released", "refused"]
    disbursement: str | None
    transfer: str | None
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
    decided_at, of_transfer = screening.decided_at, screening.held.startswith(f"{Transfer.prefix}_")
    return {
        "id": screening.id,
        "object": "screening",
        "status": screening.status,
        "disbursement": None if of_transfer else screening.held,
        "transfer": screening.held if of_transfer else None,
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
RELEASE_TRANSFER: Final = Operation("release_transfer", transfer_shape, 200)
REFUSE_TRANSFER: Final = Operation("refuse_transfer", transfer_shape, 200)
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


@hot.post(
    "/transfers/{transfer_id}/release",
    response_model=CardTransferReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def release_held_transfer(
    call: Calling, order: Annotated[Decide, Body()] = _NO_NOTE, *, transfer_id: Id
) -> Response:
    """Have a held transfer go on: the money is pulled, without the CVV, and pushed."""
    return await _decided(call, RELEASE_TRANSFER, release_transfer, transfer_id, order, Transfer)


@hot.post(
    "/transfers/{transfer_id}/refuse",
    response_model=CardTransferReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def refuse_held_transfer(
    call: Calling, order: Annotated[Decide, Body()] = _NO_NOTE, *, transfer_id: Id
) -> Response:
    """Refuse a held transfer: nothing was pulled."""
    return await _decided(call, REFUSE_TRANSFER, refuse_transfer, transfer_id, order, Transfer)


async def _decided(
    call: Call,
    operation: Operation,
    decide: Any,
    id: str,
    order: Decide,
    kind: type[Disbursement] | type[Transfer] = Disbursement,
) -> Response:
    call.key.must_be_operator()
    (home,) = await call.door.home(kind, id, "acquirer")
    acquirer = call.door.sandbox.acquirers[home]

    async def flow(claim: Any) -> Any:
        return await decide(acquirer, id, Decision(claim, call.key.id, order.note))

    return await call.answer(operation, acquirer, flow)


@router.get("/screenings/{screening_id}", response_model=ScreeningReply, responses=problems(404))
async def get_screening(call: Calling, screening_id: Id) -> Response:
    """Read why something was held, and who decided about it."""
    call.key.must_be_operator()
    return json_reply(screening_shape(await call.door.read(one, Screening, screening_id)))


@router.get("/screenings", response_model=ListReply[ScreeningReply], responses=problems())
async def list_screenings(
    call: Calling,
    limit: Limit = 20,
    after: After = None,
    disbursement: Filter = None,
    transfer: Filter = None,
    status: Literal["held", "released", "refused"] | None = None,
) -> Response:
    """List screenings that hit, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(
        lambda c: page(c, Screening, limit, after, held=disbursement or transfer, status=status)
    )
    return list_reply([screening_shape(each) for each in found], next)
