"""A Visa Direct client: what somebody would write who has read nothing but Visa's documentation."""

from __future__ import annotations

import base64
import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from payments.facades.visa_direct.credential import DEMO_PASSWORD, DEMO_USER, open_credential
from payments.kit.secrets import Secret
from tests.api.calling import Api

Json = dict[str, Any]

SAMPLES: Json = json.loads((Path(__file__).parent / "samples.json").read_text(encoding="utf-8"))
PUSH = "/visadirect/fundstransfer/v1/pushfundstransactions"
PUSHES = "/visadirect/fundstransfer/v1/multipushfundstransactions"
QUERY = "/visadirect/v1/transactionquery"
REPORT = "/visadirect/reports/v1/transactiondata"
HELLO = "/vdp/helloworld"

APPROVED = "4957030420210462"
BLOCKED = "4003974278332156"


def basic(user: str = DEMO_USER, password: str = DEMO_PASSWORD) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def push(**changes: Any) -> Json:
    """Visa's push sample, with changes."""
    body: Json = SAMPLES["push"]
    return body | changes


class Visa:
    """A client of the door; ``api`` is our own, on the same world."""

    def __init__(self, api: Api, user: str = DEMO_USER, password: str = DEMO_PASSWORD) -> None:
        self.api = api
        transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
        headers = {"Authorization": basic(user, password), "Accept": "application/json"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers)

    async def credential(self, user: str, password: str, sender: str, **switches: Any) -> Visa:
        """A client with a new credential of its own."""
        operator = self.api.app.state.sandbox.operator
        opening = partial(open_credential, **switches)
        await operator.step(opening, user, Secret(password), sender)
        return Visa(self.api, user, password)

    async def send(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """The whole answer to a post."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, json=body, headers=named)

    async def post(self, path: str, body: Any, status: int = 200, **headers: str) -> Json:
        """What comes of posting a body."""
        answer: Json = read(await self.send(path, body, **headers), status)
        return answer

    async def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """What is at a path."""
        return read(await self.http.get(path, params=query or None), status)

    async def error(self, response: httpx.Response, status: int, code: str) -> str:
        """The message of an error, in Visa's envelope."""
        told = read(response, status)["responseStatus"]
        assert (told["status"], told["code"], told["severity"]) == (status, code, "ERROR"), told
        assert response.headers["x-app-status"] == str(status)
        assert response.headers["x-error-origin"]
        return str(told["message"])


def read(response: httpx.Response, status: int) -> Any:
    """The JSON of an answer that must have this status, and what every answer has."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
    assert response.headers["x-correlation-id"].endswith("_VDP_WS")
    return response.json()
