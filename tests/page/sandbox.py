"""A sandbox that a browser looks at: a real `payments serve`, its clock standing, and the stories one has it play."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from tests.crash.server import KEY, Server

Json = dict[str, Any]

NORA: Final = "card_nora_patel"
LIAM: Final = "card_liam_ortiz"
OMAR: Final = "card_omar_diallo"
SALE: Final[Json] = {
    "merchant": "mch_blue_door_books",
    "amount": 5841,
    "currency": "USD",
    "card": {"id": NORA},
    "capture": True,
    "description": "two books",
}
PUSH: Final[Json] = {
    "sender": "snd_city_of_alder",
    "amount": 2500,
    "currency": "USD",
    "card": {"id": NORA},
    "channel": "mobile_app",
    "business_application": "GD",
    "recipient_name": "Nora Patel",
    "statement_text": "City of Alder, relief",
}
TRANSFER: Final[Json] = {
    "sender": "snd_blue_door_books",
    "amount": 2500,
    "currency": "USD",
    "payer": {
        **{"name": "Nora Patel", "address": "12 Juniper Lane", "city": "Alder", "region": "OR", "country": "US"},
        "card": {"id": NORA},
    },
    "recipient": {"name": "Omar Diallo", "card": {"id": OMAR}},
    "channel": "web",
    "statement_text": "the concert",
}
TWO_DAYS: Final = 2 * 86_400
"""From the afternoon a world stands at: over clearing and settlement to the merchants' payouts."""


class Sandbox:
    """`payments serve` on a database; it can be stopped, and started again where it was."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self._open = ExitStack()
        self.server = self._open.enter_context(Server(database_url))
        headers = {"Authorization": f"Bearer {KEY}"}
        self.http = httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60)

    @property
    def url(self) -> str:
        """Where it is; the same after a restart."""
        return self.server.base_url

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self.server.stop()

    def start(self) -> None:
        """Start it again, on the same port."""
        self.server = self._open.enter_context(Server(self.database_url, port=self.server.port))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()
        self._open.close()

    # ── what the API is asked ───────────────────────────────────────────────────────────────────────

    def get(self, path: str, **query: Any) -> Any:
        """What is at a path; `/v1` is meant where no other place is named."""
        return answered(self.http.get(whole(path), params=query or None))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What comes of posting a body, under an idempotency key of its own."""
        headers = {"Idempotency-Key": f"page-{uuid4()}"}
        return answered(self.http.post(whole(path), json=body, headers=headers))

    def events(self, after: int = 0, **query: Any) -> list[Json]:
        """Everything that has happened after a position."""
        found: list[Json] = []
        while page := self.get("/events", limit=500, after=found[-1]["position"] if found else after, **query)["data"]:
            found += page
        return found

    def last_position(self) -> int:
        """The position of the newest event."""
        events = self.events()
        return int(events[-1]["position"]) if events else 0

    def trial_balance(self, book: str, event: int | None = None) -> Json:
        """A book's trial balance, now or after an event."""
        balance: Json = self.get(f"/books/{book}/trial_balance", **({} if event is None else {"event": event}))
        return balance

    # ── stories ─────────────────────────────────────────────────────────────────────────────────────

    def sell(self, **changes: Any) -> Json:
        """Nora buys books, captured at once."""
        payment: Json = self.post("/payments", SALE | changes)
        return payment

    def decline(self, **changes: Any) -> Json:
        """Liam wants to, without funds."""
        return self.sell(**({"card": {"id": LIAM}, "amount": 1200} | changes))

    def push(self, **changes: Any) -> Json:
        """The City of Alder pays Nora."""
        disbursement: Json = self.post("/disbursements", PUSH | changes)
        return disbursement

    def push_unknown(self, **changes: Any) -> Json:
        """A push whose answer is lost: nobody knows yet whether it arrived."""
        self.arm(kind="lose_reply", receiver="opennet", message="original_credit")
        return self.push(**changes)

    def refund(self, payment: Json, **changes: Any) -> Json:
        """A payment is given back, wholly or (`amount`) in part."""
        refund: Json = self.post("/refunds", {"payment": payment["id"]} | changes)
        return refund

    def transfer(self, **changes: Any) -> Json:
        """Nora pays Omar: pulled from her card, pushed to his."""
        transfer: Json = self.post("/transfers", TRANSFER | changes)
        return transfer

    def arm(self, **fault: Any) -> Json:
        """Arm a fault; it happens once unless `times` says otherwise."""
        armed: Json = self.post("/sandbox/faults", fault)
        return armed

    def wind(self, seconds: int) -> Json:
        """Let time pass."""
        wound: Json = self.post("/sandbox/clock/wind", {"seconds": seconds})
        return wound

    def settle_the_day(self) -> Json:
        """Let the day be cleared, settled and paid out."""
        return self.wind(TWO_DAYS)

    def reset(self) -> None:
        """Begin a new world."""
        self.post("/sandbox/reset")


def whole(path: str) -> str:
    """A path with its place."""
    return path if path.startswith(("/v1/", "/console/")) else f"/v1{path}"


def answered(response: httpx.Response) -> Any:
    """The body of a good answer."""
    assert response.is_success, f"{response.request.method} {response.url}: {response.status_code} {response.text}"
    return response.json()


def seeded_file(template: Path, folder: Path) -> str:
    """The URL of a copy of a seeded SQLite file."""
    copy = folder / "sandbox.db"
    copy.write_bytes(template.read_bytes())
    return f"sqlite:///{copy}"
