"""The demo: a real server on a world of its own, and the shop that tells its story against it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

import httpx

from payments.api.keys import DEMO_KEY
from payments.kit.clock import MINUTE, real_now
from payments.kit.errors import Refusal
from payments.shop import demo

STANDS_AT: Final = "2025-10-14T14:00:00Z"
"""Where the clock of the demo's world stands: a Tuesday afternoon, so that settlement is on Wednesday."""

_START_WITHIN: Final = MINUTE
_LOOK_EVERY_SECONDS: Final = 0.05


class ServerDidNotStart(Refusal):
    """The demo's server did not start."""


def play(input: Path | None, out: IO[str]) -> int:
    """Start a server on a new world, play the demo against it, and return its exit code: 0 if every cent is right."""
    with TemporaryDirectory(prefix="payments-demo-") as folder, _server(Path(folder)) as base_url:
        return demo.run(base_url, DEMO_KEY, input, out)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Serve a new world from ``folder`` while the block runs. Raises ``ServerDidNotStart``."""
    port, log = _free_port(), folder / "server.log"
    command = [sys.executable, "-m", "payments", "serve", "--port", str(port), "--freeze-at", STANDS_AT]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--database", f"sqlite:///{folder}/demo.db"],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if not _answers(process, f"http://127.0.0.1:{port}"):
            raise ServerDidNotStart(f"The server did not start:\n{log.read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _answers(process: subprocess.Popen[bytes], base_url: str) -> bool:
    """Wait until the server answers; tell whether it does."""
    deadline = real_now() + _START_WITHIN
    while process.poll() is None and real_now() < deadline:
        with suppress(httpx.TransportError):
            httpx.get(f"{base_url}/docs", trust_env=False)
            return True
        time.sleep(_LOOK_EVERY_SECONDS)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
