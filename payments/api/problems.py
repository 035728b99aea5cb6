"""Problems: how a request that is not carried out is answered (RFC 9457)."""

import re
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from payments.api.refusals import (
    BodyTooLarge,
    InternalError,
    Interrupted,
    InvalidRequest,
    MethodNotAllowed,
    NotJson,
    status_of,
)
from payments.kit.errors import NotFound, Refusal
from payments.kit.log import LOGGED, log
from payments.kit.writer import INTERRUPTIONS

MEDIA_TYPE: Final = "application/problem+json"


_HTTP: Final[dict[int, Refusal]] = {
    400: NotJson("Send one JSON object, in UTF-8."),
    404: NotFound("There is nothing at this address."),
    405: MethodNotAllowed("See /docs for the methods of this resource."),
    413: BodyTooLarge("A request body may have 1,000,000 bytes."),
}

_DIGITS: Final = re.compile(r"\d{12,19}")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def problem(refusal: Refusal, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return the problem details of ``refusal``; whatever could be a card number in them is masked."""
    details: dict[str, Any] = {
        "type": f"urn:payments-sandbox:problem:{refusal.code}",
        "title": refusal.title,
        "status": status_of(refusal),
        "code": refusal.code,
        "detail": masked(refusal.detail),
    }
    errors = errors or [{"field": each, "problem": refusal.title} for each in getattr(refusal, "fields", ())]
    return details | {"errors": errors} if errors else details


def problem_body(refusal: Refusal) -> tuple[int, str]:
    """Return the status and the JSON text of a refusal, as they are kept for whoever repeats the request."""
    return status_of(refusal), orjson.dumps(problem(refusal)).decode()


def masked(text: str) -> str:
    """Return ``text`` with whatever could be a card number masked but for its first six and last four digits."""
    return _DIGITS.sub(lambda found: f"{found[0][:6]}{'•' * (len(found[0]) - 10)}{found[0][-4:]}", text)


def invalid(errors: Any) -> Response:
    """Return the answer to a request whose parts are wrong; what was sent is never repeated."""
    found = [{"field": field_of(each["loc"]), "problem": words_of(each)} for each in errors]
    if any(each["type"] == "json_invalid" for each in errors):
        return reply(NotJson("Send one JSON object, in UTF-8."))
    return reply(InvalidRequest("See what is wrong with each field."), found)


def reply(
    refusal: Refusal, errors: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None
) -> Response:
    """Return the answer to a refused request."""
    details = problem(refusal, errors)
    if details["status"] == 401:
        headers = {"WWW-Authenticate": "Bearer", **(headers or {})}
    return Response(orjson.dumps(details), details["status"], headers, MEDIA_TYPE)


def answer_problems(app: FastAPI) -> None:
    """Have ``app`` answer every refusal, and everything else that goes wrong, as a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(ValidationError, _invalid)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    for interruption in INTERRUPTIONS:
        app.add_exception_handler(interruption, _interrupted)
    app.add_exception_handler(Exception, _mistaken)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    errors = getattr(refusal, "errors", None)
    return reply(refusal, errors, headers=_limits(request) | getattr(refusal, "headers", {}))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError | RequestValidationError)
    response = invalid(error.errors())
    response.headers.update(_limits(request))
    return response


async def _refused_by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = _limits(request) | dict(error.headers or {})
    return reply(_HTTP.get(error.status_code, InvalidRequest()), headers=headers)


async def _interrupted(request: Request, error: Exception) -> Response:
    log.warning("request interrupted", method=request.method, path=request.scope["path"], error=type(error).__name__)
    again = "Ask again in a moment, with the same Idempotency-Key: nothing is done twice."
    return reply(Interrupted(again), headers=_limits(request) | {"Retry-After": "1"})


async def _mistaken(request: Request, error: Exception) -> Response:
    log.error("request failed", method=request.method, path=request.scope["path"], exc_info=error)
    error.add_note(LOGGED)
    return reply(InternalError("This is a bug of the sandbox: its log says more."))


def _limits(request: Request) -> dict[str, str]:
    return getattr(request.state, "limit_headers", None) or {}


def field_of(place: tuple[Any, ...]) -> str:
    """Return the name of a field, dotted; a name that was made up is not repeated."""
    names = [str(each) if _PLAIN_NAME.fullmatch(str(each)) or isinstance(each, int) else "?" for each in place]
    return ".".join(names[1:] if names[:1] in (["body"], ["query"], ["header"], ["path"]) else names)


def words_of(error: dict[str, Any]) -> str:
    """Return what is wrong with a field, in words that do not repeat what was given."""
    if error["type"] in ("int_type", "int_parsing", "int_from_float") and "amount" in field_of(error["loc"]):
        return "An amount is a whole number of minor units: 1234 means 12.34 USD. It has no decimals."
    if error["type"] == "extra_forbidden":
        return "There is no such field."
    return str(error["msg"])
