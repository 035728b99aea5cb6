"""The load generator: a process of its own that keeps a number of connections busy, and no more.

`python -m tests.bench.load` reads one JSON order a line from its input, carries it out, and writes one JSON result a
line. Each connection has one request on its way; the next leaves when the reply has come. It speaks just enough
HTTP/1.1 (keep-alive, Content-Length) to cost little beside the server: see `busy` in the result.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

Request = Callable[[int], bytes]

PAYMENT = (
    '{{"merchant":"{merchant}","amount":{amount},"currency":"USD",'
    '"card":{{"number":"{card}","expiry":"12/29","cvv":"123","entry_mode":"contactless"}}}}'
)
DISBURSEMENT = (
    '{{"sender":"{merchant}","amount":{amount},"currency":"USD","card":{{"number":"{card}"}},'
    '"channel":"api","business_application":"FD","recipient_name":"Somebody"}}'
)
BODIES = {"payment": PAYMENT, "disbursement": DISBURSEMENT}


@dataclass(frozen=True)
class Order:
    """What to do: which requests, where, over how many connections, for how long.

    `payers` are the merchants (or senders) and `cards` the card numbers to go round; `expected` is what the body of
    every good reply contains. Replies that come in the first `warm_up` seconds do not count.
    """

    port: int
    key: str
    path: str
    body: str
    payers: list[str]
    cards: list[str]
    expected: str
    connections: int
    seconds: float
    run: str
    warm_up: float = 0.4


@dataclass
class Result:
    """What came of it: good replies a second, their waiting times, and what was not good."""

    per_second: float = 0.0
    count: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    bad: dict[str, int] = field(default_factory=dict)
    first_bad: str = ""
    busy: float = 0.0
    """The share of a core this process used: near 1, it is the generator that was measured."""
    sent: int = 0
    """All requests sent, those of the warm-up too."""


class Load:
    """One order on its way."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.expected = order.expected.encode()
        self.bodies = [self.request_without_key(number) for number in range(min(len(order.cards), 10_000))]
        self.number = 0
        self.from_ = self.until = 0.0
        self.waited: list[float] = []
        self.bad: Counter[str] = Counter()
        self.first_bad = ""

    def request_without_key(self, number: int) -> tuple[bytes, bytes]:
        """One request, split where its idempotency key goes."""
        order = self.order
        body = BODIES[order.body].format(
            merchant=order.payers[number % len(order.payers)],
            card=order.cards[number * 7919 % len(order.cards)],
            amount=100 + number % 900,
        )
        head = (
            f"POST {order.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {order.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: {order.run}-"
        )
        return head.encode(), f"\r\n\r\n{body}".encode()

    def next_request(self) -> bytes:
        number = self.number
        self.number = number + 1
        head, body = self.bodies[number % len(self.bodies)]
        return b"%s%d%s" % (head, number, body)

    def note(self, status: bytes, reply: bytes, sent: float, now: float) -> None:
        if now < self.from_ or now > self.until:
            return
        if status == b"201" and self.expected in reply:
            self.waited.append(now - sent)
        else:
            self.bad[status.decode()] += 1
            self.first_bad = self.first_bad or reply.decode(errors="replace")[:600]

    async def run(self) -> Result:
        loop = asyncio.get_running_loop()
        opened = await asyncio.gather(
            *(
                loop.create_connection(lambda: Connection(self), "127.0.0.1", self.order.port)
                for _ in range(self.order.connections)
            )
        )
        began, used = time.perf_counter(), time.process_time()
        self.from_ = began + self.order.warm_up
        self.until = self.from_ + self.order.seconds
        for _, connection in opened:
            connection.ask()
        await asyncio.gather(*(connection.finished for _, connection in opened))
        busy = (time.process_time() - used) / (time.perf_counter() - began)
        return self.result(busy)

    def result(self, busy: float) -> Result:
        waited = sorted(self.waited) or [0.0]
        count = len(self.waited)
        p50, p99 = (waited[len(waited) * part // 100] * 1000 for part in (50, 99))
        return Result(count / self.order.seconds, count, p50, p99, dict(self.bad), self.first_bad, busy, self.number)


class Connection(asyncio.Protocol):
    """One connection with one request on its way."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.transport: asyncio.Transport
        self.buffer = b""
        self.sent = 0.0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def ask(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.load.next_request())

    def data_received(self, data: bytes) -> None:
        reply = self.buffer + data if self.buffer else data
        end = reply.find(b"\r\n\r\n")
        if end < 0 or len(reply) < end + 4 + content_length(reply, end):
            self.buffer = reply
            return
        self.buffer = b""
        now = time.perf_counter()
        self.load.note(reply[9:12], reply, self.sent, now)
        if now < self.load.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self.load.until:
            self.load.bad["connection lost"] += 1
        if not self.finished.done():
            self.finished.set_result(None)


def content_length(reply: bytes, end: int) -> int:
    """How long the body is, by the header that says so."""
    start = reply.find(b"ontent-", 0, end)
    while start >= 0 and reply[start + 7 : start + 14].lower() != b"length:":
        start = reply.find(b"ontent-", start + 1, end)
    if start < 0:
        return 0
    return int(reply[start + 14 : reply.find(b"\r", start)])


def main() -> None:
    """Carry out orders until there are no more."""
    for line in sys.stdin:
        result = uvloop.run(Load(Order(**json.loads(line))).run())
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
