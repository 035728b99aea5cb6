"""A real server in processes of its own, to be killed without warning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx

from tests.postgres import free_port

KEY = "sk_demo_opennet"
START_WITHIN_SECONDS = 90
STOP_WITHIN_SECONDS = 30
STANDS_AT = "2025-10-14T14:00:00Z"


class Server:
    """`payments serve` on a free port; its processes share a group, so that they can all be killed at once.

    One that comes after another takes over its port.
    """

    def __init__(self, database_url: str, workers: int = 1, frozen: bool = True, port: int | None = None) -> None:
        self.port = port or free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "payments", "serve", "--port", str(self.port), "--workers", str(workers)]
        self.process = subprocess.Popen(
            [*command, "--database", database_url, *(["--freeze-at", STANDS_AT] if frozen else [])],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=os.environ | {"PAYMENTS_VAULT_KEY": "6b" * 32},
        )
        self.said: list[str] = []
        self._listening = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        self._listening.wait(START_WITHIN_SECONDS)
        if self.process.poll() is not None or not self._listening.is_set():
            self.kill()
            raise AssertionError("the server did not start:\n" + "".join(self.said))
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Kill every process of it, so that none can say or write another word."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._listener.join()
        if self.process.stdout:
            self.process.stdout.close()

    def stop(self) -> None:
        """Tell it to stop, as Ctrl-C does, and wait until it has."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOP_WITHIN_SECONDS)
        self.kill()

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(each) for each in children if b"spawn_main" in command_line(each)]

    def client(self) -> httpx.AsyncClient:
        """Somebody with the demo key."""
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.AsyncClient(base_url=self.base_url, headers=headers, timeout=60, limits=limits, trust_env=False)

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if "Ctrl-C stops it" in line:
                self._listening.set()
        self._listening.set()


def command_line(process: str) -> bytes:
    """How a process was started."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""
