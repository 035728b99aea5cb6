"""Serving with one process."""

import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from rich.console import Console
from rich.markup import escape
from sqlalchemy.engine import make_url

from payments.api.keys import DEMO_KEY
from payments.app import create_app
from payments.kit.errors import Refusal
from payments.kit.log import hear_libraries
from payments.settings import Settings

GRACE_SECONDS: Final = 3
"""How long requests under way may take when the server is told to stop. (Event streams end at once.)"""

BACKLOG: Final = 2048


class OneProcessPerFile(Refusal):
    """A SQLite file is served by one process: use PostgreSQL for several workers."""


class Server(uvicorn.Server):
    """A server that says when it accepts requests."""

    def __init__(self, settings: Settings, started: Callable[[], None]) -> None:
        """Serve the app of ``settings``; call ``started`` once requests are accepted."""
        hear_libraries()
        super().__init__(
            uvicorn.Config(
                create_app(settings),
                log_config=None,
                loop="uvloop",
                http="httptools",
                ws="none",
                lifespan="on",
                access_log=False,
                log_level="warning",
                backlog=BACKLOG,
                timeout_graceful_shutdown=GRACE_SECONDS,
                **tls(settings),
            )
        )
        self._say_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then say so."""
        await super().startup(sockets)
        if self.started:
            self._say_started()


def tls(settings: Settings) -> dict[str, Any]:
    """Return what uvicorn is told about TLS: nothing, our certificate, or also whose clients are let in."""
    if settings.tls_certificate is None:
        return {}
    told: dict[str, Any] = {"ssl_certfile": settings.tls_certificate, "ssl_keyfile": settings.tls_key}
    if settings.client_ca is not None:
        told |= {"ssl_ca_certs": str(settings.client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    return told


def refuse_several_on_sqlite(settings: Settings) -> None:
    """Raise ``OneProcessPerFile`` for more than one worker on a SQLite file."""
    if settings.workers > 1 and settings.sqlite:
        raise OneProcessPerFile("Use --workers with --database postgresql+psycopg://… ; SQLite has one writer process.")


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens where ``settings`` say. Raises ``OSError`` when that is taken."""
    return socket.create_server((settings.host, settings.port), family=_family(settings), backlog=BACKLOG)


def share(settings: Settings) -> socket.socket:
    """Return a socket bound where ``settings`` say, beside others: connections are spread over those that listen."""
    shared = socket.socket(_family(settings))
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.bind((settings.host, settings.port))
    return shared


def _family(settings: Settings) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in settings.host else socket.AF_INET


def serve_alone(settings: Settings, out: Console) -> int:
    """Serve until told to stop, and return the exit code."""
    with listen(settings) as listening:
        server = Server(settings, lambda: announce(settings, listening, out))
        server.run(sockets=[listening])
    return 0 if server.started else 1


def announce(settings: Settings, listening: socket.socket, out: Console) -> None:
    """Say where the sandbox is, and with which key one gets in."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    base = f"{'https' if settings.tls_certificate else 'http'}://{shown}:{port}"
    out.print(f"[bold]The sandbox is open[/]: {base}")
    out.print(f"  API       {base}/v1 (documentation: {base}/docs)")
    out.print(f"  key       {DEMO_KEY}")
    out.print(f"  database  {escape(make_url(settings.database).render_as_string())}")
    if settings.workers > 1:
        out.print(f"  workers   {settings.workers}")
    out.print("Ctrl-C stops it.")
