"""The stage: databases full of people, servers on them, one load generator, and how long everything may take."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import psycopg

from payments.api.keys import DEMO_KEY
from tests.bench.load import Order, Result
from tests.bench.processes import CpuTimes, LoadGenerator, Server, postgres_cpu
from tests.bench.rounds import Contender
from tests.bench.world import SENDER_IDS, Population, make_world
from tests.postgres import Cluster, PostgresMissing, start_cluster

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
WORKERS = 2
"""How many processes of ours serve on PostgreSQL: one for each processor. (SQLite has one writer process.)"""
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Pace:
    """How long to measure: rounds, seconds a round, and connections."""

    rounds: int = 5
    seconds: float = 2.0
    connections: tuple[int, ...] = (1, 16, 64, 256)
    large: int = 1_000_000
    batches: tuple[int, ...] = (10_000, 100_000)
    day: int = 10_000


QUICK = Pace(rounds=1, seconds=0.5, connections=(1, 16), large=50_000, batches=(500, 2_000), day=1_000)


@dataclass
class Spent:
    """Processor time a server used for so many requests."""

    requests: int = 0
    seconds: CpuTimes = field(default_factory=dict)

    def add(self, requests: int, before: CpuTimes, after: CpuTimes) -> None:
        """Add what was used between two looks."""
        self.requests += requests
        for name, used in after.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + max(0.0, used - before.get(name, 0.0))


class Stage:
    """Everything the measures run on, made when first asked for and taken down in the end."""

    def __init__(self, pace: Pace, say: Callable[[str], None]) -> None:
        self.pace = pace
        self.say = say
        self.population = Population()
        self.spent: dict[tuple[str, int], Spent] = {}
        self.busiest_load = 0.0
        self._undo = ExitStack()
        self._servers: dict[tuple[str, str], Server] = {}
        self._templates: dict[str, str] = {}
        self._made = 0

    def __enter__(self) -> Self:
        self.folder = Path(self._undo.enter_context(tempfile.TemporaryDirectory(prefix="payments-bench-")))
        self.load = self._undo.enter_context(LoadGenerator())
        self.cluster = self._start_cluster()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    @property
    def databases(self) -> tuple[str, ...]:
        """The engines there are."""
        return (SQLITE, POSTGRESQL) if self.cluster else (SQLITE,)

    def _start_cluster(self) -> Cluster | None:
        try:
            cluster = self._undo.enter_context(start_cluster(durable=True))
        except PostgresMissing as missing:
            self.say(f"NO POSTGRESQL, so only SQLite is measured: {missing}")
            return None
        with psycopg.connect(cluster.admin_url) as connection:
            for setting in DURABLE:
                found = connection.execute(f"SHOW {setting}").fetchone()
                if not found or found[0] != "on":
                    raise SystemExit(f"{setting} is not on at {cluster.admin_url}: that would be no fair measure.")
        return cluster

    # ── databases ──

    def empty_database(self, engine: str) -> str:
        """The URL of a new empty database."""
        self._made += 1
        name = f"bench_{uuid4().hex[:12]}_{self._made}"
        if engine == SQLITE:
            return f"sqlite:///{self.folder}/{name}.db"
        assert self.cluster
        self.cluster.create_database(name)
        self._undo.callback(self.cluster.drop_database, name)
        return self.cluster.url_for(name)

    def populated_database(self, engine: str) -> str:
        """The URL of a database in which ten thousand cardholders live: a copy of one that is made once."""
        if engine not in self._templates:
            self.say(f"moving {self.population.cards:,} cardholders into {engine} ...")
            self._templates[engine] = self.empty_database(engine)
            make_world(self._templates[engine], self.population)
        return self._copy(self._templates[engine])

    def _copy(self, template: str) -> str:
        if template.startswith("sqlite"):
            copy = self.empty_database(SQLITE)
            source, target = (url.removeprefix("sqlite:///") for url in (template, copy))
            with closing(sqlite3.connect(source)) as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(source, target)
            return copy
        assert self.cluster
        name = f"bench_{uuid4().hex[:12]}"
        self.cluster.create_database(name, template.rsplit("/", 1)[1])
        self._undo.callback(self.cluster.drop_database, name)
        with psycopg.connect(self.cluster.url_for(name).replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return self.cluster.url_for(name)

    # ── servers ──

    def server(self, variant: str, engine: str = "") -> Server:
        """The server of a variant on an engine, with a world of its own."""
        if (variant, engine) not in self._servers:
            database = [self.populated_database(engine)] if engine else []
            workers = WORKERS if variant == "ours" and engine == POSTGRESQL else 1
            server = self._undo.enter_context(Server(variant, *database, workers=workers))
            self._servers[variant, engine] = server
        return self._servers[variant, engine]

    def cpu(self, server: Server) -> CpuTimes:
        """What a server used so far, with the database behind it."""
        return server.cpu() | postgres_cpu(self.cluster.folder if self.cluster else None)

    # ── contenders ──

    def payments(self, variant: str, engine: str, connections: int, merchants: int | None = None) -> Contender:
        """Authorizations of all cards at so many merchants (all of them when not said)."""
        payers = self.population.merchant_ids()[:merchants]
        path = "/v1/payments" if engine else "/echo"
        expected = '"status":"authorized"' if engine else "mch_bench_"
        return self._loaded(variant, engine, connections, path, "payment", payers, expected)

    def disbursements(self, variant: str, engine: str, connections: int) -> Contender:
        """Disbursements to all cards by a few rich senders."""
        expected = '"status":"paid"'
        return self._loaded(variant, engine, connections, "/v1/disbursements", "disbursement", SENDER_IDS, expected)

    def _loaded(
        self, variant: str, engine: str, connections: int, path: str, body: str, payers: list[str], expected: str
    ) -> Contender:
        server = self.server(variant, engine)
        cards = self.population.card_numbers()
        # Without batches many connections take their turns one by one: the first replies come late.
        warm_up = 0.4 + (0.01 * connections if variant == "unbatched" else 0)

        def run(seconds: float) -> Result:
            order = Order(
                server.port, DEMO_KEY, path, body, payers, cards, expected, connections, seconds, uuid4().hex, warm_up
            )
            before = self.cpu(server)
            try:
                result = self.load.carry_out(order)
            except RuntimeError as error:
                raise RuntimeError(f"{error}\n\nThe server said:\n{server.said()}") from error
            if variant == "ours":
                spent = self.spent.setdefault((f"{body} {engine}", connections), Spent())
                spent.add(result.sent, before, self.cpu(server))
            self.busiest_load = max(self.busiest_load, result.busy)
            return result

        return run
