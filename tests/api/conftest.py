"""An API on a seeded world of the test's own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from payments.app import create_app
from payments.settings import Settings
from tests.api.calling import Api, calling
from tests.api.serving import Served, serving
from tests.conftest import ENGINES, database_like, template_file

TEMPLATE = "served"


@pytest.fixture(scope="session", autouse=True)
def vault_key() -> Iterator[None]:
    """A vault key of the tests' own, so that no file is left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAYMENTS_VAULT_KEY", "07" * 32)
        yield


def prepare(database_url: str) -> None:
    """Have the app migrate and seed a database, as it does on its first start."""

    async def start_and_stop() -> None:
        app = create_app(Settings(database=database_url))
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(start_and_stop())


@pytest.fixture(params=ENGINES)
def served_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A seeded database of the test's own, on both engines."""
    yield from database_like(request, tmp_path, TEMPLATE, prepare)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A seeded database on SQLite only: for what has nothing to do with the engine."""
    shutil.copy(template_file(TEMPLATE, prepare), tmp_path / "sandbox.db")
    return f"sqlite:///{tmp_path}/sandbox.db"


@pytest.fixture
async def api(sqlite_url: str) -> AsyncIterator[Api]:
    """An API on SQLite."""
    async with calling(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def either(served_url: str) -> AsyncIterator[Api]:
    """An API on both engines."""
    async with calling(served_url) as opened:
        yield opened


@pytest.fixture
def served(sqlite_url: str) -> Iterator[Served]:
    """An API behind a real socket."""
    with serving(sqlite_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A seeded database for all tests of a file."""
    path = tmp_path_factory.mktemp("shared") / "sandbox.db"
    shutil.copy(template_file(TEMPLATE, prepare), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
async def shared_api(shared_url: str) -> AsyncIterator[Api]:
    """One API for all tests of a file: for those that prove that nothing has changed."""
    async with calling(shared_url) as opened:
        yield opened
