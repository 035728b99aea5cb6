"""What all formats have in common: lines as they are read, text in UTF-8, and files that cannot be read on."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from payments.acquirer.batch_check import LineProblem
from payments.kit.errors import Refusal

LONGEST_LINE: Final = 65_536
"""The most characters a line may have, and the most that is kept of a file, beside the piece that came last."""

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class MalformedFile(Refusal):
    """The file cannot be read to its end."""


class NotUtf8(Refusal):
    """The file is not in UTF-8."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it stands in the file: where, its ``fields`` by our names, and what kept it from being read."""

    number: int
    fields: Mapping[str, Any] = field(repr=False)
    problems: tuple[LineProblem, ...] = ()


class FileReader(Protocol):
    """Reads one file, piece by piece.

    ``head`` is what the file says of the batch as a whole, once that is known; ``names`` are the file's own names of
    our fields; ``major`` says that amounts are written with decimals; ``label`` is the file's own name, if it has one.
    """

    format: str
    names: Mapping[str, str]
    major: bool
    head: Mapping[str, Any] | None
    label: str

    def feed(self, data: bytes) -> Sequence[RawLine]:
        """Take the next piece and return the lines that are whole. Raises ``MalformedFile`` and ``NotUtf8``."""

    def end(self) -> Sequence[RawLine]:
        """Return the lines that are left at the end of the file. Raises ``MalformedFile`` and ``NotUtf8``."""

    def disagreements(self, count: int, total: int, currency: str) -> Sequence[LineProblem]:
        """Return where the file contradicts itself, given how many lines it had and what they come to (minor units)."""


class Utf8:
    """Turns pieces of a file into text; a byte order mark is left out."""

    def __init__(self) -> None:
        """Start at the beginning."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._before = 0

    def text(self, data: bytes, final: bool = False) -> str:
        """Return the text of the next piece. Raises ``NotUtf8``."""
        if self._before == 0 and data[:2] in _UTF16:
            raise NotUtf8("This is UTF-16: save the file as UTF-8.")
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            place = max(0, self._before + error.start) + 1
            raise NotUtf8(
                f"About byte {place:,} there is something that is not UTF-8: save the file as UTF-8."
            ) from None
        self._before += len(data)
        return text


class Reader:
    """The beginning of a reader: no head to wait for, our own names, nothing that could disagree."""

    names: Mapping[str, str] = {}
    major = False
    label = ""

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        self.head: Mapping[str, Any] | None = {}
        self._utf8 = Utf8()

    def disagreements(self, _count: int, _total: int, _currency: str) -> Sequence[LineProblem]:
        """Return nothing: such a file says nothing of itself that could be wrong."""
        return ()


def malformed(number: int, why: str) -> RawLine:
    """Return a line that could not be read."""
    return RawLine(number, {}, (LineProblem("line", "malformed_line", why),))
