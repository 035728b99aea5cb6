"""Answers to what moves money: rendered once, kept for whoever repeats the request, sent as they are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from payments.kit.idempotency import Claim, IdempotencyKeyInUse, store_answer, store_refusal
from payments.kit.work import Work
from payments.kit.world import Answer, Institution, World

_WAITING: Final = 10_000


@dataclass(frozen=True)
class Operation:
    """Something a request may do once under an idempotency key: ``name`` is the operation's id.

    ``shape`` turns the resource it made, and the ledger entries written on the way, into the reply's JSON.
    """

    name: str
    shape: Callable[[Any, list[str]], dict[str, Any]]
    status: int = 201


class Answers:
    """Renders answers, in the step that reaches them, and hands each to the request that waits for it."""

    def __init__(self, *operations: Operation) -> None:
        """Know how to answer ``operations``."""
        self.operations = {each.name: each for each in operations}
        self._rendered: dict[str, tuple[Any, int, str]] = {}

    def register(self, world: World) -> None:
        """Have the steps of ``world`` render their answers here."""
        for operation in self.operations.values():
            world.render[operation.name] = self._renderer(operation)

    def take(self, operation: Operation, resource: Any, entries: list[str]) -> tuple[str, bool]:
        """Return the body about ``resource``, and whether it is still to be kept.

        It is when more was booked after the answer was reached (a voided payment's hold is released), and when the flow
        ended without one (a deposit that the bank has not answered).
        """
        rendered, count, body = self._rendered.pop(resource.id, (None, 0, ""))
        if rendered is resource and count == len(entries):
            return body, False
        return _text(operation.shape(resource, entries)), True

    def _renderer(self, operation: Operation) -> Callable[[Any, list[str]], Answer]:
        def render(resource: Any, entries: list[str]) -> Answer:
            body = _text(operation.shape(resource, entries))
            if len(self._rendered) > _WAITING:  # recovered in the background: no request takes them
                self._rendered.clear()
            self._rendered[resource.id] = (resource, len(entries), body)
            return operation.status, body

        return render


def _text(shape: dict[str, Any]) -> str:
    return orjson.dumps(shape).decode()


async def keep_answer(institution: Institution, claim: Claim, status: int, body: str) -> None:
    """Keep a fuller answer in place of the one the flow has stored."""
    await institution.step(_keep_answer, claim, status, body)


def _keep_answer(work: Work, _: Institution, claim: Claim, status: int, body: str) -> None:
    store_answer(work, claim.id, status, body)


async def keep_refusal(institution: Institution, claim: Claim, status: int, body: str) -> None:
    """Keep a refusal that a step decided. Raises ``Replayed`` when another request was answered first."""
    try:
        await institution.step(store_refusal, claim, status, body)
    except IdempotencyKeyInUse:
        return  # the same request, sent again meanwhile, is under way: its answer will be the one
