"""The migrations make the tables that the records describe, on both databases, up and down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from payments.kit import migrate
from payments.kit.records import metadata
from tests.records import every_record

RECORDS = every_record()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def twin(engine: sa.Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database whose tables were made from the records, past the migrations."""
    if engine.dialect.name == "sqlite":
        url = f"sqlite:///{tmp_path}/twin.db"
        made = sa.create_engine(url, poolclass=sa.NullPool)
        metadata.create_all(made)
        yield made
        return
    cluster, name = request.getfixturevalue("postgres"), f"twin_{uuid4().hex}"
    cluster.create_database(name)
    made = sa.create_engine(cluster.url_for(name), poolclass=sa.NullPool)
    metadata.create_all(made)
    yield made
    cluster.drop_database(name)


def test_models_and_migrations_agree(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_make_what_the_records_say_to_the_letter(engine: sa.Engine, twin: sa.Engine) -> None:
    """Columns, keys, CHECKs, foreign keys and indexes, as the database itself tells of them."""
    migrated, described = structure(engine), structure(twin)
    migrated.pop("alembic_version")
    assert migrated.keys() == described.keys()
    for table, parts in described.items():
        assert migrated[table] == parts, table


def structure(engine: sa.Engine) -> dict[str, dict[str, Any]]:
    inspector = sa.inspect(engine)
    parts: dict[str, Any] = {
        "keys": inspector.get_multi_pk_constraint(),
        "checks": inspector.get_multi_check_constraints(),
        "foreign keys": inspector.get_multi_foreign_keys(),
        "unique": inspector.get_multi_unique_constraints(),
        "indexes": inspector.get_multi_indexes(),
    }
    tables: dict[str, dict[str, Any]] = {
        table: {"columns": [[str(each[part]) for part in ("name", "type", "nullable", "default")] for each in columns]}
        for (_, table), columns in inspector.get_multi_columns().items()
    }
    for part, of_tables in parts.items():
        for (_, table), found in of_tables.items():
            tables[str(table)][part] = sorted(map(said, found if isinstance(found, list) else [found]))
    return tables


def said(found: dict[str, Any]) -> str:
    """What the database tells of one part, with the condition of an index as text."""
    options = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return str({**found, "dialect_options": options})


def test_sqlite_tables_are_strict(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        listed = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list").all()
    strict = {name for name, is_strict in listed if is_strict}
    assert strict == metadata.tables.keys()


def test_a_trigger_guards_every_table_of_facts_and_no_other(engine: sa.Engine) -> None:
    facts = {kind.shape.name for kind in RECORDS if kind.shape.fixed}
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            assert {tuple(row) for row in rows} == {
                (f"{table}_no_{change}", table) for table in facts for change in ("update", "delete")
            }
        else:
            rows = connection.exec_driver_sql(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
            )
            assert {tuple(row) for row in rows} == {(f"{table}_append_only", table) for table in facts}


def test_upgrade_and_downgrade_run(engine: sa.Engine, database_url: str) -> None:
    newest = migrate.current(database_url)
    assert newest
    migrate.upgrade(database_url)
    assert migrate.current(database_url) == newest, "to migrate a migrated database changes nothing"
    migrate.downgrade(database_url, "base")
    assert migrate.current(database_url) is None
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            left = "SELECT count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
            assert connection.exec_driver_sql(left).scalar_one() == 0
    migrate.upgrade(database_url)
    assert migrate.current(database_url) == newest


def test_two_processes_that_start_together_do_not_disturb_each_other(database_url: str) -> None:
    migrate.downgrade(database_url, "base")
    program = "import sys; from payments.kit import migrate; migrate.upgrade(sys.argv[1])"
    started = [subprocess.Popen([sys.executable, "-c", program, database_url]) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]
    assert migrate.current(database_url)


def test_a_migration_that_fails_leaves_nothing_behind(
    engine: sa.Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.downgrade(database_url, "base")

    def fail(*_: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(migrate, "forbid_changes", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        migrate.upgrade(database_url)
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}


def test_every_column_may_be_written_in_sql(engine: sa.Engine) -> None:
    """Stores write their SQL by hand: a table named by one of SQL's own words would break it."""
    quote = engine.dialect.identifier_preparer.quote
    assert [kind.shape.name for kind in RECORDS if quote(kind.shape.name) != kind.shape.name] == []
