"""Message-level encryption (MLE): bodies as JWE, RSA-OAEP-256 with A128GCM, under the keys that ``keyId`` names."""

import json
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from payments.facades.visa_direct.credential import ENCRYPTION_OFF, ENCRYPTION_REQUIRED, Credential
from payments.facades.visa_direct.envelope import NOT_ENCRYPTED, RequestRefused
from payments.facades.visa_direct.fields import parsed
from payments.kit.clock import MINUTE, real_now
from payments.kit.secrets import Vault

VALID_FOR: Final = 2 * MINUTE
"""How old an encrypted message may be, by the ``iat`` (milliseconds) in its header."""

_ALGORITHMS: Final = ["RSA-OAEP-256", "A128GCM"]
_REGISTRY: Final = jwe.JWERegistry(algorithms=_ALGORITHMS, strict_check_header=False)


def is_encrypted(body: Any) -> bool:
    """Tell whether a body is an encrypted one."""
    return isinstance(body, dict) and isinstance(body.get("encData"), str)


def opened(credential: Credential, vault: Vault, key_id: str | None, body: Any) -> Any:
    """Return the message in ``body``, decrypted if it is encrypted. Raises ``RequestRefused`` (400, 9125)."""
    if not is_encrypted(body):
        if credential.encryption == ENCRYPTION_REQUIRED:
            raise _refused("This credential takes encrypted messages only: keyId and encData.")
        return body
    if credential.encryption == ENCRYPTION_OFF or credential.server_key_encrypted is None:
        raise _refused("This credential has no keys for encrypted messages.")
    if key_id != credential.key_id:
        raise _refused("The header keyId names no key of this credential.")
    key = RSAKey.import_key(vault.secret(credential.server_key_encrypted).reveal())
    try:
        message = jwe.decrypt_compact(body["encData"], key, registry=_REGISTRY)
    except (JoseError, ValueError):
        raise _refused("encData cannot be decrypted with this key.") from None
    issued_at = message.headers().get("iat")
    if not isinstance(issued_at, int) or abs(real_now() // 1000 - issued_at) * 1000 > VALID_FOR:
        raise _refused("encData is too old: its iat is valid for two minutes.")
    return parsed(message.plaintext or b"")


def sealed(credential: Credential, body: bytes) -> bytes:
    """Return an answer encrypted for the client's key."""
    assert credential.client_key is not None
    return json.dumps({"encData": seal(credential.client_key, credential.key_id, body)}).encode()


def seal(public_key: str, key_id: str, text: bytes) -> str:
    """Return ``text`` as a compact JWE for an RSA public key (PEM)."""
    protected = {"alg": _ALGORITHMS[0], "enc": _ALGORITHMS[1], "kid": key_id, "iat": real_now() // 1000}
    return jwe.encrypt_compact(protected, text, RSAKey.import_key(public_key), registry=_REGISTRY)


def _refused(message: str) -> RequestRefused:
    return RequestRefused(400, NOT_ENCRYPTED, message)
