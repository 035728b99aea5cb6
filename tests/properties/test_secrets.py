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
from hypothesis import settings
from sqlalchemy.engine import make_url
from stdnum import luhn

from payments.api import hot_route
from payments.api.call import Call
from payments.api.cards import CreateCard
from payments.api.keys import DEMO_KEY
from payments.app import create_app
from payments.kit.idempotency import IdempotencyKey
from payments.kit.log import hear_libraries
from payments.kit.records import metadata
from payments.kit.steps import Steps
from payments.seed.people import PEOPLE
from payments.settings import Settings
from payments.switch.switch import Switch
from tests.api.calling import NO_SUCH_BIN, PUSH, SALE
from tests.api.conftest import TEMPLATE, prepare
from tests.api.serving import Served, serving
from tests.properties.conftest import Worlds

Json = dict[str, Any]

VAULT_KEY = "07" * 32
CVV, WRONG_CVV = "0731", "0642"  # with a zero, as nothing begins that is counted: positions, ids
MISTYPED = "4000121111104243"
HOOK = "http://127.0.0.1:9/hooks"  # where nobody listens
DAY = 86_400
MESSAGES = 40
OF_A_KIND: int = settings.default.max_examples // 10  # type: ignore[union-attr]
"""So many things of each kind are read by their ids, with all that belongs to them."""


@dataclass
class Run:
    """A day of requests: what was secret in it, and every answer but those that may show a secret, once."""

    served: Served
    secrets: dict[str, str]
    answers: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, *, shows: bool = False
    ) -> httpx.Response:
        response = self.served.http.request(method, f"/v1{path}", json=body, headers=headers)
        told = {name: value for name, value in response.headers.items() if name != "content-length"}  # may be a CVV
        (self.shown if shows else self.answers).append(f"{told} {response.text}")
        return response

    def post(self, path: str, body: Any = None, key: str = "", *, shows: bool = False) -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        posted: Json = self.send("POST", path, body, headers, shows=shows).json()
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


