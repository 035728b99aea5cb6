"""API keys: who asks. A key stands for a merchant, an issuer's operator, or the operator of the whole sandbox."""

import hashlib
import secrets
import time
from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index

from payments.api.refusals import MissingKey, NotAllowed, WrongKey
from payments.kit.database import fetch
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.secrets import Secret
from payments.kit.work import Work
from payments.kit.world import Institution, World

OPERATOR: Final = "operator"
MERCHANT: Final = "merchant"
ISSUER: Final = "issuer"

DEMO_KEY: Final = "sk_demo_opennet"
"""The operator's key of every new world: it is no secret, and has no rate limit."""

_REMEMBERED_SECONDS: Final = 2.0
_REMEMBERED_KEYS: Final = 10_000


@record(
    "api_keys",
    Index(None, "hash", unique=True),
    CheckConstraint("role IN ('operator', 'merchant', 'issuer')", name="role"),
)
class ApiKey(Record):
    """A key, of which only the SHA-256 is kept: it has 256 random bits, so nothing slower is needed.

    ``subject`` is the merchant or issuer it stands for ('' for the operator). ``rate_limit`` reads ``100/minute``
    ('' none) and is counted by ``strategy``. ``disabled_at`` is set once it no longer opens anything.
    """

    noun: ClassVar[str] = "api_key"
    prefix: ClassVar[str] = "key"

    id: Key[str]
    role: str
    subject: str
    name: str
    hash: str
    rate_limit: str
    strategy: str
    created_at: int
    disabled_at: Mutable[int | None] = None

    def must_be_operator(self) -> None:
        """Raise ``NotAllowed`` unless the key is the sandbox's operator's."""
        if self.role != OPERATOR:
            raise NotAllowed("This is for the sandbox's operator.")

    def must_stand_for(self, role: str, subject: str) -> None:
        """Raise ``NotAllowed`` unless the key is that of this merchant or issuer, or the operator's."""
        if self.role != OPERATOR and (self.role, self.subject) != (role, subject):
            raise NotAllowed(f"This belongs to another {role}, or is not for {self.role}s.")

    def only(self, role: str, asked: str | None) -> str | None:
        """Return whose things a list may show: those of ``asked``, or all (``None``), or the key's own."""
        if self.role == OPERATOR:
            return asked
        self.must_stand_for(role, asked or self.subject)
        return self.subject


def hash_of(key: str) -> str:
    """Return what is kept of ``key``."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> Secret:
    """Return a new key, to be shown once."""
    return Secret(f"sk_{secrets.token_urlsafe(32)}")


def make_key(
    work: Work, _: Institution, key: Secret, role: str, subject: str, name: str, rate_limit: str, strategy: str
) -> ApiKey:
    """Write down a new key (a step)."""
    id = work.new_id(ApiKey.prefix)
    made = ApiKey(id, role, subject, name, hash_of(key.reveal()), rate_limit, strategy, work.now)
    work.emit("api_key.created", id, "", {"role": role, "subject": subject, "name": name})
    return work.add(made)


def make_demo_key(work: Work, _: Institution) -> ApiKey:
    """Write down the demo key, unless it is there (a step)."""
    known = work.find(ApiKey, "hash", hash_of(DEMO_KEY))
    return known or work.add(
        ApiKey("key_demo", OPERATOR, "", "Demo key", hash_of(DEMO_KEY), "", "fixed-window", work.now)
    )


def disable_key(work: Work, _: Institution, key_id: str) -> ApiKey:
    """Disable a key for good (a step). Raises ``NotFound``."""
    key = work.get(ApiKey, key_id)
    if key.disabled_at is not None:
        return key
    work.emit("api_key.disabled", key.id, "", {"name": key.name})
    return work.change(key, disabled_at=work.now)


class Keyring:
    """The keys a process has seen, each remembered for two seconds (real time): so late may it hear of a change."""

    def __init__(self, world: World) -> None:
        """Remember nothing yet; keys are looked up in ``world``."""
        self._world = world
        self._known: dict[str, tuple[ApiKey | None, float]] = {}

    async def holder(self, authorization: str | None) -> ApiKey:
        """Return the key an ``Authorization`` header carries. Raises ``MissingKey`` and ``WrongKey``."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise MissingKey("Send the header Authorization: Bearer sk_…")
        hash = hash_of(token.strip())
        key, checked_at = self._known.get(hash, (None, -_REMEMBERED_SECONDS))
        if time.monotonic() - checked_at >= _REMEMBERED_SECONDS:
            key = await self._look_up(hash, key)
        if key is None or key.disabled_at is not None:
            raise WrongKey("Use a key that was made in this sandbox and is not disabled.")
        return key

    def forget(self) -> None:
        """Forget every key, so that a change made here counts at once."""
        self._known.clear()

    async def _look_up(self, hash: str, known: ApiKey | None) -> ApiKey | None:
        if known is not None:  # whoever comes meanwhile need not look as well
            self._known[hash] = (known, time.monotonic())
        if len(self._known) > _REMEMBERED_KEYS:
            self._known.clear()
        key = await self._world.database.read(_find_key, hash)
        self._known[hash] = (key, time.monotonic())
        return key


def _find_key(connection: sa.Connection, hash: str) -> ApiKey | None:
    keys = ApiKey.table()
    return next(iter(fetch(connection, ApiKey, sa.select(keys).where(keys.c.hash == hash))), None)
