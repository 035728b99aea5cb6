"""The documented fields of requests and answers, and the check of a request against them.

Each ``fields/*.json`` lists the fields of one request by their path (``cardAcceptor.address.city``; a list is
``request[]``): what they are, how long, whether they are required. Visa's own samples break their own schema, so the
check is lenient unless it is told to be strict: numbers may be texts and texts numbers, unused fields may be empty,
lengths are not looked at, and only what the sandbox needs must be there (``needed.json``).
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final

from payments.facades.visa_direct.envelope import invalid

_HERE: Final = Path(__file__).with_name("fields")
_NUMBERS: Final = ("number", "integer")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,59}")

_ESCAPED_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")

Field = dict[str, Any]


@cache
def documented(name: str) -> dict[str, Field]:
    """Return the documented fields of a request or an answer, by path."""
    known: dict[str, Field] = json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
    return known


@cache
def needed(name: str) -> tuple[str, ...]:
    """Return the paths that even a lenient request must have."""
    return tuple(json.loads((_HERE / "needed.json").read_text(encoding="utf-8"))[name])


def parsed(text: bytes) -> Any:
    """Return JSON with its numbers exactly as they were written. Raises ``RequestRefused`` (400, 3001)."""
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
        if _ESCAPED_HALF.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode()  # fails on half a character
    except (ValueError, RecursionError):
        raise invalid("The body is not JSON in UTF-8.") from None
    return value


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def check(name: str, body: dict[str, Any], strict: bool) -> None:
    """Raise ``RequestRefused`` (400, 3001) when ``body`` is not the request called ``name``."""
    for wrong in _wrong(documented(name), body, "", strict):
        raise invalid(wrong)
    for path in () if strict else needed(name):
        _require(body, path.split("."), path)


def _require(body: Any, parts: list[str], path: str) -> None:
    name = parts[0].removesuffix("[]")
    value = body.get(name) if isinstance(body, dict) else None
    if value is None or value in ("", [], {}):
        raise invalid(f"{path} is required.")
    for each in value if parts[0].endswith("[]") else [value]:
        if parts[1:]:
            _require(each, parts[1:], path)


def _wrong(known: dict[str, Field], body: dict[str, Any], prefix: str, strict: bool) -> Iterator[str]:
    """Say what is wrong, one sentence each; what was sent is never repeated."""
    for name, value in body.items():
        field = known.get(f"{prefix}{name}")
        if field is None:
            if strict:
                yield f"{prefix}{name if _PLAIN.fullmatch(name) else '?'} is no field of this request."
            continue
        if value is None or (value == "" and not strict):
            continue
        yield from _wrong_value(known, field, value, f"{prefix}{name}", strict)
    if strict:
        yield from _missing(known, body, prefix)


def _missing(known: dict[str, Field], body: dict[str, Any], prefix: str) -> Iterator[str]:
    for path, field in known.items():
        name = path.removeprefix(prefix)
        here = path.startswith(prefix) and "." not in name and "[" not in name
        if here and field.get("required") and body.get(name) in (None, ""):
            yield f"{path} is required."


def _wrong_value(known: dict[str, Field], field: Field, value: Any, path: str, strict: bool) -> Iterator[str]:
    kind = field["is"]
    if kind == "object":
        if isinstance(value, dict):
            yield from _wrong(known, value, f"{path}.", strict)
        else:
            yield f"{path} must be an object."
    elif kind == "array":
        yield from _wrong_list(known, value, path, strict)
    elif kind in _NUMBERS:
        yield from _wrong_number(field, value, path, strict)
    elif kind == "string":
        yield from _wrong_text(field, value, path, strict)


def _wrong_list(known: dict[str, Field], value: Any, path: str, strict: bool) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} must be a list."
        return
    inner = known.get(f"{path}[]")
    for each in value:
        if inner is not None:
            yield from _wrong_value(known, inner, each, f"{path}[]", strict)
        elif isinstance(each, dict):
            yield from _wrong(known, each, f"{path}[].", strict)
        else:
            yield f"{path} must be a list of objects."


def _wrong_number(field: Field, value: Any, path: str, strict: bool) -> Iterator[str]:
    number = as_number(value)
    if number is None or (strict and isinstance(value, str)):
        yield f"{path} must be a number."
    elif field["is"] == "integer" and number != number.to_integral_value():
        yield f"{path} must be a whole number."
    elif strict and "bounds" in field and not field["bounds"][0] <= number <= field["bounds"][1]:
        yield f"{path} must be from {field['bounds'][0]} to {field['bounds'][1]}."


def _wrong_text(field: Field, value: Any, path: str, strict: bool) -> Iterator[str]:
    if isinstance(value, str):
        if strict and not field.get("least", 0) <= len(value) <= field.get("most", len(value)):
            yield f"{path} must have {field.get('least', 0)} to {field.get('most', 'any number of')} characters."
        elif strict and value not in field.get("of", (value,)):
            yield f"{path} must be one of {', '.join(field['of'])}."
    elif strict or isinstance(value, bool) or not isinstance(value, int | Decimal):
        yield f"{path} must be a text."


def as_number(value: Any) -> Decimal | None:
    """Return a number, or the number a text spells in plain digits; ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,9})?", value):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:  # pragma: no cover - the pattern above lets none through
        return None
    return number if number.is_finite() else None


def as_text(value: Any) -> str:
    """Return a text, or the digits of a number; '' for nothing."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value).strip()
