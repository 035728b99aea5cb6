"""Results as files: CSV, NDJSON, JSON, and an ISO 20022 status report, written some hundred lines at a time."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson

from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_tally import PAID_STATES
from payments.acquirer.push import REFUSED
from payments.api.batch_results import INVALID, Standing, line_shape, read_lines
from payments.api.door import Door
from payments.kit.clock import rfc3339
from payments.kit.money import Money

AT_ONCE: Final = 1_000


COLUMNS: Final = (
    *("line", "reference", "status", "amount", "currency", "card", "recipient_name"),
    *("disbursement", "retrieval_reference", "network_id", "code", "reason", "problems"),
    *("recipient_amount", "recipient_currency", "rate"),
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
    amount = _major(line.amount, line.currency) if line.currency else ""
    brought = _major(standing.recipient_amount or 0, standing.recipient_currency) if standing.recipient_currency else ""
    name = _no_formula(line.recipient_name)
    pushed = [shape["disbursement"], standing.reference, shape["network_id"], told["code"], told["reason"]]
    return [
        *(line.number, line.reference, standing.word, amount, line.currency, line.card_masked, name),
        *pushed,
        problems,
        *(brought, standing.recipient_currency, standing.rate),
    ]


def _major(amount: int, currency: str) -> str:
    return str(Money(amount, currency)).partition(" ")[0]


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
    status = "ACSC" if standing.status in PAID_STATES else "RJCT" if standing.lost or _stopped(standing) else "PDNG"
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
