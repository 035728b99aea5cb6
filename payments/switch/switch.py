"""The switch: carries one message over one hop and brings the reply, or says that none came."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from payments.kit.clock import MINUTE, SECOND
from payments.kit.errors import Fault
from payments.switch.directory import NETWORK, Directory
from payments.switch.faults import DELAY, DUPLICATE, LOSE_REPLY, LOSE_REQUEST, Faults
from payments.switch.message import Message, Reply
from payments.switch.outcome import DUPLICATE as SENT_TWICE
from payments.switch.outcome import LOST_THEN_APPROVED, LOST_THEN_NEVER_PROCESSED
from payments.switch.playing import Stagings
from payments.switch.wire import Inbox, by_wire

R = TypeVar("R", bound=Reply)

REPLY_WITHIN: Final = 10 * SECOND
"""How long a sender waits for a reply, in real time; longer than any member's own wait behind it."""


def repeat_due_at(now: int, attempts: int) -> int:
    """Return when to repeat what was sent ``attempts`` times before: in 1, 2, 4 … minutes, 60 at most."""
    return now + min(1 << attempts, 60) * MINUTE


class NoReply(Fault):
    """No reply came in time. Whether the message arrived is not known."""


class Switch:
    """Knows every member's inbox. One hop: what happens behind an inbox is that member's affair."""

    def __init__(self, directory: Directory, faults: Faults, stagings: Stagings, wire: bool = False) -> None:
        """Carry messages between the members of ``directory``, breaking what ``faults`` and ``stagings`` say.

        They are carried as the objects they are, or over the ``wire`` as bytes: for all members it is the same.
        """
        self.directory = directory
        self.stagings = stagings
        self._faults = faults
        self._wire = wire
        self._inboxes: dict[str, Inbox] = {}

    def connect(self, member: str, inbox: Inbox) -> None:
        """Deliver ``member``'s messages to ``inbox``."""
        self._inboxes[member] = by_wire(inbox) if self._wire else inbox

    async def send(self, message: Message[R]) -> R:
        """Carry ``message`` to its receiver and return the reply. Raises ``NoReply``."""
        if not self.stagings.none_armed and self.directory.members[message.receiver].role == NETWORK:
            staged = await self.stagings.on_the_line(message)
            if staged:
                return await self._send_broken(message, _BREAKS[staged], 0)
        if self._faults.none_armed:
            return await self._inbox(message)(message)
        fault = await self._faults.take(message)
        if fault is None:
            return await self._inbox(message)(message)
        return await self._send_broken(message, fault.kind, fault.delay_seconds)

    def _inbox(self, message: Message[R]) -> Callable[[Message[R]], Awaitable[R]]:
        return self._inboxes[message.receiver]

    async def _send_broken(self, message: Message[R], kind: str, delay_seconds: int) -> R:
        if kind == LOSE_REQUEST:
            raise NoReply("the request was lost")
        deliver = self._inbox(message)
        if kind == DELAY and delay_seconds * SECOND < REPLY_WITHIN:
            await asyncio.sleep(delay_seconds)
        reply = await deliver(message)
        if kind == LOSE_REPLY or (kind == DELAY and delay_seconds * SECOND >= REPLY_WITHIN):
            raise NoReply("the reply was lost, or came too late")
        if kind == DUPLICATE:
            await deliver(message)
        return reply


_BREAKS: Final = {
    LOST_THEN_APPROVED: LOSE_REPLY,
    LOST_THEN_NEVER_PROCESSED: LOSE_REQUEST,
    SENT_TWICE: DUPLICATE,
}
"""What a staged outcome of the line is for a message."""
