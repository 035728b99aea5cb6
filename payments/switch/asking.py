"""Asking: what every message that is repeated until it is answered goes through, whoever sends it."""

from collections.abc import Callable
from typing import TypeVar

from payments.kit.work import Work
from payments.kit.world import Institution
from payments.switch.message import Message, Reply
from payments.switch.switch import NoReply, Switch


class Asking(Institution):
    """An institution that sends messages of its own."""

    switch: Switch


A = TypeVar("A", bound=Asking)
T = TypeVar("T")
R = TypeVar("R", bound=Reply)


async def ask(
    asking: A,
    id: str,
    attempt: Callable[[Work, A, str], tuple[T, Message[R] | None]],
    answer: Callable[[Work, A, T, R], T],
) -> T:
    """Ask about the row ``id``, once more if need be, and return it as it then is.

    The step ``attempt`` counts the attempt, says when the next is due, and builds the message: ``None`` if it was
    answered. The step ``answer`` writes the reply down. Without a reply the row stays as it is, and due.
    """
    asked, message = await asking.step(attempt, id)
    if message is None:
        return asked
    try:
        reply = await asking.switch.send(message)
    except NoReply:
        return asked
    return await asking.step(answer, asked, reply)
