"""SNS-87's presence matrix: which elements each message must and may carry, and the check of both.

A reply must carry here what our replies know; what the specification has it echo from the request (PAN,
acquirer, terminal) it may. Six columns are ours throughout (0300, 0400, 0422, 0520, 0600 and 0620, with their replies).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from payments.switch.iso8583_fields import ELEMENTS, Form, FormatError


@dataclass(frozen=True, slots=True)
class Column:
    """The elements of one message type: those it must carry, and all that it may."""

    mandatory: frozenset[str]
    allowed: frozenset[str]


def _column(mandatory: str, conditional: str) -> Column:
    return Column(frozenset(mandatory.split()), frozenset(f"{mandatory} {conditional} 64 128".split()))


_REQUEST: Final = "2 3 4 7 11 12 13 18 19 22 25 32 37 41 42 49"
_REQUESTED: Final = "5 6 9 10 14 15 16 23 28 33 48 50 51 54 55 61 62 100 102 103"
_ASKING: Final = "26 35 52 60 104 108 123 126"
_REPLY: Final = "3 7 11 37 39"
_ECHOED: Final = "2 4 5 6 9 10 12 13 15 16 23 25 28 32 33 41 42 48 49 50 51 62 100 102 103"

# DE 62 is conditional everywhere: a message has no network id until the network has given it one.
COLUMNS: Final = {
    "0100": _column(f"{_REQUEST} 43", f"{_REQUESTED} {_ASKING} 90"),
    "0110": _column(f"{_REPLY} 4 49", f"{_ECHOED} 38 44 54 55"),
    "0200": _column(f"{_REQUEST} 43", f"{_REQUESTED} {_ASKING}"),
    "0210": _column(f"{_REPLY} 4 49", f"{_ECHOED} 38 44 54 55"),
    "0220": _column(f"{_REQUEST} 43", f"{_REQUESTED} 38 39 60 90"),
    "0230": _column(f"{_REPLY} 4 49", f"{_ECHOED} 55"),
    "0400": _column("3 7 11 12 13 32 37 90", "33 48 62 100"),
    "0410": _column(_REPLY, "12 13 32 33 48 62 90 100"),
    "0420": _column(f"{_REQUEST} 60 90", f"{_REQUESTED} 38 39 43 95 104 108"),
    "0430": _column(_REPLY, f"{_ECHOED} 90 95"),
    "0300": _column("2 3 7 11 12 13 22 32 37", "14 33 48 62 100 104"),
    "0310": _column(_REPLY, "2 12 13 32 33 48 62 100"),
    "0422": _column("3 4 7 11 12 13 32 37 49 60 62", "6 10 33 48 51 100"),
    "0432": _column(_REPLY, f"{_ECHOED} 90"),
    "0520": _column("7 11 32", "12 13 33 37 48 49 62 74 75 76 77 86 87 88 89 97 100"),
    "0530": _column("7 11 39", "12 13 32 33 37 48 49 62 74 75 76 77 86 87 88 89 97 100"),
    "0600": _column("3 7 11 12 13 32 37 90", "33 48 62 100"),
    "0610": _column(_REPLY, "12 13 32 33 48 62 90 100"),
    "0620": _column("3 4 7 11 12 13 32 37 49 51", "6 33 48 62 100"),
    "0630": _column(f"{_REPLY} 4 49", "6 10 12 13 32 33 48 51 62 100"),
}
# A repeat carries what it repeats. These two have one: they are sent until they are answered.
COLUMNS["0221"] = COLUMNS["0220"]
COLUMNS["0421"] = COLUMNS["0420"]


def column(mti: str) -> Column:
    """Return the column of a message type. Raises ``FormatError`` (element 0) for one that is not ours."""
    found = COLUMNS.get(mti)
    if found is None:
        raise FormatError(0, "no such message type here")
    return found


def is_reply(mti: str) -> bool:
    """Tell whether a message type answers another: its third digit is 1 or 3 (ISO 8583, message function)."""
    return mti[2] in "13"


def check(form: Form, masked: Collection[str] = ()) -> None:
    """Check presence, class, length and calendar of every element; those ``masked`` are not looked into.

    Raises ``FormatError`` with the first element at fault.
    """
    allowed = column(form["t"])
    numbers = {key for key in form if key.isdigit()}
    for missing in sorted(allowed.mandatory - numbers, key=int):
        raise FormatError(int(missing), "mandatory, and missing", form)
    for number in sorted(numbers, key=int):
        if number not in allowed.allowed:
            raise FormatError(int(number), f"not part of a {form['t']}", form)
        if number not in masked and not ELEMENTS[number].pattern.fullmatch(form[number]):
            raise FormatError(int(number), f"not {ELEMENTS[number].format}", form)
