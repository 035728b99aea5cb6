"""Errors at this door: what a request can be refused for, and the envelope Visa puts that into."""

from typing import Any, Final

from payments.kit.errors import NotFound, Refusal

VALIDATION: Final = "3001"
NO_CREDENTIALS: Final = "9123"
WRONG_CREDENTIALS: Final = "9124"
NOT_ENCRYPTED: Final = "9125"
NO_PERMISSION: Final = "9611"


class RequestRefused(Refusal):
    """The request is not carried out: ``http_status`` is HTTP's, ``error`` Visa's code or, if none is known, ours."""

    def __init__(self, status: int, error: str, message: str, headers: dict[str, str] | None = None) -> None:
        """Keep what the envelope says."""
        super().__init__(message)
        self.http_status = status
        self.error = error
        self.headers = headers or {}


CARRIED_OUT: Final = ("503", "504")
"""The errors of which Visa says not to post again: what was asked for may have happened, and here has."""

STAGED: Final = {
    "401": (NOT_ENCRYPTED, "The client certificate does not belong to this credential."),
    "403": ("403", "This credential has no permission for this product."),
    "429": ("429", "Too many requests: slow down."),
    "500": ("500", "Internal error."),
    "503": ("503", "Do not send this again: ask what became of it."),
    "504": ("504", "Do not send this again: ask what became of it."),
}
"""What is only answered because it is staged (outcome ``http_error``): by HTTP status, Visa's code and words."""


def staged_error(status: str) -> RequestRefused:
    """Return the refusal that is staged."""
    return RequestRefused(int(status), *STAGED[status])


def invalid(message: str) -> RequestRefused:
    """Return the refusal of a request whose fields are wrong."""
    return RequestRefused(400, VALIDATION, message)


def unknown_identifier() -> RequestRefused:
    """Return the refusal for a status identifier that is unknown, another's, or older than a day."""
    return RequestRefused(404, "404", "There is no such status identifier, or it is older than 24 hours.")


def refused(refusal: Refusal) -> RequestRefused:
    """Return what this door says to a refusal of a flow: 404 or 400, with the refusal's own stable code."""
    if isinstance(refusal, RequestRefused):
        return refusal
    return RequestRefused(404 if isinstance(refusal, NotFound) else 400, refusal.code, refusal.detail)


def envelope(status: int, error: str, message: str) -> dict[str, Any]:
    """Return the body of an error."""
    return {"responseStatus": {"status": status, "code": error, "severity": "ERROR", "message": message, "info": ""}}
