"""A batch under way: started, paused, resumed, cancelled; its lines, and its result as a file."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_control import cancel_batch, pause_batch, resume_batch, start_batch
from payments.api.batch_files import FILES, pages_of
from payments.api.batch_reply import BatchReply, batch_shape
from payments.api.batch_results import BatchLineReply, line_shape, read_lines
from payments.api.documentation import problems
from payments.api.fields import Id
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import Limit, ListReply, json_reply, list_reply
from payments.api.rows import one

ResultFormat = Literal["csv", "ndjson", "json", "pain.002"]


router = APIRouter(route_class=ApiRoute, tags=["disbursement batches"])


@router.get("/disbursement_batches/{batch_id}/lines", response_model=ListReply[BatchLineReply], responses=problems(404))
async def list_batch_lines(
    call: Calling,
    batch_id: Id,
    limit: Limit = 20,
    after: Annotated[int, Query(ge=0, lt=10**7, description="`next` of the page before.")] = 0,
    status: Annotated[
        str | None, Query(pattern="^[a-z_]{1,40}$", description="invalid, unsent, refused, or of the disbursement.")
    ] = None,
) -> Response:
    """List lines in the order of the file: all, or the report of what is wrong (``status=invalid``)."""
    call.key.must_be_operator()
    await call.door.home(DisbursementBatch, batch_id, "acquirer")
    found, next = await call.door.read(read_lines, batch_id, limit, after, status)
    return list_reply([line_shape(each) for each in found], None if next is None else str(next))


@router.get(
    "/disbursement_batches/{batch_id}/result",
    response_model=list[BatchLineReply],
    responses=problems(404) | {200: {"content": {kind.partition(";")[0]: {} for kind, _ in FILES.values()}}},
)
async def get_batch_result(call: Calling, batch_id: Id, format: ResultFormat = "csv") -> Response:
    """Download what has become of every line so far, as CSV, NDJSON, JSON or an ISO 20022 status report (pain.002)."""
    call.key.must_be_operator()
    batch = await call.door.read(one, DisbursementBatch, batch_id)
    media_type, write = FILES[format]
    ending = "xml" if format == "pain.002" else format
    headers = {"Content-Disposition": f'attachment; filename="{batch.id}.{ending}"'}
    return StreamingResponse(write(batch, pages_of(call.door, batch.id)), 200, headers, media_type)


async def _move(call: Calling, batch_id: str, step: Any) -> Response:
    call.key.must_be_operator()
    (home,) = await call.door.home(DisbursementBatch, batch_id, "acquirer")
    return json_reply(batch_shape(await call.door.sandbox.acquirers[home].step(step, batch_id)))


@router.post("/disbursement_batches/{batch_id}/start", response_model=BatchReply, responses=problems(404, 409))
async def start_disbursement_batch(call: Calling, batch_id: Id) -> Response:
    """Begin to pay a batch that is ready. Once: a second time is refused."""
    return await _move(call, batch_id, start_batch)


@router.post("/disbursement_batches/{batch_id}/pause", response_model=BatchReply, responses=problems(404, 409))
async def pause_disbursement_batch(call: Calling, batch_id: Id) -> Response:
    """Take up no further lines; the few hundred under way are still paid."""
    return await _move(call, batch_id, pause_batch)


@router.post("/disbursement_batches/{batch_id}/resume", response_model=BatchReply, responses=problems(404, 409))
async def resume_disbursement_batch(call: Calling, batch_id: Id) -> Response:
    """Go on with a paused batch."""
    return await _move(call, batch_id, resume_batch)


@router.post("/disbursement_batches/{batch_id}/cancel", response_model=BatchReply, responses=problems(404, 409))
async def cancel_disbursement_batch(call: Calling, batch_id: Id) -> Response:
    """Pay nothing further. What is paid stays paid: a push is never called back."""
    return await _move(call, batch_id, cancel_batch)
