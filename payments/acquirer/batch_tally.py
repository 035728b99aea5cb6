"""How a batch stands: which chunks wait, which lines are unsent, and what became of those that were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.batch import CANCELLING, PROCESSING, DisbursementBatch
from payments.acquirer.batch_chunk import WAITING, BatchChunk
from payments.acquirer.batch_line import BatchLine
from payments.acquirer.push import PAID, Disbursement
from payments.kit.database import fetch

CANDIDATES: Final = 8

_NEVER_MADE: Final = "never_made"
"""How a line stands whose disbursement was refused before it was made; no state of a disbursement."""


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


def waiting_chunks(connection: sa.Connection, acquirer: str) -> Sequence[Any]:
    """Return the next chunks to be taken up, each with its batch."""
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


def _of_chunk() -> sa.Select[Any]:
    """Return the select of a chunk's lines; it is run with what ``_ends`` says of the chunk."""
    lines, pushes = BatchLine.table().c, Disbursement.table().c
    joined = sa.outerjoin(BatchLine.table(), Disbursement.table(), pushes.id == lines.disbursement)
    within = lines.id.between(sa.bindparam("first"), sa.bindparam("last"))
    return sa.select(BatchLine.table()).select_from(joined).where(within)


def _ends(chunk: BatchChunk) -> dict[str, str]:
    return {"first": chunk.first, "last": chunk.last}


# Selects are made once: for each chunk anew, making them would cost as much as running them.


@cache
def _unsent() -> sa.Select[Any]:
    lines = BatchLine.table().c
    return _of_chunk().where(Disbursement.table().c.id.is_(None), lines.refusal == "").order_by(lines.id)


@cache
def _standing() -> sa.Select[Any]:
    lines = BatchLine.table().c
    standing = sa.case((lines.refusal != "", _NEVER_MADE), else_=Disbursement.table().c.status).label("standing")
    counted = _of_chunk().with_only_columns(standing, sa.func.count(), sa.func.sum(lines.amount))
    return counted.group_by(standing)


def unsent_lines(connection: sa.Connection, chunk: BatchChunk) -> tuple[DisbursementBatch, list[BatchLine]]:
    """Return the batch of a chunk, and the lines that have neither a disbursement nor been refused."""
    batches = DisbursementBatch.table()
    (batch,) = fetch(connection, DisbursementBatch, sa.select(batches).where(batches.c.id == chunk.batch))
    return batch, [BatchLine(*row) for row in connection.execute(_unsent(), _ends(chunk))]


def tally_of(connection: sa.Connection, chunk: BatchChunk, refusals: Mapping[str, str]) -> Tally:
    """Return how the lines of a chunk stand; ``refusals`` are still to be written down."""
    rows = connection.execute(_standing(), _ends(chunk))
    found = {each: (number, int(total)) for each, number, total in rows}
    unsent = found.pop(None, (0, 0))[0] - len(refusals)
    refused = found.pop(_NEVER_MADE, (0, 0))[0] + len(refusals)
    paid = [each for status, each in found.items() if status in PAID_STATES]
    undecided = sum(number for status, (number, _) in found.items() if status in UNDECIDED_STATES)
    paid_count = sum(number for number, _ in paid)
    declined = sum(number for number, _ in found.values()) - paid_count - undecided
    return Tally(paid_count, sum(total for _, total in paid), declined, refused, undecided, unsent)


def counts_of(tally: Tally) -> dict[str, int]:
    """Return a tally as chunks and batches keep it."""
    return {
        "paid_count": tally.paid,
        "paid_amount": tally.paid_amount,
        "declined_count": tally.declined,
        "refused_count": tally.refused,
        "open_count": tally.undecided,
    }
