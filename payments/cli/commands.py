"""The commands of ``payments``."""

import asyncio
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy.engine import make_url

from payments.cli.demo import play
from payments.cli.serving import refuse_several_on_sqlite, serve_alone
from payments.cli.workers import serve_together
from payments.kit import migrate as migrations
from payments.kit.clock import instant
from payments.kit.database import Database
from payments.kit.errors import Refusal
from payments.seed import open_seeded
from payments.settings import Settings
from payments.verify import TRUTHS, Finding
from payments.verify import verify as find_wrongs

app = typer.Typer(
    help="A sandbox in which card money really moves, in both directions.", no_args_is_help=True, add_completion=False
)
out: Final = Console(highlight=False, soft_wrap=True)
err: Final = Console(stderr=True, highlight=False, soft_wrap=True)

DatabaseUrl = Annotated[
    str, typer.Option("--database", envvar="PAYMENTS_DATABASE", help="sqlite:///file.db or postgresql+psycopg://…")
]
FreezeAt = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        help="Where a new world's clock stands (UTC), instead of running.",
    ),
]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = Settings.host,
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = Settings.port,
    database: DatabaseUrl = Settings.database,
    workers: Annotated[int, typer.Option(help="How many processes serve (PostgreSQL only).", min=1, max=32)] = 1,
    freeze_at: FreezeAt = None,
    wire: Annotated[bool, typer.Option("--wire", help="Have members send one another bytes (ISO 8583).")] = False,
    tls_certificate: Annotated[Path | None, typer.Option(help="Serve over TLS with this certificate (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The certificate's private key (PEM).")] = None,
    client_ca: Annotated[
        Path | None, typer.Option(help="Let in only clients with a certificate of this authority (mutual TLS).")
    ] = None,
) -> None:
    """Serve the sandbox; the first time, make its world."""
    settings = Settings(
        database=database,
        host=host,
        port=port,
        workers=workers,
        freeze_at=_instant(freeze_at),
        wire=wire,
        tls_certificate=tls_certificate,
        tls_key=tls_key,
        client_ca=client_ca,
    )
    try:
        refuse_several_on_sqlite(settings)
        status = serve_alone(settings, out) if workers == 1 else serve_together(settings, out)
    except (Refusal, OSError) as error:
        raise _stop(error) from error
    raise typer.Exit(status)


@app.command()
def verify(database: DatabaseUrl = Settings.database) -> None:
    """Check everything that must always be true, and explain what is wrong (then the exit code is 1)."""
    if not _has_world(database):
        raise _stop(Refusal(f"There is no world in {database}: make one with `payments seed`."))
    with closing(Database(database)) as opened:
        findings = find_wrongs(opened)
    for finding in findings:
        _explain(finding)
    if findings:
        raise typer.Exit(1)
    out.print("[green]Every cent is right[/]: " + " ".join(TRUTHS.values()))


@app.command()
def migrate(database: DatabaseUrl = Settings.database) -> None:
    """Bring the database to the shape this version expects."""
    migrations.upgrade(database)
    out.print(f"{escape(database)} is at {migrations.current(database)}.")


@app.command()
def seed(database: DatabaseUrl = Settings.database, freeze_at: FreezeAt = None) -> None:
    """Make the world one starts with, if it is not there; serving does it too."""
    settings = Settings(database=database, freeze_at=_instant(freeze_at))
    migrations.upgrade(database)
    try:
        asyncio.run(_seed(settings))
    except Refusal as error:
        raise _stop(error) from error
    out.print(f"{escape(database)} has everything one starts with.")


@app.command()
def demo(
    input: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Payments and disbursements, one JSON object a line."),
    ] = None,
) -> None:
    """Tell the story of a day: a sale and a push, cleared, settled and verified."""
    try:
        status = play(input, sys.stdout)
    except Refusal as error:
        raise _stop(error) from error
    raise typer.Exit(status)


def _has_world(database: str) -> bool:
    """Tell whether there is a world, without leaving an empty file behind where there is none."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return False
    return migrations.current(database) is not None


async def _seed(settings: Settings) -> None:
    frozen = settings.freeze_at is not None
    sandbox = await open_seeded(Database(settings.database), settings.vault_key(), settings.freeze_at, frozen)
    sandbox.close()


def _explain(finding: Finding) -> None:
    out.print(f"[red]Truth {finding.truth}[/] {escape(TRUTHS[finding.truth])}")
    out.print(f"  {escape(finding.what)}")
    for where in finding.where:
        out.print(f"  [dim]{escape(where)}[/]")


def _instant(given: datetime | None) -> int | None:
    return None if given is None else instant(given.replace(tzinfo=UTC))


def _stop(error: Exception) -> typer.Exit:
    err.print(f"[red]payments:[/] {escape(str(error))}")
    return typer.Exit(2)
