"""Disbursement batches: thousands of disbursements in one request or file, checked, then paid in the background."""

from typing import Annotated, Any, Final, Literal

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_control import cancel_batch, pause_batch, resume_batch, start_batch
from payments.api import examples
from payments.api.answers import Operation
from payments.api.batch_formats import MalformedFile, reader_for
from payments.api.batch_lines import BatchLineInput
from payments.api.batch_results import FILES, BatchLineReply, LineProblemReply, line_shape, pages_of, read_lines
from payments.api.batch_upload import Upload
from payments.api.call import replay
from payments.api.disbursements import Channel
from payments.api.documentation import IDEMPOTENT, inline_schema, problems
from payments.api.fields import Currency, FreeText, Id, Reference, Reply, Shape
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.kit.clock import rfc3339
from payments.kit.idempotency import Replayed

Status = Literal[
    "loading", "ready", "rejected", "abandoned", "processing", "paused", "cancelling", "cancelled", "completed"
]
ResultFormat = Literal["csv", "ndjson", "json", "pain.002"]


class CreateBatch(Shape):
    """A batch as one JSON object: its ``lines`` come last."""

    sender: Reference
    currency: Currency
    business_application: str
    channel: Channel = "file"
    label: FreeText = ""
    start: bool = False
    lines: list[BatchLineInput]


class BatchReply(Reply):
    """A batch, and how far it is.

    Wrong lines are ``invalid``, and one of them is enough to have the whole batch ``rejected``. Of the others, those
    that are known to be paid, declined or refused are ``processed``; ``open`` ones are sent, and not known to be any.
    """

    id: str
    object: Literal["disbursement_batch"]
    status: Status
    sender: str
    currency: str
    business_application: str
    channel: Channel
    label: str
    format: str
    line_count: int
    invalid_count: int
    total_amount: int
    processed_count: int
    paid_count: int
    paid_amount: int
    declined_count: int
    refused_count: int
    open_count: int
    problems: list[LineProblemReply]
    created_at: str


def batch_shape(batch: DisbursementBatch, _: list[str] | None = None) -> dict[str, Any]:
    """Return the JSON of a batch."""
    return {
        "id": batch.id,
        "object": "disbursement_batch",
        "status": batch.status,
        "sender": batch.sender,
        "currency": batch.currency,
        "business_application": batch.business_application,
        "channel": batch.channel,
        "label": batch.label,
        "format": batch.source_format,
        "line_count": batch.line_count,
        "invalid_count": batch.invalid_count,
        "total_amount": batch.total_amount,
        "processed_count": batch.paid_count + batch.declined_count + batch.refused_count,
        "paid_count": batch.paid_count,
        "paid_amount": batch.paid_amount,
        "declined_count": batch.declined_count,
        "refused_count": batch.refused_count,
        "open_count": batch.open_count,
        "problems": orjson.loads(batch.file_problems) if batch.file_problems else [],
        "created_at": rfc3339(batch.created_at),
    }


CREATE: Final = Operation("create_disbursement_batch", batch_shape)

router = APIRouter(route_class=ApiRoute, tags=["disbursement batches"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": inline_schema(CreateBatch), "examples": examples.BATCH},
            "application/x-ndjson": {"schema": {"type": "string"}, "example": examples.BATCH_NDJSON},
            "text/csv": {"schema": {"type": "string"}, "example": examples.BATCH_CSV},
            "application/xml": {"schema": {"type": "string"}, "example": examples.BATCH_PAIN001},
        },
    }
}


@router.post(
    "/disbursement_batches",
    status_code=201,
    response_model=BatchReply,
    responses=problems(400, 404, 409, 413, 415, file=MalformedFile("Line 7 is not XML: mismatched tag.")),
    openapi_extra=IDEMPOTENT | _BODY,
)
async def create_disbursement_batch(
    call: Calling,
    sender: Annotated[Reference | None, Query()] = None,
    currency: Annotated[str | None, Query(description="ISO 4217 code.")] = None,
    business_application: Annotated[str | None, Query(description="For lines that name none.")] = None,
    channel: Annotated[Channel | None, Query()] = None,
    label: Annotated[str | None, Query(max_length=200, description="Your name for it.")] = None,
    start: Annotated[bool | None, Query(description="Begin to pay as soon as all lines prove right.")] = None,
) -> Response:
    """Load and check a batch: nothing is paid before every line of it is right.

    The body is one JSON object whose ``lines`` come last, or a file (JSON, NDJSON, CSV, ISO 20022 pain.001) of lines
    alone, and the query says the rest. A file may have 200,000,000 bytes and 500,000 lines.
    """
    call.key.must_be_operator()
    headers = call.request.headers
    reader = reader_for(headers.get("content-type", ""), headers.get("content-encoding", ""))
    said = {"sender": sender, "currency": currency, "business_application": business_application}
    said |= {"channel": channel, "label": label}
    given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    upload = Upload(call, CREATE, reader, given if start is None else given | {"start": start})
    try:
        batch = await upload.carry_out()
    except Replayed as replayed:
        return replay(replayed)
    except ClientDisconnect:
        raise MalformedFile("The file broke off.") from None  # which nobody hears any more
    body, _ = call.door.answers.take(CREATE, batch, [])
    return Response(body, CREATE.status, media_type="application/json")


@router.get("/disbursement_batches/{batch_id}", response_model=BatchReply, responses=problems(404))
async def get_disbursement_batch(call: Calling, batch_id: Id) -> Response:
    """Say how far a batch is."""
    call.key.must_be_operator()
    return json_reply(batch_shape(await call.door.read(one, DisbursementBatch, batch_id)))


@router.get("/disbursement_batches", response_model=ListReply[BatchReply], responses=problems())
async def list_disbursement_batches(
    call: Calling,
    limit: Limit = 20,
    after: Filter = None,
    sender: Filter = None,
    status: Status | None = None,
) -> Response:
    """List batches, newest first."""
    call.key.must_be_operator()
    found, next = await call.door.read(_read_batches, limit, after, sender, status)
    return list_reply([batch_shape(each) for each in found], next)


def _read_batches(
    connection: sa.Connection, limit: int, after: str | None, sender: str | None, status: str | None
) -> tuple[list[DisbursementBatch], str | None]:
    return page(connection, DisbursementBatch, limit, after, sender=sender, status=status)


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
