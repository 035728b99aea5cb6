"""Loading a batch: its lines are checked and written down some hundred at a time, and nothing of it is paid meanwhile.

Only when all lines are there, and right, can it be started. A reference that its sender has given to another line is
told, unless that line's batch came to nothing. Whoever dies while loading leaves a batch that is abandoned, and the
idempotency key free for the same request.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import orjson
import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import ABANDONED, CANCELLED, LOADING, REJECTED, BatchOrder, DisbursementBatch
from payments.acquirer.batch_line import (
    WAITING,
    BatchChunk,
    BatchLine,
    BatchReference,
    LineOrder,
    LineProblem,
    as_json,
    checked,
    line_id,
)
from payments.acquirer.disbursement import SenderCurrencyDiffers
from payments.acquirer.programme import check_programme
from payments.acquirer.push import Disbursement
from payments.acquirer.sender import Sender
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import advance, announce
from payments.kit.work import Work
from payments.switch.switch import REPLY_WITHIN

CHUNK: Final = 250
"""How many lines are written down, and paid, together."""

_UNHASHED: Final = ""
"""What stands for the hash of a body that is still being read."""

Taken = dict[str, str]
"""By reference: the line that has it."""


def record_loading(work: Work, acquirer: Acquirer, order: BatchOrder, claim: Claim | None) -> DisbursementBatch | None:
    """Write down that a batch is being loaded; a cold step. Its claim's body is compared when it has been read.

    Returns ``None`` when the claim's key is answered already: read the body, and see ``claim_answered``. Raises
    ``NotFound``, ``SenderCurrencyDiffers``, ``UnknownBusinessApplication`` and ``IdempotencyKeyInUse``.
    """
    if claim and _answered(work, claim):
        return None
    sender = work.get(Sender, order.sender)
    if sender.acquirer != acquirer.id:
        raise NotFound(f"There is no sender {order.sender}.")
    if order.currency != sender.currency:
        raise SenderCurrencyDiffers(f"{sender.name} sends {sender.currency}.")
    check_programme(order.channel, order.business_application)
    batch_id = work.new_id(DisbursementBatch.prefix)
    if claim:
        claim_key(work, Claim(claim.id, claim.operation, _UNHASHED), batch_id)
    batch = _batch(work, acquirer, order, claim, batch_id)
    announce(work, batch, {"sender": sender.id, "currency": order.currency, "format": order.source_format})
    return work.add(batch)


def _answered(work: Work, claim: Claim) -> bool:
    known = work.get_or_none(IdempotencyKey, claim.id)
    return known is not None and known.expires_at > work.now and known.body_hash != _UNHASHED


def claim_answered(work: Work, _: Acquirer, claim: Claim) -> None:
    """Raise ``Replayed``, or ``IdempotencyKeyReused`` for another body; a cold step."""
    claim_key(work, claim, "")


def _batch(work: Work, acquirer: Acquirer, order: BatchOrder, claim: Claim | None, batch_id: str) -> DisbursementBatch:
    return DisbursementBatch(
        id=batch_id,
        acquirer=acquirer.id,
        sender=order.sender,
        reference=batch_id,
        currency=order.currency,
        business_application=order.business_application,
        channel=order.channel,
        source_format=order.source_format,
        start_at_once=int(order.start),
        claim=claim.id if claim else None,
        created_at=work.now,
        writer=work.writer,
        status=LOADING,
        answer_due_at=work.now + REPLY_WITHIN,
        label=order.label,
    )


def add_lines(work: Work, acquirer: Acquirer, batch_id: str, given: Sequence[LineOrder]) -> DisbursementBatch:
    """Check and write down the next lines of a batch that is being loaded, as one chunk; a cold step."""
    taken = _taken(work, batch_id, given)
    batch = work.get(DisbursementBatch, batch_id)
    assert batch.status == LOADING, "lines are added while a batch is being loaded"
    lines = []
    for each in given:
        line = _told_of_others(batch, checked(acquirer, batch, each), taken)
        lines.append(work.add(_line(work, acquirer, batch, line)))
        if not line.problems:
            _take(work, batch, line, taken)
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
        problems=as_json(line.problems),
    )


# ── references: each is given to one line of a sender ──


def _key(batch: DisbursementBatch, reference: str) -> str:
    return f"{batch.sender}:{reference}"


def _taken(work: Work, batch_id: str, given: Sequence[LineOrder]) -> Taken:
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


def _told_of_others(batch: DisbursementBatch, line: LineOrder, taken: Taken) -> LineOrder:
    holder = taken.get(_key(batch, line.reference), "") if line.reference else ""
    if not holder:
        return line
    other, _, number = holder.rpartition("-")
    where = "of this batch" if other == batch.id else f"of batch {other}"
    problem = LineProblem("reference", "duplicate_reference", f"Line {int(number)} {where} has the same reference.")
    return replace(line, problems=(*line.problems, problem))


def _take(work: Work, batch: DisbursementBatch, line: LineOrder, taken: Taken) -> None:
    key, id = _key(batch, line.reference), line_id(batch.id, line.number)
    if key in taken:
        work.change(work.get(BatchReference, key), line=id)
    else:
        work.add(BatchReference(key, id))
    taken[key] = id


# ── the end of the file ──


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
