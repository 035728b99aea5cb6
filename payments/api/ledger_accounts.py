"""The ledger's accounts: how each stands, now or at an instant, and what moved on it."""

from typing import Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Moment, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.keys import ISSUER
from payments.api.listing import After, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.kit.clock import instant, rfc3339
from payments.ledger.account import Account, Book
from payments.ledger.statement import StatementLine, balance_at, current_balance, get_account, statement


class LedgerAccountReply(Reply):
    """An account of a book. ``code`` says what it is for, ``owner`` whose it is (nobody's: the institution's own)."""

    id: str
    object: Literal["ledger_account"]
    book: str
    currency: str
    kind: Literal["asset", "liability", "equity", "income", "expense"]
    code: str
    owner: str | None
    name: str
    mode: Literal["guarded", "striped"]


class LedgerBalanceReply(Reply):
    """How an account stands, on its own side (minor units). As of an instant there is only the ledger balance."""

    object: Literal["ledger_balance"]
    account: str
    currency: str
    side: Literal["debit", "credit"]
    ledger: int
    held: int | None
    available: int | None
    at: str | None


class StatementLineReply(Reply):
    """A transfer as the account sees it: ``amount`` signed on its own side, ``balance`` the ledger balance after it.

    A promise (``hold``, ``release``, ``expire``) is listed and does not change the balance.
    """

    object: Literal["statement_line"]
    entry: str
    event: str = Field(examples=["clear_sale"])
    kind: Literal["transfer", "hold", "post", "release", "expire"]
    amount: int
    balance: int
    currency: str
    other_account: str
    purpose: str
    reference: str
    at: str


def ledger_account_shape(account: Account) -> dict[str, Any]:
    """Return the JSON of an account of a book."""
    return {
        "id": account.id,
        "object": "ledger_account",
        "book": account.book,
        "currency": account.currency,
        "kind": account.kind,
        "code": account.code,
        "owner": account.owner or None,
        "name": account.name,
        "mode": account.mode,
    }


router = APIRouter(route_class=ApiRoute, tags=["ledger"])


@router.get("/books/{book_id}/accounts", response_model=ListReply[LedgerAccountReply], responses=problems(404))
async def list_ledger_accounts(call: Calling, book_id: Id, limit: Limit = 20, after: After = None) -> Response:
    """List the accounts of a book."""
    call.key.must_stand_for(ISSUER, book_id)
    await call.door.read(one, Book, book_id)
    found, next = await call.door.read(lambda c: page(c, Account, limit, after, book=book_id))
    return list_reply([ledger_account_shape(each) for each in found], next)


@router.get("/ledger/accounts/{account_id}/balance", response_model=LedgerBalanceReply, responses=problems(404))
async def get_ledger_balance(call: Calling, account_id: Id, at: Moment | None = None) -> Response:
    """Say how an account stands: now, or at the end of an instant."""
    account = await call.door.read(get_account, account_id)
    call.key.must_stand_for(ISSUER, account.book)
    return json_reply(await call.door.read(_read_balance, account, None if at is None else instant(at)))


@router.get(
    "/ledger/accounts/{account_id}/statement", response_model=ListReply[StatementLineReply], responses=problems(404)
)
async def get_ledger_statement(call: Calling, account_id: Id, limit: Limit = 20, after: After = None) -> Response:
    """List what moved on an account, newest first, with the balance after each line."""
    account = await call.door.read(get_account, account_id)
    call.key.must_stand_for(ISSUER, account.book)
    return list_reply(*await call.door.read(statement_page, account_id, limit, after))


def statement_page(
    connection: sa.Connection, account_id: str, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of an account's statement as JSON, and where the next begins."""
    found = statement(connection, account_id, limit, after)
    return [_line(account_id, each) for each in found.lines], found.next


def _line(account_id: str, line: StatementLine) -> dict[str, Any]:
    row = line.transfer
    return {
        "object": "statement_line",
        "entry": row.entry,
        "event": row.event,
        "kind": row.kind,
        "amount": line.amount,
        "balance": line.balance,
        "currency": row.currency,
        "other_account": row.credit_account if row.debit_account == account_id else row.debit_account,
        "purpose": row.purpose,
        "reference": row.reference,
        "at": rfc3339(row.at),
    }


def _read_balance(connection: sa.Connection, account: Account, at: int | None) -> dict[str, Any]:
    shape = {"object": "ledger_balance", "account": account.id, "currency": account.currency, "side": account.side}
    if at is not None:
        ledger = balance_at(connection, account.id, at)
        return shape | {"ledger": ledger, "held": None, "available": None, "at": rfc3339(at)}
    now = current_balance(connection, account.id)
    available = now.available if account.guarded else None
    return shape | {"ledger": now.ledger, "held": now.held, "available": available, "at": None}
