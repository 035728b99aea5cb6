"""A server to be measured: `python -m tests.bench.server SOCKET ours|unbatched|echo|plain [DATABASE]`."""

import socket
import sys

import uvicorn
from fastapi import FastAPI

from payments.app import create_app
from payments.kit import steps
from payments.settings import Settings
from tests.bench.echo import echo_app, plain_app


def app_of(variant: str, database: str) -> FastAPI:
    """The app of a variant."""
    if variant == "echo":
        return echo_app()
    if variant == "plain":
        return plain_app()
    if variant == "unbatched":
        steps.BATCH_LIMIT = steps.STEPS_LIMIT = 1  # one step, one transaction
    return create_app(Settings(database=database))


def main() -> None:
    """Serve on the listening socket that was handed over, until told to stop."""
    descriptor, variant, *database = sys.argv[1:]
    listener = socket.socket(fileno=int(descriptor))
    app = app_of(variant, "".join(database))
    config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
