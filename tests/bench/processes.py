"""Processes of a benchmark: servers, the load generator, and how much of a processor each of them used."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bench.load import Order, Result
from tests.bench.world import VAULT_KEY

TICKS = os.sysconf("SC_CLK_TCK")
STARTED_WITHIN = 60.0
ENVIRONMENT = {"PAYMENTS_VAULT_KEY": VAULT_KEY}

CpuTimes = dict[str, float]
"""Seconds of processor time so far, by what used them."""


def listening(port: int = 0) -> socket.socket:
    """A socket of a worker's own, beside others at the same port, as `payments serve --workers` has them."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    made.listen(2048)
    return made


class Server:
    """A server on a port of its own: one process or several; `python -m tests.bench.server` says what it serves."""

    def __init__(self, *what: str, workers: int = 1) -> None:
        listeners = [listening()]  # ours before anybody else's
        self.port: int = listeners[0].getsockname()[1]
        listeners += [listening(self.port) for _ in range(workers - 1)]
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the server
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.server", str(each.fileno()), *what],
                pass_fds=[each.fileno()],
                env={**os.environ, **ENVIRONMENT},
                stdout=self.log,
                stderr=subprocess.STDOUT,
            )
            for each in listeners
        ]
        for each in listeners:
            each.close()
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until and all(each.poll() is None for each in self.processes):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as asking:
                asking.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if asking.recv(100).startswith(b"HTTP/1.1 "):
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server does not start:\n{self.said()}")

    def said(self) -> str:
        """The end of its log."""
        self.log.seek(0)
        return self.log.read()[-4000:]

    def cpu(self) -> CpuTimes:
        """What its threads used: the event loop is the main one, the writer the busiest of the others."""
        used: Counter[str] = Counter()
        for process in self.processes:
            main = str(process.pid)
            threads = {task.name: ticks(task / "stat") for task in Path(f"/proc/{main}/task").iterdir()}
            others = sorted((time for name, time in threads.items() if name != main), reverse=True)
            used.update({"event loop": threads[main], "writer": sum(others[:1]), "other threads": sum(others[1:])})
        return dict(used)

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.log.close()


class Lines:
    """A process that reads orders and writes results, a line each."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, line: str) -> Result:
        """Send a line and wait for what comes back."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer: Mapping[str, Any] = json.loads(self.process.stdout.readline())
        return Result(**answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate(timeout=30)


class LoadGenerator(Lines):
    """The load generator, kept for the whole run."""

    def __init__(self) -> None:
        super().__init__("tests.bench.load")

    def carry_out(self, order: Order) -> Result:
        """Carry out an order; it is an error when a reply was not good."""
        result = self.ask(json.dumps(asdict(order)))
        if result.bad:
            raise RuntimeError(f"{order.path}: {result.bad} beside {result.count} good: {result.first_bad}")
        return result


class Holds(Lines):
    """The ledger alone, in a process of its own."""

    def __init__(self, url: str, cards: int) -> None:
        super().__init__("tests.bench.single_holds", url, str(cards))

    def run(self, seconds: float) -> Result:
        """Hold for a while."""
        return self.ask(str(seconds))


def ticks(stat: Path) -> float:
    """The processor seconds in a `/proc/…/stat`; 0 when it is gone."""
    with suppress(OSError):
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def postgres_cpu(folder: str | None) -> CpuTimes:
    """What the processes of the PostgreSQL cluster in `folder` used; {} when it is not ours."""
    if folder is None:
        return {}
    postmaster = (Path(folder) / "data" / "postmaster.pid").read_text().split()[0]
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = stat.read_text().rsplit(")", 1)[1].split()[1]
            total += ticks(stat) if parent == postmaster else 0.0
    return {"PostgreSQL": total}
