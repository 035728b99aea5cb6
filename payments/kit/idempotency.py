"""Idempotency: a request that moves money names a key, and whoever repeats it gets the first answer.

The first step of a flow claims the key, the step that reaches the answer stores it, and a restart completes what was
left. While the first request is under way a second one is told so; with another body it is refused. Keys expire
on the sandbox's clock.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from payments.kit.clock import DAY
from payments.kit.errors import Refusal
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work

KEPT_FOR: Final = DAY


class IdempotencyKeyReused(Refusal):
    """This idempotency key was used with another request body."""


class IdempotencyKeyInUse(Refusal):
    """The first request with this idempotency key is still under way."""


class Replayed(Exception):
    """Not an error: the request was answered before, and this is that answer."""

    def __init__(self, status: int, body: str) -> None:
        """Carry the first answer."""
        super().__init__(status)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of itself: who asks, under which key, for what, with which body (hashed)."""

    id: str
    operation: str
    body_hash: str

    @classmethod
    def on(cls, caller: str, key: str, operation: str, body: bytes) -> "Claim":
        """Return the claim of ``caller`` on ``key`` for ``operation`` with the raw ``body``."""
        return cls(f"{caller}:{key}", operation, hashlib.sha256(operation.encode() + b"\0" + body).hexdigest())


@record("kit_idempotency_keys")
class IdempotencyKey(Record):
    """A claimed key; ``answer_status`` and ``answer`` hold the answer once there is one."""

    id: Key[str]
    operation: Mutable[str]
    body_hash: Mutable[str]
    resource: Mutable[str]
    claimed_at: Mutable[int]
    expires_at: Mutable[int]
    answer_status: Mutable[int | None] = None
    answer: Mutable[str | None] = None


def claim_key(work: Work, claim: Claim | None, resource: str) -> None:
    """Claim the key for the making of ``resource``, or say why not.

    Raises ``Replayed`` with the first answer, ``IdempotencyKeyReused`` for another body, ``IdempotencyKeyInUse``
    while there is no answer yet. Without a claim it does nothing.
    """
    if claim is None:
        return
    known = work.get_or_none(IdempotencyKey, claim.id)
    fresh = IdempotencyKey(claim.id, claim.operation, claim.body_hash, resource, work.now, work.now + KEPT_FOR)
    if known is None:
        work.add(fresh)
    elif known.expires_at <= work.now:
        changes = {name: getattr(fresh, name) for name in IdempotencyKey.shape.mutable}
        work.change(known, **changes)
    elif known.body_hash != claim.body_hash:
        raise IdempotencyKeyReused("Use a new key for a new request, or repeat the first request unchanged.")
    elif known.answer is None or known.answer_status is None:
        raise IdempotencyKeyInUse("Wait for the first request's answer, then repeat this one.")
    else:
        raise Replayed(known.answer_status, known.answer)


def store_answer(work: Work, claim_id: str | None, status: int, body: str) -> None:
    """Keep the answer that whoever repeats the request will get."""
    if claim_id is not None:
        work.change(work.get(IdempotencyKey, claim_id), answer_status=status, answer=body)


def store_refusal(work: Work, _: object, claim: Claim, status: int, body: str) -> None:
    """Claim and answer a key at once, for a request that a step refused."""
    claim_key(work, claim, "")
    store_answer(work, claim.id, status, body)
