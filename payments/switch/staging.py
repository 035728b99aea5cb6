"""Outcomes on demand: what is to become of the pushes to a card, or of a sender's next ones.

A *staging* is attached to a card or to a sender and is played so many times, or until it is taken away. Whoever plays
it finds it here before deciding, and uses it up in the very step that decides: what is repeated uses nothing up. The
stagings are remembered by each process, so that with none of them a push pays for one comparison.
"""

from typing import ClassVar, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Index

from payments.kit.clock import CLOCK, SECOND, Clock
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.secrets import CardNumber
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.switch import codes
from payments.switch.message import Enquiry, Message, OriginalCredit

ACQUIRER: Final = "acquirer"
NETWORK: Final = "network"
ISSUER: Final = "issuer"
LINE: Final = "line"
"""Who plays an outcome: a member, or the line between acquirer and network."""

DECLINE: Final = "decline"
LOST_THEN_APPROVED: Final = "lost_then_approved"
LOST_THEN_NEVER_PROCESSED: Final = "lost_then_never_processed"
DUPLICATE: Final = "duplicate"
AVAILABLE_LATER: Final = "available_later"
RETURNED: Final = "returned"
DEFERRED: Final = "deferred"
PARTNER_LIMIT: Final = "partner_limit"
ADJUSTMENT_REFUSED: Final = "adjustment_refused"


class Outcome(NamedTuple):
    """An outcome: who plays it, with which code if no other is named ('': it has none), and what happens."""

    by: str
    code: str
    happens: str


OUTCOMES: Final[dict[str, Outcome]] = {
    DECLINE: Outcome(
        ISSUER, codes.DO_NOT_HONOR,
        "The issuer, or with `by` the network, declines the push with `code`; the sender's money is released.",
    ),
    LOST_THEN_APPROVED: Outcome(
        LINE, "",
        "The push is carried out and its answer is lost: the disbursement is `unknown`. The enquiry finds it `paid`,"
        " after `seconds` at the earliest.",
    ),
    LOST_THEN_NEVER_PROCESSED: Outcome(
        LINE, "",
        "The push never reaches the network: the disbursement is `unknown`. The enquiry finds that it was never"
        " processed, after `seconds` at the earliest: `declined` with 25, the money is released.",
    ),
    DUPLICATE: Outcome(
        LINE, "", "The push reaches the network twice. It is recognised, and paid once.",
    ),
    AVAILABLE_LATER: Outcome(
        ISSUER, "",
        "The push is approved and `paid`, but the cardholder's bank keeps the money on hold for `seconds`"
        " (without: by the second business day), then releases it and tells the cardholder.",
    ),
    RETURNED: Outcome(
        ISSUER, "",
        "The push is approved and `paid`; after `seconds` the recipient refuses it and the issuer returns it:"
        " `returned`, the sender has the amount again, the fees are kept.",
    ),
    DEFERRED: Outcome(
        NETWORK, "",
        "The network keeps the push for `seconds`: `deferred`. It can be cancelled until it is released.",
    ),
    PARTNER_LIMIT: Outcome(
        ACQUIRER, codes.AMOUNT_LIMIT_EXCEEDED,
        "The acquirer declines with `code`, because its limit for the sender is reached; nothing is sent or held.",
    ),
    ADJUSTMENT_REFUSED: Outcome(
        ISSUER, codes.DO_NOT_HONOR,
        "The push itself is paid; an adjustment of it later is refused by the issuer with `code`.",
    ),
}  # fmt: skip
"""The table of outcomes: ``docs/outcomes.md`` is checked against it."""

_ON_THE_LINE: Final = (LOST_THEN_APPROVED, LOST_THEN_NEVER_PROCESSED, DUPLICATE)
NOT_A_DECLINE: Final = (codes.APPROVED, codes.IN_PROGRESS)

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


@record("switch_silences", fixed=True)
class Silence(Record):
    """Until ``until_at`` nobody is told what became of the push with this ``reference`` (RRN)."""

    reference: Key[str]
    until_at: int


Staged = tuple[str, ...]
"""The stagings that may be meant for a message, by id and oldest first; the first that is still armed is played."""


