"""Accounts: cardholders' accounts, and the money paid in to them."""

from typing import Any, Literal, Self

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.responses import Response

from payments.api.call import Call
from payments.api.documentation import problems
from payments.api.fields import LARGEST, Currency, FreeText, Id, Reference, Reply, Shape, Text
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.keys import ISSUER
from payments.api.listing import After, Filter, Limit, ListReply, json_reply, list_reply, page
from payments.api.rows import one
from payments.api.standing import BalanceReply, balance_shape
from payments.issuer.account import Account, open_account
from payments.issuer.issuer import Issuer
from payments.kit.clock import rfc3339
from payments.kit.errors import NotFound

Product = Literal["debit", "credit"]


class CreateAccount(Shape):
    """Whose account, of which kind. A credit account has a ``credit_limit`` (minor units)."""

    holder: Text = Field(examples=["Nora Patel"])
    issuer: Reference = Field(default="first_prairie", description="Their bank: first_prairie or coastline.")
    product: Product
    currency: Currency
    credit_limit: int = Field(default=0, ge=0, le=LARGEST, strict=True)
    street: FreeText = Field(default="", description="Where the holder lives: card validations compare it.")
    postal_code: FreeText = Field(default="", max_length=16)

    @model_validator(mode="after")
    def _only_credit_has_a_limit(self) -> Self:
        if (self.product == "credit") != (self.credit_limit > 0):
            raise ValueError("a credit account has a credit_limit above 0, a debit account has none")
        return self


class AccountReply(Reply):
    """A cardholder's account."""

    id: str
    object: Literal["account"]
    holder: str
    issuer: str
    product: Product
    currency: str
    credit_limit: int
    street: str
    postal_code: str
    ledger_account: str = Field(description="The account in the issuer's book.")
    created_at: str


def account_shape(account: Account) -> dict[str, Any]:
    """Return the JSON of an account."""
    return {
        "id": account.id,
        "object": "account",
        "holder": account.holder,
        "issuer": account.issuer,
        "product": account.product,
        "currency": account.currency,
        "credit_limit": account.credit_limit,
        "street": account.street,
        "postal_code": account.postal_code,
        "ledger_account": account.ledger_id,
        "created_at": rfc3339(account.created_at),
    }


hot = hot_router("accounts")
router = APIRouter(route_class=ApiRoute, tags=["accounts"])


@hot.post("/accounts", status_code=201, response_model=AccountReply, responses=problems(400, 404, 413, 415))
async def create_account(call: Calling, order: CreateAccount) -> Response:
    """Open an account at a bank; issue a card on it with ``POST /v1/cards``."""
    call.key.must_stand_for(ISSUER, order.issuer)
    account = await issuer_named(call, order.issuer).step(
        open_account,
        order.holder,
        order.product,
        order.currency,
        order.credit_limit,
        None,
        order.street,
        order.postal_code,
    )
    return json_reply(account_shape(account), 201)


@router.get("/accounts/{account_id}", response_model=AccountReply, responses=problems(404))
async def get_account(call: Calling, account_id: Id) -> Response:
    """Read an account."""
    await issuer_of(call, account_id)
    return json_reply(account_shape(await call.door.read(one, Account, account_id)))


@router.get("/accounts", response_model=ListReply[AccountReply], responses=problems())
async def list_accounts(call: Calling, limit: Limit = 20, after: After = None, issuer: Filter = None) -> Response:
    """List accounts; an issuer's key sees its own."""
    mine = call.key.only(ISSUER, issuer)
    found, next = await call.door.read(lambda c: page(c, Account, limit, after, issuer=mine))
    return list_reply([account_shape(each) for each in found], next)


@router.get("/accounts/{account_id}/balance", response_model=BalanceReply, responses=problems(404))
async def get_account_balance(call: Calling, account_id: Id) -> Response:
    """Say how it stands; of a credit account ``ledger`` is what is owed, ``available`` what may still be spent."""
    await issuer_of(call, account_id)
    return json_reply(await call.door.read(_read_balance, account_id))


def issuer_named(call: Call, issuer_id: str) -> Issuer:
    """Return an issuer of the sandbox. Raises ``NotFound``."""
    found = call.door.sandbox.issuers.get(issuer_id)
    if found is None:
        raise NotFound(f"The issuers here are {' and '.join(call.door.sandbox.issuers)}.")
    return found


async def issuer_of(call: Call, account_id: str) -> Issuer:
    """Return the issuer that keeps an account, if the key may see it. Raises ``NotFound`` and ``NotAllowed``."""
    (issuer,) = await call.door.home(Account, account_id, "issuer")
    call.key.must_stand_for(ISSUER, issuer)
    return call.door.sandbox.issuers[issuer]


def _read_balance(connection: sa.Connection, account_id: str) -> dict[str, Any]:
    return balance_shape(connection, one(connection, Account, account_id).ledger_id)
