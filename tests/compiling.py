"""One dialect for all engines of a process, so that a statement is compiled once and not once a test.

Each test opens engines of its own, and SQLAlchemy keeps what it has compiled by engine and by dialect: compiling the
same few hundred statements again took a third of the time of a flow's test. What a database is asked when the first
engine connects (its version, its search path) is the same for all of them, too. Nothing of ours is shared.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class _Shared:
    """A dialect of which a process has one."""

    supports_statement_cache = True
    _compiled: ClassVar[dict[Any, Any]] = {}
    _only: ClassVar[Any] = None
    _initialized = False

    def __new__(cls, **_: Any) -> Self:
        cls._only = cls._only or super().__new__(cls)
        return cls._only  # type: ignore[no-any-return]

    def __init__(self, **options: Any) -> None:
        if not vars(self):
            super().__init__(**options)

    def initialize(self, connection: sa.Connection) -> None:
        if not self._initialized:
            super().initialize(connection)  # type: ignore[misc]
            self._initialized = True

    @classmethod
    def engine_created(cls, engine: sa.Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._compiled)


class SharedSqlite(_Shared, SQLiteDialect_pysqlite):
    """SQLite's."""

    supports_statement_cache = True


class SharedPostgres(_Shared, PGDialect_psycopg):
    """PostgreSQL's."""

    supports_statement_cache = True


def compile_once() -> None:
    """Have every engine that is made from now on use them."""
    registry.register("sqlite", __name__, "SharedSqlite")
    registry.register("postgresql.psycopg", __name__, "SharedPostgres")
