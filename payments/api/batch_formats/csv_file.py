"""CSV (RFC 4180): a header, then a line for each disbursement, with commas or semicolons between.

Columns are found by their names, in any order; amounts are written with a decimal point, as people write them.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from payments.api.batch_formats.reading import LONGEST_LINE, MalformedFile, RawLine, Reader, malformed

_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "reference": ("reference",),
    "card_number": ("card", "number"),
    "card_expiry": ("card", "expiry"),
    "amount": ("amount",),
    "currency": ("currency",),
    "recipient_name": ("recipient_name",),
    "statement_text": ("statement_text",),
    "business_application": ("business_application",),
}
"""The columns there can be, and which of our fields each one is."""

_NEEDED: Final = ("reference", "card_number", "amount", "recipient_name")


class CsvFile(Reader):
    """Reads CSV; a field in quotes may hold line breaks, and an empty field is one that is not given."""

    format = "csv"
    major = True
    names: Mapping[str, str] = {".".join(place): column for column, place in _PLACES.items()}

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        super().__init__()
        self._rest = ""
        self._quoted = 0
        self._number = 1
        self._columns: list[str] = []
        self._delimiter = ","

    def feed(self, data: bytes) -> Sequence[RawLine]:
        """Take the next piece and return the lines that are whole."""
        text = self._utf8.text(data)
        end, at = 0, len(self._rest)
        *ended, last = text.split("\n")
        for each in ended:
            self._quoted ^= each.count('"') & 1
            at += len(each) + 1
            end = end if self._quoted else at
        self._quoted ^= last.count('"') & 1
        text = self._rest + text
        whole, self._rest = text[:end], text[end:]
        if len(self._rest) > LONGEST_LINE + len(data):
            raise MalformedFile(f"Line {self._number + whole.count(chr(10))} does not end, or a quote is not closed.")
        return list(self._lines(whole))

    def end(self) -> Sequence[RawLine]:
        """Return the last line, if it did not end in a line break."""
        rest = self._rest + self._utf8.text(b"", final=True)
        if rest.count('"') % 2:
            raise MalformedFile(f"A quote that is opened on line {self._number} or later is not closed.")
        lines = list(self._lines(rest))
        if not self._columns:
            raise MalformedFile(f"The first line has the names of the columns: {', '.join(_PLACES)}.")
        return lines

    def _lines(self, text: str) -> Iterator[RawLine]:
        if text.strip() and not self._columns:
            text = self._header(text)
        began = self._number
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        while True:
            number = began + rows.line_num
            try:
                row = next(rows, None)
            except csv.Error:
                yield malformed(number, "This line is not CSV: is a quote out of place?")
                continue
            if row is None:
                break
            if any(row):
                yield self._line(number, row)
        self._number = began + rows.line_num

    def _header(self, text: str) -> str:
        """Take the names of the columns off ``text``, and return the rest."""
        header, _, rest = text.partition("\n")
        self._delimiter = ";" if header.count(";") > header.count(",") else ","
        self._columns = [each.strip().strip('"').strip().lower() for each in header.split(self._delimiter)]
        unknown = [n for n, each in enumerate(self._columns, 1) if each not in _PLACES]
        missing = [each for each in _NEEDED if each not in self._columns]
        if unknown:
            raise MalformedFile(f"Column {unknown[0]} has a name that is none of {', '.join(_PLACES)}.")
        if missing:
            raise MalformedFile(f"There is no column {missing[0]}.")
        if len({*self._columns}) < len(self._columns):
            raise MalformedFile("Every column comes once.")
        self._number += 1
        return rest

    def _line(self, number: int, row: list[str]) -> RawLine:
        if len(row) != len(self._columns):
            return malformed(number, f"This line has {len(row)} columns, the header {len(self._columns)}.")
        fields: dict[str, Any] = {}
        for column, value in zip(self._columns, row, strict=True):
            *inside, name = _PLACES[column]
            if value := value.strip():
                (fields.setdefault(inside[0], {}) if inside else fields)[name] = value
        return RawLine(number, fields)
