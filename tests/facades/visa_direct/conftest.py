"""The Visa Direct door on a seeded world of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.api.calling import calling
from tests.api.conftest import served, served_url, shared_url, sqlite_url, vault_key
from tests.facades.visa_direct.client import Visa

__all__ = ["served", "served_url", "shared_url", "sqlite_url", "vault_key"]


@pytest.fixture
async def visa(sqlite_url: str) -> AsyncIterator[Visa]:
    """The door on SQLite."""
    async with calling(sqlite_url) as api:
        visa = Visa(api)
        yield visa
        await visa.http.aclose()


@pytest.fixture
async def either(served_url: str) -> AsyncIterator[Visa]:
    """The door on both engines."""
    async with calling(served_url) as api:
        visa = Visa(api)
        yield visa
        await visa.http.aclose()
