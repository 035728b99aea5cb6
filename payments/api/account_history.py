"""What happened on a cardholder's account: transactions and notifications."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.api.accounts import issuer_of
from payments.api.documentation import problems
from payments.api.fields import Id, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.listing import After, Limit, ListReply, list_reply, page
from payments.api.presenting import Decline, decline
from payments.issuer.notification import Notification
from payments.issuer.transaction import DECLINED, Transaction
from payments.kit.clock import rfc3339


class Sent(Reply):
    """What was sent before the network converted it, and at which rate."""

    amount: int
    currency: str
    rate: str = Field(examples=["0.9144895"])


class TransactionReply(Reply):
    """One thing that happened, or is pending, on a card."""

    id: str
    object: Literal["transaction"]
    type: str = Field(examples=["authorization"])
    status: str = Field(examples=["pending"])
    amount: int
    currency: str
    account: str
    card: str | None
    description: str
    reference: str
    approval_code: str | None
    decline: Decline | None
    cleared_amount: int
    sent: Sent | None
    created_at: str
    expires_at: str | None


class NotificationReply(Reply):
    """A message to the cardholder's phone."""

    id: str
    object: Literal["notification"]
    title: str
    text: str
    account: str
    card: str
    reference: str
    at: str


def transaction_shape(row: Transaction) -> dict[str, Any]:
    """Return the JSON of a transaction."""
    return {
        "id": row.id,
        "object": "transaction",
        "type": row.type,
        "status": row.status,
        "amount": row.amount,
        "currency": row.currency,
        "account": row.account,
        "card": row.card or None,
        "description": row.description,
        "reference": row.reference,
        "approval_code": row.approval_code or None,
        "decline": decline(row.response_code, row.issuer) if row.status == DECLINED else None,
        "cleared_amount": row.cleared_amount,
        "sent": {"amount": row.sent_amount, "currency": row.sent_currency, "rate": row.rate} if row.rate else None,
        "created_at": rfc3339(row.created_at),
        "expires_at": None if row.expires_at is None else rfc3339(row.expires_at),
    }


def notification_shape(row: Notification) -> dict[str, Any]:
    """Return the JSON of a notification."""
    told = {"title": row.title, "text": row.text, "account": row.account, "card": row.card}
    return {
        "id": row.id,
        "object": "notification",
        **told,
        "reference": row.reference,
        "at": rfc3339(row.at),
    }


router = APIRouter(route_class=ApiRoute, tags=["accounts"])


@router.get(
    "/accounts/{account_id}/transactions",
    response_model=ListReply[TransactionReply],
    responses=problems(404),
)
async def list_account_transactions(call: Calling, account_id: Id, limit: Limit = 20, after: After = None) -> Response:
    """List what happened on the account's cards, newest first."""
    await issuer_of(call, account_id)
    found, next = await call.door.read(lambda c: page(c, Transaction, limit, after, account=account_id))
    return list_reply([transaction_shape(each) for each in found], next)


@router.get(
    "/accounts/{account_id}/notifications",
    response_model=ListReply[NotificationReply],
    responses=problems(404),
)
async def list_account_notifications(call: Calling, account_id: Id, limit: Limit = 20, after: After = None) -> Response:
    """List what the cardholder was told, newest first."""
    await issuer_of(call, account_id)
    found, next = await call.door.read(lambda c: page(c, Notification, limit, after, account=account_id))
    return list_reply([notification_shape(each) for each in found], next)
