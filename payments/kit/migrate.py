"""Migrations: bringing a database to the shape the code expects, and back.

Each migration says in full what it changes and imports no record, so that it does the same in years to come.
Each runs whole or not at all, on both databases; two processes that start together do not disturb each other.
"""

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

_PACKAGE: Final = Path(__file__).parent.parent
_MESSAGE: Final = "rows of this table are never changed or removed; write a correcting one instead"


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database at a SQLAlchemy URL to ``revision``; without one, to the newest."""
    command.upgrade(_config(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to ``revision``; ``base`` leaves no table of the house."""
    command.downgrade(_config(database_url), revision)


def current(database_url: str) -> str | None:
    """Return the revision the database is at, or ``None`` if it was never migrated."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrations_folder() -> Path:
    """Return where the migrations are: inside the package in a wheel, beside it in a checkout."""
    places = (_PACKAGE / "migrations", _PACKAGE.parent / "migrations")
    return next(place for place in places if place.is_dir())


def forbid_changes(operations: Operations, *tables: str) -> None:
    """Let rows of ``tables`` only be added: from now on an UPDATE, DELETE or TRUNCATE of one is an error."""
    sqlite = operations.get_bind().dialect.name == "sqlite"
    if not sqlite:
        operations.execute(
            "CREATE OR REPLACE FUNCTION kit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '%: {_MESSAGE}', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
        )
    for table in tables:
        for statement in _sqlite_triggers(table) if sqlite else _postgres_triggers(table):
            operations.execute(statement)


def forget_how_to_forbid(operations: Operations) -> None:
    """Remove what ``forbid_changes`` leaves behind when its tables are gone."""
    if operations.get_bind().dialect.name != "sqlite":
        operations.execute("DROP FUNCTION kit_append_only()")


def _sqlite_triggers(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: {_MESSAGE}'); END"
        for change in ("update", "delete")
    ]


def _postgres_triggers(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION kit_append_only()"
    ]


def _config(database_url: str) -> Config:
    config = Config()
    attributes: dict[str, Any] = config.attributes
    attributes["database_url"] = database_url
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config
