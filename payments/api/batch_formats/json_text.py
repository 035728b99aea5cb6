"""JSON that comes in pieces: values are read when they are whole, by the standard library's own scanner."""

import json
import re
from decimal import Decimal
from typing import Any, Final

from payments.api.batch_formats.reading import MalformedFile

UNFINISHED: Final[Any] = object()
"""What is returned for a value whose end has not come yet."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal)


class JsonText:
    """The piece of a file that is not read yet; ``at`` is where reading goes on."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._text = ""
        self.at = 0

    def __len__(self) -> int:
        return len(self._text) - self.at

    def add(self, text: str) -> None:
        """Let go of what was read, and take the next piece."""
        self._text = self._text[self.at :] + text
        self.at = 0

    def peek(self) -> str:
        """Return the next character that is no space, and stay before it; '' at the end."""
        space = _SPACE.match(self._text, self.at)
        assert space is not None
        self.at = space.end()
        return self._text[self.at : self.at + 1]

    def mark(self) -> str:
        """Return the next character that is no space, and go past it; '' at the end."""
        mark = self.peek()
        self.at += len(mark)
        return mark

    def value(self) -> Any:
        """Return the value that begins here, or ``UNFINISHED``. Raises ``MalformedFile`` for one nobody can read."""
        self.peek()
        try:
            value, self.at = _DECODER.raw_decode(self._text, self.at)
        except json.JSONDecodeError:
            return UNFINISHED
        except (ValueError, ArithmeticError, RecursionError):
            raise MalformedFile("There is a number that is too long, or something that goes too deep.") from None
        return value
