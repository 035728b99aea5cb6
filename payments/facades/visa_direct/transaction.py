"""Transactions: the road every money movement takes here, whatever it is: take on, run, answer, or say later.

A request is answered when its flow has ended, or after X-Transaction-Timeout-MS (30 seconds if it says nothing) with
202 and the status identifier, by which the outcome can be asked for during 24 hours of the sandbox's clock. A flow
whose answer was lost takes the same road: it ends when our acquirer has found out.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from payments.facades.visa_direct.answer import answer_to
from payments.facades.visa_direct.call import Answer, Call, sandbox_now
from payments.facades.visa_direct.contract import Ask, Outcome
from payments.facades.visa_direct.credential import REPLAY
from payments.facades.visa_direct.envelope import invalid, refused, unknown_identifier
from payments.facades.visa_direct.flows import FLOWS
from payments.facades.visa_direct.order import Asking
from payments.facades.visa_direct.submission import (
    VALID_FOR,
    Draft,
    Submission,
    find_holders,
    find_made,
    find_submission,
    not_begun,
    record_refusal,
    take_on,
)
from payments.kit.errors import Refusal
from payments.kit.fate import durable
from payments.switch.directory import Directory

LONGEST_WAIT_MS: Final = 30_000
AT_ONCE_MS: Final = 1
"""The timeout by which Visa's sandbox is made to answer 202: nothing is waited for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a submission stands: its outcome, or that it was refused, or neither yet."""

    submission: Submission
    outcome: Outcome | None

    @property
    def running(self) -> bool:
        """Tell whether it has not ended."""
        return self.submission.refusal is None and (self.outcome is None or not self.outcome.action_code)

    @property
    def repeatable(self) -> bool:
        """Tell whether the same request may be sent again as if it were the first: nothing came of that."""
        return self.submission.refusal is not None or (self.outcome is not None and self.outcome.never)


def find_standing(connection: sa.Connection, directory: Directory, submission: Submission) -> Standing:
    """Return how a submission stands; a repeat stands as its original does."""
    first = find_submission(connection, submission.original) if submission.original else submission
    made = find_made(connection, first or submission)
    return Standing(submission, FLOWS[submission.operation].read(connection, directory, made) if made else None)


def _find_standings(connection: sa.Connection, directory: Directory, draft: Draft) -> tuple[Standing | None, ...]:
    holders = find_holders(connection, draft.identities, sandbox_now(connection))
    return tuple(None if each is None else find_standing(connection, directory, each) for each in holders)


async def standing_of(call: Call, submission: Submission) -> Standing:
    """Return how a submission stands now."""
    found: Standing = await call.read(find_standing, call.directory, submission)
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of taking a request on: it is ``fresh``, or it repeats one that ``stands`` somehow."""

    submission: Submission
    stands: Standing | None = None
    by_client: bool = False


async def take(call: Call, draft: Draft) -> Taken:
    """Take a request on, or find the one it repeats. An item of a multi request is always taken on, if as a repeat."""
    operator = call.door.sandbox.operator
    while True:
        standings = await call.read(_find_standings, call.directory, draft)
        known = next((each for each in standings if each is not None and not each.repeatable), None)
        by_client = known is not None and bool(draft.client_id) and known is standings[0]
        told = known is not None and (known.running or (by_client and call.credential.repeats == REPLAY))
        if known is not None and told and not draft.batch:
            return Taken(known.submission, known, by_client)
        expected = tuple("" if each is None else each.submission.id for each in standings)
        original = known.submission.id if known is not None else ""
        submission = await operator.step(take_on, draft, expected, original)
        if submission is not None:
            return Taken(submission, known, by_client)


async def transact(call: Call, draft: Draft, ask: Asking, path: str) -> Answer:
    """Take a request on, run its flow, and answer."""
    wait = timeout_of(call)
    taken = await take(call, draft)
    if taken.stands is not None and taken.stands.running:
        return see_other(taken.submission, path)
    if taken.stands is not None:
        return _repeated(call, taken)
    task = call.door.start(call.house, run(call, taken.submission, ask(taken.submission)))
    if wait is not None:
        await asyncio.wait({task}, timeout=wait)
    if not task.done():
        return later(taken.submission)
    return answer_of(await standing_of(call, await task))


async def run(call: Call, submission: Submission, ask: Ask) -> Submission:
    """Run a submission's flow to its end; a refusal is written down. Returns the submission as it then is."""
    sandbox = call.door.sandbox
    try:
        await durable(FLOWS[submission.operation].run(sandbox, ask))
    except Refusal as refusal:
        kept: Submission = await sandbox.operator.step(record_refusal, submission.id, refused(refusal))
        return kept
    except Exception:
        if await call.read(find_made, submission) is None:  # then nothing has moved, and nobody will finish it
            await sandbox.operator.step(record_refusal, submission.id, not_begun())
        raise
    return submission


def _repeated(call: Call, taken: Taken) -> Answer:
    assert taken.stands is not None and taken.stands.outcome is not None
    if taken.by_client and call.credential.repeats == REPLAY:
        return answer_of(taken.stands)
    return Answer(200, answer_to(taken.submission, taken.stands.outcome))


def answer_of(standing: Standing) -> Answer:
    """Return the answer to whoever asks how a submission stands. Raises ``RequestRefused`` as its flow did."""
    if standing.submission.refusal is not None:
        raise standing.submission.refusal
    if standing.running or standing.outcome is None:
        return later(standing.submission)
    return Answer(200, answer_to(standing.submission, standing.outcome))


def later(submission: Submission) -> Answer:
    """Return the answer that says: ask later, by this status identifier."""
    return Answer(202, {"statusIdentifier": submission.id})


def see_other(submission: Submission, path: str) -> Answer:
    """Return the answer to a repeat of what is still running: where to ask."""
    return Answer(303, {"statusIdentifier": submission.id}, {"Location": f"{path}/{submission.id}"})


async def look_up(call: Call, operation: str) -> Answer:
    """Answer the GET by status identifier. Raises ``RequestRefused`` (404) for one that is unknown or too old."""
    submission = await find_own(call, operation)
    return answer_of(await standing_of(call, submission))


async def find_own(call: Call, operation: str) -> Submission:
    """Return the submission of this call's path, if it is the caller's, of this operation, and not too old."""
    submission, now = await call.read(_find, call.request.path_params["status_identifier"])
    if submission is None or submission.credential != call.credential.id or submission.operation != operation:
        raise unknown_identifier()
    if submission.batch or submission.created_at + VALID_FOR <= now:
        raise unknown_identifier()
    found: Submission = submission
    return found


def _find(connection: sa.Connection, id: str) -> tuple[Submission | None, int]:
    return find_submission(connection, id), sandbox_now(connection)


def timeout_of(call: Call) -> float | None:
    """Return how many seconds to wait for a flow, by X-Transaction-Timeout-MS; ``None``: not at all."""
    given = call.header("x-transaction-timeout-ms")
    valid = given.isdecimal() and AT_ONCE_MS <= int(given[:9]) <= LONGEST_WAIT_MS
    if given and not valid and call.credential.strict:
        raise invalid(f"X-Transaction-Timeout-MS must be from {AT_ONCE_MS} to {LONGEST_WAIT_MS}.")
    wait = int(given) if valid else LONGEST_WAIT_MS
    return None if wait == AT_ONCE_MS else wait / 1000
