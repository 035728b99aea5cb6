"""A real server on a world whose clock stands at the morning of the story: for whoever speaks HTTP only."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn

from payments.app import create_app
from payments.kit import migrate
from payments.kit.clock import instant
from payments.kit.database import Database
from payments.seed import open_seeded
from payments.settings import Settings

MORNING = datetime(2025, 10, 14, 14, 3, tzinfo=UTC)


@contextmanager
def served(database_url: str) -> Iterator[str]:
    """Serve the database in a thread; the URL to call. PAYMENTS_VAULT_KEY must be set."""
    settings = Settings(database=database_url)
    migrate.upgrade(database_url)
    asyncio.run(_seed_at_morning(settings))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


async def _seed_at_morning(settings: Settings) -> None:
    sandbox = await open_seeded(Database(settings.database), settings.vault_key(), instant(MORNING), frozen=True)
    sandbox.close()
