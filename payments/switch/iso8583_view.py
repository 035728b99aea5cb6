"""A message's ISO 8583 form as people read it: each element's name, value and meaning, and nothing secret."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from payments.kit.money import Money, alpha_code
from payments.kit.secrets import CardNumber, Secret
from payments.switch.codes import reason
from payments.switch.iso8583 import form_of
from payments.switch.iso8583_fields import ELEMENTS, TAGS, Form
from payments.switch.iso8583_place import unquote
from payments.switch.iso8583_rate import get_rate
from payments.switch.message import Message, Reply

_MESSAGES: Final = {
    "0100": "authorization request",
    "0110": "authorization reply",
    "0200": "financial request",
    "0210": "financial reply",
    "0220": "financial advice",
    "0221": "financial advice, repeated",
    "0230": "financial advice reply",
    "0300": "directory inquiry",
    "0310": "directory inquiry reply",
    "0420": "reversal advice",
    "0421": "reversal advice, repeated",
    "0430": "reversal advice reply",
    "0520": "settlement advice",
    "0530": "settlement advice reply",
    "0600": "enquiry",
    "0610": "enquiry reply",
    "0620": "request for a quote",
    "0630": "quote",
}
_PROCESSING: Final = {
    "00": "purchase",
    "20": "refund",
    "26": "original credit",
    "38": "card validation",
    "39": "eligibility",
}
_ENTRY_MODES: Final = {
    "00": "unspecified",
    "01": "keyed",
    "02": "magnetic stripe",
    "05": "contact chip",
    "07": "contactless chip",
    "10": "credential on file",
    "80": "chip failed, magnetic stripe",
    "81": "e-commerce",
    "90": "full magnetic stripe",
    "91": "contactless magnetic stripe",
}
_CONDITIONS: Final = {"00": "normal", "08": "mail or telephone order", "59": "e-commerce"}
_REVERSED_BECAUSE: Final = {"4000": "the customer or merchant cancelled", "4021": "no answer in time"}


@dataclass(frozen=True, slots=True)
class Field:
    """One element, or one ``tag`` in it, with its value masked where it must be.

    ``number`` 0 is the message type; ``meaning`` says what the value means, "" where nothing is to be said.
    """

    number: int
    name: str
    value: str
    meaning: str = ""
    tag: str = ""


def fields(message: Message | Reply) -> list[Field]:
    """Return the elements and tags of a message in wire order, the number masked, the CVV never shown.

    Raises ``FormatError`` for an attribute that no element can hold.
    """
    form = form_of(message)
    form |= {key: hide(form[key]) for key, hide in _HIDDEN.items() if key in form}
    return sorted((_field(key, form) for key in form), key=lambda field: field.number)


def _field(key: str, form: Form) -> Field:
    element, _, tag = key.partition(".")
    number = 0 if element == "t" else int(element)
    if tag:
        name, _, note = TAGS[key].partition(": ")
        return Field(number, name, unquote(form[key]), note, tag)
    meaning = _MEANINGS[key](form) if key in _MEANINGS else ""
    return Field(number, ELEMENTS[key].name if number else "message type", form[key], meaning)


def _sent(digits: str, rest: str) -> str:
    month, day, hour, minute, second = (digits[at : at + 2] for at in range(0, 10, 2))
    return f"{rest[:4]}-{month}-{day} {hour}:{minute}:{second}.{rest[4:]} UTC"


def _original(form: Form) -> str:
    text = form["90"]
    return f"{_MESSAGES[text[:4]]}, trace number {text[4:10]}, {_sent(text[10:20], form['48.OI'])}"


_HIDDEN: Final[dict[str, Callable[[str], str]]] = {
    "2": lambda number: CardNumber(number).masked,
    "126.CV": lambda value: Secret(value).masked,
}
_MEANINGS: Final[dict[str, Callable[[Form], str]]] = {
    "t": lambda form: _MESSAGES.get(form["t"], ""),
    "3": lambda form: _PROCESSING.get(form["3"][:2], ""),
    "4": lambda form: str(Money(int(form["4"]), alpha_code(form["49"]))),
    "6": lambda form: str(Money(int(form["6"]), alpha_code(form["51"]))) if "51" in form else "",
    "7": lambda form: _sent(form["7"], form["48.TI"]),
    "10": lambda form: get_rate(form["10"]),
    "14": lambda form: f"valid through {form['14'][2:]}/20{form['14'][:2]}",
    "22": lambda form: _ENTRY_MODES.get(form["22"][:2], ""),
    "25": lambda form: _CONDITIONS.get(form["25"], ""),
    "39": lambda form: reason(form["39"]),
    "49": lambda form: alpha_code(form["49"]),
    "51": lambda form: alpha_code(form["51"]),
    "60": lambda form: _REVERSED_BECAUSE.get(form["60"][:4], ""),
    "90": _original,
    "95": lambda form: f"what remains, in minor units: {int(form['95'][:12])}",
}
