"""Paying a batch: chunk after chunk, the lines of a chunk at once, each by the same flow as any other disbursement.

A process takes a chunk, pays its lines, and writes down what became of them. If it dies in between, the chunk is given
back and whoever takes it next pays only the lines whose disbursement was never made. Lines whose fate is not known
leave their chunk open; it is looked at again until all is known. Nobody waits for a line of another chunk.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import PROCESSING, DisbursementBatch
from payments.acquirer.batch_chunk import BatchChunk, give_back_chunk, retake_chunk, take_chunk
from payments.acquirer.batch_counting import count_chunk
from payments.acquirer.batch_line import BatchLine, line_order
from payments.acquirer.batch_tally import tally_of, unsent_lines, waiting_chunks
from payments.acquirer.disbursement import disburse
from payments.acquirer.push import AlreadyDisbursed
from payments.kit.errors import Refusal
from payments.kit.fate import durable
from payments.kit.log import log

CHUNKS_AT_ONCE: Final = 2
"""How many chunks one process pays at once: while one's steps are committed, the other's are made ready."""


async def pay_waiting(acquirer: Acquirer, stopping: Callable[[], bool] = lambda: False) -> int:
    """Pay the waiting chunks of every batch under way, and return how many; stop between two when told to."""

    async def pay_one_after_another() -> int:
        paid = 0
        while not stopping() and (chunk := await take_next(acquirer)):
            await pay_or_give_back(acquirer, chunk)
            paid += 1
        return paid

    return sum(await asyncio.gather(*(pay_one_after_another() for _ in range(CHUNKS_AT_ONCE))))


async def pay_or_give_back(acquirer: Acquirer, chunk: BatchChunk) -> None:
    """Pay a chunk; when that comes to an unforeseen end, give it back, and go on with the error."""
    try:
        await pay_chunk(acquirer, chunk)
    except Exception:
        await acquirer.step(give_back_chunk, chunk.id)
        raise


async def take_next(acquirer: Acquirer) -> BatchChunk | None:
    """Take the next waiting chunk, which nobody else then has; ``None`` when there is none."""
    while candidates := await acquirer.world.database.read(waiting_chunks, acquirer.id):
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
    batch, lines = await read(unsent_lines, chunk)
    refusals = await pay_lines(acquirer, batch, lines) if batch.status == PROCESSING else {}
    tally = await read(tally_of, chunk, refusals)
    await acquirer.step(count_chunk, chunk, tally, refusals)


async def pay_lines(acquirer: Acquirer, batch: DisbursementBatch, lines: Iterable[BatchLine]) -> dict[str, str]:
    """Pay lines, all at once, and return the codes of refusals by line; an error in one does not stop the others."""
    refusals: dict[str, str] = {}

    async def pay(line: BatchLine) -> None:
        try:
            await durable(disburse(acquirer, line_order(acquirer, batch, line)))
        except AlreadyDisbursed:
            pass
        except Refusal as refusal:
            refusals[line.id] = refusal.code
        except Exception:  # noqa: BLE001 - it is looked at again later
            log.exception("line failed", line=line.id)

    await asyncio.gather(*(pay(line) for line in lines))
    return refusals
