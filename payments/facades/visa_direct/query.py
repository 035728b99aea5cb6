"""transactionquery and transactiondata: what became of transactions, by their numbers or by their days.

Both show whatever the credential's senders have pushed, through this door or another; by the numbers a request gave at
this door, or those our acquirer gave what was ordered elsewhere.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.sender import Sender
from payments.facades.visa_direct.call import Answer, Call, sandbox_now
from payments.facades.visa_direct.credential import Credential
from payments.facades.visa_direct.envelope import invalid
from payments.facades.visa_direct.flows import FLOWS
from payments.facades.visa_direct.row import (
    Listed,
    further_columns,
    listed_made,
    listed_submission,
    query_row,
    report_row,
)
from payments.facades.visa_direct.submission import Submission
from payments.facades.visa_direct.transaction import find_standing
from payments.kit.clock import DAY, instant
from payments.kit.database import fetch
from payments.network.transaction import Transaction
from payments.switch.directory import Directory

QUERY: Final = "/visadirect/v1/transactionquery"
REPORT: Final = "/visadirect/reports/v1/transactiondata"

KEPT_DAYS: Final = 120
REPORT_DAYS: Final = 5
QUERY_LIMIT: Final = 10
REPORT_LIMIT: Final = 100
MOST_ROWS: Final = 1_000

_MOMENT: Final = "%d-%m-%Y:%H:%M:%S"


async def query(call: Call) -> Answer:
    """List the transactions with a transaction identifier, or with a trace number and a retrieval reference."""
    given = call.request.query_params
    acquiring_bin = call.permitted(_digits(given.get("acquiringBIN", ""), "acquiringBIN", 6, 11))
    limit, offset = _count(given.get("limit"), "limit", QUERY_LIMIT), _count(given.get("offset"), "offset", 0)
    network_id, stan, rrn = (given.get(each, "") for each in ("transactionIdentifier", "stan", "rrn"))
    if network_id:
        network_id = _digits(network_id, "transactionIdentifier", 1, 15).zfill(15)
        found = await call.read(by_network_id, call.directory, call.credential, acquiring_bin, network_id)
    elif stan and rrn:
        if not re.fullmatch(r"[0-9]{1,6}", stan) or not re.fullmatch(r"[0-9A-Za-z]{1,12}", rrn):
            raise invalid("stan must have 6 digits and rrn 12.")
        found = await call.read(by_trace, call.directory, call.credential, acquiring_bin, stan.zfill(6), rrn.zfill(12))
    else:
        raise invalid("Name transactionIdentifier, or stan and rrn, beside acquiringBIN.")
    chosen = [each for each in found if _meant(each, dict(given))]
    fields = tuple(each.strip() for each in given.get("fields", "").split(",") if each.strip())
    rows = await call.read(_query_rows, call.directory, chosen[offset : offset + limit], fields)
    more = {"x-pagination": "true"} if len(chosen) > offset + limit else {}
    return Answer(200, rows, more)


async def report(call: Call) -> Answer:
    """List what was pushed from one day to another, five days at most."""
    given = call.request.query_params
    first, last = _day(given.get("fromDate", ""), "fromDate"), _day(given.get("toDate", ""), "toDate")
    if not timedelta(0) <= last - first < timedelta(days=REPORT_DAYS):
        raise invalid(f"toDate must not be before fromDate, nor more than {REPORT_DAYS} days on.")
    if instant(first) < await call.read(sandbox_now) - KEPT_DAYS * DAY:
        raise invalid(f"The report goes back {KEPT_DAYS} days.")
    limit, page = _count(given.get("limit"), "limit", REPORT_LIMIT), max(1, _count(given.get("offset"), "offset", 1))
    since, until = instant(first), instant(last) + DAY
    rows = await call.read(_report_rows, call.directory, call.credential, since, until, limit * (page - 1), limit)
    return Answer(200, rows)


def by_network_id(
    connection: sa.Connection, directory: Directory, credential: Credential, acquiring_bin: str, network_id: str
) -> list[Listed]:
    """Return what the network knows by this identifier, repeats of it, too; 15 digits."""
    transactions = Transaction.table()
    known = sa.select(transactions).where(
        transactions.c.network_id == network_id, transactions.c.acquirer == credential.acquirer
    )
    listed: list[Listed] = []
    for each in fetch(connection, Transaction, known):
        listed += _by_reference(connection, directory, credential, acquiring_bin, each.reference)
    for one in [each for each in listed if each.acceptor]:
        traced = _submissions(connection, directory, credential, one.acquiring_bin, one.stan, one.rrn)
        return [each for each in traced if each.outcome.id == one.outcome.id]
    return listed


def by_trace(
    connection: sa.Connection, directory: Directory, credential: Credential, acquiring_bin: str, stan: str, rrn: str
) -> list[Listed]:
    """Return what has this trace number and retrieval reference: given at this door, or by our acquirer."""
    elsewhere = _by_reference(connection, directory, credential, acquiring_bin, rrn)
    asked_here = _submissions(connection, directory, credential, acquiring_bin, stan, rrn)
    return asked_here + [each for each in elsewhere if not each.acceptor and each.stan == stan]


def _by_reference(
    connection: sa.Connection, directory: Directory, credential: Credential, acquiring_bin: str, reference: str
) -> list[Listed]:
    """Return what our own RRN names."""
    listed = []
    for operation, flow in FLOWS.items():
        made = flow.find(connection, credential.acquirer, reference)
        if made is not None and made.sender in senders_of(connection, credential):
            listed.append(listed_made(connection, directory, operation, made, acquiring_bin))
    return [each for each in listed if each is not None]


def _submissions(
    connection: sa.Connection, directory: Directory, credential: Credential, acquiring_bin: str, stan: str, rrn: str
) -> list[Listed]:
    """Return what a request at this door has named so, repeats of it, too."""
    table = Submission.table()
    known = sa.select(table).where(
        table.c.acquirer == credential.acquirer,
        table.c.rrn == rrn,
        table.c.stan == stan,
        table.c.acquiring_bin == acquiring_bin,
        table.c.sender.in_(senders_of(connection, credential)),
    )
    standings = [
        find_standing(connection, directory, each)
        for each in fetch(connection, Submission, known.order_by(table.c.created_at, table.c.id))
    ]
    return [
        listed_submission(each.submission, each.outcome)
        for each in standings
        if each.outcome is not None and not each.repeatable
    ]


def senders_of(connection: sa.Connection, credential: Credential) -> list[str]:
    """Return whose transactions a credential may see: its own sender's, or all of its acquirer's."""
    if not credential.any_sender:
        return [credential.sender]
    senders = Sender.table().c
    return list(connection.scalars(sa.select(senders.id).where(senders.acquirer == credential.acquirer)))


def _query_rows(
    connection: sa.Connection, directory: Directory, chosen: Sequence[Listed], fields: tuple[str, ...]
) -> list[dict[str, Any]]:
    rows = []
    for each in chosen:
        further = further_columns(connection, directory, each) if fields else {}
        rows.append(query_row(each) | {name: further[name] for name in fields if name in further})
    return rows


def _report_rows(
    connection: sa.Connection,
    directory: Directory,
    credential: Credential,
    since: int,
    until: int,
    skip: int,
    limit: int,
) -> list[dict[str, Any]]:
    listed = []
    for operation, flow in FLOWS.items():
        for made in flow.list(connection, senders_of(connection, credential), since, until):
            listed.append(listed_made(connection, directory, operation, made, credential.acquiring_bin))
    approved = [each for each in listed if each is not None and each.outcome.approved]
    approved.sort(key=lambda each: (each.outcome.begun_at, each.outcome.id))
    return [report_row(connection, directory, each) for each in approved[skip : skip + limit]]


def _meant(listed: Listed, given: dict[str, str]) -> bool:
    """Tell whether a transaction is one of those the query's other parameters mean."""
    begun = listed.outcome.begun_at
    since, until = given.get("transactionStartDate"), given.get("transactionEndDate")
    return (
        given.get("requestType", listed.request_type) == listed.request_type
        and given.get("caid", listed.acceptor) == listed.acceptor
        and (since is None or _moment(since, "transactionStartDate") <= begun)
        and (until is None or begun <= _moment(until, "transactionEndDate"))
    )


def _digits(given: str, name: str, least: int, most: int) -> str:
    if not re.fullmatch(rf"[0-9]{{{least},{most}}}", given):
        raise invalid(f"{name} must have {least} to {most} digits.")
    return given


def _count(given: str | None, name: str, otherwise: int) -> int:
    if given is None or given == "":
        return otherwise
    if not re.fullmatch(r"[0-9]{1,6}", given):
        raise invalid(f"{name} must be a number.")
    return min(int(given), MOST_ROWS) if name == "limit" else int(given)


def _moment(given: str, name: str) -> int:
    try:
        return instant(datetime.strptime(given, _MOMENT).replace(tzinfo=UTC))
    except ValueError:
        raise invalid(f"{name} must be DD-MM-YYYY:HH:MM:SS.") from None


def _day(given: str, name: str) -> datetime:
    try:
        return datetime.strptime(given, "%d%m%Y").replace(tzinfo=UTC)
    except ValueError:
        raise invalid(f"{name} must be DDMMYYYY.") from None
