"""Orders from a file: one JSON object a line, each a payment or a disbursement, checked before it is sent."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from payments.shop.client import Json

PAYMENT, DISBURSEMENT = "payment", "disbursement"
PATHS = {PAYMENT: "/v1/payments", DISBURSEMENT: "/v1/disbursements"}
NEEDED = {PAYMENT: ("merchant",), DISBURSEMENT: ("sender", "channel", "recipient_name")}
DEFAULTS: dict[str, Json] = {PAYMENT: {"capture": True}, DISBURSEMENT: {"business_application": "FD"}}
LONGEST_LINE = 10_000
CARD_NUMBER = re.compile(r"\d{12,}")


@dataclass(frozen=True)
class Order:
    """A line that is fit to be sent: what it is, and the body of its request."""

    line: int
    type: str
    body: Json

    @property
    def path(self) -> str:
        """Return where it is posted to."""
        return PATHS[self.type]


@dataclass(frozen=True)
class BadLine:
    """A line that was not carried out, and what to do about it."""

    line: int
    advice: str


def read_orders(lines: Iterable[str]) -> Iterator[Order | BadLine]:
    """Yield each line that is not empty, as an order or with what is wrong with it; counted from 1."""
    for number, text in enumerate(lines, 1):
        if text.strip():
            advice, body = _read(text)
            yield BadLine(number, advice) if advice else Order(number, body.pop("type"), body)


def _read(text: str) -> tuple[str, Json]:
    if len(text) > LONGEST_LINE:
        return f"The line is longer than {LONGEST_LINE} characters: one object a line.", {}
    try:
        body = json.loads(text)
    except ValueError as error:
        return f"This is not JSON ({error}): write one object a line.", {}
    if not isinstance(body, dict):
        return 'Write an object, such as {"type": "payment", …}.', {}
    return _advice(body), DEFAULTS.get(str(body.get("type")), {}) | body


def _advice(body: Json) -> str:
    """Return what to change, or nothing when the line is fit to be sent."""
    kind = body.get("type")
    if kind not in PATHS:
        return f'Say "type": "payment" or "disbursement", not {_quoted(kind)}.'
    for name in NEEDED[kind]:
        if not isinstance(body.get(name), str) or not body[name]:
            return f'A {kind} needs "{name}": text, not {_quoted(body.get(name))}.'
    amount = body.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        return f'Write "amount" as a whole number above 0 of minor units (58.41 USD: 5841), not {_quoted(amount)}.'
    currency = body.get("currency")
    if not isinstance(currency, str) or len(currency) != 3 or not currency.isupper():
        return f'Write "currency" as an ISO 4217 code such as "USD", not {_quoted(currency)}.'
    return _card_advice(body.get("card"))


def _card_advice(card: Any) -> str:
    # What is wrong with a card is said without repeating it: a card number is never printed.
    if isinstance(card, dict) and (isinstance(card.get("number"), str) or isinstance(card.get("id"), str)):
        return ""
    return 'Write "card" as {"number": "…"} (digits, in quotes) or {"id": "card_…"}.'


def _quoted(value: Any) -> str:
    text = CARD_NUMBER.sub("…", json.dumps(value, ensure_ascii=False))
    return "nothing" if value is None else text if len(text) <= 40 else text[:37] + "…"
