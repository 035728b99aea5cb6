"""The command line: serve the sandbox, check its books, tell its story."""

from payments.cli.commands import app

__all__ = ["app"]
