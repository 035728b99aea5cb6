"""Letting a request in: HTTP Basic, or ``x-pay-token``."""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final

from payments.facades.visa_direct.credential import Credential, Credentials, hash_of
from payments.facades.visa_direct.envelope import NO_CREDENTIALS, WRONG_CREDENTIALS, RequestRefused
from payments.kit.clock import SECOND, real_now
from payments.kit.secrets import Vault

TOKEN_VALID_SECONDS: Final = 300
"""How far the clock of whoever signs with x-pay-token may be from ours. Ours: Visa publishes no figure."""

_TOKEN: Final = re.compile(r"xv2:([0-9]{9,12}):([0-9a-fA-F]{64})")


async def admit(
    credentials: Credentials, vault: Vault, headers: dict[str, str], path: str, query: str, api_key: str, body: bytes
) -> Credential:
    """Return whose request this is. Raises ``RequestRefused`` (401)."""
    token = headers.get("x-pay-token")
    if token is not None:
        return await _by_token(credentials, vault, token, path, query, api_key, body)
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or not given:
        raise _unauthorized(NO_CREDENTIALS, "Expected input credential was not present.")
    user, password = _parted(given)
    known = await credentials.by_user(user)
    if known is None or not hmac.compare_digest(known.password_hash, hash_of(vault, user, password)):
        raise _unauthorized(WRONG_CREDENTIALS, "The user id or the password is wrong.")
    return known


def pay_token(shared_secret: str, seconds: int, path: str, query: str, body: bytes) -> str:
    """Return the x-pay-token of a request: HMAC-SHA256 over time, path, query and body."""
    signed = str(seconds).encode() + path.encode() + query.encode() + body
    return f"xv2:{seconds}:{hmac.digest(shared_secret.encode(), signed, hashlib.sha256).hex()}"


async def _by_token(
    credentials: Credentials, vault: Vault, token: str, path: str, query: str, api_key: str, body: bytes
) -> Credential:
    known = await credentials.by_api_key(api_key) if re.fullmatch(r"[!-~]{1,100}", api_key) else None
    if known is None or known.shared_secret_encrypted is None:
        raise _unauthorized(NO_CREDENTIALS, "x-pay-token needs a known apikey in the query.")
    shape = _TOKEN.fullmatch(token)
    if shape is None or abs(real_now() // SECOND - int(shape[1])) > TOKEN_VALID_SECONDS:
        raise _unauthorized(WRONG_CREDENTIALS, "x-pay-token is malformed or too old.")
    secret = vault.secret(known.shared_secret_encrypted).reveal()
    # Some clients sign the path without the product, its first part.
    paths = (path, path.lstrip("/"), path.lstrip("/").partition("/")[2])
    expected = [pay_token(secret, int(shape[1]), each, query, body) for each in paths]
    if not any(hmac.compare_digest(each, token.lower()) for each in expected):
        raise _unauthorized(WRONG_CREDENTIALS, "x-pay-token does not fit the request.")
    return known


def _parted(given: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _unauthorized(WRONG_CREDENTIALS, "The Authorization header is not Basic authentication.") from None
    if not re.fullmatch(r"[!-~]{1,60}", user):
        raise _unauthorized(WRONG_CREDENTIALS, "The user id or the password is wrong.")
    return user, password


def _unauthorized(error: str, message: str) -> RequestRefused:
    return RequestRefused(401, error, message, {"WWW-Authenticate": 'Basic realm="visa direct"'})
