"""Forms to bytes and back: pyiso8583 with our table, and the strictness it leaves to its user."""

import re
from collections.abc import Collection

import iso8583

from payments.switch.iso8583_columns import check, column, is_reply
from payments.switch.iso8583_fields import PRIVATE, SPEC, Form, FormatError

_HEAD = re.compile(rb"\d{4}[0-9A-Fa-f]{16}")
_THIRD_BITMAP = re.compile(rb"\d{4}[89A-Fa-f][0-9A-Fa-f]{15}[89A-Fa-f]")


def pack(form: Form, masked: Collection[str] = ()) -> bytes:
    """Check a form and write its bytes; elements ``masked`` are written unchecked. Raises ``FormatError``."""
    whole = dict(form)
    _join_tags(whole)
    check(whole, masked)
    try:
        return bytes(iso8583.encode(whole, SPEC)[0])
    except iso8583.EncodeError as error:
        raise FormatError(_number(error.field), error.msg, form) from None


def unpack(data: bytes) -> Form:
    """Read bytes into a form and check it. Raises ``FormatError`` for whatever SNS-87 does not allow.

    In a reply, elements that are no part of it are ignored; in a request they are a fault.
    """
    form = _elements(data)
    allowed = column(form["t"]).allowed
    if is_reply(form["t"]):
        form = {key: value for key, value in form.items() if key == "t" or key in allowed}
    check(form)
    try:
        _split_tags(form)
    except FormatError as error:
        error.remember(form)
        raise
    return form


def _elements(data: bytes) -> Form:
    if not _HEAD.match(data):
        raise FormatError(1 if data[:4].isdigit() else 0, "no message type and bitmap")
    if _THIRD_BITMAP.match(data):
        raise FormatError(65, "a third bitmap")
    try:
        form, raw = iso8583.decode(data, SPEC)
    except iso8583.DecodeError as error:
        raise FormatError(_number(error.field), error.msg, error.doc_dec) from None
    _check_lengths(form, raw)
    return {key: value for key, value in form.items() if key not in ("p", "1")}


def _check_lengths(form: Form, raw: dict[str, dict[str, bytes]]) -> None:
    """Refuse what Python reads as a number or a bitmap and ISO 8583 does not: signs, blanks, underscores."""
    if not re.fullmatch("[0-9A-Fa-f]{16}", form.get("1", "0" * 16)):
        raise FormatError(1, "not a bitmap", form)
    for key, parts in raw.items():
        if parts["len"] and not parts["len"].isdigit():
            raise FormatError(_number(key), "length is not a number", form)


def _number(key: str) -> int:
    return int(key) if key.isdigit() else {"t": 0}.get(key, 1)


def _split_tags(form: Form) -> None:
    """Open the private elements of ``form``: ``"48"`` becomes ``"48.AR"``, … Raises ``FormatError``."""
    for number in PRIVATE:
        if number in form:
            form.update(_tags(number, form.pop(number)))


def _join_tags(form: Form) -> None:
    """Close the private elements of ``form``, tags in the order they were written. Raises ``FormatError``."""
    for key in [key for key in form if "." in key]:
        number, tag = key.split(".")
        value = form.pop(key)
        if len(value) > 999:
            raise FormatError(int(number), f"tag {tag} is longer than 999", form)
        form[number] = f"{form.get(number, '')}{tag}{len(value):03}{value}"


def _tags(number: str, text: str) -> Form:
    tags: Form = {}
    while text:
        tag, length = text[:2], text[2:5]
        if not (tag.isalnum() and len(length) == 3 and length.isdigit()):
            raise FormatError(int(number), "not a row of tags")
        end = 5 + int(length)
        if end > len(text) or f"{number}.{tag}" in tags:
            raise FormatError(int(number), f"tag {tag} is cut short or repeated")
        tags[f"{number}.{tag}"], text = text[5:end], text[end:]
    return tags
