"""Disbursement batches: thousands of disbursements in one request or file, checked, then paid in the background."""

from typing import Annotated, Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from payments.acquirer.batch import DisbursementBatch
from payments.api.answers import Operation
from payments.api.batch_examples import BATCH, BATCH_CSV, BATCH_NDJSON, BATCH_PAIN001
from payments.api.batch_formats import MalformedFile, reader_for
from payments.api.batch_reply import BatchReply, CreateBatch, Status, batch_shape
from payments.api.batch_upload import Upload
from payments.api.body_schemas import schema_of
from payments.api.call import replay
from payments.api.disbursements import Channel
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Id, Reference
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.kit.idempotency import Replayed

CREATE: Final = Operation("create_disbursement_batch", batch_shape)


router = APIRouter(route_class=ApiRoute, tags=["disbursement batches"])


_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schema_of(CreateBatch), "examples": BATCH},
            "application/x-ndjson": {"schema": {"type": "string"}, "example": BATCH_NDJSON},
            "text/csv": {"schema": {"type": "string"}, "example": BATCH_CSV},
            "application/xml": {"schema": {"type": "string"}, "example": BATCH_PAIN001},
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
