"""Card numbers and other secrets: values that never show themselves, and the vault that keeps them.

PCI DSS 3.4 allows the first six and last four digits of a card number to be shown; everything
else here is masked whole.
"""

import hashlib
import hmac
import os
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_SHORTEST: Final = 13  # digits; in fewer, ten would be nearly all


class Secret:
    """A CVV, PIN or key: usable through ``reveal``, invisible everywhere else."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Wrap ``value``."""
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for comparing or sending, never for showing."""
        return self._value

    @property
    def masked(self) -> str:
        """Return what may be shown."""
        return "***"

    def __repr__(self) -> str:
        return self.masked

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((type(self), self._value))


class CardNumber(Secret):
    """A primary account number (PAN), shown as its first six and last four digits."""

    __slots__ = ()

    @property
    def masked(self) -> str:
        """Return the number as it may be shown: first six, last four; of what is too short for one, nothing."""
        if len(self._value) < _SHORTEST:
            return "•" * len(self._value)
        return f"{self._value[:6]}{'•' * (len(self._value) - 10)}{self._value[-4:]}"

    @property
    def bin(self) -> str:
        """Return the first six digits, which name the issuer (ISO/IEC 7812)."""
        return self._value[:6]


class Vault:
    """Encrypts secrets at rest and fingerprints them for look-up, under one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        """Derive separate encryption and fingerprint keys from ``key``."""
        self._cipher = AESGCM(hmac.digest(key, b"encrypt", hashlib.sha256))
        self._fingerprint_key = hmac.digest(key, b"fingerprint", hashlib.sha256)

    def encrypt(self, secret: Secret) -> str:
        """Return ``secret`` encrypted with AES-256-GCM under a fresh nonce, as hex."""
        nonce = os.urandom(12)
        return (nonce + self._cipher.encrypt(nonce, secret.reveal().encode(), None)).hex()

    def card_number(self, encrypted: str) -> CardNumber:
        """Return the card number that ``encrypt`` turned into ``encrypted``."""
        return CardNumber(self._decrypt(encrypted))

    def secret(self, encrypted: str) -> Secret:
        """Return the secret that ``encrypt`` turned into ``encrypted``."""
        return Secret(self._decrypt(encrypted))

    def fingerprint(self, secret: Secret) -> str:
        """Return the keyed hash (BLAKE2b-256, RFC 7693, hex) under which ``secret`` can be looked up.

        Not HMAC: for that Python gives its global lock away, and two busy threads then wait for each other.
        """
        return hashlib.blake2b(secret.reveal().encode(), key=self._fingerprint_key, digest_size=32).hexdigest()

    def _decrypt(self, encrypted: str) -> str:
        raw = bytes.fromhex(encrypted)
        return self._cipher.decrypt(raw[:12], raw[12:], None).decode()
