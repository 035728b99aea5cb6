"""Calls: requests that were let in, and how what moves money is run and answered for them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from payments.api.answers import Operation, keep_answer, keep_refusal
from payments.api.door import Door
from payments.api.keys import ApiKey
from payments.api.problems import MEDIA_TYPE, problem_body
from payments.api.refusals import InvalidRequest
from payments.kit.errors import Refusal
from payments.kit.fate import durable
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, IdempotencyKeyReused, Replayed
from payments.kit.secrets import Secret
from payments.kit.steps import entries_written
from payments.kit.world import Institution

_KEY: Final = re.compile(r"[!-~]{1,255}")


@dataclass(slots=True)
class Call:
    """A request that was let in: through which door, by whose key, with which body."""

    door: Door
    key: ApiKey
    request: Request
    body: bytes = field(default=b"", repr=False)

    def claim(self, operation: Operation) -> Claim | None:
        """Return the claim of the request's ``Idempotency-Key``, if it has one. Raises ``InvalidRequest``."""
        return self.claim_on(operation, lambda: f"{self.request.scope['path']}\n{self.body.decode()}")

    def claim_on(self, operation: Operation, whole: Callable[[], str]) -> Claim | None:
        """Return the claim as ``claim`` does, for a request whose path and body come to ``whole()``."""
        given = self.request.headers.get("idempotency-key")
        if given is None:
            return None
        if not _KEY.fullmatch(given):
            raise InvalidRequest("An Idempotency-Key has 1 to 255 printable ASCII characters without spaces.")
        # Keyed hashes: a plain one would give away the card number in a body, or in a key, for there are not that many.
        hashed = self.door.sandbox.world.vault.fingerprint
        return Claim.on(self.key.id, hashed(Secret(given)), operation.name, hashed(Secret(whole())).encode())

    async def answer(
        self,
        operation: Operation,
        institution: Institution,
        flow: Callable[[Claim | None], Awaitable[Any]],
        *,
        keyed: bool = True,
    ) -> Response:
        """Run a flow that moves money and answer with what it made, and with every ledger entry it wrote in any book.

        One that does nothing when it is repeated need not be ``keyed``: an ``Idempotency-Key`` is not looked at.
        """
        claim = self.claim(operation) if keyed else None
        entries: list[str] = []
        entries_written.set(entries)
        try:
            resource = await durable(flow(claim))
        except Replayed as replayed:
            return replay(replayed)
        except (IdempotencyKeyInUse, IdempotencyKeyReused):
            raise
        except Refusal as refusal:
            return await _refused(institution, claim, refusal)
        body, to_keep = self.door.answers.take(operation, resource, entries)
        if to_keep and claim:
            await keep_answer(institution, claim, operation.status, body)
        return Response(body, operation.status, media_type="application/json")


async def _refused(institution: Institution, claim: Claim | None, refusal: Refusal) -> Response:
    if claim is None:
        raise refusal
    try:
        await keep_refusal(institution, claim, *problem_body(refusal))
    except Replayed as replayed:
        return replay(replayed)
    except IdempotencyKeyReused:
        pass
    raise refusal


def replay(replayed: Replayed) -> Response:
    """Return the first answer once more, marked as such."""
    kind = MEDIA_TYPE if replayed.status >= 400 else "application/json"
    return Response(replayed.body, replayed.status, {"Idempotent-Replayed": "true"}, kind)
