"""Signatures: OAuth 1.0a with RSA-SHA256 and a hash of the body, as Mastercard's clients sign.

https://datatracker.ietf.org/doc/html/rfc5849 and https://oauth.googlecode.com/svn/spec/ext/body_hash/1.0/oauth-bodyhash.html
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from oauthlib.oauth1.rfc5849.signature import (
    base_string_uri,
    collect_parameters,
    signature_base_string,
)
from oauthlib.oauth1.rfc5849.utils import escape

from payments.facades.mastercard_send.codes import SIGNED_WITHIN_SECONDS
from payments.kit.clock import SECOND, real_now
from payments.kit.errors import Refusal
from payments.kit.log import mask
from payments.kit.records import Key, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution

METHOD: Final = "RSA-SHA256"
_LONGEST: Final = 100


class BadSignature(Refusal):
    """The request is not signed as it should be."""


class NonceUsed(Refusal):
    """This request was sent before."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as its sender signed it: ``url`` without query."""

    method: str
    url: str
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """What an ``Authorization: OAuth …`` header says: whose consumer key, and the parameters it was made over."""

    consumer_key: str
    parameters: dict[str, str]
    header: str

    @property
    def nonce_id(self) -> str:
        """Return under what the nonce is remembered."""
        names = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce")
        whole = "\n".join(self.parameters.get(each, "") for each in names)
        return hashlib.sha256(whole.encode()).hexdigest()


@record("mastercard_send_nonces", fixed=True)
class Nonce(Record):
    """A nonce that was used, hashed with its consumer key and its timestamp."""

    noun: ClassVar[str] = "nonce"

    id: Key[str]
    used_at: int


def read_signature(header: str | None) -> Signature | None:
    """Return what an Authorization header says; ``None``: the request is not signed. Raises ``BadSignature``."""
    if header is None or header.partition(" ")[0].lower() != "oauth":
        return None
    try:
        found = dict(collect_parameters(headers={"Authorization": header}, exclude_oauth_signature=False))
    except ValueError:
        raise BadSignature("The Authorization header cannot be read.") from None
    return Signature(found.get("oauth_consumer_key", "")[:_LONGEST], found, header)


def check_signature(signature: Signature, key: RSAPublicKey, sent: Sent) -> None:
    """Check that ``key``'s owner signed just this request, and just now. Raises ``BadSignature``."""
    given = signature.parameters
    if given.get("oauth_signature_method") != METHOD:
        raise BadSignature(f"Sign with {METHOD}.")
    _check_moment(given.get("oauth_timestamp", ""))
    if not given.get("oauth_nonce"):
        raise BadSignature("A signature needs an oauth_nonce.")
    _check_body(given.get("oauth_body_hash"), sent.body)
    try:
        given_signature = b64decode(given.get("oauth_signature", ""))
    except ValueError:
        given_signature = b""
    if not any(_made_by(key, given_signature, each) for each in _base_strings(signature, sent)):
        raise BadSignature("The signature does not fit the request, or another key made it.")


def _made_by(key: RSAPublicKey, signature: bytes, base_string: str) -> bool:
    try:
        key.verify(signature, base_string.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _check_moment(timestamp: str) -> None:
    # Signatures are made by the clock on the client's wall: the sandbox's own may be anywhere.
    if not timestamp.isdecimal() or abs(int(timestamp[:12]) - real_now() // SECOND) > SIGNED_WITHIN_SECONDS:
        raise BadSignature(f"oauth_timestamp is more than {SIGNED_WITHIN_SECONDS} seconds off.")


def _check_body(given: str | None, body: bytes) -> None:
    if given is None and not body:
        return
    hashed = b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest((given or "").encode(), hashed.encode()):
        raise BadSignature("oauth_body_hash is not the hash of the body.")


def _base_strings(signature: Signature, sent: Sent) -> Iterator[str]:
    """Yield what may have been signed: as RFC 5849 has it, then as Mastercard's client libraries do it.

    Those leave the parameters of the header, and a query without anything to encode, as they are before they encode
    the whole.
    """
    uri = base_string_uri(sent.url)
    query = parse_qsl(sent.query, keep_blank_values=True)
    own = [each for each in signature.parameters.items() if each[0] not in ("oauth_signature", "realm")]
    encoded = [(escape(name), escape(value)) for name, value in query]
    by_the_rfc = [*encoded, *((escape(name), escape(value)) for name, value in own)]
    for pairs in (by_the_rfc, [*encoded, *own], [*query, *own]):
        whole = "&".join(sorted(f"{name}={value}" for name, value in pairs))
        yield signature_base_string(sent.method, uri, whole)  # type: ignore[arg-type]  # any method's name is taken


def _call_reads(_: Institution, signature: Signature, *__: object) -> list[Lock]:
    return [Lock(Nonce, signature.nonce_id)]


@hot(_call_reads)
def record_call(work: Work, _: Institution, signature: Signature, verified: bool, method: str, path: str) -> None:
    """Write down that a signed request came in, and use up its nonce if it was verified. Raises ``NonceUsed``."""
    if verified:
        if work.get_or_none(Nonce, signature.nonce_id):
            raise NonceUsed("Every request needs a nonce of its own.")
        work.add(Nonce(signature.nonce_id, work.now))
    data = {"consumer_key": mask(signature.consumer_key), "verified": verified, "method": method, "path": mask(path)}
    work.emit("mastercard_send.called", "", "", data)
