"""Books: one for each institution; their entries and their trial balances."""

from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Moment, Position, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.keys import ISSUER
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.refusals import InvalidRequest
from payments.kit.clock import instant, rfc3339
from payments.ledger.account import Book
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
