"""Registration: how a webhook endpoint is opened, changed, stopped and deleted."""

import re
from collections.abc import Sequence
from typing import Final

import httpx
import sqlalchemy as sa

from payments.kit.clock import DAY
from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Positions
from payments.kit.lifecycle import advance, announce
from payments.kit.secrets import Secret
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.webhooks.dispatch import place_events
from payments.webhooks.endpoint import DELAY, DELETED, DROP, ENABLED, REORDER, REPEAT, Endpoint
from payments.webhooks.signature import new_secret

OLD_SECRET_SIGNS_FOR: Final = DAY
REQUESTED: Final = "requested"
GONE: Final = "gone"
ENDPOINTS_LIMIT: Final = 100
"""So many endpoints that the deliveries of a batch of events are no more rows than a batch can number."""

_URL_LIMIT: Final = 2000
_EVENT_TYPE: Final = re.compile(r"\*|[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*)")
_CHAOS: Final = re.compile(rf"|{DROP}|{REPEAT}|{REORDER}|{DELAY}:[1-9][0-9]{{0,5}}")


class WebhookUrlNotAllowed(Refusal):
    """Webhooks are not sent to this URL."""


class NoSuchEventType(Refusal):
    """This is not the name of an event type."""


class TooManyWebhookEndpoints(Refusal):
    """There are as many webhook endpoints as there can be."""


class NoSuchChaos(Refusal):
    """This is not something that can be made to go wrong with webhooks."""


async def register(webhooks: Institution, url: str, types: Sequence[str], form: str = "") -> tuple[Endpoint, Secret]:
    """Open an endpoint that hears of what happens from now on; see ``open_endpoint``."""
    await place_events(webhooks)
    return await webhooks.step(open_endpoint, url, types, form)


async def enable(webhooks: Institution, endpoint_id: str) -> Endpoint:
    """Tell a disabled endpoint of what happens from now on."""
    await place_events(webhooks)
    return await webhooks.step(enable_endpoint, endpoint_id)


def open_endpoint(
    work: Work, webhooks: Institution, url: str, types: Sequence[str], form: str = ""
) -> tuple[Endpoint, Secret]:
    """Begin to tell ``url`` of events of ``types`` (none: all public ones); the secret is shown this once.

    ``form`` is who writes the body: see ``Endpoint``.

    Raises ``WebhookUrlNotAllowed``, ``NoSuchEventType`` and ``TooManyWebhookEndpoints``.
    """
    endpoints = Endpoint.table().c
    if len(work.query(sa.select(endpoints.id).where(endpoints.status != DELETED))) >= ENDPOINTS_LIMIT:
        raise TooManyWebhookEndpoints(f"Delete one first: there can be {ENDPOINTS_LIMIT}.")
    secret = new_secret()
    endpoint = Endpoint(
        id=work.new_id(Endpoint.prefix),
        url=_checked_url(url),
        types=" ".join(_checked_type(each) for each in types),
        form=form,
        created_at=work.now,
        status=ENABLED,
        from_position=_last_position(work),
        secret_encrypted=webhooks.world.vault.encrypt(secret),
    )
    announce(work, endpoint, {"types": endpoint.types})
    return work.add(endpoint), secret


def disable_endpoint(work: Work, _: Institution, endpoint_id: str, why: str) -> Endpoint:
    """Stop telling it: what is due meanwhile fails, and what happens meanwhile it never hears of."""
    return advance(work, get_endpoint(work, endpoint_id), "disable", disabled_reason=why)


def enable_endpoint(work: Work, _: Institution, endpoint_id: str) -> Endpoint:
    """Tell it again of events, those that have no position yet."""
    position = _last_position(work)
    endpoint = get_endpoint(work, endpoint_id)
    return advance(work, endpoint, "enable", from_position=position, disabled_reason="")


def delete_endpoint(work: Work, _: Institution, endpoint_id: str) -> Endpoint:
    """Forget it, for good; its deliveries can still be read."""
    return advance(work, get_endpoint(work, endpoint_id), "delete")


def rotate_secret(work: Work, webhooks: Institution, endpoint_id: str) -> tuple[Endpoint, Secret]:
    """Give it a new secret, shown this once; the one before signs beside it for 24 hours."""
    endpoint = get_endpoint(work, endpoint_id)
    secret = new_secret()
    work.emit("webhook_endpoint.secret_rotated", endpoint.id, endpoint.id, {})
    changed = work.change(
        endpoint,
        secret_encrypted=webhooks.world.vault.encrypt(secret),
        old_secret_encrypted=endpoint.secret_encrypted,
        old_secret_until=work.now + OLD_SECRET_SIGNS_FOR,
    )
    return changed, secret


def set_chaos(work: Work, _: Institution, endpoint_id: str, chaos: str) -> Endpoint:
    """Say what is to go wrong with its webhooks from now on ('': nothing). Raises ``NoSuchChaos``."""
    if not _CHAOS.fullmatch(chaos):
        raise NoSuchChaos("Choose drop, repeat, reorder, delay:<seconds>, or nothing.")
    endpoint = get_endpoint(work, endpoint_id)
    work.emit("webhook_endpoint.chaos_set", endpoint.id, endpoint.id, {"chaos": chaos})
    return work.change(endpoint, chaos=chaos)


def get_endpoint(work: Work, endpoint_id: str) -> Endpoint:
    """Return an endpoint that is not deleted, locked. Raises ``NotFound``."""
    endpoint = work.get_or_none(Endpoint, endpoint_id)
    if endpoint is None or endpoint.status == DELETED:
        raise NotFound(f"There is no webhook endpoint {endpoint_id}.")
    return endpoint


def _last_position(work: Work) -> int:
    positions = Positions.table().c
    last = work.query(sa.select(positions.first + positions.events - 1).order_by(positions.first.desc()).limit(1))
    return last[0][0] if last else 0


def _checked_url(url: str) -> str:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL()
    has_place = bool(parts.host) and (parts.port is None or 0 < parts.port < 65536)
    if parts.scheme not in ("http", "https") or not has_place or len(url) > _URL_LIMIT:
        raise WebhookUrlNotAllowed("Give an http or https URL with a host, at most 2000 characters.")
    if parts.userinfo:
        raise WebhookUrlNotAllowed("Leave user name and password out of the URL: webhooks are signed.")
    return url


def _checked_type(type: str) -> str:
    if not _EVENT_TYPE.fullmatch(type):
        raise NoSuchEventType("Event types look like payment.captured, payment.* or *.")
    return type
