"""References: each is given to one line of a sender, unless that line's batch came to nothing."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from payments.acquirer.batch import ABANDONED, CANCELLED, REJECTED, DisbursementBatch
from payments.acquirer.batch_check import LineOrder, LineProblem
from payments.acquirer.batch_line import BatchLine, line_id
from payments.acquirer.push import Disbursement
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work


@record("acquirer_batch_references")
class BatchReference(Record):
    """A reference that a sender has given to a line: ``id`` is both, ``line`` the line that has it now."""

    id: Key[str]
    line: Mutable[str]


Taken = dict[str, str]
"""By reference: the line that has it."""


def _key(batch: DisbursementBatch, reference: str) -> str:
    return f"{batch.sender}:{reference}"


def references_taken(work: Work, batch_id: str, given: Sequence[LineOrder]) -> Taken:
    """Return which references of these lines other lines have, and which rows stand for lines that came to nothing."""
    batches, references, lines = DisbursementBatch.table().c, BatchReference.table().c, BatchLine.table().c
    ((sender,),) = work.query(sa.select(batches.sender).where(batches.id == batch_id))
    keys = [f"{sender}:{each.reference}" for each in given if each.reference]
    pushes = Disbursement.table().c
    holders = (
        sa.select(references.id, references.line, batches.status, pushes.id)
        .join(BatchLine.table(), lines.id == references.line)
        .join(DisbursementBatch.table(), batches.id == lines.batch)
        .outerjoin(Disbursement.table(), pushes.id == lines.disbursement)
        .where(references.id.in_(keys))
    )
    found = work.query(holders) if keys else ()
    return {key: "" if _came_to_nothing(status, push) else line for key, line, status, push in found}


def _came_to_nothing(status: str, disbursement: str | None) -> bool:
    return status in (REJECTED, ABANDONED) or (status == CANCELLED and disbursement is None)


def told_of_others(batch: DisbursementBatch, line: LineOrder, taken: Taken) -> LineOrder:
    """Return ``line``, with a problem if another line has its reference."""
    holder = taken.get(_key(batch, line.reference), "") if line.reference else ""
    if not holder:
        return line
    other, _, number = holder.rpartition("-")
    where = "of this batch" if other == batch.id else f"of batch {other}"
    problem = LineProblem("reference", "duplicate_reference", f"Line {int(number)} {where} has the same reference.")
    return replace(line, problems=(*line.problems, problem))


def take_reference(work: Work, batch: DisbursementBatch, line: LineOrder, taken: Taken) -> None:
    """Give a reference to a line that is right, and note that it is taken."""
    key, id = _key(batch, line.reference), line_id(batch.id, line.number)
    if key in taken:
        work.change(work.get(BatchReference, key), line=id)
    else:
        work.add(BatchReference(key, id))
    taken[key] = id
