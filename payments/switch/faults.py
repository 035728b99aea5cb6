"""Faults on demand: what the switch breaks, at which hop, how many times."""

from typing import ClassVar, Final

import sqlalchemy as sa

from payments.kit.clock import CLOCK, Clock
from payments.kit.database import fetch
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution, World
from payments.switch.message import Message

LOSE_REQUEST: Final = "lose_request"
LOSE_REPLY: Final = "lose_reply"
DELAY: Final = "delay"
DUPLICATE: Final = "duplicate"
KINDS: Final = (LOSE_REQUEST, LOSE_REPLY, DELAY, DUPLICATE)


@record("switch_faults")
class FaultOrder(Record):
    """What to break, and how many ``times`` more.

    It strikes messages of type ``message`` (such as ``authorization_request``) from ``sender`` to ``receiver``; '' is
    any. A delay of ``delay_seconds`` that exceeds the reply timer counts as no reply.
    """

    noun: ClassVar[str] = "fault"

    id: Key[str]
    kind: str
    sender: str
    receiver: str
    message: str
    delay_seconds: int
    created_at: int
    times: Mutable[int]

    def strikes(self, message: Message) -> bool:
        """Tell whether this fault is meant for ``message``."""
        return (
            self.times > 0
            and self.sender in ("", message.sender)
            and self.receiver in ("", message.receiver)
            and self.message in ("", message_type(message))
        )


def message_type(message: object) -> str:
    """Return the word for a message's type, such as ``authorization_request``."""
    name = type(message).__name__
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")


class Faults(Institution):
    """The armed faults, as this process knows them; kept right by the revision that every batch reads."""

    def __init__(self, world: World) -> None:
        """Start with none known; they are read when the clock's row says that there are some."""
        super().__init__("switch", "Switch", world)
        self._armed: list[FaultOrder] = []
        self._revision = 0

    @property
    def none_armed(self) -> bool:
        """Tell whether there is nothing to break, as far as the last batch knew."""
        return not self._armed and self._revision == self.world.writer.faults_revision

    async def take(self, message: Message) -> FaultOrder | None:
        """Return the fault that strikes ``message``, used up once, or ``None``."""
        if self._revision != self.world.writer.faults_revision:
            revision = self.world.writer.faults_revision
            self._armed = await self.world.database.read(_armed_faults)
            self._revision = revision
        for fault in [each for each in self._armed if each.strikes(message)]:
            if await self.step(use_fault, fault.id, message_type(message), message.rrn):
                return fault
            self._armed = [each for each in self._armed if each is not fault]
        return None


def _armed_faults(connection: sa.Connection) -> list[FaultOrder]:
    faults = FaultOrder.table()
    return fetch(connection, FaultOrder, sa.select(faults).where(faults.c.times > 0).order_by(faults.c.id))


def _use_reads(_: Faults, fault_id: str, *_rest: str) -> list[Lock]:
    return [Lock(FaultOrder, fault_id)]


@hot(_use_reads)
def use_fault(work: Work, _: Faults, fault_id: str, message: str, reference: str) -> bool:
    """Use the fault up once; tell whether it was still armed."""
    fault = work.get_or_none(FaultOrder, fault_id)
    if fault is None or not fault.times:
        return False
    work.change(fault, times=fault.times - 1)
    hop = {"kind": fault.kind, "message": message, "sender": fault.sender, "receiver": fault.receiver}
    work.emit("fault.injected", fault.id, reference, hop)
    return True


def arm_fault(
    work: Work, _: Faults, kind: str, sender: str, receiver: str, message: str, times: int, delay_seconds: int
) -> FaultOrder:
    """Arm a fault for the next ``times`` matching messages."""
    assert kind in KINDS
    fault = FaultOrder(work.new_id("flt"), kind, sender, receiver, message, delay_seconds, work.now, times)
    _raise_revision(work)
    work.emit("fault.armed", fault.id, "", {"kind": kind, "sender": sender, "receiver": receiver, "message": message})
    return work.add(fault)


def disarm_fault(work: Work, _: Faults, fault_id: str) -> FaultOrder:
    """Disarm a fault; a step. Raises ``NotFound``. One that has struck for the last time is disarmed already."""
    disarmed = work.change(work.get(FaultOrder, fault_id), times=0)
    _raise_revision(work)
    return disarmed


def clear_faults(work: Work, _: Faults) -> int:
    """Disarm every fault and return how many were armed."""
    table = FaultOrder.table()
    armed = work.records(FaultOrder, sa.select(table).where(table.c.times > 0))
    for fault in armed:
        work.change(fault, times=0)
    _raise_revision(work)
    return len(armed)


def _raise_revision(work: Work) -> None:
    clock = work.get(Clock, CLOCK)
    work.change(clock, faults_revision=clock.faults_revision + 1)
