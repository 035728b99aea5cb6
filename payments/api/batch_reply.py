"""A batch as the API takes and shows it."""

from typing import Any, Literal

import orjson

from payments.acquirer.batch import DisbursementBatch
from payments.api.batch_lines import BatchLineInput
from payments.api.batch_results import LineProblemReply
from payments.api.disbursements import Channel
from payments.api.fields import Currency, FreeText, Reference, Reply, Shape
from payments.kit.clock import rfc3339

Status = Literal[
    "loading", "ready", "rejected", "abandoned", "processing", "paused", "cancelling", "cancelled", "completed"
]


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
