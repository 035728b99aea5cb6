"""Counting: what became of a chunk is added to its batch, which is complete when every line is known."""

from collections.abc import Mapping

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import CANCELLING, PAUSED, DisbursementBatch
from payments.acquirer.batch_chunk import RUNNING, BatchChunk, chunk_locks
from payments.acquirer.batch_line import BatchLine
from payments.acquirer.batch_tally import Tally, counts_of
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.switch import repeat_due_at


def _count_reads(_: Acquirer, chunk: BatchChunk, __: Tally, refusals: Mapping[str, str]) -> list[Lock]:
    return [*chunk_locks(_, chunk.id, chunk.batch), *(Lock(BatchLine, line) for line in refusals)]


@hot(_count_reads)
def count_chunk(
    work: Work, _: Acquirer, taken: BatchChunk, tally: Tally, refusals: Mapping[str, str]
) -> DisbursementBatch:
    """Write down what became of a chunk's lines; when it was the last one, the batch is complete."""
    chunk, batch = work.get(BatchChunk, taken.id), work.get(DisbursementBatch, taken.batch)
    if chunk.status != RUNNING or chunk.attempts != taken.attempts:
        return batch
    for line, code in refusals.items():
        work.change(work.get(BatchLine, line), refusal=code)
    counts = counts_of(tally)
    counted = {name: getattr(batch, name) + count - getattr(chunk, name) for name, count in counts.items()}
    if tally.unsent and batch.status == PAUSED:
        advance(work, chunk, "give_back", answer_due_at=None, **counts)
    elif tally.undecided or (tally.unsent and batch.status != CANCELLING):
        advance(work, chunk, "leave_open", answer_due_at=repeat_due_at(work.now, chunk.attempts - 1), **counts)
    else:
        advance(work, chunk, "finish", answer_due_at=None, **counts)
        counted["done_count"] = batch.done_count + 1
    return end_if_through(work, work.change(batch, **counted))


def end_if_through(work: Work, batch: DisbursementBatch) -> DisbursementBatch:
    """Complete a batch of which every line is known, and end one that is being cancelled when nothing is under way."""
    counts = {name: getattr(batch, name) for name in (*counts_of(Tally()), "line_count")}
    known = batch.paid_count + batch.declined_count + batch.refused_count
    if batch.done_count == batch.chunk_count and known == batch.line_count:
        return advance(work, batch, "complete", **counts)
    if batch.status == CANCELLING and batch.done_count == batch.begun_count:
        return advance(work, batch, "end", **counts)
    return batch
