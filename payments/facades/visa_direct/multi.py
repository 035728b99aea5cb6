"""The multi forms: many transactions in one request, each taken on for itself, answered together by one identifier.

All are checked before the first is taken on, and all are taken on before the request is answered; then they are carried
out, some at a time. Results are told apart by their trace numbers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import orjson
import sqlalchemy as sa
from sqlalchemy import Index

from payments.facades.visa_direct.answer import RULE_DECLINED, transaction_answer, transmitted
from payments.facades.visa_direct.call import Answer, Call, Endpoint, sandbox_now
from payments.facades.visa_direct.envelope import RequestRefused, envelope, invalid, unknown_identifier
from payments.facades.visa_direct.fields import check
from payments.facades.visa_direct.order import Asking, draft_of, echoed, pulling, pushing, reversing
from payments.facades.visa_direct.submission import (
    IDENTIFIER,
    VALID_FOR,
    Draft,
    Identity,
    Submission,
    client_identity,
    held_by,
    status_identifier,
)
from payments.facades.visa_direct.transaction import Standing, find_standing, run, take
from payments.kit.database import fetch
from payments.kit.records import Key, Record, record
from payments.kit.secrets import Secret
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.switch.directory import Directory

AT_ONCE: Final = 64
ERROR: Final = "06"
"""The action code of an item that its flow refused; why, its ``responseStatus`` says. Ours: Visa publishes none."""

NOT_YET: Final = "not yet"
"""The batch of an item before there is one."""

_ECHOED: Final = ("localTransactionDateTime", "businessApplicationId", "acquirerCountryCode", "acquiringBin")
_SHARED: Final = ("acquiringBin", "businessApplicationId", "merchantCategoryCode", "acquirerCountryCode")


@record("visa_direct_batches", Index(None, "credential"), fixed=True)
class Batch(Record):
    """A multi request; ``id`` is its status identifier, ``heading`` what its answer echoes, as JSON."""

    noun: ClassVar[str] = "visa_direct_batch"

    id: Key[str]
    operation: str
    credential: str
    heading: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Form:
    """A multi form: its path, its single operation, what an item asks, and the name of an item's result."""

    operation: str
    path: str
    prepare: Callable[[Call, dict[str, Any]], Awaitable[Asking]]
    result: str
    lasting: bool = True

    def post(self) -> Endpoint:
        """Return what answers the POST."""
        return lambda call: _post(self, call)

    def get(self) -> Endpoint:
        """Return what answers the GET by status identifier."""
        return lambda call: _get(self, call)


async def _post(form: Form, call: Call) -> Answer:
    body = call.fields
    check(f"multi_{form.operation}", body, bool(call.credential.strict))
    shared = {name: body[name] for name in _SHARED if name in body}
    items = [shared | each for each in body["request"]]
    prepared = [await _prepared(form, call, item, place) for place, item in enumerate(items)]
    batch, mine = await _opened(form, call, body)
    if not mine:
        return Answer(303, {"statusIdentifier": batch.id}, {"Location": f"{form.path}/{batch.id}"})
    drafts = [replace(draft, batch=batch.id) for draft, _ in prepared]
    asks = [ask for _, ask in prepared]
    taken = await _take_all(call, drafts, asks)
    _ = call.door.start(call.house, _run_all(call, taken))  # nobody waits for it: it is asked about
    return Answer(200, {"statusIdentifier": batch.id})


async def _prepared(form: Form, call: Call, item: dict[str, Any], place: int) -> tuple[Draft, Asking]:
    try:
        ask = await form.prepare(call, item)
        return await draft_of(call, form.operation, item, NOT_YET, place), ask
    except RequestRefused as refusal:
        raise invalid(f"request[{place}].{refusal.detail}") from None


async def _opened(form: Form, call: Call, body: dict[str, Any]) -> tuple[Batch, bool]:
    """Open a batch, or find the one this request repeats while that is still running."""
    whole = orjson.dumps(body, default=str, option=orjson.OPT_SORT_KEYS).decode()
    details = call.door.sandbox.world.vault.fingerprint(Secret(whole))
    client_id = call.header("x-client-transaction-id")
    identity = client_identity(f"multi_{form.operation}", call.credential.id, client_id, details) if client_id else ""
    heading = echoed(body, _ECHOED)
    operator = call.door.sandbox.operator
    batch, mine = await operator.step(open_batch, form.operation, call.credential.id, heading, identity)
    if not mine:
        standings = await call.read(_find_standings, call.directory, batch.id)
        if not any(each.running for each in standings):
            return await operator.step(open_batch, form.operation, call.credential.id, heading, "")
    return batch, mine


