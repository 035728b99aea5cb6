"""A server that is told to stop by a signal stops at once, though somebody listens to its events."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from payments.api.keys import DEMO_KEY

ROOT = Path(__file__).parents[2]


@pytest.fixture
def process(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """A server process on a socket file, and a client of it."""
    place = tmp_path / "socket"
    command = [sys.executable, "-m", "uvicorn", "--factory", "payments.app:create_app", "--uds", str(place)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if b"Uvicorn running" in line:
                break
        transport = httpx.HTTPTransport(uds=str(place))
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        with httpx.Client(transport=transport, base_url="http://sandbox", headers=headers, timeout=20) as client:
            yield running, client
        running.kill()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once(process: tuple[subprocess.Popen[bytes], httpx.Client], told: signal.Signals) -> None:
    running, client = process
    with client.stream("GET", "/v1/events/stream") as response:
        lines = response.iter_lines()
        assert next(lines)
        running.send_signal(told)
        for _ in lines:
            pass  # until the stream ends
    running.wait(timeout=10)
