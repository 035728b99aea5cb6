"""A Mastercard Send client's view of a seeded world of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.api.conftest import served, served_url, sqlite_url, vault_key
from tests.facades.mastercard_send.sending import Send, sending

__all__ = ["served", "served_url", "sqlite_url", "vault_key"]


@pytest.fixture
async def send(sqlite_url: str) -> AsyncIterator[Send]:
    """Mastercard Send on SQLite."""
    async with sending(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def either(served_url: str) -> AsyncIterator[Send]:
    """Mastercard Send on both engines."""
    async with sending(served_url) as opened:
        yield opened
