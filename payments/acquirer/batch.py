"""Disbursement batches: thousands of disbursements of one sender, ordered in one request or file.

A batch is loaded and checked line by line before anything of it is paid: one wrong line and it is rejected whole, with
a report. Then its lines are paid in chunks, in the background (``batch_running.py``).
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, due_index, record

LOADING: Final = "loading"
READY: Final = "ready"
REJECTED: Final = "rejected"
ABANDONED: Final = "abandoned"
PROCESSING: Final = "processing"
PAUSED: Final = "paused"
CANCELLING: Final = "cancelling"
CANCELLED: Final = "cancelled"
COMPLETED: Final = "completed"


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What is said of a batch before its lines come.

    ``business_application`` holds for every line that does not name its own; ``label`` is the sender's own name for the
    batch; ``source_format`` is how its lines are written. With ``start`` it is begun as soon as it proves right.
    """

    sender: str
    currency: str
    business_application: str
    channel: str = "file"
    label: str = ""
    source_format: str = "json"
    start: bool = False


@record(
    "acquirer_disbursement_batches",
    Index(None, "sender", "id"),
    Index(None, "status"),
    due_index("answer_due_at"),
    CheckConstraint("done_count <= begun_count AND begun_count <= chunk_count", name="chunks"),
    CheckConstraint("paid_count + declined_count + refused_count + open_count <= line_count", name="lines"),
)
class DisbursementBatch(Record):
    """A batch. ``reference`` is its own id, under which its events are found; ``currency`` is that of every line.

    ``line_count`` and ``total_amount`` (minor units) are what the file has, ``invalid_count`` how many of its lines are
    wrong; ``file_problems`` (JSON) is what is wrong with the file as a whole. Of its chunks, ``begun_count`` were taken
    up and ``done_count`` are through. Lines are paid, declined by a bank, refused here, or ``open``: sent, and not
    known to be any of these. ``answer_due_at`` is set while it is being loaded, by ``writer``.
    """

    noun: ClassVar[str] = "disbursement_batch"
    prefix: ClassVar[str] = "bat"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("accept", LOADING, READY),
        Move("reject", LOADING, REJECTED),
        Move("abandon", LOADING, ABANDONED),
        Move("start", READY, PROCESSING),
        Move("pause", PROCESSING, PAUSED),
        Move("resume", PAUSED, PROCESSING),
        Move("cancel", READY, CANCELLING),
        Move("cancel", PROCESSING, CANCELLING),
        Move("cancel", PAUSED, CANCELLING),
        Move("end", CANCELLING, CANCELLED),
        Move("complete", PROCESSING, COMPLETED),
        Move("complete", PAUSED, COMPLETED),
        Move("complete", CANCELLING, COMPLETED),
    )

    id: Key[str]
    acquirer: str
    sender: str
    reference: str
    currency: str
    business_application: str
    channel: str
    source_format: str
    start_at_once: int
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    label: Mutable[str] = ""
    file_problems: Mutable[str] = ""
    line_count: Mutable[int] = 0
    invalid_count: Mutable[int] = 0
    total_amount: Mutable[int] = 0
    chunk_count: Mutable[int] = 0
    begun_count: Mutable[int] = 0
    done_count: Mutable[int] = 0
    paid_count: Mutable[int] = 0
    paid_amount: Mutable[int] = 0
    declined_count: Mutable[int] = 0
    refused_count: Mutable[int] = 0
    open_count: Mutable[int] = 0
