"""Migrations: bringing a database to the shape the code expects, and back.

Each migration says in full what it changes and imports no record, so that it does the same in years to come.
Each runs whole or not at all, on both databases; two processes that start together do not disturb each other.
"""

from collections.abc import Sequence
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


def check_together(operations: Operations, table: str, columns: Sequence[str], of: str, keys: Sequence[str]) -> None:
    """Have PostgreSQL keep a foreign key once a statement: new ``columns`` must be the ``keys`` of a row of ``of``.

    It keeps it once a row, and with a dozen rows a payment that is a third of its work. Only for tables of which no row
    is ever changed or removed, both of them. SQLite keeps the foreign key, which costs next to nothing there.
    """
    if operations.get_bind().dialect.name == "sqlite":
        return
    name, found = _known(table, columns), zip(keys, columns, strict=True)
    operations.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{'_'.join(columns)}_fkey")
    operations.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF EXISTS (SELECT FROM (SELECT DISTINCT {', '.join(columns)} FROM added) AS given WHERE NOT EXISTS"
        f" (SELECT FROM {of} AS known WHERE {' AND '.join(f'known.{key} = given.{column}' for key, column in found)}))"
        f" THEN RAISE EXCEPTION '{table}: {columns[-1]} names no row of {of}' USING ERRCODE = 'foreign_key_violation';"
        " END IF; RETURN NULL; END $$"
    )
    operations.execute(
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def forget_how_to_check(operations: Operations, table: str, columns: Sequence[str]) -> None:
    """Remove what ``check_together`` leaves behind when its table is gone."""
    if operations.get_bind().dialect.name != "sqlite":
        operations.execute(f"DROP FUNCTION {_known(table, columns)}()")


def _known(table: str, columns: Sequence[str]) -> str:
    return f"{table}_{columns[-1]}_known"


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
