"""Webhook endpoints: where a program listens, for what, and what is to go wrong on the way to it."""

from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.kit.clock import SECOND
from payments.kit.database import fetch
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.world import Institution, World

ENABLED: Final = "enabled"
DISABLED: Final = "disabled"
DELETED: Final = "deleted"

EVERYTHING: Final = "*"
PUBLIC_NOUNS: Final = (
    *("payment", "refund", "disbursement", "adjustment", "funding", "transfer", "payout", "notification", "card"),
    "dispute",
)
"""What an endpoint hears of that names no types; the rest (messages, money) it gets when it asks for it."""

DROP: Final = "drop"
REPEAT: Final = "repeat"
REORDER: Final = "reorder"
DELAY: Final = "delay"

_OWN_NOUNS: Final = ("webhook_endpoint", "webhook_delivery")


@record("webhooks_endpoints", Index(None, "status", "id"))
class Endpoint(Record):
    """A URL that is told of events.

    ``types`` are event types parted by blanks (``payment.captured refund.*``), '' for all public ones, ``*`` for
    all. It hears of events after ``from_position``. For 24 hours after its secret was changed the old one signs too.
    ``chaos`` is '', ``drop``, ``repeat``, ``reorder`` or ``delay:<seconds>``; ``deliveries`` counts what was made for
    it; ``disabled_reason`` is ``requested`` or ``gone`` (it answered 410). ``form`` is '' for our own, or
    the name of what writes the body, a colon, and for whom.
    """

    noun: ClassVar[str] = "webhook_endpoint"
    prefix: ClassVar[str] = "whe"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("disable", ENABLED, DISABLED),
        Move("enable", DISABLED, ENABLED),
        Move("delete", ENABLED, DELETED),
        Move("delete", DISABLED, DELETED),
    )

    id: Key[str]
    url: str
    types: str
    form: str
    created_at: int
    status: Mutable[str]
    from_position: Mutable[int]
    secret_encrypted: Mutable[str]
    old_secret_encrypted: Mutable[str | None] = None
    old_secret_until: Mutable[int | None] = None
    disabled_reason: Mutable[str] = ""
    chaos: Mutable[str] = ""
    deliveries: Mutable[int] = 0

    @property
    def reference(self) -> str:
        """Return the endpoint's id: its events belong together."""
        return self.id

    @property
    def strikes_on_the_way(self) -> bool:
        """Tell whether its chaos happens to attempts (``drop``, ``repeat``), not to when they are due."""
        return self.chaos in (DROP, REPEAT)

    def wants(self, type: str) -> bool:
        """Tell whether it is to hear of events of ``type``. Of webhooks nobody hears: it would never end."""
        noun = type.partition(".")[0]
        if noun in _OWN_NOUNS:
            return False
        if not self.types:
            return noun in PUBLIC_NOUNS
        return not {EVERYTHING, type, f"{noun}.*"}.isdisjoint(self.types.split())

    def held_back(self, ordinal: int) -> int:
        """Return how long, by its chaos, the delivery numbered ``ordinal`` is held back, in microseconds.

        ``reorder`` holds every other one back for two seconds, so that the one after it comes first.
        """
        kind, _, seconds = self.chaos.partition(":")
        if kind == DELAY:
            return int(seconds) * SECOND
        return 2 * SECOND if kind == REORDER and ordinal % 2 == 0 else 0


def find_endpoint(connection: sa.Connection, endpoint_id: str) -> Endpoint | None:
    """Return the endpoint, if there is one that is not deleted."""
    endpoints = Endpoint.table()
    mine = sa.select(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.status != DELETED)
    return next(iter(fetch(connection, Endpoint, mine)), None)


def list_endpoints(connection: sa.Connection, limit: int, after: str | None = None) -> list[Endpoint]:
    """Return up to ``limit`` endpoints that are not deleted, newest first, older than ``after``."""
    endpoints = Endpoint.table()
    listed = sa.select(endpoints).where(endpoints.c.status != DELETED)
    if after is not None:
        listed = listed.where(endpoints.c.id < after)
    return fetch(connection, Endpoint, listed.order_by(endpoints.c.id.desc()).limit(limit))


def webhooks_of(world: World) -> Institution:
    """Return the party whose steps the webhooks of ``world`` are."""
    return Institution("webhooks", "Webhooks", world)
