"""Paying a batch: chunk after chunk, the lines of a chunk at once, each by the same flow as any other disbursement.

A process takes a chunk, pays its lines, and writes down what became of them. If it dies in between, the chunk is given
back and whoever takes it next pays only the lines whose disbursement was never made. Lines whose fate is not known
leave their chunk open; it is looked at again until all is known. Nobody waits for a line of another chunk.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import CANCELLING, PAUSED, PROCESSING, DisbursementBatch
from payments.acquirer.batch_line import RUNNING, UNSURE, WAITING, BatchChunk, BatchLine, line_order
from payments.acquirer.disbursement import AlreadyDisbursed, disburse
from payments.acquirer.push import PAID, Disbursement
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.lifecycle import advance
from payments.kit.log import log
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.switch import REPLY_WITHIN, repeat_due_at

CHUNKS_AT_ONCE: Final = 2
"""How many chunks one process pays at once: while one's steps are committed, the other's are made ready."""

CANDIDATES: Final = 8


@dataclass(frozen=True, slots=True)
class Tally:
    """How the lines of a chunk stand. ``unsent`` ones have no disbursement, and nobody refused them."""

    paid: int = 0
    paid_amount: int = 0
    declined: int = 0
    refused: int = 0
    undecided: int = 0
    unsent: int = 0


def _reachable(start: str, backwards: bool = False) -> frozenset[str]:
    found, before = {start}, set[str]()
    while found != before:
        before = set(found)
        steps = [(each.target, each.source) if backwards else (each.source, each.target) for each in Disbursement.moves]
        found |= {target for source, target in steps if source in found}
    return frozenset(found)


PAID_STATES: Final = _reachable(PAID)
"""The states of a disbursement that was paid, whatever has happened to it since."""

UNDECIDED_STATES: Final = _reachable(PAID, backwards=True) - PAID_STATES
"""The states from which it may still be paid."""


async def pay_waiting(acquirer: Acquirer, stopping: Callable[[], bool] = lambda: False) -> int:
    """Pay the waiting chunks of every batch under way, and return how many; stop between two when told to."""

    async def pay_one_after_another() -> int:
        paid = 0
        while not stopping() and (chunk := await take_next(acquirer)):
            await pay_chunk(acquirer, chunk)
            paid += 1
        return paid

    return sum(await asyncio.gather(*(pay_one_after_another() for _ in range(CHUNKS_AT_ONCE))))


async def take_next(acquirer: Acquirer) -> BatchChunk | None:
    """Take the next waiting chunk, which nobody else then has; ``None`` when there is none."""
    while candidates := await acquirer.world.database.read(_waiting_chunks, acquirer.id):
        for id, batch in candidates:
            chunk: BatchChunk | None = await acquirer.step(take_chunk, id, batch)
            if chunk:
                return chunk
    return None


async def look_again(acquirer: Acquirer, chunk_id: str) -> None:
    """See what has become of a chunk's open lines, and send what was never sent."""
    chunk = await acquirer.step(retake_chunk, chunk_id)
    if chunk:
        await pay_chunk(acquirer, chunk)


async def pay_chunk(acquirer: Acquirer, chunk: BatchChunk) -> None:
    """Pay the lines of a chunk that has been taken, if their batch is still to be paid, and count what came of it."""
    read = acquirer.world.database.read
    batch, lines = await read(_unsent_lines, chunk)
    refusals = await pay_lines(acquirer, batch, lines) if batch.status == PROCESSING else {}
    tally = await read(tally_of, chunk, refusals)
    await acquirer.step(count_chunk, chunk, tally, refusals)


async def pay_lines(acquirer: Acquirer, batch: DisbursementBatch, lines: Iterable[BatchLine]) -> dict[str, str]:
    """Pay lines, all at once, and return the codes of refusals by line; an error in one does not stop the others."""
    refusals: dict[str, str] = {}

    async def pay(line: BatchLine) -> None:
        try:
            await disburse(acquirer, line_order(acquirer, batch, line))
        except AlreadyDisbursed:
            pass
        except Refusal as refusal:
            refusals[line.id] = refusal.code
        except Exception:  # noqa: BLE001 - it is looked at again later
            log.exception("line failed", line=line.id)

    await asyncio.gather(*(pay(line) for line in lines))
    return refusals


# ── reading ──


