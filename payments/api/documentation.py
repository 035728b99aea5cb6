"""What the OpenAPI document says beyond the routes themselves: problems, keys, idempotency."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import Field

from payments.api.body_schemas import named_schemas
from payments.api.fields import Reply
from payments.api.problems import MEDIA_TYPE, problem
from payments.api.refusals import (
    BodyTooLarge,
    InternalError,
    Interrupted,
    InvalidRequest,
    MissingKey,
    NotAllowed,
    NotJson,
    TooManyRequests,
    UnsupportedMediaType,
    status_of,
)
from payments.kit.errors import NotFound, Refusal
from payments.kit.lifecycle import MoveNotAllowed

DESCRIPTION: Final = """
Card money that really moves, in both directions, between banks that keep books.

Send `Authorization: Bearer sk_demo_opennet`. Amounts are whole minor units (1234 is 12.34 USD, and 1234 JPY). Whatever
moves money takes an `Idempotency-Key`: whoever repeats the request gets the first answer, marked
`Idempotent-Replayed: true`. A declined payment is not an error: it is created, and its `status` says so. Errors are
problem details (RFC 9457) with a stable `code`. Try the cards of `GET /v1/sandbox/cards`.
"""

TAGS: Final = [
    {"name": "payments", "description": "Pull: a merchant asks a card for money; captures, voids."},
    {"name": "refunds", "description": "Money a merchant gives back."},
    {"name": "disbursements", "description": "Push: a sender pays money out to a card, at once."},
    {"name": "quotes", "description": "What a disbursement across currencies costs, at a rate locked for a while."},
    {"name": "disbursement batches", "description": "Thousands of pushes in one request or file."},
    {
        "name": "before a push",
        "description": "Eligibility of a card, validation of card and holder, sanctions screening.",
    },
    {"name": "fundings", "description": "Pull to fund something (AFT): a card is debited at once; may be reversed."},
    {"name": "transfers", "description": "Person to person: pulled from one card, pushed to another, or given back."},
    {"name": "senders", "description": "Who disburses: merchants, companies, governments, people, and their funds."},
    {"name": "push limits", "description": "Every kind of push, what may be pushed, and which rules are on."},
    {"name": "merchants", "description": "Who sells, what is theirs, and its way to their bank."},
    {"name": "accounts", "description": "Cardholders' accounts: balances, transactions, notifications."},
    {"name": "cards", "description": "Cards: issued, blocked, shown only masked."},
    {"name": "ledger", "description": "Every institution's book: accounts, entries, statements, trial balances."},
    {"name": "settlement", "description": "Windows in which what was cleared is settled, net."},
    {"name": "events", "description": "Everything that happened, in order; as a list and as a live stream."},
    {"name": "webhooks", "description": "Events sent to programs of yours, signed."},
    {"name": "api keys", "description": "Who may ask, and how often."},
    {"name": "sandbox", "description": "The control plane: clock, faults, verification, reset."},
]

_EXAMPLES: Final[dict[int, list[Refusal]]] = {
    400: [NotJson("Send one JSON object, in UTF-8.")],
    401: [MissingKey("Send the header Authorization: Bearer sk_…")],
    403: [NotAllowed("This belongs to another merchant, or is not for merchants.")],
    404: [NotFound("There is no payment pay_01k8z0q4v3e7r9t2m5n6p8s1w4.")],
    409: [MoveNotAllowed("This payment is voided: capture is not possible.")],
    413: [BodyTooLarge("A request body may have 1,000,000 bytes.")],
    415: [UnsupportedMediaType("Send the header Content-Type: application/json.")],
    422: [InvalidRequest("See what is wrong with each field.")],
    429: [TooManyRequests("This key may make 100/minute requests: wait 12 seconds.")],
    500: [InternalError("This is a bug of the sandbox: its log says more.")],
    503: [Interrupted("Ask again in a moment, with the same Idempotency-Key: nothing is done twice.")],
}


class FieldProblem(Reply):
    """What is wrong with one field of a request. What was sent is never repeated."""

    field: str = Field(examples=["card.expiry"])
    problem: str = Field(examples=["An amount is a whole number of minor units."])


class Problem(Reply):
    """Why a request was not carried out (RFC 9457)."""

    type: str = Field(examples=["urn:payments-sandbox:problem:unknown_bin"])
    title: str = Field(examples=["No card of the sandbox begins with these digits."])
    status: int = Field(examples=[422])
    code: str = Field(description="Stable: programs may rely on it.", examples=["unknown_bin"])
    detail: str
    errors: list[FieldProblem] | None = None


def problems(*statuses: int, **more: Refusal) -> dict[int | str, dict[str, Any]]:
    """Return what a route documents of its problems: those of these ``statuses``, and ``more`` examples."""
    always = (401, 403, 422, 429, 500, 503)
    found = {status: [*_EXAMPLES[status]] for status in sorted({*always, *statuses})}
    for refusal in more.values():
        found.setdefault(status_of(refusal), []).append(refusal)
    return {status: _documented(refusals) for status, refusals in found.items()}


def _documented(refusals: list[Refusal]) -> dict[str, Any]:
    examples = {each.code: {"summary": each.title, "value": problem(each)} for each in refusals}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": " ".join(each.title for each in refusals),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


IDEMPOTENT: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "A key of your choice: the same request with the same key is carried out once.",
            "schema": {"type": "string", "maxLength": 255, "minLength": 1, "pattern": "^[!-~]+$"},
        }
    ]
}
"""``openapi_extra`` of every operation that moves money."""


def document(app: FastAPI) -> None:
    """Have ``app`` describe itself in full."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=DESCRIPTION, tags=TAGS, routes=app.routes
    )
    template = "#/components/schemas/{model}"
    parts = document.setdefault("components", {})
    schema = Problem.model_json_schema(ref_template=template)  # which no route declares as such
    parts.setdefault("schemas", {}).update(schema.pop("$defs"), Problem=schema, **named_schemas())
    parts["securitySchemes"] = {"api_key": {"type": "http", "scheme": "bearer", "description": "An API key."}}
    document["security"] = [{"api_key": []}]
    return document
