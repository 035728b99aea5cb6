"""A seeded world for each lesson, on both databases; its clock stands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.api.calling import calling
from tests.api.conftest import TEMPLATE, prepare
from tests.conftest import ENGINES, database_like
from tests.lessons.playing import Call, caller


@pytest.fixture(scope="session", autouse=True)
def vault_key() -> Iterator[None]:
    """A vault key of the tests' own, so that no file is left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAYMENTS_VAULT_KEY", "07" * 32)
        yield


@pytest.fixture(params=ENGINES)
def world_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A seeded database of the test's own, on both engines."""
    yield from database_like(request, tmp_path, TEMPLATE, prepare)


@pytest.fixture
async def call(world_url: str) -> AsyncIterator[Call]:
    """Calls the API, and the page's own door."""
    async with calling(world_url) as api:
        yield await caller(api)
