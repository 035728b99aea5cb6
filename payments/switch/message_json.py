"""Messages as JSON: as events keep them (the number masked, the CVV left out altogether), and read back from it.

For messages to and from the settlement bank, in which nothing is secret, this is also their form on the wire.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import orjson

from payments.kit.errors import Fault
from payments.kit.secrets import CardNumber, Secret
from payments.switch import message as card_message
from payments.switch import push_message
from payments.switch.bank_message import BANK_MESSAGES
from payments.switch.funding_message import FUNDING_MESSAGES
from payments.switch.inquiry_message import INQUIRY_MESSAGES
from payments.switch.message import Message, PresentedCard, Reply
from payments.switch.quote_message import QUOTE_MESSAGES


class NotAMessage(Fault):
    """A text that is not the JSON of any message."""


def to_json(message: Message | Reply) -> str:
    """Return a message as a JSON object: its ``type``, its ``mti`` and ``processing``, then its attributes.

    ``type`` is the class in snake_case, ``mti`` that of a repeat when it is one. Text, because a TEXT column
    takes no bytes. An authorization writes four of these, so it is kept fast: about 3 µs.
    """
    kind: type = type(message)
    snake_case, names, values = _shape(kind)
    shown = dict(zip(names, (snake_case, *values(message)), strict=True))
    if "card" in shown:
        shown["card"] = _card(shown["card"])
    if shown.get("repeat"):
        shown["mti"] = f"{message.mti[:3]}1"
    return orjson.dumps(shown, _masked).decode()


def from_json(text: str) -> Message | Reply:
    """Return the message that ``to_json`` made ``text`` of, but that a card's number stays masked and has no CVV.

    Raises ``NotAMessage`` for any other text.
    """
    try:
        found = orjson.loads(text)
        kind = _KINDS[found.pop("type")]
        del found["mti"], found["processing"]
        message: Message | Reply = _read(kind, found)
    except (ValueError, TypeError, LookupError, AttributeError):
        raise NotAMessage("not the JSON of a message") from None
    return message


@cache
def _shape(kind: type) -> tuple[str, tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = ("mti", "processing", *(field.name for field in fields(kind)))
    return _snake_case(kind), ("type", *names), attrgetter(*names)


def _snake_case(kind: type) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower()


def _card(card: PresentedCard) -> dict[str, str]:
    return {"number": card.number.masked, "expiry": card.expiry, "entry_mode": card.entry_mode}


def _masked(value: object) -> str:
    """Stand in for what orjson cannot write: secrets, wherever they turn up."""
    if isinstance(value, Secret):
        return value.masked
    raise TypeError(f"{type(value).__name__} is not part of a message")


# ── reading ──


def _read(hint: Any, value: Any) -> Any:
    """Return ``value``, as JSON has it, as what the annotation ``hint`` says; else raise what ``from_json`` catches."""
    if hint is CardNumber:
        return CardNumber(_read(str, value))
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{name: _read(hints[name], each) for name, each in value.items()})
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], each) for each in value)
    if NoneType in get_args(hint):
        return None if value is None else _read(get_args(hint)[0], value)
    if type(value) is not hint:
        raise TypeError
    return value


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


_CARD_MESSAGES: Final = [
    each
    for each in (*vars(card_message).values(), *push_message.REQUESTS, *push_message.REPLIES)
    if isinstance(each, type) and issubclass(each, Message | Reply) and each.mti
]
_KINDS: Final[dict[str, type]] = {
    _snake_case(kind): kind
    for kind in (*_CARD_MESSAGES, *INQUIRY_MESSAGES, *FUNDING_MESSAGES, *QUOTE_MESSAGES, *BANK_MESSAGES)
}
