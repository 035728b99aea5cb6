"""The statement of a cardholder's account: what moved, and in which words the cardholder was told of it."""

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.api.accounts import issuer_of
from payments.api.documentation import problems
from payments.api.fields import Id
from payments.api.hot_route import ApiRoute, Calling
from payments.api.ledger_accounts import StatementLineReply, statement_page
from payments.api.listing import After, Limit, ListReply, list_reply
from payments.api.rows import one
from payments.issuer.account import Account
from payments.issuer.transaction import Transaction
from payments.kit.events import Event


class AccountLineReply(StatementLineReply):
    """A line of a cardholder's statement. What was converted names what was sent and the rate in its description."""

    description: str | None = Field(examples=["City of Alder, relief (100.00 USD at 0.9144895)"])


router = APIRouter(route_class=ApiRoute, tags=["accounts"])


@router.get(
    "/accounts/{account_id}/statement",
    response_model=ListReply[AccountLineReply],
    responses=problems(404),
)
async def get_account_statement(call: Calling, account_id: Id, limit: Limit = 20, after: After = None) -> Response:
    """List what moved on the account, newest first, with the balance after each line."""
    await issuer_of(call, account_id)
    return list_reply(*await call.door.read(_read_statement, account_id, limit, after))


def _read_statement(
    connection: sa.Connection, account_id: str, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    lines, next = statement_page(connection, one(connection, Account, account_id).ledger_id, limit, after)
    said = _descriptions(connection, account_id, {each["reference"] for each in lines} - {""})
    return [each | {"description": said.get(each["reference"])} for each in lines], next


def _descriptions(connection: sa.Connection, account_id: str, references: set[str]) -> dict[str, str]:
    """Return what was said of an account's transactions, by reference; they are found by their events."""
    events, table = Event.table().c, Transaction.table().c
    told = sa.select(events.subject).where(events.reference.in_(references), events.type.startswith("transaction."))
    found = sa.select(table.reference, table.description).where(table.id.in_(told), table.account == account_id)
    rows = connection.execute(found.order_by(table.id)) if references else ()
    return {reference: description for reference, description in rows if description}
