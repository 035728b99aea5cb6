"""What a request can be refused for at this door, and the one table of the statuses that answer refusals."""

from typing import Final

from payments.kit.errors import NotFound, Refusal
from payments.kit.idempotency import IdempotencyKeyInUse
from payments.kit.lifecycle import MoveNotAllowed


class MissingKey(Refusal):
    """The request carries no API key."""


class WrongKey(Refusal):
    """There is no such API key, or it is disabled."""


class NotAllowed(Refusal):
    """This API key may not do that."""


class TooManyRequests(Refusal):
    """This API key has used up its requests for now."""

    def __init__(self, detail: str = "", headers: dict[str, str] | None = None) -> None:
        """Keep the ``headers`` that say how long to wait."""
        super().__init__(detail)
        self.headers = headers or {}


class NotJson(Refusal):
    """The body is not JSON."""


class UnsupportedMediaType(Refusal):
    """The body must be JSON, and the request must say so."""


class BodyTooLarge(Refusal):
    """The body is too large."""


class TooManyLines(Refusal):
    """The file has too many lines."""


class InvalidRequest(Refusal):
    """The request is not as it should be."""


class InternalError(Refusal):
    """The sandbox made a mistake."""


class Interrupted(Refusal):
    """The database went away, or changed, while this was under way."""


class MethodNotAllowed(Refusal):
    """This resource does not know this method."""


class ResetUnderWay(Refusal):
    """The world is being reset already."""


class NotAvailable(Refusal):
    """This sandbox cannot do that."""


STATUS: Final[dict[type[Refusal], int]] = {
    NotJson: 400,
    MissingKey: 401,
    WrongKey: 401,
    NotAllowed: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    MoveNotAllowed: 409,
    ResetUnderWay: 409,
    IdempotencyKeyInUse: 409,
    BodyTooLarge: 413,
    TooManyLines: 413,
    UnsupportedMediaType: 415,
    TooManyRequests: 429,
    InternalError: 500,
    NotAvailable: 501,
    Interrupted: 503,
}
"""Every refusal that is not 422."""

STATUS_BY_CODE: Final[dict[str, int]] = {"clock_goes_forward": 409, "database_in_use": 409}


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status that answers ``refusal``."""
    return STATUS.get(type(refusal)) or STATUS_BY_CODE.get(refusal.code, 422)
