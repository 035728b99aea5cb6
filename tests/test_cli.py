"""The command line, as somebody who types it sees it."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

import payments.shop.demo
from payments.cli import app
from payments.kit.clock import SECOND, real_now
from tests.crash.server import KEY, Server

STOPS_WITHIN = 2 * SECOND
NORAS = "first_prairie.cardholder.USD.acct_nora_patel"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a SQLite file that is not there yet, and a vault key beside nothing."""
    monkeypatch.setenv("PAYMENTS_VAULT_KEY", "6b" * 32)
    return f"sqlite:///{tmp_path}/sandbox.db"


def run(*words: str) -> Result:
    """Type a command."""
    return CliRunner().invoke(app, list(words))


def test_a_world_is_made_and_is_right(url: str) -> None:
    assert "0001" in run("migrate", "--database", url).output
    assert run("seed", "--database", url, "--freeze-at", "2025-10-14T14:00:00Z").exit_code == 0
    assert run("seed", "--database", url).exit_code == 0
    verified = run("verify", "--database", url)
    assert verified.exit_code == 0
    assert "Every cent is right" in verified.output


def test_what_is_wrong_is_explained(url: str) -> None:
    run("seed", "--database", url)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute(f"UPDATE ledger_balances SET posted_credits = posted_credits + 1 WHERE id = '{NORAS}'")
    connection.close()
    verified = run("verify", "--database", url)
    assert verified.exit_code == 1
    assert f"{NORAS} says posted_credits 41219 and not 41218" in verified.output


def test_nothing_is_verified_where_nothing_is(url: str, tmp_path: Path) -> None:
    verified = run("verify", "--database", url)
    assert verified.exit_code == 2
    assert "There is no world" in verified.output
    assert not list(tmp_path.iterdir())


def test_several_workers_need_postgresql(url: str) -> None:
    served = run("serve", "--workers", "2", "--database", url)
    assert served.exit_code == 2
    assert "postgresql" in served.output


def test_a_port_that_is_taken_is_said(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        served = run("serve", "--port", str(taken.getsockname()[1]), "--database", url)
    assert served.exit_code == 2
    assert "in use" in served.output


def test_a_file_is_served_by_one_process(url: str) -> None:
    with Server(url):
        served = run("seed", "--database", url)
    assert served.exit_code == 2
    assert "Another process serves" in served.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_even_with_a_stream_open(url: str, number: signal.Signals) -> None:
    heard = threading.Event()

    def listen(base_url: str) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.stream("GET", f"{base_url}/v1/events/stream", headers=headers, timeout=30) as stream:
            for _ in stream.iter_lines():
                heard.set()

    with Server(url) as server:
        listener = threading.Thread(target=listen, args=(server.base_url,))
        listener.start()
        assert heard.wait(30)
        asked_at = real_now()
        server.process.send_signal(number)
        assert server.process.wait(30) in (0, 128 + number, -number)
        assert real_now() - asked_at < STOPS_WITHIN
        listener.join(10)
        said = "".join(server.said)
    assert KEY in said
    assert server.base_url in said
    assert "Traceback" not in said


@pytest.mark.postgresql
def test_workers_share_a_database_and_stop_together(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # one process serves a file
    with Server(database_url, workers=3) as server:
        assert len(server.workers()) == 3
        clock = httpx.get(f"{server.base_url}/v1/sandbox/clock", headers={"Authorization": f"Bearer {KEY}"})
        assert clock.json()["now"].startswith("2025-10-14T14:00:00")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0
        assert "Traceback" not in "".join(server.said)


def test_the_demo_tells_its_story_and_every_cent_is_right() -> None:
    told = subprocess.run([sys.executable, "-m", "payments", "demo"], capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Every cent is right" in told.stdout
    assert not told.stderr


def test_the_demo_carries_out_a_file_of_orders(tmp_path: Path) -> None:
    orders = tmp_path / "orders.jsonl"
    orders.write_text(Path(payments.shop.demo.__file__).with_name("example.jsonl").read_text())
    told = run("demo", "--input", str(orders))
    assert told.exit_code in (0, 2), told.output
