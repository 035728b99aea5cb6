"""Books: one for each institution; their entries and their trial balances."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Moment, Position, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.keys import ISSUER, OPERATOR
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.problems import InvalidRequest, NotAllowed
from payments.kit.clock import instant, rfc3339
from payments.ledger.account import Book
from payments.ledger.entry import Transfer
from payments.ledger.statement import entries_of, entry
from payments.ledger.trial_balance import (
    TrialBalance,
    trial_balance,
    trial_balance_at,
    trial_balance_at_event,
)
from payments.webhooks.dispatch import place_events


class BookReply(Reply):
    """An institution's book."""

    id: str
    object: Literal["book"]
    name: str
    opened_at: str


class TransferReply(Reply):
    """An amount (minor units) from a debit account to a credit account: moved, promised, or let go."""

    kind: Literal["transfer", "hold", "post", "release", "expire"]
    debit_account: str
    credit_account: str
    amount: int
    currency: str
    purpose: str


class EntryReply(Reply):
    """What one business event booked in one book, all of it or nothing."""

    id: str
    object: Literal["entry"]
    book: str
    event: str = Field(examples=["authorize"])
    reference: str
    reverses: str | None
    at: str
    transfers: list[TransferReply]


class TrialBalanceRow(Reply):
    """One account's balance, on the side it stands on (minor units)."""

    account: str
    name: str
    code: str
    currency: str
    debit: int
    credit: int


class CurrencyTotal(Reply):
    """The sums of one currency; debits equal credits."""

    currency: str
    debit: int
    credit: int


class TrialBalanceReply(Reply):
    """Every account of a book that anything was posted to."""

    object: Literal["trial_balance"]
    book: str
    balanced: bool
    totals: list[CurrencyTotal]
    rows: list[TrialBalanceRow]


router = APIRouter(route_class=ApiRoute, tags=["ledger"])


@router.get("/books", response_model=ListReply[BookReply], responses=problems())
async def list_books(call: Calling, limit: Limit = 20, after: After = None) -> Response:
    """List the books; an issuer's key sees its own."""
    mine = call.key.only(ISSUER, None)
    found, next = await call.door.read(lambda c: page(c, Book, limit, after, id=mine))
    shapes = [
        {"id": each.id, "object": "book", "name": each.name, "opened_at": rfc3339(each.opened_at)} for each in found
    ]
    return list_reply(shapes, next)


@router.get("/books/{book_id}/trial_balance", response_model=TrialBalanceReply, responses=problems(404))
async def get_trial_balance(
    call: Calling, book_id: Id, at: Moment | None = None, event: Position | None = None
) -> Response:
    """List every account with its balance: now, at the end of an instant, or after the event at a position."""
    call.key.must_stand_for(ISSUER, book_id)
    if at is not None and event is not None:
        raise InvalidRequest("Ask for an instant or for an event, not for both.")
    if at is not None:
        found = await call.door.read(trial_balance_at, book_id, instant(at))
    elif event is not None:
        await place_events(call.door.sandbox.operator)
        found = await call.door.read(trial_balance_at_event, book_id, event)
    else:
        found = await call.door.read(trial_balance, book_id)
    return json_reply(_trial_balance_shape(found))


@router.get("/ledger/entries/{entry_id}", response_model=EntryReply, responses=problems(404))
async def get_entry(call: Calling, entry_id: Id) -> Response:
    """Read an entry."""
    transfers = await call.door.read(entry, entry_id)
    call.key.must_stand_for(ISSUER, transfers[0].book)
    return json_reply(entry_shape(transfers))


@router.get("/ledger/entries", response_model=ListReply[EntryReply], responses=problems())
async def list_entries(
    call: Calling,
    reference: Annotated[
        str,
        Query(pattern=r"^[A-Za-z0-9_.\-]{1,100}$", description="A payment's, disbursement's … reference."),
    ],
) -> Response:
    """List what was booked, in every book, for one payment or push: oldest first, and all of it."""
    if call.key.role not in (OPERATOR, ISSUER):
        raise NotAllowed("The books are the banks' own.")
    found = await call.door.read(entries_of, reference)
    seen = [each for each in found if call.key.role == OPERATOR or each[0].book == call.key.subject]
    return list_reply([entry_shape(each) for each in seen], None)


def entry_shape(transfers: list[Transfer]) -> dict[str, Any]:
    """Return the JSON of an entry, given its transfers."""
    first = transfers[0]
    return {
        "id": first.entry,
        "object": "entry",
        "book": first.book,
        "event": first.event,
        "reference": first.reference,
        "reverses": first.reverses,
        "at": rfc3339(first.at),
        "transfers": [{name: getattr(each, name) for name in TransferReply.model_fields} for each in transfers],
    }


def _trial_balance_shape(found: TrialBalance) -> dict[str, Any]:
    totals = sorted(found.totals().items())
    return {
        "object": "trial_balance",
        "book": found.book,
        "balanced": found.balanced,
        "totals": [{"currency": each, "debit": debit, "credit": credit} for each, (debit, credit) in totals],
        "rows": [
            {
                "account": row.account.id,
                "name": row.account.name,
                "code": row.account.code,
                "currency": row.account.currency,
                "debit": row.debit,
                "credit": row.credit,
            }
            for row in found.rows
        ],
    }
