"""The log: what operators read. One line an event, on standard error: JSON, or key and value on a terminal.

Whatever is logged, by us or by the libraries we use, card numbers and keys in it are masked. A traceback is written
without the values of variables: they may hold what must never be seen.
"""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final, TextIO, cast

import structlog
from stdnum import luhn

from payments.kit.clock import real_now, rfc3339
from payments.kit.secrets import CardNumber, Secret

LOGGED: Final = "(This is in the log with the request it happened in.)"
"""The note on an error by which the log knows it again when the web server passes it on once more."""

_NUMBER: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){11,18}(?![0-9])")
_KEY: Final = re.compile(r"\b(sk|whsec)_[A-Za-z0-9+/=_-]+")
_PASSWORD: Final = re.compile(r"(://[^:/@\s]+:)[^@/\s]+@")
_LEVELS: Final = (logging.CRITICAL, logging.ERROR, logging.WARNING, logging.INFO)

Event = MutableMapping[str, Any]


def mask(text: str) -> str:
    """Return ``text`` with every card number (12 to 19 digits, Luhn-valid), key and password of a URL masked."""
    return _PASSWORD.sub(r"\1***@", _KEY.sub(r"\1_***", _NUMBER.sub(_masked_number, text)))


def hear_libraries() -> None:
    """Have what libraries log, the web server first among them, written to this log: warnings and worse."""
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, _Hearing)] + [_Hearing()]


class _Hearing(logging.Handler):
    """Passes on what is logged by Python's own ``logging``."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if LOGGED in getattr(error, "__notes__", ()):
            return
        level = next((each for each in _LEVELS if each <= record.levelno), logging.DEBUG)
        log.log(level, record.getMessage().strip(), logger=record.name, exc_info=error)


class _StandardError:
    """Standard error, whatever that is when something is written. If it is closed, nothing stops for that."""

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def _masked_number(found: re.Match[str]) -> str:
    digits = re.sub("[ -]", "", found[0])
    return CardNumber(digits).masked if luhn.is_valid(digits) else found[0]


def _unless_told(_: Any, method: str, event: Event) -> Event:
    """Leave out on a terminal what only tells that all is well: the program says so itself."""
    if method in ("debug", "info") and _on_a_terminal():
        raise structlog.DropEvent
    return event


def _timed(_: Any, __: str, event: Event) -> Event:
    return {"at": rfc3339(real_now()), **event}


def _cleaned(_: Any, __: str, event: Event) -> Event:
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    """Return ``value`` as it may be shown, in what JSON knows."""
    if isinstance(value, Secret):
        return value.masked
    if isinstance(value, Mapping):
        return {mask(str(name)): _clean(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_clean(each) for each in value]
    text = value if isinstance(value, str) else repr(value)
    shown = mask(text)
    return value if shown == text and isinstance(value, int | None) else shown


def _rendered(logger: Any, method: str, event: Event) -> Any:
    return (_LINE if _on_a_terminal() else _JSON)(logger, method, event)


def _on_a_terminal() -> bool:
    with suppress(ValueError):
        return sys.stderr.isatty()
    return False


_LINE: Final = structlog.dev.ConsoleRenderer(
    colors=False, exception_formatter=structlog.dev.plain_traceback, timestamp_key="at"
)
_JSON: Final = structlog.processors.JSONRenderer(ensure_ascii=False)

log: Final[Any] = structlog.wrap_logger(
    structlog.PrintLogger(file=cast(TextIO, _StandardError())),
    processors=[
        _unless_told,
        structlog.processors.add_log_level,
        _timed,
        structlog.processors.ExceptionRenderer(),
        _cleaned,
        _rendered,
    ],
)
"""The logger of the house: ``log.error("job failed", job=name)``; ``exc_info`` is an error whose traceback to add."""
