"""The log: one line an event, and nothing secret in it whoever writes it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from payments.kit.errors import Refusal
from payments.kit.idempotency import Replayed
from payments.kit.log import LOGGED, hear_libraries, log, mask
from payments.kit.secrets import CardNumber, Secret
from payments.kit.steps import Lock, hot
from payments.kit.store import Store
from payments.kit.work import Work
from payments.kit.world import Institution
from tests import kernel

NUMBER = "4000121111104242"
MASKED = "400012••••••4242"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def libraries() -> Iterator[None]:
    """What libraries log is heard, once, however often one asks for it."""
    before = logging.getLogger().handlers
    hear_libraries()
    hear_libraries()
    yield
    logging.getLogger().handlers = before


def events(written: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The log's lines since one last asked: none of them says the number."""
    lines = written.readouterr().err
    assert NUMBER not in lines
    return [json.loads(each) for each in lines.splitlines()]


# ── what is masked ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"card {NUMBER}.", f"card {MASKED}."),
        ("4000 1211 1110 4242", MASKED),
        ("4000-1211-1110-4242", MASKED),
        (f"[{NUMBER},{NUMBER}]", f"[{MASKED},{MASKED}]"),
        ("6000000000000000004", "600000•••••••••0004"),
        ("000000000000", "••••••••••••"),
        ("4000121111104243", "4000121111104243"),
        ("632716000001", "632716000001"),
        ("74001006287000100000017", "74001006287000100000017"),
        ("2026-10-14T12:00:00Z", "2026-10-14T12:00:00Z"),
        ("Bearer sk_demo_opennet", "Bearer sk_***"),
        ("whsec_MfKQ9r8GKYqrTwjU/+==", "whsec_***"),
        ("postgresql://me:hidden@127.0.0.1/db", "postgresql://me:***@127.0.0.1/db"),
    ],
)
def test_numbers_keys_and_passwords_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_secrets_are_masked_wherever_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    card = CardNumber(NUMBER)
    log.warning(
        f"number {NUMBER}",
        number=card,
        cvv=Secret("123"),
        deep={NUMBER: [card, (Secret("x"), {"key": "sk_live_1"})]},
        object=Refusal(f"no card {NUMBER}"),
        raw=NUMBER.encode(),
        integer=int(NUMBER),
        count=3,
        nothing=None,
        so=True,
    )
    (event,) = events(capsys)
    assert event.pop("at").endswith("Z")
    assert event == {
        "event": f"number {MASKED}",
        "level": "warning",
        "number": MASKED,
        "cvv": "***",
        "deep": {MASKED: [MASKED, ["***", {"key": "sk_***"}]]},
        "object": f"Refusal('no card {MASKED}')",
        "raw": f"b'{MASKED}'",
        "integer": MASKED,
        "count": 3,
        "nothing": None,
        "so": True,
    }


def test_a_traceback_has_no_values_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "unsayable"  # noqa: F841 - it is what must not be seen
    try:
        raise ValueError(NUMBER)
    except ValueError:
        log.exception("job failed", job="expire")
    (event,) = events(capsys)
    assert event["exception"].startswith("Traceback")
    assert f"ValueError: {MASKED}" in event["exception"]
    assert event["exception"].count("unsayable") == 0


# ── how it is written ───────────────────────────────────────────────────────────────────────────────


def test_on_a_terminal_it_is_a_line_and_only_what_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    log.info("world opened")
    log.error("job failed", job="expire", number=NUMBER)
    (line,) = terminal.getvalue().splitlines()
    assert "[error" in line
    assert "job failed" in line
    assert "job=expire" in line
    assert f"number={MASKED}" in line


def test_if_nobody_can_be_told_nothing_stops_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    log.error("job failed")


def test_what_libraries_log_goes_the_same_way_once(capsys: pytest.CaptureFixture[str], libraries: None) -> None:
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received from %s", NUMBER)
    logging.getLogger("uvicorn.error").info("Started server process")
    try:
        raise ValueError(NUMBER)
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    first, second = events(capsys)
    assert first["event"] == f"Invalid HTTP request received from {MASKED}"
    assert (first["logger"], first["level"]) == ("uvicorn.error", "warning")
    assert f"ValueError: {MASKED}" in second["exception"]


def test_what_the_api_has_logged_the_server_need_not_repeat(
    capsys: pytest.CaptureFixture[str], libraries: None
) -> None:
    error = ValueError("said before")
    error.add_note(LOGGED)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=error)
    assert events(capsys) == []


# ── the writer ──────────────────────────────────────────────────────────────────────────────────────


def mistaken(_: Work, __: Institution) -> None:
    raise AssertionError(f"a transfer across books, card {NUMBER}")


def refused(_: Work, __: Institution) -> None:
    raise Refusal


def answered_before(_: Work, __: Institution) -> None:
    raise Replayed(201, "{}")


@hot(lambda *_: list[Lock]())
def quiet(_: Work, __: Institution) -> None:
    """Nothing to say."""


async def test_a_bug_in_a_step_is_logged_and_an_answer_is_not(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with kernel.open_world(database_url) as world:
        bank = Institution("bank", "Bank", world)
        for step, error in ((refused, Refusal), (answered_before, Replayed), (mistaken, AssertionError)):
            with pytest.raises(error):
                await bank.step(step)
        await bank.step(quiet)
    (event,) = events(capsys)
    assert (event["event"], event["step"], event["institution"]) == ("step failed", "mistaken", "bank")
    assert f"AssertionError: a transfer across books, card {MASKED}" in event["exception"]


async def test_a_batch_that_is_run_again_is_logged(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with kernel.open_world(database_url) as world:
        bank = Institution("bank", "Bank", world)
        store: Store = world.writer._store
        commit, failures = store.commit, [world.writer.writer]

        def commit_later() -> None:
            if failures:
                failures.pop()
                raise RuntimeError("deadlock detected\nin great detail")
            commit()

        monkeypatch.setattr(store, "commit", commit_later)
        await bank.step(quiet)
    (event,) = events(capsys)
    assert (event["event"], event["level"], event["steps"]) == ("batch refused", "warning", 1)
    assert event["error"] == "deadlock detected"
