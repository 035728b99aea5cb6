"""Requests: what is put on the wire to an endpoint, and its answer."""

import asyncio
from functools import cache
from ssl import SSLContext
from typing import Final

import httpx
import orjson

from payments.kit.clock import rfc3339
from payments.kit.errors import Fault
from payments.kit.events import Event
from payments.webhooks.delivery import Delivery

ANSWER_WITHIN_SECONDS: Final = 5
"""How long an endpoint has to answer, in real time."""

CONNECTIONS: Final = 8
_READ_AT_MOST: Final = 64 * 1024


class NoAnswer(Fault):
    """The endpoint gave no answer."""


def payload(delivery: Delivery, event: Event) -> str:
    """Return the JSON that is signed and sent: what happened, to what, and where it stands among all events.

    ``position`` tells a receiver the order, whatever the order in which webhooks reach it. The text is the same
    at every attempt.
    """
    data = orjson.loads(event.data)
    data |= {"subject": event.subject, "reference": event.reference, "position": delivery.position}
    told = {"id": f"evt_{delivery.position}", "type": event.type, "timestamp": rfc3339(event.at), "data": data}
    return orjson.dumps(told).decode()


def open_client() -> httpx.AsyncClient:
    """Return a client for one round of sending; it follows no redirect, and keeps connections while open."""
    return httpx.AsyncClient(
        timeout=ANSWER_WITHIN_SECONDS,
        follow_redirects=False,
        trust_env=False,  # what listens is most often on this machine: no proxy in between
        verify=_trusted(),
        limits=httpx.Limits(max_connections=CONNECTIONS),
        headers={"User-Agent": "payments-sandbox", "Content-Type": "application/json"},
    )


@cache
def _trusted() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def post(client: httpx.AsyncClient, url: str, headers: dict[str, str], body: str) -> int:
    """Send it and return the HTTP status of the answer, whose body is of no interest. Raises ``NoAnswer``."""
    try:
        async with (
            asyncio.timeout(ANSWER_WITHIN_SECONDS),
            client.stream("POST", url, headers=headers, content=body) as response,
        ):
            read = 0  # a short body is read, so that the connection can be used again
            async for part in response.aiter_raw():
                read += len(part)
                if read > _READ_AT_MOST:
                    break
            return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:  # also names that are none
        raise NoAnswer(type(error).__name__) from error
