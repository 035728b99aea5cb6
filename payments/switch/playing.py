"""Playing what is staged: each process remembers what is armed, so with nothing staged a push pays for a comparison.

Some outcomes are played by members, some on the line between acquirer and network: there the push or its answer is
lost, or sent twice, and for a while nobody is told what became of it.
"""

from typing import Final

import sqlalchemy as sa

from payments.kit.clock import CLOCK, Clock
from payments.kit.database import fetch
from payments.kit.records import Key, Record, record
from payments.kit.secrets import CardNumber
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.switch.message import Enquiry, Message, OriginalCredit
from payments.switch.outcome import DUPLICATE, HTTP_ERROR, LINE, LOST_THEN_APPROVED, LOST_THEN_NEVER_PROCESSED
from payments.switch.staging import ARMED, Staged, Staging, raise_revision, staging_locks, use

_ON_THE_LINE: Final = (LOST_THEN_APPROVED, LOST_THEN_NEVER_PROCESSED, DUPLICATE)


@record("switch_silences", fixed=True)
class Silence(Record):
    """Until ``until_at`` nobody is told what became of the push with this ``reference`` (RRN)."""

    reference: Key[str]
    until_at: int


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
        known = self.revision == self.world.writer.faults_revision and not self._outdated
        return known and not self._armed and not self._silent

    def look_again(self) -> None:
        """Have what is armed read again, before the next batch says so: somebody has staged something here."""
        self._outdated = True

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

    async def for_sender(self, by: str, sender: str) -> Staged:
        """Return what ``by`` may have to play for a request of a sender, by its id, whatever it asks for."""
        if self.none_armed:
            return ()
        await self._refresh()
        return tuple(each.id for each in self._armed if each.played_by == by and each.sender == sender)

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
                return use(work, staging, reference)
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


def _door_reads(_: Stagings, staged: Staged) -> list[Lock]:
    return staging_locks(staged)


@hot(_door_reads)
def play_at_the_door(work: Work, stagings: Stagings, staged: Staged) -> str:
    """Play what is staged for a request at a scheme's door; return the HTTP status, or ''."""
    staging = stagings.play(work, staged, "", HTTP_ERROR)
    return staging.code if staging else ""


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
