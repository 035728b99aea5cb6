"""What became of the lines of a batch: a page of them, or all as a file, read some hundred at a time."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple
from xml.sax.saxutils import escape

import orjson
import sqlalchemy as sa

from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_line import BatchLine, line_id
from payments.acquirer.batch_running import PAID_STATES, UNDECIDED_STATES
from payments.acquirer.push import Disbursement
from payments.api.door import Door
from payments.api.fields import Reply
from payments.api.presenting import Decline, decline
from payments.kit.clock import rfc3339
from payments.kit.money import Money

AT_ONCE: Final = 1_000

UNSENT: Final = "unsent"
INVALID: Final = "invalid"
REFUSED: Final = "refused"


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
    ``refused`` by the sender's own bank, with the code of the ``refusal``.
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

    @property
    def word(self) -> str:
        """Return the line's status."""
        return self.status or (INVALID if self.line.problems else REFUSED if self.line.refusal else UNSENT)

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
        "decline": decline(standing.response_code or "", standing.decided_by or "") if standing.lost else None,
        "refusal": line.refusal or None,
        "problems": orjson.loads(line.problems) if line.problems else [],
    }


def read_lines(
    connection: sa.Connection, batch: str, limit: int, after: int, status: str | None = None
) -> tuple[list[Standing], int | None]:
    """Return the lines after the one at ``after``, as they stand in the file, and where the next page begins."""
    lines, pushes = BatchLine.table().c, Disbursement.table().c
    told = (pushes.status, pushes.response_code, pushes.decided_by, pushes.network_id, pushes.reference.label("rrn"))
    joined = sa.outerjoin(BatchLine.table(), Disbursement.table(), pushes.id == lines.disbursement)
    query = sa.select(*lines, *told).select_from(joined)
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
        return (lines.refusal != "", nothing_yet)
    if status == UNSENT:
        return (nothing_yet, lines.problems == "", lines.refusal == "")
    return (pushes.status == status,)


# ── files ──

COLUMNS: Final = (
    *("line", "reference", "status", "amount", "currency", "card", "recipient_name"),
    *("disbursement", "retrieval_reference", "network_id", "code", "reason", "problems"),
)

File = Callable[[DisbursementBatch, AsyncIterator[Sequence[Standing]]], AsyncIterator[str]]


async def pages_of(door: Door, batch: str) -> AsyncIterator[Sequence[Standing]]:
    """Yield all lines of a batch, some hundred at a time; whoever reads on is a visitor of the door."""
    door.visitors += 1
    try:
        after: int | None = 0
        while after is not None and not door.closing.is_set():
            found, after = await door.read(read_lines, batch, AT_ONCE, after)
            yield found
    finally:
        door.leave()


async def as_csv(_: DisbursementBatch, pages: AsyncIterator[Sequence[Standing]]) -> AsyncIterator[str]:
    """Write a header and a line for each; amounts have their currency's decimals."""
    yield ",".join(COLUMNS) + "\r\n"
    async for page in pages:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(map(_cells, page))
        yield text.getvalue()


def _cells(standing: Standing) -> list[Any]:
    line = standing.line
    shape = line_shape(standing)
    told = shape["decline"] or {"code": line.refusal, "reason": line.refusal}
    problems = "; ".join(f"{each['field']}: {each['problem']}" for each in shape["problems"])
    amount = _major(line) if line.currency else ""
    name = _no_formula(line.recipient_name)
    pushed = [shape["disbursement"], standing.reference, shape["network_id"], told["code"], told["reason"]]
    return [
        *(line.number, line.reference, standing.word, amount, line.currency, line.card_masked, name),
        *pushed,
        problems,
    ]


def _major(line: BatchLine) -> str:
    return str(Money(line.amount, line.currency)).partition(" ")[0]


def _no_formula(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


async def as_ndjson(_: DisbursementBatch, pages: AsyncIterator[Sequence[Standing]]) -> AsyncIterator[str]:
    """Write each line as a JSON object on a line of its own."""
    async for page in pages:
        yield "".join(f"{_json(each)}\n" for each in page)


async def as_json(_: DisbursementBatch, pages: AsyncIterator[Sequence[Standing]]) -> AsyncIterator[str]:
    """Write all lines as one JSON array."""
    before = "["
    async for page in pages:
        yield before + ",\n".join(map(_json, page))
        before = ",\n" if page else before
    yield "[]\n" if before == "[" else "]\n"


def _json(standing: Standing) -> str:
    return orjson.dumps(line_shape(standing)).decode()


_STATUS_REPORT: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>{id}</MsgId>\
<CreDtTm>{at}</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{label}</OrgnlMsgId>\
<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><OrgnlNbOfTxs>{count}</OrgnlNbOfTxs><GrpSts>{status}</GrpSts>\
</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{label}</OrgnlPmtInfId>
"""


async def as_pain002(batch: DisbursementBatch, pages: AsyncIterator[Sequence[Standing]]) -> AsyncIterator[str]:
    """Write a customer payment status report (ISO 20022 pain.002.001.10)."""
    label, at = escape(batch.label or batch.id), rfc3339(batch.created_at)
    status = _group_status(batch)
    yield _STATUS_REPORT.format(id=batch.id, at=at, label=label, count=batch.line_count, status=status)
    async for page in pages:
        yield "".join(map(_transaction_status, page))
    yield "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>\n"


def _group_status(batch: DisbursementBatch) -> str:
    """Return the code of the whole (ISO 20022 external code set, payment group status)."""
    if batch.invalid_count or batch.file_problems:
        return "RJCT"
    if batch.status == "completed":
        return "ACSC" if batch.paid_count == batch.line_count else "PART"
    return "ACTC" if not batch.begun_count else "ACSP"


def _transaction_status(standing: Standing) -> str:
    shape = line_shape(standing)
    status = "ACSC" if standing.status in PAID_STATES else "RJCT" if shape["decline"] or _stopped(standing) else "PDNG"
    why = shape["decline"]["reason"] if shape["decline"] else standing.line.refusal
    told: Iterable[str] = [why] if why else [each["problem"] for each in shape["problems"]]
    reasons = "".join(f"<StsRsnInf><AddtlInf>{escape(each[:105])}</AddtlInf></StsRsnInf>" for each in told)
    reference = escape(standing.line.reference)
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reasons}</TxInfAndSts>\n"
    )


def _stopped(standing: Standing) -> bool:
    return standing.word in (INVALID, REFUSED)


FILES: Final[dict[str, tuple[str, File]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "ndjson": ("application/x-ndjson", as_ndjson),
    "json": ("application/json", as_json),
    "pain.002": ("application/xml", as_pain002),
}
"""By format: its media type, and how it is written."""