def _waiting_chunks(connection: sa.Connection, acquirer: str) -> Sequence[Any]:
    chunks, batches = BatchChunk.table().c, DisbursementBatch.table().c
    # Of a batch that is being cancelled only what was begun: what is known of it is still to be counted.
    wanted = (batches.status == PROCESSING) | ((batches.status == CANCELLING) & (chunks.attempts > 0))
    query = (
        sa.select(chunks.id, chunks.batch)
        .join(DisbursementBatch.table(), batches.id == chunks.batch)
        .where(batches.status.in_((PROCESSING, CANCELLING)), batches.acquirer == acquirer)
        .where(chunks.status == WAITING, wanted)
    )
    return connection.execute(query.order_by(chunks.id).limit(CANDIDATES)).fetchall()


def _of(chunk: BatchChunk) -> sa.Select[Any]:
    lines, pushes = BatchLine.table().c, Disbursement.table().c
    joined = sa.outerjoin(BatchLine.table(), Disbursement.table(), pushes.id == lines.disbursement)
    return sa.select(BatchLine.table()).select_from(joined).where(lines.id.between(chunk.first, chunk.last))


def _unsent_lines(connection: sa.Connection, chunk: BatchChunk) -> tuple[DisbursementBatch, list[BatchLine]]:
    batches, lines = DisbursementBatch.table(), BatchLine.table().c
    (batch,) = fetch(connection, DisbursementBatch, sa.select(batches).where(batches.c.id == chunk.batch))
    unsent = _of(chunk).where(Disbursement.table().c.id.is_(None), lines.refusal == "").order_by(lines.id)
    return batch, fetch(connection, BatchLine, unsent)


def tally_of(connection: sa.Connection, chunk: BatchChunk, refusals: Mapping[str, str]) -> Tally:
    """Return how the lines of a chunk stand; ``refusals`` are still to be written down."""
    lines, pushes = BatchLine.table().c, Disbursement.table().c
    standing = sa.case((lines.refusal != "", "refused"), else_=pushes.status).label("standing")
    count, amount = sa.func.count(), sa.func.sum(lines.amount)
    query = _of(chunk).with_only_columns(standing, count, amount).group_by(standing)
    found = {each: (number, int(total)) for each, number, total in connection.execute(query)}
    unsent = found.pop(None, (0, 0))[0] - len(refusals)
    refused = found.pop("refused", (0, 0))[0] + len(refusals)
    paid = [each for status, each in found.items() if status in PAID_STATES]
    undecided = sum(number for status, (number, _) in found.items() if status in UNDECIDED_STATES)
    paid_count = sum(number for number, _ in paid)
    declined = sum(number for number, _ in found.values()) - paid_count - undecided
    return Tally(paid_count, sum(total for _, total in paid), declined, refused, undecided, unsent)


# ── steps ──


def _chunk_reads(_: Acquirer, chunk_id: str, batch_id: str) -> list[Lock]:
    return [Lock(BatchChunk, chunk_id), Lock(DisbursementBatch, batch_id)]


@hot(_chunk_reads)
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


def _count_reads(_: Acquirer, chunk: BatchChunk, __: Tally, refusals: Mapping[str, str]) -> list[Lock]:
    return [*_chunk_reads(_, chunk.id, chunk.batch), *(Lock(BatchLine, line) for line in refusals)]


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
    counts = _counts(tally)
    counted = {name: getattr(batch, name) + count - getattr(chunk, name) for name, count in counts.items()}
    if tally.unsent and batch.status == PAUSED:
        advance(work, chunk, "give_back", answer_due_at=None, **counts)
    elif tally.undecided or (tally.unsent and batch.status != CANCELLING):
        advance(work, chunk, "leave_open", answer_due_at=repeat_due_at(work.now, chunk.attempts - 1), **counts)
    else:
        advance(work, chunk, "finish", answer_due_at=None, **counts)
        counted["done_count"] = batch.done_count + 1
    return end_if_through(work, work.change(batch, **counted))


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "paid_count": tally.paid,
        "paid_amount": tally.paid_amount,
        "declined_count": tally.declined,
        "refused_count": tally.refused,
        "open_count": tally.undecided,
    }


def end_if_through(work: Work, batch: DisbursementBatch) -> DisbursementBatch:
    """Complete a batch of which every line is known, and end one that is being cancelled when nothing is under way."""
    counts = {name: getattr(batch, name) for name in (*_counts(Tally()), "line_count")}
    known = batch.paid_count + batch.declined_count + batch.refused_count
    if batch.done_count == batch.chunk_count and known == batch.line_count:
        return advance(work, batch, "complete", **counts)
    if batch.status == CANCELLING and batch.done_count == batch.begun_count:
        return advance(work, batch, "end", **counts)
    return batch
