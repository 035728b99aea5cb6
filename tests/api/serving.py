"""The API behind a real socket: uvicorn in a thread, on a free port."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI

from payments.api.keys import DEMO_KEY
from payments.app import create_app
from payments.settings import Settings


class Server(uvicorn.Server):
    """A server that says when it accepts requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()
        self.loop: asyncio.AbstractEventLoop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        try:
            await super().startup(sockets)
        finally:
            self.up.set()


@dataclass
class Served:
    """A server that runs, and a client of it."""

    app: FastAPI
    server: Server
    thread: threading.Thread
    port: int
    http: httpx.Client

    def stop(self) -> None:
        """Tell it to stop, as a signal does, and wait until it has."""
        self.server.loop.call_soon_threadsafe(self.app.state.door.closing.set)
        self.server.should_exit = True
        self.thread.join(timeout=20)
        assert not self.thread.is_alive(), "the server does not stop"


@contextmanager
def serving(database_url: str) -> Iterator[Served]:
    """Serve a database until the end of the block."""
    app = create_app(Settings(database=database_url))
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, loop="asyncio", log_config=None, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert server.up.wait(timeout=30)
    port = listener.getsockname()[1]
    headers = {"Authorization": f"Bearer {DEMO_KEY}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=30) as http:
        served = Served(app, server, thread, port, http)
        try:
            yield served
        finally:
            if thread.is_alive():
                served.stop()
            listener.close()
