"""Reading: a page of a list and a page of a statement, in a small database and in a large one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from payments.acquirer.payment import Payment
from payments.api.listing import page
from payments.kit.database import Database
from payments.kit.records import Record
from payments.ledger.entry import Transfer
from payments.ledger.statement import statement
from tests.bench.load import Result
from tests.bench.world import ISSUER, Population, make_world

SMALL, LARGE = 10_000, 1_000_000
POPULATION = Population(cards=200, merchants=20)
HOT = f"{ISSUER}.settlement_cash.USD"
PAGE = 50
FIRST_ID = 10_000_000_000  # ids of eleven digits sort as numbers do

PAYMENTS = {
    "id": f"'pay_' || ({FIRST_ID} + i)",
    "merchant": f"'mch_bench_' || (i % {POPULATION.merchants})",
    "amount": "100",
    "currency": "'USD'",
    "reference": "'r' || i",
    "status": "'authorized'",
}
TRANSFERS = {
    "id": "i",
    "entry": "'ent_' || i",
    "event": "'deposit'",
    "book": f"'{ISSUER}'",
    "currency": "'USD'",
    "kind": "'transfer'",
    "debit_account": f"'{HOT}'",
    "credit_account": f"'{ISSUER}.cardholder.USD.acct_bench_' || (i % {POPULATION.cards})",
    "amount": "100",
    "at": "i",
}

Query = Callable[[sa.Connection, int], Any]
"""Asks for something in a database of so many rows."""


def filled(url: str, rows: int) -> Database:
    """Make a world in the empty database at `url`, with so many payments and transfers."""
    make_world(url, POPULATION)
    database = Database(url)
    for kind, columns in ((Payment, PAYMENTS), (Transfer, TRANSFERS)):
        with database.engine.connect() as connection, connection.begin():
            if database.sqlite:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            else:  # no look at foreign keys, row by row, on the way in
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(sa.text(insertion(kind, columns, rows, database.sqlite)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.sqlite else "VACUUM ANALYZE")
    return database


def insertion(kind: type[Record], columns: dict[str, str], rows: int, sqlite: bool) -> str:
    """One statement that writes so many rows; a column not named is empty."""
    table = kind.table()
    values = [columns.get(column.name, empty(column)) for column in table.columns]
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) SELECT {1} FROM n"
    series = "SELECT {1} FROM generate_series(1, {0}) AS n(i)"
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) " + (numbers if sqlite else series).format(rows, ", ".join(values))


def empty(column: sa.Column[Any]) -> str:
    """What an empty value of a column is."""
    if column.nullable:
        return "NULL"
    return "''" if column.type.python_type is str else "0"


def some_page(connection: sa.Connection, rows: int) -> Any:
    """A page of all payments, from somewhere in the list."""
    return page(connection, Payment, PAGE, f"pay_{FIRST_ID + random.randrange(rows // 2, rows)}")


def some_merchants_page(connection: sa.Connection, rows: int) -> Any:
    """A page of a merchant's payments."""
    after = f"pay_{FIRST_ID + random.randrange(rows // 2, rows)}"
    return page(connection, Payment, PAGE, after, merchant=f"mch_bench_{random.randrange(POPULATION.merchants)}")


def some_statement(connection: sa.Connection, _: int) -> Any:
    """The newest lines of a cardholder's statement."""
    account = f"{ISSUER}.cardholder.USD.acct_bench_{random.randrange(POPULATION.cards)}"
    return statement(connection, account, PAGE)


def some_hot_statement(connection: sa.Connection, rows: int) -> Any:
    """Lines of the statement of the account that every transfer touches, from somewhere in it."""
    at = random.randrange(rows // 2, rows)
    return statement(connection, HOT, PAGE, f"{at}.{at}.0")


QUERIES: dict[str, Query] = {
    "page of payments": some_page,
    "page of a merchant's payments": some_merchants_page,
    "statement of a cardholder": some_statement,
    "statement of the hottest account": some_hot_statement,
}


def ask_for(database: Database, query: Query, rows: int, seconds: float) -> Result:
    """Ask again and again for a while, over one connection."""
    waited = []
    with database.engine.connect() as connection:
        until = time.perf_counter() + seconds
        while (asked := time.perf_counter()) < until:
            query(connection, rows)
            waited.append(time.perf_counter() - asked)
    waited.sort()
    p50, p99 = (waited[len(waited) * part // 100] * 1000 for part in (50, 99))
    return Result(len(waited) / sum(waited), len(waited), p50, p99)
