"""The measures: what is compared with what. Each can be run alone by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tests.bench.batches import pay_batch
from tests.bench.load import Result
from tests.bench.page import measure_page
from tests.bench.processes import Holds, Server
from tests.bench.reading import QUERIES, SMALL, ask_for, filled
from tests.bench.rounds import Contender, Ratio, alternate, middle, paired
from tests.bench.single_holds import CALLERS
from tests.bench.stage import POSTGRESQL, SQLITE, Stage
from tests.bench.yardsticks import CLIENTS, Pgbench

UNBATCHED = "unbatched: one transaction a step"
PGBENCH = f"pgbench, one commit each (c={CLIENTS})"
ONE_BY_ONE = "one after another"
BATCH_ROUNDS_UP_TO = 50_000
"""Longer files are paid once: that takes a minute or two."""
ECHO = "leanest FastAPI echo"
BROWSER = "browser"
FIRST_PAINT, SCRUBBING, WATCHING = "page: first paint of any payment", "page: a frame of scrubbing", "page: watching"


@dataclass(frozen=True)
class Row:
    """A line of the table. `ratio` is the median of the ratios within each round, `spread` the least and the most."""

    measure: str
    database: str
    connections: int
    ours_per_second: float
    reference: str
    reference_per_second: float | None
    ratio: float | None
    p50_ms: float
    p99_ms: float
    spread: tuple[float, float] | None = None
    peak_mb: float | None = None


def row(
    measure: str,
    database: str,
    connections: int,
    ours: list[Result],
    reference: str = "",
    theirs: list[Result] | None = None,
) -> Row:
    """Compare two contenders of the same rounds, or show one alone."""
    own = middle(ours)
    ratio: Ratio | None = paired(ours, theirs) if theirs else None
    return Row(
        measure,
        database,
        connections,
        round(own.per_second, 1),
        reference,
        round(middle(theirs).per_second, 1) if theirs else None,
        round(ratio.middle, 3) if ratio else None,
        round(own.p50_ms, 2),
        round(own.p99_ms, 2),
        (round(ratio.least, 3), round(ratio.most, 3)) if ratio else None,
    )


def authorizations(stage: Stage) -> list[Row]:
    """Whole authorizations through HTTP, beside the same without batches, pgbench and the leanest echo."""
    rows = []
    pgbench = Pgbench(stage.cluster, "bench_pgbench") if stage.cluster else None
    for connections in stage.pace.connections:
        stage.say(f"authorizations, {connections} connections ...")
        contenders: dict[str, Contender] = {ECHO: stage.payments("echo", "", connections)}
        for engine in stage.databases:
            contenders[f"ours {engine}"] = stage.payments("ours", engine, connections)
            contenders[f"{UNBATCHED} {engine}"] = stage.payments("unbatched", engine, connections)
        if pgbench:
            contenders[PGBENCH] = pgbench.run
        rounds = stage.pace.rounds + (2 if connections == 64 else 0)
        results = alternate(contenders, rounds, stage.pace.seconds)
        for engine in stage.databases:
            compare = partial(row, "authorizations", engine, connections, results[f"ours {engine}"])
            rows.append(compare(ECHO, results[ECHO]))
            rows.append(compare(UNBATCHED, results[f"{UNBATCHED} {engine}"]))
            if engine == POSTGRESQL:
                rows.append(compare(PGBENCH, results[PGBENCH]))
    return rows


def one_merchant(stage: Stage) -> list[Row]:
    """All load on one merchant, beside load spread over a thousand."""
    contenders: dict[str, Contender] = {}
    for engine in stage.databases:
        contenders[f"one {engine}"] = stage.payments("ours", engine, 64, merchants=1)
        contenders[f"all {engine}"] = stage.payments("ours", engine, 64)
    results = alternate(contenders, stage.pace.rounds, stage.pace.seconds)
    spread = f"spread over {stage.population.merchants:,} merchants"
    return [
        row("all load on one merchant", engine, 64, results[f"one {engine}"], spread, results[f"all {engine}"])
        for engine in stage.databases
    ]


def disbursements(stage: Stage) -> list[Row]:
    """Disbursements, each a request of its own, beside authorizations at the same time."""
    rows = []
    for connections in (1, 64):
        contenders: dict[str, Contender] = {}
        for engine in stage.databases:
            contenders[f"push {engine}"] = stage.disbursements("ours", engine, connections)
            contenders[f"pull {engine}"] = stage.payments("ours", engine, connections)
        results = alternate(contenders, stage.pace.rounds, stage.pace.seconds)
        for engine in stage.databases:
            push, pull = results[f"push {engine}"], results[f"pull {engine}"]
            rows.append(row("disbursements, one at a time", engine, connections, push, "authorizations", pull))
    return rows


def batches(stage: Stage) -> list[Row]:
    """Disbursements as lines of one file, beside the same sent one after another over one connection."""
    rows = []
    cards = stage.population.card_numbers()
    for engine in stage.databases:
        server, one_by_one = stage.server("ours", engine), stage.disbursements("ours", engine, 1)
        pay_batch(server, min(stage.pace.batches) // 10, cards)
        for lines in stage.pace.batches:
            stage.say(f"a batch of {lines:,} lines on {engine} ...")
            peaks: list[float] = []

            def batch(_: float, server: Server = server, lines: int = lines, peaks: list[float] = peaks) -> Result:
                result, peak = pay_batch(server, lines, cards)
                peaks.append(peak)
                return result

            rounds = 1 if lines > BATCH_ROUNDS_UP_TO else min(stage.pace.rounds, 3)
            results = alternate({"file": batch, "one": one_by_one}, rounds, stage.pace.seconds)
            found = row(f"batch items, {lines:,} lines", engine, 1, results["file"], ONE_BY_ONE, results["one"])
            rows.append(replace(found, peak_mb=round(max(peaks), 1)))
    return rows


def ledger(stage: Stage) -> list[Row]:
    """The ledger alone, in process: single holds of many callers."""
    rows = []
    for engine in stage.databases:
        url = stage.populated_database(engine)
        with Holds(url, stage.population.cards) as holds:
            holds.run(0.5)
            results = alternate({"holds": holds.run}, stage.pace.rounds, stage.pace.seconds)
        rows.append(row("single holds, ledger alone in process", engine, CALLERS, results["holds"]))
    return rows


def reading(stage: Stage) -> list[Row]:
    """A page of a list and of a statement, in a database of a million rows and in one of ten thousand."""
    rows = []
    large = stage.pace.large
    for engine in stage.databases:
        stage.say(f"filling {engine} with {large:,} payments and transfers ...")
        few, many = (filled(stage.empty_database(engine), count) for count in (SMALL, large))
        for name, query in QUERIES.items():
            contenders: dict[str, Contender] = {
                "many": partial(ask_for, many, query, large),
                "few": partial(ask_for, few, query, SMALL),
            }
            alternate(contenders, 1, 0.2)
            results = alternate(contenders, 2 * stage.pace.rounds + 1, stage.pace.seconds / 8)
            measure = f"{name}, {large:,} rows"
            rows.append(row(measure, engine, 1, results["many"], f"{SMALL:,} rows", results["few"]))
        few.close()
        many.close()
    return rows


def floor(stage: Stage) -> list[Row]:
    """What HTTP alone costs: the leanest echo on our route class, beside FastAPI as one first writes it."""
    rows = []
    for connections in stage.pace.connections:
        contenders = {name: stage.payments(name, "", connections) for name in ("echo", "plain")}
        results = alternate(contenders, stage.pace.rounds, stage.pace.seconds)
        rows.append(row(f"HTTP floor: {ECHO}", "none", connections, results["echo"], "plain FastAPI", results["plain"]))
    return rows


def page(stage: Stage) -> list[Row]:
    """The page beside a day of ten thousand payments: first paint from a cold start, a frame of scrubbing, memory."""
    day = stage.pace.day
    few = day // 100
    stage.say(f"a day of {day:,} payments, watched ...")
    paints, paints_after, frames, before, after = measure_page(stage, few, day)
    beside = f"{few:,} payments"
    seen = row(f"{FIRST_PAINT}, {day:,} payments", SQLITE, 1, [paints_after], beside, [paints])
    scrub = row(SCRUBBING, BROWSER, 1, [frames])
    kept = [
        Row(f"{WATCHING}, {count:,} payments", BROWSER, 1, 0, "", None, None, 0, 0, peak_mb=round(memory, 1))
        for count, memory in ((few, before), (day, after))
    ]
    return [seen, scrub, *kept]


MEASURES: dict[str, Callable[[Stage], list[Row]]] = {
    "authorizations": authorizations,
    "one_merchant": one_merchant,
    "disbursements": disbursements,
    "batches": batches,
    "ledger": ledger,
    "reading": reading,
    "floor": floor,
    "page": page,
}
