"""The kinds of place an attribute can have in an ISO 8583 form: an element, part of one, a tag, or both."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from payments.kit.clock import instant, moment
from payments.kit.errors import Refusal
from payments.switch.iso8583_fields import Form, FormatError

_BLANK: Final = {"7": "0" * 10, "41": " " * 8, "42": " " * 15, "43": " " * 40, "90": "0" * 42}


@dataclass(frozen=True, slots=True)
class Place:
    """How one attribute is written into a form, and read back. Both raise ``FormatError``."""

    write: Callable[[Form, Any], None]
    read: Callable[[Form], Any]


def guarded(key: str, convert: Callable[[Any], Any], value: Any) -> Any:
    """Return the converted value of an element or tag; what it cannot hold is a ``FormatError``."""
    try:
        return convert(value)
    except (ValueError, OverflowError, Refusal):
        raise FormatError(int(key.split(".")[0]), f"{key} does not hold such a value") from None


def quote(words: str) -> str:
    """Return ``words`` in printable ASCII: themselves, or "=" and the base 64 of their UTF-8.

    Raises ``ValueError`` for what is no text in any script (half a surrogate pair).
    """
    if re.fullmatch("([ -<>-~][ -~]*)?", words):
        return words
    return "=" + base64.b64encode(words.encode()).decode()


def unquote(quoted: str) -> str:
    """Return what ``quote`` was given. Raises ``ValueError`` when it can be no such thing."""
    return base64.b64decode(quoted[1:], validate=True).decode() if quoted.startswith("=") else quoted


def at(key: str, write: Callable[[Any], str], read: Callable[[str], Any], absent: Any = None) -> Place:
    """Return the place that is all of one element or tag, left out when the value is ``absent``."""

    def put(form: Form, value: Any) -> None:
        if value != absent:
            form[key] = guarded(key, write, value)

    return Place(put, lambda form: guarded(key, read, form[key]) if key in form else absent)


def as_is(key: str) -> Place:
    """Return the place of a code or number that an element holds as it stands; "" is absent."""
    return at(key, str, str, "")


def text(key: str, absent: str = "") -> Place:
    """Return the place of a text in any script, in a tag."""
    return at(key, quote, unquote, absent)


def integer(digits: str) -> int:
    """Return an integer of up to 18 digits. Raises ``ValueError``, as ``int`` does not, for "+1" or "1_0"."""
    if not re.fullmatch(r"-?\d{1,18}", digits):
        raise ValueError("not an integer")
    return int(digits)


def _overlay(form: Form, key: str, start: int, value: str) -> None:
    before = form.get(key, _BLANK[key])
    form[key] = before[:start] + value + before[start + len(value) :]


def fitted(key: str, start: int, end: int, tag: str, *, keep_end: bool = False) -> Place:
    """Return the place ``start`` to ``end`` of a fixed element; ``tag`` has what does not fit it exactly.

    Of a value too long, the element shows the beginning, or the end (of an id, whose beginning is a prefix).
    """

    def put(form: Form, value: str) -> None:
        shown = re.sub("[^ -~]", "?", value)
        shown = shown[start - end :] if keep_end else shown[: end - start]
        _overlay(form, key, start, shown.ljust(end - start))
        if shown.rstrip() != value:
            form[tag] = guarded(tag, quote, value)

    def get(form: Form) -> str:
        if tag in form:
            return str(guarded(tag, unquote, form[tag]))
        return form.get(key, _BLANK[key])[start:end].rstrip()

    return Place(put, get)


def _institution(value: str) -> str:
    """Return an institution's number: its id, or, when that is none that fits, digits made from it."""
    return value if re.fullmatch(r"[0-9]{1,11}", value) else f"{crc32(value.encode()):011}"


def member(key: str, tag: str) -> Place:
    """Return the place of a member's id: a number in an element, and in ``tag`` the id it was made from."""

    def put(form: Form, value: str) -> None:
        form[key] = guarded(key, _institution, value)
        if form[key] != value:
            form[tag] = quote(value)

    return Place(put, lambda form: guarded(tag, unquote, form[tag]) if tag in form else form.get(key, ""))


def instant_in(key: str, start: int, tag: str) -> Place:
    """Return the place of an instant: MMDDhhmmss in an element, year and microseconds in ``tag``."""

    def put(form: Form, value: int) -> None:
        when = guarded(key, moment, value)
        _overlay(form, key, start, f"{when:%m%d%H%M%S}")
        form[tag] = f"{when.year:04}{when.microsecond:06}"

    def get(form: Form) -> int:
        rest = form.get(tag, "")
        if not re.fullmatch(r"\d{10}", rest):
            raise FormatError(48, f"{tag} is not a year and microseconds")
        return int(guarded(key, _read_instant, rest[:4] + form[key][start : start + 10] + rest[4:]))

    return Place(put, get)


def _read_instant(digits: str) -> int:
    return instant(datetime.strptime(digits, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC))


def part(key: str, start: int, end: int) -> Place:
    """Return the place of a code that fills ``start`` to ``end`` of a fixed element exactly."""

    def put(form: Form, value: str) -> None:
        if len(value) != end - start:
            raise FormatError(int(key), f"does not hold {len(value)} characters at {start}")
        _overlay(form, key, start, value)

    return Place(put, lambda form: form[key][start:end])


def nested(kind: type, places: dict[str, Place]) -> Place:
    """Return the place of a dataclass inside a message: the places of its attributes."""

    def put(form: Form, value: Any) -> None:
        for name, place in places.items():
            place.write(form, getattr(value, name))

    return Place(put, lambda form: kind(**{name: place.read(form) for name, place in places.items()}))
