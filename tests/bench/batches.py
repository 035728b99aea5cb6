"""Batches through HTTP: so many lines in one file, from the first byte sent until the last line is known."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from payments.api.keys import DEMO_KEY
from tests.bench.load import Result
from tests.bench.processes import Server
from tests.bench.world import SENDER_IDS

PATH = "/v1/disbursement_batches"
HEADERS = {"Authorization": f"Bearer {DEMO_KEY}", "Content-Type": "application/x-ndjson"}
QUERY = {"currency": "USD", "business_application": "FD", "start": "true"}
LINE = '{{"reference":"{0}-{1}","amount":{2},"card":{{"number":"{3}"}},"recipient_name":"Somebody"}}\n'
LINES_A_PIECE = 400
LOOK_EVERY = 0.1


def pay_batch(server: Server, lines: int, cards: list[str]) -> tuple[Result, float]:
    """Have a file of so many lines paid; return how fast it went, and the servers' peak memory meanwhile (MB)."""
    forget_peaks(server)
    began = time.perf_counter()
    batch = post(server, lines, cards)
    loaded = time.perf_counter()
    while batch["status"] == "processing":
        time.sleep(LOOK_EVERY)
        batch = ask(server, "GET", f"{PATH}/{batch['id']}")
    took = time.perf_counter() - began
    if batch["status"] != "completed" or batch["paid_count"] != lines:
        raise RuntimeError(f"the batch was not paid: {batch}\n\nThe server said:\n{server.said()}")
    return Result(lines / took, lines, (loaded - began) * 1000, took * 1000), peak_megabytes(server)


def post(server: Server, lines: int, cards: list[str]) -> dict[str, Any]:
    """Send a file, piece by piece, and return the answer."""
    run = uuid4().hex[:12]
    query = urlencode(QUERY | {"sender": SENDER_IDS[0]})
    return ask(server, "POST", f"{PATH}?{query}", pieces(run, lines, cards), {"Idempotency-Key": run})


def ask(
    server: Server, method: str, path: str, body: Iterator[bytes] | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Ask over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request(method, path, body, HEADERS | (headers or {}), encode_chunked=body is not None)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    if reply.status not in (200, 201):
        raise RuntimeError(f"{path}: {reply.status} {text.decode()[:600]}")
    return json.loads(text)  # type: ignore[no-any-return]


def pieces(run: str, lines: int, cards: list[str]) -> Iterator[bytes]:
    """The file, some hundred lines at a time."""
    for first in range(0, lines, LINES_A_PIECE):
        some = range(first, min(first + LINES_A_PIECE, lines))
        texts = (LINE.format(run, number, 100 + number % 900, cards[number * 7919 % len(cards)]) for number in some)
        yield "".join(texts).encode()


def forget_peaks(server: Server) -> None:
    """Have the kernel note peaks of memory anew."""
    for process in server.processes:
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def peak_megabytes(server: Server) -> float:
    """The most memory that a process of a server has had since."""
    peaks = (Path(f"/proc/{process.pid}/status").read_text() for process in server.processes)
    return max(int(each.partition("VmHWM:")[2].split()[0]) for each in peaks) / 1024
