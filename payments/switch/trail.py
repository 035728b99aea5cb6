"""The trail messages leave in the events: the sender's step says it was sent, the receiver's that it arrived."""

from payments.kit.work import Work
from payments.switch.message import Message, Reply
from payments.switch.message_json import to_json


def sent(work: Work, message: Message | Reply) -> None:
    """Say that ``message`` is leaving; its masked form is kept with the event."""
    work.emit("message.sent", _exchange(message), message.rrn, to_json(message))


def received(work: Work, message: Message | Reply) -> None:
    """Say that ``message`` arrived."""
    hop = f'{{"mti":"{message.mti}","sender":"{message.sender}","receiver":"{message.receiver}"}}'
    work.emit("message.received", _exchange(message), message.rrn, hop)


def _exchange(message: Message | Reply) -> str:
    return f"{message.rrn}.{message.stan}"
