"""Deposits: money paid in to cardholders' accounts."""

from typing import Any, Final, Literal

from starlette.responses import Response

from payments.api.accounts import issuer_of
from payments.api.answers import Operation
from payments.api.documentation import IDEMPOTENT, problems
from payments.api.fields import Amount, Id, Reply, Shape
from payments.api.hot_route import Calling, hot_router
from payments.issuer.deposit import Deposit, deposit
from payments.kit.clock import rfc3339


class CreateDeposit(Shape):
    """How much is paid in."""

    amount: Amount


class DepositReply(Reply):
    """Money paid in: ``pending`` until the settlement bank has it, then ``credited``."""

    id: str
    object: Literal["deposit"]
    status: Literal["pending", "credited", "refused"]
    amount: int
    currency: str
    account: str
    reference: str
    created_at: str
    entries: list[str]


def deposit_shape(made: Deposit, entries: list[str]) -> dict[str, Any]:
    """Return the JSON of a deposit."""
    return {
        "id": made.id,
        "object": "deposit",
        "status": made.status,
        "amount": made.amount,
        "currency": made.currency,
        "account": made.account,
        "reference": made.reference,
        "created_at": rfc3339(made.created_at),
        "entries": entries,
    }


CREATE: Final = Operation("create_deposit", deposit_shape)

hot = hot_router("accounts")


@hot.post(
    "/accounts/{account_id}/deposits",
    status_code=201,
    response_model=DepositReply,
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=IDEMPOTENT,
)
async def create_deposit(call: Calling, order: CreateDeposit, account_id: Id) -> Response:
    """Pay money in: to a deposit account, or to repay a credit card."""
    issuer = await issuer_of(call, account_id)
    return await call.answer(CREATE, issuer, lambda claim: deposit(issuer, account_id, order.amount, claim))
