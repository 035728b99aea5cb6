"""What the sandbox is measured against: pgbench, and the leanest FastAPI."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.bench.load import Result
from tests.postgres import Cluster, find_binaries

SCRIPT = Path(__file__).with_name("pgbench.sql")
CLIENTS = 16
TABLES = """
CREATE TABLE pgbench_balances (id bigint PRIMARY KEY, available bigint NOT NULL, held bigint NOT NULL);
CREATE TABLE pgbench_keys (key bigint PRIMARY KEY, resource text NOT NULL);
CREATE TABLE pgbench_authorizations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account bigint NOT NULL, amount bigint NOT NULL,
    status text NOT NULL, reference bigint NOT NULL UNIQUE, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE pgbench_transfers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, debit bigint NOT NULL, credit bigint NOT NULL,
    amount bigint NOT NULL, kind text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON pgbench_transfers (debit, id);
INSERT INTO pgbench_balances SELECT id, 1000000000000, 0 FROM generate_series(1, 10000) id;
ANALYZE;
"""


class Pgbench:
    """PostgreSQL's own benchmark: authorization-like transactions, one commit each, from C, with no HTTP."""

    def __init__(self, cluster: Cluster, database: str) -> None:
        self.program = pgbench_program()
        self.url = make_url(cluster.url_for(database)).set(drivername="postgresql")
        cluster.create_database(database)
        with psycopg.connect(self.url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(TABLES)

    def run(self, seconds: float) -> Result:
        """Run for a while (pgbench counts in whole seconds)."""
        done = subprocess.run(
            [
                *(self.program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"),
                *("-T", str(max(1, round(seconds))), "-f", str(SCRIPT)),
                self.url.render_as_string(hide_password=False),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        latency = re.search(r"latency average = ([\d.]+)", done.stdout)
        assert rate, done.stdout
        assert latency, done.stdout
        return Result(float(rate[1]), round(float(rate[1]) * seconds), float(latency[1]), 0.0)


def pgbench_program() -> str:
    """The program that comes with the server, or the one on the PATH."""
    beside = find_binaries() / "pgbench"
    found = str(beside) if beside.is_file() else shutil.which("pgbench")
    if not found:
        raise FileNotFoundError("pgbench is neither beside the PostgreSQL binaries nor on the PATH")
    return found
