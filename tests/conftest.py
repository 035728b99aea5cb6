"""The plumbing of a test session: databases, the event loop, property-test profiles."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from payments.kit import migrate
from tests.chromium import ChromiumMissing, find_chromium
from tests.compiling import compile_once
from tests.postgres import Cluster, PostgresMissing, alone, hang_up, shared_cluster, stop_shared_cluster
from tests.telling import long_ones_first, told

MEETING_PLACE = "PAYMENTS_TEST_MEETING_PLACE"  # where the processes of one session find their cluster
OWNER = "PAYMENTS_TEST_OWNER"  # the process id of the session
MEMORY = "/dev/shm"
ROOM = 4 << 30
BANNER = "NO POSTGRESQL: every test that needs it has failed"
NO_CHROMIUM = "NO CHROMIUM: nothing has tested the page"

# ── the session: one PostgreSQL cluster for all its processes, started when first asked for ─────────


def pytest_configure(config: pytest.Config) -> None:
    use_profile(os.environ.get("PAYMENTS_TEST_PROFILE") or ("ci" if in_ci() else "default"))
    compile_once()
    if is_worker(config):
        return  # the process that started this one has made the meeting place
    write_to_memory()
    os.environ[MEETING_PLACE] = tempfile.mkdtemp(prefix="payments-tests-")
    os.environ[OWNER] = str(os.getpid())
    if in_ci() and not config.option.collectonly:
        try:
            find_chromium()
            session_cluster()
        except (ChromiumMissing, PostgresMissing) as missing:
            shutil.rmtree(meeting_place())
            banner = NO_CHROMIUM if isinstance(missing, ChromiumMissing) else BANNER
            pytest.exit(f"{banner.split(':')[0]}, and this is CI: {missing}", returncode=1)


def write_to_memory() -> None:
    """Keep the tests' databases in memory, if there is room: copying one of eighty tables is then 20 times as quick.

    No test asks what is left when the power goes; what is left when a process dies is the same. TMPDIR says otherwise.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_worker(config) or MEETING_PLACE not in os.environ:
        hang_up()
        return
    drop_template_databases()
    hang_up()
    stop_shared_cluster(meeting_place())
    shutil.rmtree(meeting_place(), ignore_errors=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # the last thing one reads
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    for banner, note in ((BANNER, "missing.txt"), (NO_CHROMIUM, "no-chromium.txt")):
        reason = meeting_place() / note
        if reason.exists():
            terminalreporter.section(banner, sep="!", red=True, bold=True)
            terminalreporter.write_line(reason.read_text())
            terminalreporter.section(banner, sep="!", red=True, bold=True)


def skip_without_chromium(missing: ChromiumMissing) -> NoReturn:
    """Leave out a test that needs a browser, and say so again at the end. (A build server has not come so far.)"""
    (meeting_place() / "no-chromium.txt").write_text(str(missing))
    pytest.skip(f"{NO_CHROMIUM}: {missing}")


def is_worker(config: pytest.Config) -> bool:
    """Is this one of the processes that pytest-xdist starts?"""
    return hasattr(config, "workerinput")


def in_ci() -> bool:
    """Does a build server run this?"""
    return os.environ.get("CI", "").lower() in ("true", "1", "yes")


def meeting_place() -> Path:
    """The folder where the processes of this session find what they share."""
    return Path(os.environ[MEETING_PLACE])


def session_cluster() -> Cluster:
    """The session's cluster; starts it when nobody has."""
    return shared_cluster(meeting_place(), owner=int(os.environ[OWNER]))


def use_profile(name: str) -> None:
    """Choose how many examples property tests draw, and whether always the same."""
    slow_ones_too = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    settings.register_profile("default", deadline=None, suppress_health_check=slow_ones_too)
    settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
    settings.register_profile("soak", settings.get_profile("default"), max_examples=2_000)
    settings.load_profile(name)


@pytest.hookimpl(wrapper=True)  # marks come before `-m` and `-k` choose, and rows are counted of what they have chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Mark what uses PostgreSQL by name; leave out what is only for a soak, unless this is one or it is asked for."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgresql)
    yield
    if os.environ.get("PAYMENTS_TEST_PROFILE") == "soak":
        return
    kept = long_ones_first(told(items))
    if "soak" not in config.option.markexpr:
        kept = [item for item in kept if not item.get_closest_marker("soak")]
    left_out = {*items}.difference(kept)
    if left_out:
        config.hook.pytest_deselected(items=[*left_out])
    items[:] = kept


# ── fixtures ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every `async def test_…` runs on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Cluster:
    """The session's PostgreSQL server."""
    try:
        return session_cluster()
    except PostgresMissing as missing:
        reason = str(missing)
    pytest.fail(f"{BANNER}: {reason}", pytrace=False)


Prepare = Callable[[str], None]


def template_file(name: str = "migrated", prepare: Prepare = migrate.upgrade) -> Path:
    """The SQLite file that each test's own is copied from; whoever asks first has it prepared."""
    path = meeting_place() / f"{name}.db"
    with alone(meeting_place()):
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            prepare(f"sqlite:///{unfinished}")
            unfinished.rename(path)
    return path


def template_database(cluster: Cluster, name: str = "migrated", prepare: Prepare = migrate.upgrade) -> str:
    """Name the PostgreSQL database that each test's own is copied from; whoever asks first has it prepared."""
    note = meeting_place() / f"{name}.template"
    database = f"sandbox_{name}_{os.environ[OWNER]}_{uuid4().hex[:8]}"
    with alone(meeting_place()):
        if not note.exists():
            cluster.create_database(database)
            prepare(cluster.url_for(database))
            note.write_text(database)
        return note.read_text()


def drop_template_databases() -> None:
    """Leave no template behind on a server that was there before us."""
    for note in meeting_place().glob("*.template"):
        session_cluster().drop_database(note.read_text())


ENGINES = [
    pytest.param("sqlite", marks=pytest.mark.sqlite),
    pytest.param("postgresql", marks=pytest.mark.postgresql),
]


def database_like(request: pytest.FixtureRequest, tmp_path: Path, name: str, prepare: Prepare) -> Iterator[str]:
    """The URL of a database of one test's own, copied from the template ``name``."""
    if request.param != "postgresql":
        shutil.copy(template_file(name, prepare), tmp_path / "sandbox.db")
        yield f"sqlite:///{tmp_path}/sandbox.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    database = f"sandbox_{uuid4().hex}"
    cluster.create_database(database, template_database(cluster, name, prepare))
    yield cluster.url_for(database)
    cluster.drop_database(database)


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of the test's own, for what only several writers can do."""
    database = f"sandbox_{uuid4().hex}"
    postgres.create_database(database, template_database(postgres))
    yield postgres.url_for(database)
    postgres.drop_database(database)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of the test's own: every test that takes it runs on both engines."""
    yield from database_like(request, tmp_path, "migrated", migrate.upgrade)