# How a message is written, and where a row is kept, have nothing to do with each other: two days show both of both.
@pytest.mark.parametrize(
    ("worlds", "wire"),
    [
        pytest.param("sqlite", False, marks=pytest.mark.sqlite),
        pytest.param("postgresql", True, marks=pytest.mark.postgresql),
    ],
    indirect=["worlds"],
)
def test_no_secret_lies_in_the_clear(
    worlds: Worlds,
    no_secrets_yet: dict[str, str],
    wire: bool,
    heard: StringIO,
    told: list[str],
    calls: list[Call],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not luhn.is_valid(MISTYPED)
    with worlds.new(TEMPLATE, prepare) as url:
        monkeypatch.setattr("tests.api.serving.create_app", lambda made: create_app(Settings(made.database, wire=wire)))
        with serving(url) as served:
            told.clear()  # of the seed, whose cards are there to be used
            served.http.timeout = httpx.Timeout(300)  # days go by, and all libraries tell every detail of them
            run = Run(served, no_secrets_yet)
            a_day(run)
            everything_goes_wrong(run, monkeypatch)
            read_all(run)
            found = dict(places(run, url))
        out, err = capfd.readouterr()
        found |= {"the log": heard.getvalue(), "the terminal": out + err}
    found |= {"steps and messages": "\n".join(told), "calls": "\n".join(map(repr, calls))}
    assert '"level": "error"' in found["the log"], "the mistakes were provoked in vain"
    assert '"logger": "asyncio"' in found["the log"], "the libraries were not heard"
    assert "AuthorizationRequest(" in found["steps and messages"]
    assert "Call(" in found["calls"]
    assert list(leaks(run.secrets, found)) == []
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
    run.post("/disbursement_batches", batch(card["number"], made["number"]) | {"start": True}, key="batch-1")
    for person in PEOPLE:
        if person.published:
            continue
        run.post("/payments", SALE | {"card": {"number": person.number, "cvv": WRONG_CVV[:3]}})
        run.post("/payments", SALE | {"card": {"id": person.card}}, key=f"pay-{person.key}")
    run.send("GET", "/payments", None, {"Authorization": f"Bearer {key['key']}"})
    run.send("POST", "/sandbox/clock/wind", {"seconds": 4 * DAY})


def batch(*numbers: str) -> Json:
    """A batch for these cards; wrong numbers stand in every field there is."""
    lines = [
        {"reference": f"line-{place}-{len(numbers)}", "amount": 1, "recipient_name": "Nora", "card": {"number": number}}
        for place, number in enumerate(numbers)
    ]
    wrong = [line | {"reference": NO_SUCH_BIN, "recipient_name": MISTYPED, NO_SUCH_BIN: 1} for line in lines[2:]]
    head = {"sender": "snd_city_of_alder", "currency": "USD", "business_application": "GD"}
    return head | {"lines": [*lines, *wrong]}


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
    run.post(
        "/disbursement_batches", batch(NO_SUCH_BIN, MISTYPED, f"{NO_SUCH_BIN} ", f"card {NO_SUCH_BIN}"), key="wrong-4"
    )
    run.post(
        "/disbursement_batches", batch(PEOPLE[0].number) | {"sender": NO_SUCH_BIN, "label": MISTYPED}, key="wrong-5"
    )
    for batched in run.send("GET", "/disbursement_batches").json()["data"]:
        run.send("GET", f"/disbursement_batches/{batched['id']}/lines")
        run.send("GET", f"/disbursement_batches/{batched['id']}/result")
    run.post("/payments", SALE | {"card": nora, "amount": NO_SUCH_BIN})
    run.post("/payments", SALE | {"card": nora, "currency": NO_SUCH_BIN})
    run.post("/cards", {"account": "acct_nora_patel", "number": PEOPLE[0].number})
    for path in (f"/payments/{NO_SUCH_BIN}", f"/cards/{NO_SUCH_BIN}", f"/payments?after={NO_SUCH_BIN}", f"/{MISTYPED}"):
        run.send("GET", path)
    run.send("GET", "/payments", None, {"Authorization": "Bearer sk_wrong_0451"})
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
        assert statuses == [201, 503]  # the flow had gone on from what the database refused: it may ask again


async def mistaken(*arguments: Any) -> None:
    raise RuntimeError(f"no idea what to do with {arguments} and {PEOPLE[0].number}")


def read_all(run: Run) -> None:
    """Read whatever can be read: every list, and everything in them by its id."""
    paths = [
        path.removeprefix("/v1")
        for path, methods in run.served.http.get("/openapi.json").json()["paths"].items()
        if "get" in methods and not path.endswith(("/stream", "/sandbox/cards"))  # those cards are there to be used
    ]
    lists = {path: list(read_pages(run, path)) for path in paths if "{" not in path}
    lists["/events"] = [each for each in lists["/events"] if each["type"] == "message.sent"][::4]
    there = {path: [name_of(each) for each in listed] for path, listed in lists.items()}
    assert len(there["/events"]) > 20
    there["/ledger/accounts"] = ["first_prairie.cardholder.USD.acct_nora_patel"]
    for path in paths:
        collection, _, rest = path.partition("/{")
        for id in there.get(collection, ())[: MESSAGES if collection == "/events" else OF_A_KIND] if rest else ():
            run.send("GET", f"{collection}/{id}{rest.partition('}')[2]}")
    assert '"format":"iso8583"' in "".join(run.answers)


def name_of(thing: Json) -> str:
    """By what it is read."""
    return str(thing.get("id") or thing.get("position"))


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
        for each in path.parent.glob(f"{path.name}*"):
            yield each.name, re.sub(r"[^\x20-\x7e]+", " ", each.read_bytes().decode("latin-1"))
    for number, answer in enumerate(run.answers):
        yield f"answer {number}", answer
    yield "what is alive", "\n".join(alive())
    yield "a request's card", repr(CreateCard.model_validate({"account": "a", "number": PEOPLE[0].number, "cvv": CVV}))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, logged: StringIO) -> StringIO:
    """The log, as the server keeps it: with whatever any library has to say, down to the last detail."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [*logging.getLogger().handlers])
    hear_libraries()
    caplog.set_level(logging.DEBUG)
    for client in ("httpx", "httpcore"):  # but not what this test itself sends
        caplog.set_level(logging.WARNING, client)
    return logged


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """``repr`` of whatever is handed to a step, or returned by one, and of every message and reply."""
    said: list[str] = []
    run, send = Steps.run, Switch.send

    async def run_and_tell(steps: Steps, institution: Any, step: Any, *arguments: Any) -> Any:
        said.append(repr(arguments))
        result = await run(steps, institution, step, *arguments)
        said.append(repr(result))
        return result

    async def send_and_tell(switch: Switch, message: Any) -> Any:
        said.append(repr(message))
        reply = await send(switch, message)
        said.append(repr(reply))
        return reply

    monkeypatch.setattr(Steps, "run", run_and_tell)
    monkeypatch.setattr(Switch, "send", send_and_tell)
    return said


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Every request that was let in."""
    there: list[Call] = []

    async def admit_and_keep(*arguments: Any) -> Call:
        there.append(await admit(*arguments))
        return there[-1]

    admit = hot_route.admit
    monkeypatch.setattr(hot_route, "admit", admit_and_keep)
    return there


def alive() -> Iterable[str]:
    """``repr`` of everything of the house's own that is still there."""
    gc.collect()
    return (repr(each) for each in gc.get_objects() if type(each).__module__.startswith("payments."))


def leaks(secrets: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    """What was found where, with what stands around it."""
    for place, text in found.items():
        for name, secret in secrets.items():
            if is_in(secret, text):
                at = max(0, text.find(secret))
                yield f"{name} in {place}: {text[max(0, at - 80) : at + 80]}"


def is_in(secret: str, text: str) -> bool:
    """Is it there, by itself or as the hexadecimal digits of its characters? Short ones only as a word."""
    if len(secret) < 8:
        return re.search(rf"(?<![0-9A-Za-z.]){secret}(?![0-9A-Za-z])", text) is not None
    digits = secret.encode().hex()
    return any(each in text for each in (secret, digits, digits.upper()))
