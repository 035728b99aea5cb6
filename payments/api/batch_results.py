"""What became of the lines of a batch: a page of them, or all as a file, read some hundred at a time."""

from typing import Any, Final, Literal, NamedTuple

import orjson
import sqlalchemy as sa

from payments.acquirer.batch_line import BatchLine, line_id
from payments.acquirer.batch_tally import PAID_STATES, UNDECIDED_STATES
from payments.acquirer.push import DECLINED, REFUSED, Disbursement
from payments.api.fields import Reply
from payments.api.presenting import Decline, decline

UNSENT: Final = "unsent"


INVALID: Final = "invalid"


class LineProblemReply(Reply):
    """What is wrong with one field of a line, by the file's own name of it. What was given is not repeated."""

    field: str
    code: str
    problem: str


class MaskedCard(Reply):
    """A card, masked."""

    masked: str


class BatchLineReply(Reply):
    """A line of a batch: ``line`` is where it stands in its file.

    ``status`` is that of its disbursement, once it has one; before that a line is ``unsent``, or ``invalid``, or
    ``refused`` by the sender's own bank, with the code of the ``refusal``. What was converted on its way has brought
    ``recipient_amount`` of ``recipient_currency``, at ``rate``.
    """

    object: Literal["batch_line"]
    line: int
    reference: str
    status: str
    amount: int
    currency: str
    card: MaskedCard | None
    recipient_name: str
    disbursement: str | None
    network_id: str | None
    recipient_amount: int | None
    recipient_currency: str | None
    rate: str | None
    decline: Decline | None
    refusal: str | None
    problems: list[LineProblemReply]


class Standing(NamedTuple):
    """A line with what its disbursement says; ``status`` is ``None`` before there is one."""

    line: BatchLine
    status: str | None
    response_code: str | None
    decided_by: str | None
    network_id: str | None
    reference: str | None
    recipient_amount: int | None
    recipient_currency: str | None
    rate: str | None

    @property
    def word(self) -> str:
        """Return the line's status."""
        return self.status or (INVALID if self.line.problems else REFUSED if self.line.refusal else UNSENT)

    @property
    def declined(self) -> bool:
        """Tell whether it was declined, or refused when it was held: there is a code that says why."""
        return self.status in (DECLINED, REFUSED)

    @property
    def lost(self) -> bool:
        """Tell whether it was sent, and was not and will not be paid."""
        return self.status is not None and self.status not in PAID_STATES | UNDECIDED_STATES


def line_shape(standing: Standing) -> dict[str, Any]:
    """Return the JSON of a line."""
    line = standing.line
    return {
        "object": "batch_line",
        "line": line.number,
        "reference": line.reference,
        "status": standing.word,
        "amount": line.amount,
        "currency": line.currency,
        "card": {"masked": line.card_masked} if line.card_masked else None,
        "recipient_name": line.recipient_name,
        "disbursement": line.disbursement if standing.status else None,
        "network_id": standing.network_id or None,
        "recipient_amount": standing.recipient_amount or None,
        "recipient_currency": standing.recipient_currency or None,
        "rate": standing.rate or None,
        "decline": decline(standing.response_code or "", standing.decided_by or "") if standing.declined else None,
        "refusal": line.refusal or None,
        "problems": orjson.loads(line.problems) if line.problems else [],
    }


def read_lines(
    connection: sa.Connection, batch: str, limit: int, after: int, status: str | None = None
) -> tuple[list[Standing], int | None]:
    """Return the lines after the one at ``after``, as they stand in the file, and where the next page begins."""
    lines, pushes = BatchLine.table().c, Disbursement.table().c
    told = (pushes.status, pushes.response_code, pushes.decided_by, pushes.network_id, pushes.reference.label("rrn"))
    brought = (pushes.recipient_amount, pushes.recipient_currency, pushes.rate)
    joined = sa.outerjoin(BatchLine.table(), Disbursement.table(), pushes.id == lines.disbursement)
    query = sa.select(*lines, *told, *brought).select_from(joined)
    # Ids of lines begin with their batch's, so the primary key finds them in order.
    query = query.where(lines.id > line_id(batch, after), lines.id < f"{batch}.", lines.batch == batch)
    if status is not None:
        query = query.where(*_is(status))
    width = len(BatchLine.shape.columns)
    rows = connection.execute(query.order_by(lines.id).limit(limit + 1)).fetchall()
    found = [Standing(BatchLine(*row[:width]), *row[width:]) for row in rows[:limit]]
    return found, found[-1].line.number if len(rows) > limit else None


def _is(status: str) -> tuple[sa.ColumnElement[bool], ...]:
    lines, pushes = BatchLine.table().c, Disbursement.table().c
    nothing_yet = pushes.status.is_(None)
    if status == INVALID:
        return (lines.problems != "",)
    if status == REFUSED:
        return ((lines.refusal != "") & nothing_yet | (pushes.status == REFUSED),)
    if status == UNSENT:
        return (nothing_yet, lines.problems == "", lines.refusal == "")
    return (pushes.status == status,)
