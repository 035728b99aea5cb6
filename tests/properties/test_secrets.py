"""After a busy day, with everything that can go wrong in it, no secret lies in the clear anywhere."""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from stdnum import luhn

from payments.api.keys import DEMO_KEY
from payments.app import create_app
from payments.kit.idempotency import IdempotencyKey
from payments.kit.log import hear_libraries
from payments.kit.records import metadata
from payments.seed.people import PEOPLE
from payments.settings import Settings
from tests.api.calling import NO_SUCH_BIN, PUSH, SALE
from tests.api.conftest import TEMPLATE, prepare
from tests.api.serving import Served, serving
from tests.properties.conftest import Worlds

Json = dict[str, Any]

VAULT_KEY = "07" * 32
CVV, WRONG_CVV = "9731", "8642"
MISTYPED = "4000121111104243"
HOOK = "http://127.0.0.1:9/hooks"  # where nobody listens
DAY = 86_400


@dataclass
class Run:
    """A day of requests: what was secret in it, and every answer but those that may show a secret, once."""

    served: Served
    secrets: dict[str, str]
    answers: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, body: Any = None, *, shows: bool = False, **headers: str) -> httpx.Response:
        response = self.served.http.request(method, f"/v1{path}", json=body, headers=headers)
        (self.shown if shows else self.answers).append(f"{response.headers} {response.text}")
        return response

    def post(self, path: str, body: Any = None, key: str = "", **options: Any) -> Json:
        named = {"Idempotency-Key": key} if key else {}
        posted: Json = self.send("POST", path, body, **options, **named).json()
        return posted

    def keep_secret(self, **secrets: str) -> None:
        self.secrets |= secrets


