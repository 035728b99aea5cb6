"""Settings: what a person may choose when starting the sandbox, from the command line or the environment."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url


@dataclass(frozen=True)
class Settings:
    """Where the world is kept, and where it is served.

    ``database`` is a SQLAlchemy URL; ``key_file`` holds the vault's 32-byte key, made on first start. ``freeze_at`` is
    the instant at which a new world's clock stands (``None``: it runs, in real time); a clock that is there stays.
    Over the ``wire``, members send one another bytes (ISO 8583, and JSON to and from the bank) instead of objects.
    With a ``tls_certificate`` and its ``tls_key`` (PEM files) it is served over TLS; with a ``client_ca`` besides, only
    clients get in whose certificate that authority has signed (mutual TLS).
    """

    database: str = "sqlite:///sandbox.db"
    key_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    freeze_at: int | None = None
    wire: bool = False
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    client_ca: Path | None = None

    @property
    def sqlite(self) -> bool:
        """Tell whether the world is a SQLite file, which one process at a time serves."""
        return make_url(self.database).get_backend_name() == "sqlite"

    def vault_key(self) -> bytes:
        """Return the vault's key, from ``PAYMENTS_VAULT_KEY`` (hex) or the key file, which it makes if need be."""
        if given := os.environ.get("PAYMENTS_VAULT_KEY"):
            return bytes.fromhex(given)
        path = self.key_file or self._beside_the_database()
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
        return bytes.fromhex(path.read_text().strip())

    def _beside_the_database(self) -> Path:
        url = make_url(self.database)
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(url.database).with_suffix(".key")
        return Path("sandbox.key")
