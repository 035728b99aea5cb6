"""Outcomes on demand: what is to become of the pushes to a card, or of a sender's next ones.

A *staging* is attached to a card or to a sender and is played so many times, or until it is taken away. Whoever plays
it finds it (``playing.py``) before deciding, and uses it up in the very step that decides: what is repeated uses
nothing up.
"""

from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.kit.clock import CLOCK, SECOND, Clock
from payments.kit.errors import Refusal
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.secrets import CardNumber
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.switch import codes
from payments.switch.outcome import APPROVED_VIP, CARD_RESULT, OUTCOMES

NOT_A_DECLINE: Final = (*codes.APPROVALS, codes.IN_PROGRESS)
_MAY_APPROVE: Final = (APPROVED_VIP, CARD_RESULT)

ARMED: Final = "armed"
USED_UP: Final = "used_up"
REMOVED: Final = "removed"


class NotADecline(Refusal):
    """This response code does not decline."""


@record("switch_stagings", Index(None, "status", "id"))
class Staging(Record):
    """What is staged for the card with this ``fingerprint``, or for the ``sender`` (each '' when it is the other).

    ``acceptor`` is the sender's number on the wire. ``played_by`` says who plays it, ``code`` with which response code.
    ``seconds`` is how much later something happens (``None``: the ordinary time). ``times`` is how often it is still
    played (``None``: for ever).
    """

    noun: ClassVar[str] = "staging"
    prefix: ClassVar[str] = "stg"
    moves: ClassVar[tuple[Move, ...]] = (Move("use_up", ARMED, USED_UP), Move("remove", ARMED, REMOVED))

    id: Key[str]
    outcome: str
    played_by: str
    code: str
    seconds: int | None
    fingerprint: str
    card_masked: str
    sender: str
    acceptor: str
    created_at: int
    status: Mutable[str]
    times: Mutable[int | None]

    @property
    def reference(self) -> str:
        """Return nothing: a staging belongs to no push until it is played."""
        return ""

    def later(self, now: int) -> int:
        """Return the instant that is ``seconds`` after ``now``."""
        return now + (self.seconds or 0) * SECOND


Staged = tuple[str, ...]
"""The stagings that may be meant for a message, by id and oldest first; the first that is still armed is played."""


def staging_locks(staged: Staged) -> list[Lock]:
    """Return what a hot step that may ``play`` one of ``staged`` has to lock."""
    return [Lock(Staging, each) for each in staged]


def use(work: Work, staging: Staging, reference: str) -> Staging:
    """Count that a staging is played for the push with this ``reference``; part of the step that plays it."""
    work.emit("outcome.played", staging.id, reference, {"outcome": staging.outcome, "code": staging.code})
    if staging.times is None:
        return staging
    left = staging.times - 1
    return work.change(staging, times=left) if left else advance(work, staging, "use_up", times=0)


def stage(
    work: Work,
    stagings: Institution,
    outcome: str,
    *,
    number: CardNumber | None = None,
    sender: tuple[str, str] = ("", ""),
    code: str = "",
    by: str = "",
    seconds: int | None = None,
    times: int | None = 1,
) -> Staging:
    """Stage an ``outcome`` for the pushes to a card, or of a ``sender`` (its id, and its number on the wire); a step.

    Raises ``NotADecline`` for a ``code`` that approves.
    """
    assert (number is None) != (sender == ("", "")), "a card, or a sender"
    if code in NOT_A_DECLINE and outcome not in _MAY_APPROVE:
        raise NotADecline(f"{code} is no decline: name another response code.")
    usual = OUTCOMES[outcome]
    staging = Staging(
        id=work.new_id(Staging.prefix),
        outcome=outcome,
        played_by=by or usual.by,
        code=(code or usual.code) if usual.code else "",
        seconds=seconds,
        fingerprint=stagings.world.vault.fingerprint(number) if number else "",
        card_masked=number.masked if number else "",
        sender=sender[0],
        acceptor=sender[1],
        created_at=work.now,
        status=ARMED,
        times=times,
    )
    raise_revision(work)
    announce(work, staging, {"outcome": outcome, "code": staging.code, "times": times, "seconds": seconds})
    return work.add(staging)


def remove_staging(work: Work, _: Institution, staging_id: str) -> Staging:
    """Take a staging away; a step. Raises ``NotFound``, and ``MoveNotAllowed`` for one that is used up or removed."""
    removed = advance(work, work.get(Staging, staging_id), "remove")
    raise_revision(work)
    return removed


def remove_all_stagings(work: Work, _: Institution) -> int:
    """Take every staging away; a step. Return how many were armed."""
    table = Staging.table()
    armed = work.records(Staging, sa.select(table).where(table.c.status == ARMED))
    for each in armed:
        advance(work, each, "remove")
    raise_revision(work)
    return len(armed)


def raise_revision(work: Work) -> None:
    """Have every process read the stagings again; the step has to lock the clock's row."""
    clock = work.get(Clock, CLOCK)
    work.change(clock, faults_revision=clock.faults_revision + 1)
