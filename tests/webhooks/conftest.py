"""A world of the test's own, on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.webhooks.hearing import Hearing, begin, opened
from tests.webhooks.receiver import Receiver, listening


@pytest.fixture
async def hearing(database_url: str) -> AsyncIterator[Hearing]:
    with opened(database_url) as fresh:
        yield await begin(fresh)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with listening() as listener:
        yield listener
