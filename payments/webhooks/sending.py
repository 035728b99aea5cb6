"""Sending: puts what is due on the wire, endpoint by endpoint, and writes down what came of it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import httpx
import sqlalchemy as sa

from payments.kit.clock import Clock, real_now
from payments.kit.database import fetch
from payments.kit.errors import NotFound
from payments.kit.events import Event
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.secrets import Secret
from payments.kit.world import Institution
from payments.webhooks.attempt import Outcome, record_attempts, record_outcomes
from payments.webhooks.delivery import Delivery, due_deliveries
from payments.webhooks.endpoint import DROP, REPEAT, Endpoint
from payments.webhooks.registration import GONE, disable_endpoint
from payments.webhooks.request import CONNECTIONS, NoAnswer, open_client, payload, post
from payments.webhooks.signature import signed_headers

DELIVERIES_AT_ONCE: Final = 200
_WRITTEN_AT_ONCE: Final = 20
_HTTP_GONE: Final = 410

DROPPED: Final = "dropped"
NO_ANSWER: Final = "no_answer"
NOT_TRIED: Final = "not_tried"
NOT_ACCEPTED: Final = "not_accepted"
"""Errors of an attempt: lost by chaos; no answer in time, or no connection; not tried because the one before it
to the same endpoint had no answer; an answer that is not 2xx."""


async def send_due(webhooks: Institution) -> int:
    """Try every delivery that is due, once, and return how many.

    Deliveries to one endpoint go one after another, in the order in which they fell due, then of their events;
    up to eight endpoints are served at once. Never raises for what an endpoint does. For one process at a time.
    """
    tried = 0
    read = webhooks.world.database.read
    if not (due := await read(_due_now)):
        return 0
    async with open_client() as client:
        while due:
            await _send_all(webhooks, client, due)
            tried += len(due)
            due = await read(_due_now)
    return tried


async def _send_all(webhooks: Institution, client: httpx.AsyncClient, due: Sequence[Delivery]) -> None:
    places = asyncio.Semaphore(CONNECTIONS)
    theirs: dict[str, list[str]] = {}
    for each in due:
        theirs.setdefault(each.endpoint, []).append(each.id)

    async def serve(endpoint: str, deliveries: list[str]) -> None:
        async with places:
            await _send_to(webhooks, client, endpoint, deliveries)

    async with asyncio.TaskGroup() as group:
        for endpoint, deliveries in theirs.items():
            group.create_task(serve(endpoint, deliveries))


async def _send_to(
    webhooks: Institution, client: httpx.AsyncClient, endpoint_id: str, deliveries: Sequence[str]
) -> None:
    """Write down that they are tried, ask the endpoint, write down what it said; some at a time."""
    answers = True
    for n in range(0, len(deliveries), _WRITTEN_AT_ONCE):
        some = deliveries[n : n + _WRITTEN_AT_ONCE]
        endpoint, tried = await webhooks.step(record_attempts, endpoint_id, some)
        events = await webhooks.world.database.read(_events_of, tried)
        outcomes: list[Outcome] = []
        for each in tried:
            secrets = _secrets(webhooks, endpoint, each)
            body = await _written(webhooks, endpoint, each, events[each.event])
            outcome = await _attempt(client, endpoint, each, body, secrets, answers)
            answers = answers and outcome.error != NO_ANSWER
            outcomes.append(outcome)
        if outcomes:
            await webhooks.step(record_outcomes, outcomes)
        if any(each.response_code == _HTTP_GONE for each in outcomes):
            await _stop(webhooks, endpoint)


async def _attempt(
    client: httpx.AsyncClient,
    endpoint: Endpoint,
    delivery: Delivery,
    body: str,
    secrets: Sequence[Secret],
    answers: bool,
) -> Outcome:
    if endpoint.chaos == DROP:
        return Outcome(delivery.id, None, DROPPED)
    if not answers:
        return Outcome(delivery.id, None, NOT_TRIED)
    if not body:
        return Outcome(delivery.id, None, "")
    headers = signed_headers(secrets, delivery.id, real_now(), body)
    try:
        code = await post(client, endpoint.url, headers, body)
    except NoAnswer:
        return Outcome(delivery.id, None, NO_ANSWER)
    if endpoint.chaos == REPEAT:
        with suppress(NoAnswer):
            await post(client, endpoint.url, headers, body)
    return Outcome(delivery.id, code, "" if 200 <= code < 300 else NOT_ACCEPTED)


async def _written(webhooks: Institution, endpoint: Endpoint, delivery: Delivery, event: Event) -> str:
    """Return what is sent: in our own form, or in that of a door, which has lent its writer; '' for nothing at all."""
    if not endpoint.form:
        return payload(delivery, event)
    name, _, whose = endpoint.form.partition(":")
    write = webhooks.world.render[f"webhook:{name}"]
    _, body = await webhooks.world.database.read(lambda connection: write((connection, whose, event), []))
    return body


def _secrets(webhooks: Institution, endpoint: Endpoint, delivery: Delivery) -> list[Secret]:
    kept = [endpoint.secret_encrypted]
    until = endpoint.old_secret_until or 0
    if endpoint.old_secret_encrypted and delivery.attempted_at and delivery.attempted_at < until:
        kept.append(endpoint.old_secret_encrypted)
    return [webhooks.world.vault.secret(each) for each in kept]


async def _stop(webhooks: Institution, endpoint: Endpoint) -> None:
    """Disable an endpoint that says it is gone for good, unless somebody already has."""
    with suppress(MoveNotAllowed, NotFound):
        await webhooks.step(disable_endpoint, endpoint.id, GONE)


def _due_now(connection: sa.Connection) -> list[Delivery]:
    (clock,) = fetch(connection, Clock, sa.select(Clock.table()))
    return due_deliveries(connection, clock.now(real_now()), DELIVERIES_AT_ONCE)


def _events_of(connection: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Event]:
    events = Event.table()
    theirs = sa.select(events).where(events.c.id.in_([each.event for each in deliveries]))
    return {each.id: each for each in fetch(connection, Event, theirs)}