def _batch_reads(_: Institution, __: str, ___: str, ____: str, identity: str) -> list[Lock]:
    return [Lock(Identity, identity)] if identity else []


@hot(_batch_reads)
def open_batch(
    work: Work, _: Institution, operation: str, credential: str, heading: str, identity: str
) -> tuple[Batch, bool]:
    """Write a multi request down, unless its identity ('' none) is held; tell whether it was written."""
    known = work.get_or_none(Identity, identity) if identity else None
    if holder := held_by(known, work.now):
        return work.fact(Batch, holder), False
    batch = work.add(Batch(status_identifier(work), operation, credential, heading, work.now))
    if known is not None:
        work.change(known, submission=batch.id, claimed_at=work.now)
    elif identity:
        work.add(Identity(identity, batch.id, work.now))
    return batch, True


Taken = tuple[Submission, Asking]


async def _take_all(call: Call, drafts: Sequence[Draft], asks: Sequence[Asking]) -> list[Taken]:
    """Take every item on, one after another, so that of two that are the same the first is the original."""
    taken = [await take(call, draft) for draft in drafts]
    return [(each.submission, ask) for each, ask in zip(taken, asks, strict=True) if not each.submission.original]


async def _run_all(call: Call, taken: Sequence[Taken]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(submission: Submission, ask: Asking) -> None:
        async with places:
            await run(call, submission, ask(submission))

    await asyncio.gather(*(one(*each) for each in taken))


async def _get(form: Form, call: Call) -> Answer:
    batch = await call.read(_find_batch, call.request.path_params["status_identifier"])
    if batch is None or (batch.credential, batch.operation) != (call.credential.id, form.operation):
        raise unknown_identifier()
    if batch.created_at + VALID_FOR <= await call.read(sandbox_now):
        raise unknown_identifier()
    standings = await call.read(_find_standings, call.directory, batch.id)
    if any(each.running for each in standings):
        return Answer(202, {"statusIdentifier": batch.id})
    heading: dict[str, Any] = orjson.loads(batch.heading)
    return Answer(200, heading | {"response": [_result(form, each) for each in standings]})


def _result(form: Form, standing: Standing) -> dict[str, Any]:
    submission, refusal = standing.submission, standing.submission.refusal
    result: dict[str, Any] = {"systemsTraceAuditNumber": int(submission.stan)}
    if refusal is None and standing.outcome is not None:
        answer = transaction_answer(submission, standing.outcome, duplicate=bool(submission.original))
        return result | {form.result: answer}
    assert refusal is not None
    detail = {
        "actionCode": ERROR,
        "responseCode": RULE_DECLINED,
        "transmissionDateTime": transmitted(submission.created_at),
        "retrievalReferenceNumber": submission.rrn,
    }
    return result | {form.result: detail} | envelope(refusal.http_status, refusal.error, refusal.detail)


def _find_batch(connection: sa.Connection, id: str) -> Batch | None:
    table = Batch.table()
    if not IDENTIFIER.fullmatch(id):
        return None
    return next(iter(fetch(connection, Batch, sa.select(table).where(table.c.id == id))), None)


def _find_standings(connection: sa.Connection, directory: Directory, batch: str) -> list[Standing]:
    table = Submission.table()
    items = sa.select(table).where(table.c.batch == batch).order_by(table.c.place)
    return [find_standing(connection, directory, each) for each in fetch(connection, Submission, items)]


_TRANSFER: Final = "/visadirect/fundstransfer/v1"

FORMS: Final = (
    Form("push", f"{_TRANSFER}/multipushfundstransactions", pushing, "octResponseDetail"),
    Form("pull", f"{_TRANSFER}/multipullfundstransactions", pulling, "aftResponseDetail"),
    Form("reverse", f"{_TRANSFER}/multireversefundstransactions", reversing, "aftrResponseDetail"),
)
