"""A database that goes away is nobody's mistake: whoever asks is told to ask again, and nothing is done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import psycopg
import pytest
import sqlalchemy as sa

from tests.api.calling import SALE, Api, calling
from tests.conftest import ENGINES

POSTGRESQL_ONLY = pytest.mark.parametrize("served_url", ENGINES[1:], indirect=True)
"""An SQLite file cannot be taken away from the process that has it open."""


@pytest.fixture
async def api(served_url: str) -> AsyncIterator[Api]:
    async with calling(served_url) as opened:
        yield opened


@pytest.fixture
def let(served_url: str) -> Callable[[bool], None]:
    """What lets connections into the database, or ends those there are and lets nobody in."""
    url = sa.make_url(served_url)
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)

    def let(allowed: bool) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {allowed}'.encode())
            if not allowed:
                ending = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
                connection.execute(ending, [url.database])

    return let


@POSTGRESQL_ONLY
async def test_a_payment_while_the_database_is_away_is_made_once_it_is_back(
    api: Api, let: Callable[[bool], None]
) -> None:
    let(False)
    for _ in range(2):
        response = await api.http.post("/v1/payments", json=SALE, headers={"Idempotency-Key": "till-1-000391"})
        assert response.headers["Retry-After"] == "1"
        problem = response.json()
        assert (response.status_code, problem["status"], problem["code"]) == (503, 503, "interrupted")
        assert "same Idempotency-Key" in problem["detail"]
    let(True)
    payment = await api.post("/payments", SALE, key="till-1-000391")
    assert await api.post("/payments", SALE, key="till-1-000391") == payment
    assert [each["id"] for each in (await api.get("/payments"))["data"]] == [payment["id"]]


@POSTGRESQL_ONLY
async def test_looking_while_the_database_is_away(api: Api, let: Callable[[bool], None]) -> None:
    let(False)
    assert (await api.get("/payments", expect=503))["code"] == "interrupted"
    let(True)
    assert (await api.get("/payments"))["data"] == []
