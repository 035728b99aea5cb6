"""Sanctions lists as they are sent: JSON, CSV or one entry a line, checked line by line before anything is loaded."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import orjson
from pydantic import Field

from payments.acquirer.name_index import HOLD_AT, Entry
from payments.api.fields import Shape, may_be_card_number
from payments.api.refusals import InvalidRequest, NotJson, UnsupportedMediaType
from payments.switch.names import words

MOST_NAMES: Final = 200_000
MOST_BYTES: Final = 16_000_000
LONGEST_NAME: Final = 200
LONGEST_REFERENCE: Final = 60
MOST_PROBLEMS: Final = 100

Problem = dict[str, str]
Raw = tuple[str, Any, Any]
"""Where an entry stands ("line 3"), its reference and its names, not yet checked."""


class SanctionsEntry(Shape):
    """One person or company: the list's own reference for it, its name, and the other names it goes by."""

    reference: str = Field(default="", max_length=LONGEST_REFERENCE)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    aliases: list[str] = Field(default_factory=list)


class SanctionsListInput(Shape):
    """A whole list as JSON. From the score ``hold_at`` on (0 to 100) a name is a hit."""

    entries: list[SanctionsEntry]
    hold_at: int = Field(default=HOLD_AT, ge=1, le=100)


class InvalidSanctionsList(InvalidRequest):
    """The sanctions list is not as it should be; the one in force stays."""

    def __init__(self, detail: str = "", errors: list[Problem] | None = None) -> None:
        """Keep what is wrong, line by line; what was sent is not repeated."""
        super().__init__(detail)
        self.errors = errors or []


class SanctionsListTooLong(InvalidRequest):
    """The sanctions list is too long."""


def read_list(body: bytes, content_type: str) -> tuple[list[Entry], Any]:
    """Return the entries of a list as it was sent, and its ``hold_at`` if the list says so.

    Raises ``InvalidSanctionsList`` with every problem (a hundred at most), ``NotJson``, ``UnsupportedMediaType`` and
    ``SanctionsListTooLong``.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _read_json(body)
    if kind not in ("text/plain", "text/csv"):
        raise UnsupportedMediaType("Send application/json, text/csv or text/plain.")
    text = _decoded(body)
    return _checked(_csv(text) if kind == "text/csv" else _lines(text)), None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        at_fault = [{"field": f"line {line}", "problem": "This is not UTF-8."}]
        raise InvalidSanctionsList("Save the list as UTF-8 and send it again.", at_fault) from None


def _read_json(body: bytes) -> tuple[list[Entry], Any]:
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotJson('Send {"entries": [{"reference": "…", "name": "…", "aliases": ["…"]}]}, in UTF-8.') from None
    if not isinstance(sent, dict) or not isinstance(sent.get("entries"), list) or sent.keys() - {"entries", "hold_at"}:
        raise InvalidSanctionsList("A list has entries, an array, and may have hold_at, and nothing else.")
    return _checked(_json_entries(sent["entries"])), sent.get("hold_at")


def _json_entries(entries: list[Any]) -> Iterator[Raw]:
    for number, each in enumerate(entries):
        known = each if isinstance(each, dict) and not each.keys() - {"reference", "name", "aliases"} else {}
        aliases = known.get("aliases", [])
        names = [known.get("name"), *aliases] if isinstance(aliases, list) else None
        yield f"entries.{number}", known.get("reference", ""), names


def _lines(text: str) -> Iterator[Raw]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield f"line {number}", "", _names(line)


def _csv(text: str) -> Iterator[Raw]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = {*(reader.fieldnames or [])}
    if "name" not in columns or columns - {"reference", "name", "aliases"}:
        at_fault = [{"field": "line 1", "problem": "The columns are name, and if you like reference and aliases."}]
        raise InvalidSanctionsList("Begin with a line that names the columns.", at_fault)
    try:
        for row in reader:
            place = f"line {reader.line_num}"
            whole = None not in row and row["name"] is not None
            names = [row["name"], *_names(row.get("aliases") or "")] if whole else None
            yield place, row.get("reference") or "", names
    except csv.Error:
        at_fault = [{"field": f"line {reader.line_num}", "problem": "This is not CSV (RFC 4180)."}]
        raise InvalidSanctionsList("Check the quotes.", at_fault) from None


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(";") if each.strip()]


def _checked(raw: Iterator[Raw]) -> list[Entry]:
    entries: list[Entry] = []
    problems: list[Problem] = []
    names_so_far = 0
    for place, reference, names in raw:
        if found := _problem(reference, names):
            problems.append({"field": place, "problem": found})
            if len(problems) == MOST_PROBLEMS:
                break
            continue
        entries.append(
            Entry(reference or place.replace(" ", "_"), tuple(dict.fromkeys(each.strip() for each in names)))
        )
        names_so_far += len(names)
        if names_so_far > MOST_NAMES:
            raise SanctionsListTooLong(f"A list may have {MOST_NAMES:,} names, aliases included.")
    if problems:
        raise InvalidSanctionsList("See what is wrong with each line. The list in force stays.", problems)
    return entries


def _problem(reference: Any, names: Any) -> str:
    """Return what is wrong with an entry, "" if nothing is."""
    if not isinstance(reference, str) or len(reference) > LONGEST_REFERENCE or not reference.isprintable():
        return f"A reference is a text of {LONGEST_REFERENCE} printable characters at most."
    if may_be_card_number(reference):
        return "A card number does not belong in a list."
    if not names or not all(isinstance(each, str) for each in names):
        return "An entry has a name, and may have a reference and aliases, all texts, and nothing else."
    for each in names:
        if found := _name_problem(each):
            return found
    return ""


def _name_problem(name: str) -> str:
    if len(name) > LONGEST_NAME:
        return f"A name has {LONGEST_NAME} characters at most."
    if may_be_card_number(name):
        return "A card number does not belong in a list."
    return "" if words(name) else "A name has at least one letter or digit."
