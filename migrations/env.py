"""How Alembic runs the migrations: over one connection, in one transaction, alone."""

import importlib
import pkgutil

import sqlalchemy as sa
from alembic import context
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url


def every_record() -> sa.MetaData:
    """Return all tables, after importing every module that may define one: for comparing with a database."""
    payments = importlib.import_module("payments")
    for module in pkgutil.walk_packages(payments.__path__, "payments."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    metadata: sa.MetaData = importlib.import_module("payments.kit.records").metadata
    return metadata


def connect(url: str) -> Engine:
    """Return an engine whose transactions hold the migration lock; on SQLite that is the write lock."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    arguments = {"isolation_level": None, "timeout": 30} if sqlite else {}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        lock = "BEGIN IMMEDIATE" if sqlite else "SELECT pg_advisory_xact_lock(hashtext(current_schema()))"
        connection.exec_driver_sql(lock)

    return engine


def database_url() -> str:
    """Return the URL we were called with: by `payments.kit.migrate`, or `alembic -x database_url=…`."""
    given = context.config.attributes.get("database_url") or context.get_x_argument(as_dictionary=True)["database_url"]
    return str(given)


with connect(database_url()).begin() as connection:
    comparing = getattr(context.config.cmd_opts, "autogenerate", False)
    context.configure(
        connection=connection, target_metadata=every_record() if comparing else None, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
