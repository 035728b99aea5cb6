"""The leanest FastAPI there can be on our route class: it reads, validates and gives back the same body."""

from __future__ import annotations

from typing import Self

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.responses import Response

from payments.api.hot_route import Calling, HotRoute
from payments.api.keys import OPERATOR, ApiKey
from payments.api.payments import CreatePayment

router = APIRouter(route_class=HotRoute)


@router.post("/echo", status_code=201)
async def echo(call: Calling, order: CreatePayment) -> Response:
    """Give the body back."""
    return Response(call.body, 201, media_type="application/json")


class PlainCard(BaseModel):
    """A card in a request."""

    number: str
    expiry: str
    cvv: str
    entry_mode: str


class PlainPayment(BaseModel):
    """The body of the load's requests."""

    merchant: str
    amount: int
    currency: str
    card: PlainCard


class OpenDoor:
    """Lets everybody in, at once: what the route asks of the API's own door."""

    key = ApiKey("key_bench", OPERATOR, "", "bench", "", "", "", 0)
    visitors = 0

    @property
    def keyring(self) -> Self:
        """The one who knows the keys."""
        return self

    async def current(self) -> Self:
        """This door."""
        return self

    async def holder(self, _: str | None) -> ApiKey:
        """The one key."""
        return self.key

    def leave(self) -> None:
        """Nobody waits for this."""


def echo_app() -> FastAPI:
    """An app with the one route and nothing behind it."""
    app = FastAPI(openapi_url=None)
    app.router.routes.extend(router.routes)  # as the app adds its hot routes: a router in between costs time
    app.state.door = OpenDoor()
    return app


def plain_app() -> FastAPI:
    """The same as one first writes it in FastAPI."""
    app = FastAPI(openapi_url=None)

    @app.post("/echo", status_code=201)
    async def echo(order: PlainPayment) -> PlainPayment:
        return order

    return app
