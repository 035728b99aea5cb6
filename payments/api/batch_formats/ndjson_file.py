"""NDJSON: a JSON object a line. What is wrong with one line does not keep the others from being read."""

from collections.abc import Iterator, Sequence

import orjson

from payments.api.batch_formats.reading import LONGEST_LINE, MalformedFile, RawLine, Reader, malformed


class NdjsonFile(Reader):
    """Reads NDJSON; empty lines are passed over."""

    format = "ndjson"

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        super().__init__()
        self._rest = ""
        self._number = 0

    def feed(self, data: bytes) -> Sequence[RawLine]:
        """Take the next piece and return the lines that are whole."""
        *whole, self._rest = (self._rest + self._utf8.text(data)).split("\n")
        if len(self._rest) > LONGEST_LINE:
            raise MalformedFile(f"Line {self._number + len(whole) + 1} is longer than {LONGEST_LINE:,} characters.")
        return list(self._lines(whole))

    def end(self) -> Sequence[RawLine]:
        """Return the last line, if it did not end in a line break."""
        return list(self._lines([self._rest + self._utf8.text(b"", final=True)]))

    def _lines(self, texts: list[str]) -> Iterator[RawLine]:
        for text in texts:
            self._number += 1
            if text.strip():
                yield _line(self._number, text)


def _line(number: int, text: str) -> RawLine:
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        return malformed(number, "This line is not JSON.")
    if not isinstance(fields, dict):
        return malformed(number, "Every line is a JSON object.")
    return RawLine(number, fields)
