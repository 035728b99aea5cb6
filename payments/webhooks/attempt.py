"""Attempts: writing down that deliveries are tried, and what came of it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from payments.kit.clock import HOUR, MINUTE, SECOND
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.webhooks.delivery import PENDING, Delivery
from payments.webhooks.endpoint import ENABLED, Endpoint

RETRY_AFTER: Final = (
    *(5 * SECOND, 5 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR),
)
"""How long after each attempt that failed the next one is due, on the sandbox's clock.

The example of Standard Webhooks 1.0.0 ("Deliverability and reliability"), its last waits of 10, 14, 20 and 24
hours cut to twice 10, without the jitter it recommends: here the same story has the same instants."""

ENDPOINT_DISABLED: Final = "endpoint_disabled"


class Outcome(NamedTuple):
    """What came of one attempt: the HTTP status if there was an answer, and what went wrong ('': nothing)."""

    delivery: str
    response_code: int | None
    error: str


def _attempt_reads(_: Institution, endpoint_id: str, deliveries: Sequence[str]) -> list[Lock]:
    return [Lock(Endpoint, endpoint_id), *(Lock(Delivery, each) for each in deliveries)]


@hot(_attempt_reads)
def record_attempts(
    work: Work, _: Institution, endpoint_id: str, deliveries: Sequence[str]
) -> tuple[Endpoint, list[Delivery]]:
    """Write down that those of ``deliveries`` that are due are now tried, and return them with where they go.

    Each is due again after its next wait, whatever becomes of this process.
    """
    endpoint = work.get(Endpoint, endpoint_id)
    found = [work.get(Delivery, each) for each in deliveries]
    due = [each for each in found if each.due_at is not None and each.due_at <= work.now]
    return endpoint, [tried for each in due if (tried := _record_attempt(work, endpoint, each))]


def _record_attempt(work: Work, endpoint: Endpoint, delivery: Delivery) -> Delivery | None:
    if endpoint.status != ENABLED:
        advance(work, delivery, "give_up", due_at=None, error=ENDPOINT_DISABLED)
        return None
    wait = RETRY_AFTER[min(delivery.tries, len(RETRY_AFTER) - 1)]
    return work.change(
        delivery,
        tries=delivery.tries + 1,
        attempts=delivery.attempts + 1,
        attempted_at=work.now,
        due_at=work.now + wait,
        chaos=endpoint.chaos if endpoint.strikes_on_the_way else delivery.chaos,
    )


def _outcome_reads(_: Institution, outcomes: Sequence[Outcome]) -> list[Lock]:
    return [Lock(Delivery, each.delivery) for each in outcomes]


@hot(_outcome_reads)
def record_outcomes(work: Work, _: Institution, outcomes: Sequence[Outcome]) -> None:
    """Write down what came of the attempts: delivered, to be tried again, or failed for good."""
    for outcome in outcomes:
        delivery = work.get(Delivery, outcome.delivery)
        if delivery.status == PENDING:
            _record_outcome(work, delivery, outcome)


def _record_outcome(work: Work, delivery: Delivery, outcome: Outcome) -> None:
    _, code, error = outcome
    if not error:
        advance(work, delivery, "deliver", due_at=None, response_code=code, error="")
    elif delivery.tries > len(RETRY_AFTER):
        advance(work, delivery, "give_up", due_at=None, response_code=code, error=error)
    else:
        work.change(delivery, response_code=code, error=error)
        data = {"endpoint": delivery.endpoint, "response_code": code, "error": error}
        work.emit("webhook_delivery.attempt_failed", delivery.id, delivery.reference, data)


def resend(work: Work, _: Institution, delivery_id: str) -> Delivery:
    """Have a delivery, whatever became of it, tried again at once, under its id, all its retries ahead."""
    delivery = work.get(Delivery, delivery_id)
    return advance(work, delivery, "resend", due_at=work.now, tries=0)
