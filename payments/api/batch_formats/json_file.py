"""JSON: an array of lines, or an object whose last member, ``lines``, is that array.

Read one element at a time, by the standard library's own scanner. What is broken in one place leaves no way to find the
next element, so the whole file is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from payments.api.batch_formats.json_text import UNFINISHED, JsonText
from payments.api.batch_formats.reading import LONGEST_LINE, MalformedFile, RawLine, Reader


class JsonFile(Reader):
    """Reads JSON. Before the lines come, an object's other members are its head."""

    format = "json"

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        super().__init__()
        self.head: Mapping[str, Any] | None = None
        self._members: dict[str, Any] = {}
        self._text = JsonText()
        self._number = 0
        self._last = False
        self._next: Callable[[list[RawLine]], bool] = self._start
        self._closes = ""

    def feed(self, data: bytes) -> Sequence[RawLine]:
        """Take the next piece and return the elements that are whole."""
        self._text.add(self._utf8.text(data, self._last))
        found: list[RawLine] = []
        # An element ends in a brace: without one in the new piece there is nothing to find in a long element.
        if self._last or len(self._text) < 2 * len(data) + 64 or any(each in data for each in b"]}"):
            while self._next(found):
                pass
        if len(self._text) > max(LONGEST_LINE, 2 * len(data)) and not self._last:
            raise MalformedFile(self._where())
        return found

    def end(self) -> Sequence[RawLine]:
        """Return what is left. Raises ``MalformedFile`` when the file ends before its lines do."""
        self._last = True
        found = self.feed(b"")
        if self._next != self._nothing or self._text.peek():
            raise MalformedFile(self._where())
        return found

    # ── what may come next: each returns whether there was enough text for it ──

    def _start(self, _: list[RawLine]) -> bool:
        opening = self._text.mark()
        if opening == "[":
            self.head, self._next = {}, self._element
        elif opening == "{":
            self._closes, self._next = "}", self._member
        elif opening:
            raise MalformedFile("A file of JSON is an array of lines, or an object that ends in them.")
        return bool(opening)

    def _member(self, _: list[RawLine]) -> bool:
        if self._text.peek() == "}":
            raise MalformedFile("There is no member lines, an array.")
        before = self._text.at
        name = self._text.value()
        if name is UNFINISHED or not self._text.peek():
            return self._again(before)
        if not isinstance(name, str) or self._text.peek() != ":":
            raise MalformedFile(self._where())
        self._text.at += 1
        if name == "lines":
            return self._lines_begin(before)
        value = self._text.value()
        after = self._text.peek()
        if value is UNFINISHED or not after:
            return self._again(before)
        if after != "," or name in self._members:
            raise MalformedFile(
                "The member lines, an array, must be there, and be the last; every other one comes once."
            )
        self._text.at += 1
        self._members[name] = value
        return True

    def _lines_begin(self, before: int) -> bool:
        opening = self._text.mark()
        if opening and opening != "[":
            raise MalformedFile("The member lines is an array.")
        if not opening:
            return self._again(before)
        self.head, self._next = self._members, self._element
        return True

    def _element(self, found: list[RawLine]) -> bool:
        opening = self._text.peek()
        if opening == "]" and self._number == 0:
            return self._comma_or_end(found)
        if opening and opening != "{":
            raise MalformedFile(f"{self._where()} Every line is a JSON object.")
        fields = self._text.value() if opening else UNFINISHED
        if fields is UNFINISHED:
            return False
        self._number += 1
        found.append(RawLine(self._number, fields))
        self._next = self._comma_or_end
        return True

    def _comma_or_end(self, _: list[RawLine]) -> bool:
        mark = self._text.mark()
        if mark == ",":
            self._next = self._element
        elif mark == "]":
            self._next = self._closing if self._closes else self._nothing
        elif mark:
            raise MalformedFile(self._where())
        return bool(mark)

    def _closing(self, _: list[RawLine]) -> bool:
        mark = self._text.mark()
        if mark and mark != self._closes:
            raise MalformedFile("The member lines must be the last of the object.")
        self._next = self._nothing if mark else self._next
        return bool(mark)

    def _nothing(self, _: list[RawLine]) -> bool:
        if self._text.peek():
            raise MalformedFile("There is something after the end.")
        return False

    def _again(self, at: int) -> bool:
        self._text.at = at
        return False

    def _where(self) -> str:
        return f"What comes after {self._number:,} lines is not JSON, or does not end."
