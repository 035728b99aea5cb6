"""Flow tests start from a seeded world, built once a session and copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from payments.kit import migrate
from payments.kit.database import Database
from payments.seed import open_seeded
from tests.conftest import ENGINES, database_like
from tests.flows.world import KEY, NOON, ByWire

# In process the switch carries objects; once more on SQLite it carries bytes, so that the two cannot drift apart
# (each story with the first of its rows: see `tests.telling`).
MODES = [*ENGINES, pytest.param("wire", marks=pytest.mark.sqlite)]


@pytest.fixture(params=MODES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own that holds the seeded world, its clock standing at noon."""
    for url in database_like(request, tmp_path, "seeded", seeded):
        yield ByWire(url) if request.param == "wire" else url


def seeded(url: str) -> None:
    """Migrate and seed a new database."""
    migrate.upgrade(url)
    asyncio.run(_seed(url))


async def _seed(url: str) -> None:
    sandbox = await open_seeded(Database(url), KEY, NOON, frozen=True)
    sandbox.close()
