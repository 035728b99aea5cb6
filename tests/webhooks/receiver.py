"""A program that listens for webhooks on a real socket, and answers as the test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from standardwebhooks import Webhook

SILENCE = 0  # takes the request and never answers
HANG_UP = -1  # takes the request and closes the connection


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        return orjson.loads(self.body)  # type: ignore[no-any-return]

    @property
    def subject(self) -> str:
        return str(self.told["data"]["subject"])

    def verified(self, secret: str) -> Any:
        """What the Standard Webhooks library makes of it; it raises when the signature is wrong."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """``answers`` are the statuses of the next requests; after them it answers ``otherwise``."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    otherwise: int = 204
    location: str = ""
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def url(self, path: str = "/hooks") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def subjects(self) -> list[str]:
        return [each.subject for each in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        try:
            while request := await read_request(reader):
                self.requests.append(request)
                status = self.answers.pop(0) if self.answers else self.otherwise
                if status == HANG_UP:
                    break
                if status == SILENCE:
                    await asyncio.Event().wait()
                extra = f"location: {self.location}\r\n" if self.location else ""
                writer.write(f"HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n{extra}\r\n".encode())
                await writer.drain()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks)


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    method, path, _ = head[0].split(" ")
    assert method == "POST"
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    return Received(path, headers, await reader.readexactly(int(headers["content-length"])))


@asynccontextmanager
async def listening(**options: Any) -> AsyncIterator[Receiver]:
    receiver = Receiver(**options)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await receiver.close()
        await server.wait_closed()


def closed_port() -> int:
    """A port at which nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