class Stagings(Institution):
    """The stagings of a world, as one process knows them."""

    def __init__(self, world: World) -> None:
        """Start with none known; they are read when the clock's row says that something was armed."""
        super().__init__("switch", "Switch", world)
        self._armed: list[Staging] = []
        self._silent: set[str] = set()
        self.revision = 0
        self._outdated = False

    @property
    def none_armed(self) -> bool:
        """Tell whether nothing is staged, as far as the last batch knew."""
        return not self._armed and not self._silent and self.revision == self.world.writer.faults_revision

    async def for_push(self, by: str, number: CardNumber, sender: str) -> Staged:
        """Return what ``by`` may have to play for a push to a card; ``sender`` is its id, or its number on the wire."""
        if self.none_armed:
            return ()
        await self._refresh()
        fingerprint = self.world.vault.fingerprint(number)
        return tuple(
            each.id
            for each in self._armed
            if each.played_by == by
            and (each.fingerprint == fingerprint or (each.sender and sender in (each.sender, each.acceptor)))
        )

    async def on_the_line(self, message: Message) -> str:
        """Return what happens to ``message`` on its way from an acquirer to the network: an outcome, or ''."""
        if isinstance(message, OriginalCredit):
            staged = await self.for_push(LINE, message.card.number, message.acceptor.merchant)
            return await self.step(play_on_the_line, staged, message.rrn) if staged else ""
        if isinstance(message, Enquiry):
            await self._refresh()
            if message.rrn in self._silent:
                if await self.step(still_silent, message.rrn):
                    return LOST_THEN_NEVER_PROCESSED
                self._silent.discard(message.rrn)
        return ""

    def play(self, work: Work, staged: Staged, reference: str, *outcomes: str) -> Staging | None:
        """Use up one of ``staged``, once, and return it: the oldest that is armed and is one of ``outcomes``.

        Part of the step that decides, and only when it has not decided before; it has to lock ``staging_locks``.
        """
        for id in staged:
            staging = work.get_or_none(Staging, id)
            if staging is not None and staging.status == ARMED and staging.outcome in outcomes:
                # Whether the step is kept or not: it is worth a look whether anything is still armed.
                self._outdated = staging.times == 1
                return _use(work, staging, reference)
            self._outdated = self._outdated or staging is None or staging.status != ARMED
        return None

    async def _refresh(self) -> None:
        revision = self.world.writer.faults_revision
        if self._outdated or self.revision != revision:
            self._outdated = False
            self._armed, self._silent = await self.world.database.read(_known)
            self.revision = revision


def _known(connection: sa.Connection) -> tuple[list[Staging], set[str]]:
    stagings, silences, clock = Staging.table(), Silence.table(), Clock.table()
    armed = fetch(connection, Staging, sa.select(stagings).where(stagings.c.status == ARMED).order_by(stagings.c.id))
    shown = sa.select(clock.c.shown_at).scalar_subquery()
    silent = connection.scalars(sa.select(silences.c.reference).where(silences.c.until_at > shown))
    return armed, set(silent)


def staging_locks(staged: Staged) -> list[Lock]:
    """Return what a hot step that may ``play`` one of ``staged`` has to lock."""
    return [Lock(Staging, each) for each in staged]


def _use(work: Work, staging: Staging, reference: str) -> Staging:
    work.emit("outcome.played", staging.id, reference, {"outcome": staging.outcome, "code": staging.code})
    if staging.times is None:
        return staging
    left = staging.times - 1
    return work.change(staging, times=left) if left else advance(work, staging, "use_up", times=0)


def _line_reads(_: Stagings, staged: Staged, __: str) -> list[Lock]:
    return [*staging_locks(staged), Lock(Clock, CLOCK)]


@hot(_line_reads)
def play_on_the_line(work: Work, stagings: Stagings, staged: Staged, reference: str) -> str:
    """Play what is staged for a push on its way to the network; return the outcome, or ''."""
    staging = stagings.play(work, staged, reference, *_ON_THE_LINE)
    if staging is None:
        return ""
    if staging.seconds and staging.outcome != DUPLICATE:
        work.add(Silence(reference, staging.later(work.now)))
        raise_revision(work)
    return staging.outcome


def _silent_reads(_: Stagings, reference: str) -> list[Lock]:
    return [Lock(Silence, reference)]


@hot(_silent_reads)
def still_silent(work: Work, _: Stagings, reference: str) -> bool:
    """Tell whether nobody is to be told yet what became of a push."""
    silence = work.get_or_none(Silence, reference)
    return silence is not None and work.now < silence.until_at


def stage(
    work: Work,
    stagings: Stagings,
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
    if code in NOT_A_DECLINE:
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


def remove_staging(work: Work, _: Stagings, staging_id: str) -> Staging:
    """Take a staging away; a step. Raises ``NotFound``, and ``MoveNotAllowed`` for one that is used up or removed."""
    removed = advance(work, work.get(Staging, staging_id), "remove")
    raise_revision(work)
    return removed


def remove_all_stagings(work: Work, _: Stagings) -> int:
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
