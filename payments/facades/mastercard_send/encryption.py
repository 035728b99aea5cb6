"""Encryption of Send 2.0's bodies: JWE in ``{"encrypted_payload": {"data": "…"}}``, RSA-OAEP-256 and A256GCM.

Which algorithms Mastercard takes is a matter of its client libraries; these are their default. The sandbox makes a key
pair of its own for each world, when it is first asked for it, and keeps it encrypted.
"""

from typing import Any, ClassVar, Final

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from payments.facades.mastercard_send.errors import invalid
from payments.kit.database import fetch
from payments.kit.records import Key, Record, record
from payments.kit.secrets import Secret
from payments.kit.work import Work
from payments.kit.world import Institution, World

ALGORITHMS: Final = ("RSA-OAEP-256", "A256GCM")
_OURS: Final = "mastercard_send"
_BITS: Final = 2048


@record("mastercard_send_decryption_keys", fixed=True)
class DecryptionKey(Record):
    """The key pair to whose public half partners encrypt; the private half is kept encrypted by the vault."""

    noun: ClassVar[str] = "decryption_key"

    id: Key[str]
    private_key_encrypted: str
    public_key: str
    created_at: int


def is_encrypted(data: dict[str, Any]) -> bool:
    """Tell whether a body is an encrypted one."""
    return "encrypted_payload" in data


def make_key(work: Work, institution: Institution) -> DecryptionKey:
    """Return the sandbox's key pair, made when there is none (a step)."""
    known = work.get_or_none(DecryptionKey, _OURS)
    if known:
        return known
    private = generate_private_key(65537, _BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return work.add(DecryptionKey(_OURS, institution.world.vault.encrypt(Secret(pem)), public, work.now))


async def opened(world: World, data: dict[str, Any]) -> bytes:
    """Return what is in an encrypted body. Raises ``Refused``."""
    payload = data.get("encrypted_payload")
    sealed_text = payload.get("data") if isinstance(payload, dict) else None
    key = await world.database.read(_find_key)
    if not isinstance(sealed_text, str) or key is None:
        raise invalid("encrypted_payload.data", description="Encrypt the body, as this partner's key demands")
    private = RSAKey.import_key(world.vault.secret(key.private_key_encrypted).reveal())
    try:
        return jwe.decrypt_compact(sealed_text, private, algorithms=list(ALGORITHMS)).plaintext or b""
    except (JoseError, ValueError):
        raise invalid("encrypted_payload.data", description="Decryption failed") from None


def sealed(key: RSAPublicKey, body: bytes) -> dict[str, Any]:
    """Return ``body``, encrypted for the owner of ``key``."""
    public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    alg, enc = ALGORITHMS
    text = jwe.encrypt_compact({"alg": alg, "enc": enc}, body, RSAKey.import_key(public), algorithms=list(ALGORITHMS))
    return {"encrypted_payload": {"data": text}}


def _find_key(connection: sa.Connection) -> DecryptionKey | None:
    keys = DecryptionKey.table()
    return next(iter(fetch(connection, DecryptionKey, sa.select(keys).where(keys.c.id == _OURS))), None)
