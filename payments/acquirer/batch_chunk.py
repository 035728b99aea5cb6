"""Chunks: some hundred lines of a batch that one process pays together, taken by one at a time."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import CANCELLING, PROCESSING, DisbursementBatch
from payments.kit.lifecycle import Move, advance
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.switch import REPLY_WITHIN

WAITING: Final = "waiting"


RUNNING: Final = "running"


UNSURE: Final = "unsure"


DONE: Final = "done"


@record("acquirer_batch_chunks", Index(None, "batch", "status"), due_index("answer_due_at"))
class BatchChunk(Record):
    """Some hundred lines of a batch, ``first`` to ``last`` by id, that one process pays together.

    ``reference`` is the batch's. ``answer_due_at`` is set, and ``writer`` says whose, while it is under way; the counts
    are what is known of its lines.
    """

    noun: ClassVar[str] = "batch_chunk"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("begin", WAITING, RUNNING),
        Move("finish", RUNNING, DONE),
        Move("leave_open", RUNNING, UNSURE),
        Move("look_again", UNSURE, RUNNING),
        Move("give_back", RUNNING, WAITING),
    )

    id: Key[str]
    acquirer: str
    batch: str
    reference: str
    first: str
    last: str
    line_count: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    paid_count: Mutable[int] = 0
    paid_amount: Mutable[int] = 0
    declined_count: Mutable[int] = 0
    refused_count: Mutable[int] = 0
    open_count: Mutable[int] = 0


def chunk_locks(_: Acquirer, chunk_id: str, batch_id: str) -> list[Lock]:
    """Return what every step about a chunk and its batch locks."""
    return [Lock(BatchChunk, chunk_id), Lock(DisbursementBatch, batch_id)]


@hot(chunk_locks)
def take_chunk(work: Work, _: Acquirer, chunk_id: str, batch_id: str) -> BatchChunk | None:
    """Take a chunk to pay it; ``None`` when somebody else has it, or its batch is not to be paid now."""
    chunk, batch = work.get(BatchChunk, chunk_id), work.get(DisbursementBatch, batch_id)
    if chunk.status != WAITING or not (batch.status == PROCESSING or (batch.status == CANCELLING and chunk.attempts)):
        return None
    if not chunk.attempts:
        work.change(batch, begun_count=batch.begun_count + 1)
    return advance(work, chunk, "begin", **_taken(work, chunk))


def _retake_reads(_: Acquirer, chunk_id: str) -> list[Lock]:
    return [Lock(BatchChunk, chunk_id)]


@hot(_retake_reads)
def retake_chunk(work: Work, _: Acquirer, chunk_id: str) -> BatchChunk | None:
    """Take a chunk that was left open, to look at it again."""
    chunk = work.get(BatchChunk, chunk_id)
    return advance(work, chunk, "look_again", **_taken(work, chunk)) if chunk.status == UNSURE else None


def _taken(work: Work, chunk: BatchChunk) -> dict[str, int]:
    return {"writer": work.writer, "answer_due_at": work.now + REPLY_WITHIN, "attempts": chunk.attempts + 1}


def give_back_chunk(work: Work, _: Acquirer, chunk_id: str) -> BatchChunk:
    """Give back a chunk whose process is gone, for another to take; a cold step."""
    chunk = work.get(BatchChunk, chunk_id)
    return advance(work, chunk, "give_back", answer_due_at=None) if chunk.status == RUNNING else chunk
