"""Loading a batch: its lines are checked and written down some hundred at a time, and nothing of it is paid meanwhile.

Only when all lines are there, and right, can it be started. A reference that its sender has given to another line is
told, unless that line's batch came to nothing. Whoever dies while loading leaves a batch that is abandoned, and the
idempotency key free for the same request.
"""

from collections.abc import Sequence
from typing import Final

import orjson

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import LOADING, DisbursementBatch
from payments.acquirer.batch_check import LineOrder, LineProblem, checked, problems_as_json
from payments.acquirer.batch_chunk import WAITING, BatchChunk
from payments.acquirer.batch_line import BatchLine, line_id
from payments.acquirer.batch_reference import references_taken, take_reference, told_of_others
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender
from payments.kit.idempotency import Claim, IdempotencyKey
from payments.kit.lifecycle import advance, announce
from payments.kit.work import Work

CHUNK: Final = 250
"""How many lines are written down, and paid, together."""


def add_lines(work: Work, acquirer: Acquirer, batch_id: str, given: Sequence[LineOrder]) -> DisbursementBatch:
    """Check and write down the next lines of a batch that is being loaded, as one chunk; a cold step."""
    taken = references_taken(work, batch_id, given)
    batch = work.get(DisbursementBatch, batch_id)
    assert batch.status == LOADING, "lines are added while a batch is being loaded"
    sender, lines = work.get(Sender, batch.sender), []
    for each in given:
        line = told_of_others(batch, checked(acquirer, batch, sender, each), taken)
        lines.append(work.add(_line(work, acquirer, batch, line)))
        if not line.problems:
            take_reference(work, batch, line, taken)
    _add_chunk(work, batch, lines)
    return work.change(
        batch,
        line_count=batch.line_count + len(lines),
        invalid_count=batch.invalid_count + sum(bool(each.problems) for each in lines),
        total_amount=batch.total_amount + sum(each.amount for each in lines),
        chunk_count=batch.chunk_count + 1,
    )


def _add_chunk(work: Work, batch: DisbursementBatch, lines: Sequence[BatchLine]) -> None:
    chunk = BatchChunk(
        id=f"{batch.id}-{batch.chunk_count:05d}",
        acquirer=batch.acquirer,
        batch=batch.id,
        reference=batch.id,
        first=lines[0].id,
        last=lines[-1].id,
        line_count=len(lines),
        writer=work.writer,
        status=WAITING,
        answer_due_at=None,
    )
    announce(work, work.add(chunk), {"batch": batch.id, "lines": len(lines)})


def _line(work: Work, acquirer: Acquirer, batch: DisbursementBatch, line: LineOrder) -> BatchLine:
    keeps_card = line.card is not None and not line.problems
    return BatchLine(
        id=line_id(batch.id, line.number),
        batch=batch.id,
        number=line.number,
        reference=line.reference,
        amount=line.amount,
        currency=line.currency,
        card_masked=line.card.masked if line.card else "",
        card_encrypted=acquirer.world.vault.encrypt(line.card) if line.card and keeps_card else "",
        card_expiry=line.expiry,
        business_application=line.business_application,
        recipient_name=line.recipient_name,
        statement_text=line.statement_text,
        disbursement=work.new_id(Disbursement.prefix) if not line.problems else "",
        problems=problems_as_json(line.problems),
    )


def close_batch(
    work: Work,
    acquirer: Acquirer,
    batch_id: str,
    claim: Claim | None,
    label: str = "",
    file_problems: Sequence[LineProblem] = (),
) -> DisbursementBatch:
    """Accept a batch whose lines are all there, or reject it; ``claim`` now knows the body. A cold step.

    One that is to be started at once is. The answer to the request is kept.
    """
    batch = work.get(DisbursementBatch, batch_id)
    assert batch.status == LOADING, "a batch is closed once"
    problems = [*file_problems]
    if not batch.line_count:
        problems.append(LineProblem("file", "no_lines", "There is nothing to pay in it."))
    told = {"lines": batch.line_count, "invalid": batch.invalid_count, "total": batch.total_amount}
    work.emit("disbursement_batch.checked", batch.id, batch.reference, told)
    changes = {"answer_due_at": None, "label": label or batch.label}
    if problems or batch.invalid_count:
        kept = orjson.dumps(problems).decode() if problems else ""
        closed = advance(work, batch, "reject", **changes, file_problems=kept)
    else:
        closed = advance(work, batch, "accept", **changes)
        closed = advance(work, closed, "start") if closed.start_at_once else closed
    if claim:
        work.change(work.get(IdempotencyKey, claim.id), body_hash=claim.body_hash)
        acquirer.answer(work, claim.id, closed)
    return closed


def abandon_batch(work: Work, _: Acquirer, batch_id: str) -> DisbursementBatch:
    """Give up a batch whose file did not come to its end, and set its idempotency key free; a cold step."""
    batch = work.get(DisbursementBatch, batch_id)
    if batch.status != LOADING:
        return batch
    known = work.get_or_none(IdempotencyKey, batch.claim) if batch.claim else None
    if known and known.resource == batch.id:
        work.change(known, expires_at=work.now)
    return advance(work, batch, "abandon", answer_due_at=None)
