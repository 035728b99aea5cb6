"""Credentials: who calls this door, for which of our senders, and how strictly they are held to the contract."""

from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index

from payments.acquirer.sender import Sender
from payments.kit.clock import real_now
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.secrets import Secret, Vault
from payments.kit.work import Work
from payments.kit.world import Institution, World

DUPLICATE: Final = "duplicate"
REPLAY: Final = "replay"

ENCRYPTION_OFF: Final = "off"
ENCRYPTION_OPTIONAL: Final = "optional"
ENCRYPTION_REQUIRED: Final = "required"

DEMO_USER: Final = "VISADIRECTDEMO0001"
DEMO_PASSWORD: Final = "demo-password"
DEMO_SENDER: Final = "snd_opal_payouts"
DEMO_API_KEY: Final = "VISADIRECTDEMOKEY"
DEMO_SHARED_SECRET: Final = "demo-shared-secret"
DEMO_BIN: Final = "408999"
"""The demo's credentials, in every new world; they are no secret. 408999 is the acquiring BIN of Visa's samples."""

_REMEMBERED_MICROSECONDS: Final = 2_000_000
_REMEMBERED: Final = 10_000


class CredentialTaken(Refusal):
    """There is a credential with this user id or API key already."""


@record(
    "visa_direct_credentials",
    Index(None, "api_key", unique=True),
    CheckConstraint("repeats IN ('duplicate', 'replay')", name="repeats"),
    CheckConstraint("encryption IN ('off', 'optional', 'required')", name="encryption"),
)
class Credential(Record):
    """A user id with its password, which is kept as a keyed hash only.

    Its requests are made by ``sender``, a customer of ``acquirer``; if ``any_sender`` is 1, a request may name another
    sender of that acquirer by its card acceptor id. ``acquiring_bin`` is the only BIN it may name. ``strict`` 1 holds
    requests to the whole documented schema. ``repeats`` says what a finished request sent again under the same
    X-Client-Transaction-ID gets: action code 94 (``duplicate``) or the first answer (``replay``). ``api_key`` and the
    shared secret are for x-pay-token (``None``: not used). With message-level ``encryption``, ``key_id`` names the
    keys: the server's private one, and the client's public one (PEM).
    """

    noun: ClassVar[str] = "visa_direct_credential"

    id: Key[str]
    password_hash: Mutable[str]
    acquirer: str
    sender: str
    acquiring_bin: str
    any_sender: Mutable[int]
    strict: Mutable[int]
    repeats: Mutable[str]
    created_at: int
    api_key: str | None = None
    shared_secret_encrypted: Mutable[str | None] = None
    encryption: Mutable[str] = ENCRYPTION_OFF
    key_id: Mutable[str] = ""
    server_key_encrypted: Mutable[str | None] = None
    client_key: Mutable[str | None] = None
    disabled_at: Mutable[int | None] = None


def hash_of(vault: Vault, user: str, password: str) -> str:
    """Return what is kept of a password: a hash under the vault's key, so that the database alone betrays nothing."""
    return vault.fingerprint(Secret(f"visa_direct\0{user}\0{password}"))


def known_credential(work: Work, _: Institution, user: str) -> "Credential":
    """Return a credential (a step). Raises ``NotFound``."""
    return work.get(Credential, user)


def open_credential(
    work: Work,
    operator: Institution,
    user: str,
    password: Secret,
    sender_id: str,
    acquiring_bin: str = DEMO_BIN,
    any_sender: bool = False,
    strict: bool = False,
    repeats: str = DUPLICATE,
    api_key: str | None = None,
    shared_secret: Secret | None = None,
) -> Credential:
    """Write down a new credential for a sender (a step). Raises ``NotFound`` and ``CredentialTaken``."""
    sender = work.get(Sender, sender_id)
    if work.get_or_none(Credential, user) or (api_key and work.find(Credential, "api_key", api_key)):
        raise CredentialTaken("Choose another user id and API key.")
    vault = operator.world.vault
    work.emit("visa_direct_credential.opened", user, "", {"sender": sender.id, "strict": int(strict)})
    return work.add(
        Credential(
            id=user,
            password_hash=hash_of(vault, user, password.reveal()),
            acquirer=sender.acquirer,
            sender=sender.id,
            acquiring_bin=acquiring_bin,
            any_sender=int(any_sender),
            strict=int(strict),
            repeats=repeats,
            created_at=work.now,
            api_key=api_key,
            shared_secret_encrypted=vault.encrypt(shared_secret) if shared_secret else None,
        )
    )


def open_demo_credential(work: Work, operator: Institution) -> Credential:
    """Write down the demo's credential, unless it is there (a step)."""
    known = work.get_or_none(Credential, DEMO_USER)
    return known or open_credential(
        work,
        operator,
        DEMO_USER,
        Secret(DEMO_PASSWORD),
        DEMO_SENDER,
        any_sender=True,
        api_key=DEMO_API_KEY,
        shared_secret=Secret(DEMO_SHARED_SECRET),
    )


def encrypt_messages(
    work: Work, operator: Institution, user: str, encryption: str, key_id: str, server_key: Secret, client_key: str
) -> Credential:
    """Switch message-level encryption on, off or optional (a step). Raises ``NotFound``."""
    return work.change(
        work.get(Credential, user),
        encryption=encryption,
        key_id=key_id,
        server_key_encrypted=operator.world.vault.encrypt(server_key),
        client_key=client_key,
    )


def set_switches(work: Work, _: Institution, user: str, strict: bool, repeats: str) -> Credential:
    """Say how strictly requests are read, and what a repeat gets (a step). Raises ``NotFound``."""
    return work.change(work.get(Credential, user), strict=int(strict), repeats=repeats)


def disable_credential(work: Work, _: Institution, user: str) -> Credential:
    """Let nobody in any more with this credential (a step). Raises ``NotFound``."""
    known = work.get(Credential, user)
    work.emit("visa_direct_credential.disabled", known.id, "", {"sender": known.sender})
    return work.change(known, disabled_at=work.now)


class Credentials:
    """The credentials a process has seen, each for two seconds (real time): so late may it hear of a change."""

    def __init__(self, world: World) -> None:
        """Remember nothing yet."""
        self._world = world
        self._known: dict[tuple[str, str], tuple[Credential | None, int]] = {}

    async def by_user(self, user: str) -> Credential | None:
        """Return the credential with this user id, if there is one that is not disabled."""
        return await self._by("id", user)

    async def by_api_key(self, api_key: str) -> Credential | None:
        """Return the credential with this API key, if there is one that is not disabled."""
        return await self._by("api_key", api_key)

    def forget(self) -> None:
        """Forget all, so that a change made here counts at once."""
        self._known.clear()

    async def _by(self, column: str, value: str) -> Credential | None:
        found, checked_at = self._known.get((column, value), (None, -_REMEMBERED_MICROSECONDS))
        now = real_now()
        if now - checked_at >= _REMEMBERED_MICROSECONDS:
            found = await self._world.database.read(_find, column, value)
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[column, value] = (found, now)
        return found if found is not None and found.disabled_at is None else None


def _find(connection: sa.Connection, column: str, value: str) -> Credential | None:
    table = Credential.table()
    return next(iter(fetch(connection, Credential, sa.select(table).where(table.c[column] == value))), None)
