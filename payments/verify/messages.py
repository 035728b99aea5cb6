"""Truth 6: every message that was sent has an answer, a reversal, or a time by which one is due."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from payments.kit.events import Event
from payments.verify.finding import LIMIT, Finding
from payments.verify.waiting import Waiting

_HEAD: Final = 100  # characters: type, message type and processing come first
_MTI: Final = '"mti":"'
_UNDOING: Final = frozenset({"0420", "0421", "0600"})
# Of these nothing waits for an answer: without one, whoever asked was told so, and nothing can have happened.
_INQUIRIES: Final = ('"processing":"38"', '"processing":"39"')
_ADVICE: Final = "0220"
"""What says, unasked, what became of a credit: whoever sent that, or asked to cancel it, knows."""
_REPLIES: Final = frozenset(
    {"0110", "0210", "0310", "0230", "0410", "0430", "0432", "0530", "0610", "0630", "bank"},
)

Exchange = tuple[str, str]
"""One request and its answer, as its sender knows them: the sender, and reference and trace number."""


class Sent(NamedTuple):
    """Under which reference a request was sent, and in which event last."""

    reference: str
    event: int


class Exchanges:
    """What was sent and is not yet answered, as the events tell it. Holds only what is open."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._open: dict[Exchange, Sent] = {}

    def see(self, row: tuple[Any, ...]) -> None:
        """Take in one row of the events: a request sent opens an exchange, a reply received closes it."""
        event = Event(*row)
        if event.type not in ("message.sent", "message.received"):
            return
        exchange = (event.institution, event.subject)
        is_reply = _mti(event.data) in _REPLIES
        if event.type == "message.sent" and not is_reply and not _is_inquiry(event.data):
            self._open[exchange] = Sent(event.reference, event.id)
        elif event.type == "message.received" and is_reply:
            self._open.pop(exchange, None)

    def unanswered(self, connection: sa.Connection, waiting: Waiting) -> Iterator[Finding]:
        """Find the requests that nobody answered, that nobody took back, and whose sender no longer waits."""
        found = 0
        for (sender, exchange), sent in self._open.items():
            if found == LIMIT or sent.reference in waiting:
                continue
            if not _came_to_an_end(connection, sender, exchange, sent.reference):
                found += 1
                yield Finding(
                    6,
                    f"The message {exchange} that {sender} sent was never answered or reversed,"
                    " and nobody waits for an answer with a time by which it is due.",
                    (f"{Event.shape.name} {sent.event}",),
                )


def _came_to_an_end(connection: sa.Connection, sender: str, exchange: str, reference: str) -> bool:
    """Tell whether a request was answered after all, or reversed or enquired about with an answer, or advised of.

    Rows of two writers are not numbered in the order in which they were written, so this looks again.
    """
    events = Event.table()
    own = sa.select(events).where(events.c.reference == reference, events.c.institution == sender)
    said = [(each.type, each.subject, _mti(each.data)) for each in connection.execute(own)]
    undoing = {subject for type, subject, mti in said if type == "message.sent" and mti in _UNDOING}
    answered = {subject for type, subject, mti in said if type == "message.received" and mti in _REPLIES}
    advised = any(type == "message.received" and mti == _ADVICE for type, _, mti in said)
    return exchange in answered or advised or bool(undoing & answered)


def _is_inquiry(data: str) -> bool:
    return any(each in data[:_HEAD] for each in _INQUIRIES)


def _mti(data: str) -> str:
    start = data.find(_MTI) + len(_MTI)
    return data[start : start + 4]