@pytest.fixture
def no_secrets_yet(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is secret before anything has happened."""
    monkeypatch.setenv("PAYMENTS_VAULT_KEY", VAULT_KEY)
    numbers = {f"card number of {each.holder}": each.number for each in PEOPLE}
    others = {"number of no bank": NO_SUCH_BIN, "mistyped number": MISTYPED, "vault key": VAULT_KEY}
    return numbers | others | {"CVV": CVV, "wrong CVV": WRONG_CVV, "demo key": DEMO_KEY, "wrong key": "sk_wrong_0451"}


@pytest.mark.parametrize("wire", [False, True], ids=["objects", "wire"])
def test_no_secret_lies_in_the_clear(
    worlds: Worlds,
    no_secrets_yet: dict[str, str],
    wire: bool,
    logged: StringIO,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)  # of every library, too
    assert not luhn.is_valid(MISTYPED)
    with worlds.new(TEMPLATE, prepare) as url:
        monkeypatch.setattr("tests.api.serving.create_app", lambda made: create_app(Settings(made.database, wire=wire)))
        with serving(url) as served:
            hear_libraries()
            run = Run(served, no_secrets_yet)
            a_day(run)
            everything_goes_wrong(run, monkeypatch)
            read_all(run)
            found = dict(places(run, url))
        out, err = capfd.readouterr()
        found |= {"the log": logged.getvalue(), "the libraries' log": caplog.text, "the terminal": out + err}
    assert '"level": "error"' in found["the log"], "the mistakes were provoked in vain"
    assert [f"{name} in {place}: {around(text, secret)}" for place, text in found.items()
            for name, secret in run.secrets.items() if is_in(secret, text)] == []  # fmt: skip
    for name in ("new card number", "new key", "webhook secret", "rotated secret"):
        assert sum(is_in(run.secrets[name], each) for each in run.shown) == 1, f"{name} is shown once"


# ── what happens ────────────────────────────────────────────────────────────────────────────────────


def a_day(run: Run) -> None:
    """Everything that knows a secret does its work."""
    card = run.post("/cards", {"account": "acct_nora_patel", "cvv": CVV}, key="card-1", shows=True)
    made = run.post("/cards", {"account": "acct_omar_diallo"}, shows=True)
    key = run.post("/api_keys", {"role": "merchant", "subject": SALE["merchant"], "name": "Till"}, shows=True)
    hook = run.post("/webhook_endpoints", {"url": HOOK, "types": ["*"]}, shows=True)
    rotated = run.post(f"/webhook_endpoints/{hook['id']}/rotate_secret", shows=True)
    numbers = {"new card number": card["number"], "made-up card number": made["number"]}
    keys = {"new key": key["key"], "webhook secret": hook["secret"], "rotated secret": rotated["secret"]}
    run.keep_secret(**numbers, **keys)
    mine = {"number": card["number"], "expiry": "12/29", "cvv": CVV}
    paid = run.post("/payments", SALE | {"card": mine, "capture": True}, key="pay-1")
    run.post("/payments", SALE | {"card": mine, "capture": True}, key="pay-1")
    run.post("/payments", SALE | {"card": mine, "amount": 1}, key="pay-1")
    held = run.post("/payments", SALE | {"card": {"number": made["number"], "cvv": made["cvv"]}}, key="pay-2")
    run.post(f"/payments/{held['id']}/void", key="void-1")
    run.post("/refunds", {"payment": paid["id"], "amount": 100}, key="refund-1")
    run.post("/disbursements", PUSH | {"card": {"number": card["number"]}}, key="push-1")
    for person in PEOPLE:
        run.post("/payments", SALE | {"card": {"number": person.number, "cvv": WRONG_CVV[:3]}})
        run.post("/payments", SALE | {"card": {"id": person.card}}, key=f"pay-{person.key}")
    run.send("GET", "/payments", Authorization=f"Bearer {key['key']}")
    run.send("POST", "/sandbox/clock/wind", {"seconds": 4 * DAY})


def everything_goes_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals, requests that are wrong in the secret itself, lost messages, and mistakes of ours."""
    nora = {"number": PEOPLE[0].number, "cvv": WRONG_CVV}
    for number in (NO_SUCH_BIN, MISTYPED, f"{NO_SUCH_BIN} ", f"card {NO_SUCH_BIN}"):
        run.post("/payments", SALE | {"card": {"number": number, "cvv": WRONG_CVV}}, key="wrong-1")
        run.post("/disbursements", PUSH | {"card": {"number": number}}, key="wrong-2")
        run.post("/cards", {"account": "acct_nora_patel", "number": number, "cvv": WRONG_CVV})
    for card in (
        *({"number": int(NO_SUCH_BIN)}, {"number": [NO_SUCH_BIN]}, NO_SUCH_BIN, {NO_SUCH_BIN: WRONG_CVV}),
        *(nora | {"cvv": f"{WRONG_CVV}x"}, nora | {"expiry": NO_SUCH_BIN}, nora | {"entry_mode": NO_SUCH_BIN}),
    ):
        run.post("/payments", SALE | {"card": card}, key="wrong-3")
    run.post("/payments", SALE | {"card": nora, "amount": NO_SUCH_BIN})
    run.post("/payments", SALE | {"card": nora, "currency": NO_SUCH_BIN})
    run.post("/cards", {"account": "acct_nora_patel", "number": PEOPLE[0].number})
    for path in (f"/payments/{NO_SUCH_BIN}", f"/cards/{NO_SUCH_BIN}", f"/payments?after={NO_SUCH_BIN}", f"/{MISTYPED}"):
        run.send("GET", path)
    run.send("GET", "/payments", Authorization="Bearer sk_wrong_0451")
    for message in ("authorization_request", "original_credit"):
        run.post("/sandbox/faults", {"kind": "lose_reply", "receiver": "opennet", "message": message})
    run.post("/payments", SALE | {"card": nora | {"cvv": "123"}}, key="lost-1")
    run.post("/disbursements", PUSH, key="lost-2")
    with monkeypatch.context() as patch:  # a mistake in a flow, and one that only the database sees
        patch.setattr("payments.api.payments.authorize", mistaken)
        assert run.send("POST", "/payments", SALE | {"card": nora}).status_code == 500
    with monkeypatch.context() as patch:
        patch.setattr("payments.acquirer.authorization.retrieval_reference", lambda *_: "000000000000")
        statuses = [run.send("POST", "/payments", SALE | {"card": nora | {"cvv": "123"}}).status_code for _ in range(2)]
        assert statuses == [201, 500]


async def mistaken(*arguments: Any) -> None:
    raise RuntimeError(f"no idea what to do with {arguments} and {PEOPLE[0].number}")


def read_all(run: Run) -> None:
    """Read whatever can be read: every list, and everything in them by its id."""
    paths = [
        path.removeprefix("/v1")
        for path, methods in run.served.http.get("/openapi.json").json()["paths"].items()
        if "get" in methods and not path.endswith(("/stream", "/sandbox/cards"))  # those cards are there to be used
    ]
    ids: set[str] = {f"{n}" for n in range(1, 400, 7)}
    for path in paths:
        if "{" not in path:
            ids |= {each["id"] for each in read_pages(run, path) if "id" in each}
    for path in paths:
        for id in ids if "{" in path else ():
            run.send("GET", re.sub(r"\{.*?\}", id, path))


def read_pages(run: Run, path: str) -> Iterator[Json]:
    after = ""
    while True:
        page = run.send("GET", f"{path}?limit=100{after}").json()
        yield from page.get("data", [])
        if not page.get("has_more"):
            return
        after = f"&after={page['next']}"


# ── where it is looked for ──────────────────────────────────────────────────────────────────────────


def places(run: Run, url: str) -> Iterator[tuple[str, str]]:
    """Every table, the files themselves, every answer, and what whatever is alive says of itself."""
    database = run.served.app.state.sandbox.world.database
    for table in metadata.sorted_tables:
        rows = database.read_now(lambda connection, table=table: connection.execute(sa.select(table)).fetchall())
        yield f"table {table.name}", "\n".join(str(each) for row in rows for each in row if isinstance(each, str))
    operations = database.read_now(lambda c: c.execute(sa.select(IdempotencyKey.table().c.operation)).scalars().all())
    assert "create_card" not in operations, "the answer that shows a number would be kept"
    if database.sqlite:
        path = Path(str(make_url(url).database))
        yield from ((each.name, each.read_bytes().decode("latin-1")) for each in path.parent.glob(f"{path.name}*"))
    for number, answer in enumerate(run.answers):
        yield f"answer {number}", answer
    yield "what is alive", "\n".join(alive())


def alive() -> Iterable[str]:
    """``repr`` of everything of the house's own that is there: records, messages, orders, claims, calls."""
    gc.collect()
    ours = [each for each in gc.get_objects() if type(each).__module__.startswith("payments.")]
    assert len(ours) > 100
    return (repr(each) for each in ours)


def is_in(secret: str, text: str) -> bool:
    """Is it there, by itself or as the hexadecimal digits of its characters? Short ones only as a word."""
    if len(secret) < 8:
        return re.search(rf"(?<![0-9A-Za-z.]){secret}(?![0-9A-Za-z])", text) is not None
    return secret in text or secret.encode().hex() in text.lower()


def around(text: str, secret: str) -> str:
    """The place it was found at."""
    at = text.find(secret)
    return text[max(0, at - 80) : at + 80]
