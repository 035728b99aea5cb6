"""The report: a table for the terminal, docs/benchmarks.md for people and docs/benchmarks.json for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.table import Table

from tests.bench.measures import ECHO, FIRST_PAINT, ONE_BY_ONE, PGBENCH, SCRUBBING, UNBATCHED, WATCHING, Row
from tests.bench.stage import POSTGRESQL, SQLITE, Pace, Spent

DOCS = Path(__file__).parent.parent.parent / "docs"
HEADINGS = (
    "measure",
    "database",
    "conns",
    "ours /s",
    "beside",
    "theirs /s",
    "ratio",
    "range",
    "p50 ms",
    "p99 ms",
    "peak MB",
)
TEXTS = ("measure", "database", "beside")

GOALS: Final[tuple[tuple[str, str, int, str | None, float | None, float], ...]] = (
    ("authorizations", POSTGRESQL, 64, PGBENCH, 0.6, 1.0),
    ("authorizations", SQLITE, 64, ECHO, 0.25, 0.35),
    ("authorizations", POSTGRESQL, 64, UNBATCHED, 8.0, 8.0),
    *(
        (f"batch items, {lines:,} lines", engine, 1, ONE_BY_ONE, None, 15.0)
        for engine in (SQLITE, POSTGRESQL)
        for lines in Pace.batches
    ),
    ("all load on one merchant", SQLITE, 64, None, 0.9, 0.9),
    ("all load on one merchant", POSTGRESQL, 64, None, 0.9, 0.9),
)
"""Measure, database, connections, reference; the ratio there must be, if any, and the ratio aimed at."""

HOLDS_GOAL = 8_000
GROWTH_GOAL = 5.0
PAINT_GOAL_MS = 1_000
FRAME_GOAL_MS = 16.7
PAGE_MEMORY_GOAL_MB = 50
MEMORY_GOAL = 1.25
"""How much more memory the longest file may take than the shortest: it must not grow with the lines."""

INTRODUCTION = """# Benchmarks

Made by `make bench`; the same rows as data are in [benchmarks.json](benchmarks.json). Nobody should read absolute
numbers off this page: the machine is shared and noisy, so contenders take turns in short rounds, every ratio is formed
within a round, and what is shown is the median of those ratios with the least and the most.

*Ours* is the whole product through HTTP: key, idempotency, rules, three institutions, their books, events; each reply
leaves after its commit. SQLite commits with `synchronous=FULL`, PostgreSQL with `fsync` and `synchronous_commit` on.
Load falls on {cards:,} cards. Server, load generator and PostgreSQL share the machine: {machine}.

- *{unbatched}*: the same code and the same writer, each step in a transaction of its own, one at a time.
- *{pgbench}*: claim a key, lock a balance, insert an authorization and a hold, change the balance, commit; from C,
  over one socket per client, with prepared statements and without HTTP (tests/bench/pgbench.sql).
- *{echo}*: the same route class, reading and validating the same body and giving it back; no database.
- Batch items: lines of one file a second, from its first byte to its last line known; *p50* is when it was loaded,
  *p99* when it was paid. *Peak MB* is the most memory a server process had meanwhile.
- The page: in a fresh browser, *p50* and *p99* are the time until a payment's first message stands on the screen; of
  scrubbing, what a frame takes; *peak MB* is what a page holds that was open all day.
- Reading: the *ratio* is the rate in the large database over that in the small one, so growth in time is 1 / ratio.
"""


def table(rows: Iterable[Row]) -> Table:
    """The rows, for a terminal."""
    shown = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in HEADINGS:
        shown.add_column(heading, justify="left" if heading in TEXTS else "right", no_wrap=heading != "measure")
    for row in rows:
        shown.add_row(*cells(row))
    return shown


def cells(row: Row) -> list[str]:
    """A row as texts."""
    spread = f"{row.spread[0]:.2f}-{row.spread[1]:.2f}" if row.spread else ""
    return [
        row.measure,
        row.database,
        str(row.connections),
        f"{row.ours_per_second:,.0f}",
        row.reference,
        "" if row.reference_per_second is None else f"{row.reference_per_second:,.0f}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        spread,
        f"{row.p50_ms:.2f}",
        f"{row.p99_ms:.2f}",
        "" if row.peak_mb is None else f"{row.peak_mb:,.0f}",
    ]


def goals(rows: list[Row]) -> list[str]:
    """What was to be reached, and whether it was."""
    said = []
    for measure, database, connections, reference, must, aim in GOALS:
        for row in rows:
            same = (row.measure, row.database, row.connections) == (measure, database, connections)
            if same and row.ratio is not None and reference in (None, row.reference):
                said.append(
                    f"{verdict(row.ratio, must, aim)}: {measure}, {database}, {connections} connections, "
                    f"{row.ratio:.2f} × {row.reference} ({wanted(must, aim)})"
                )
    return [*said, *memory_goals(rows), *page_goals(rows), *(goal for row in rows for goal in single_goals(row))]


def verdict(ratio: float, must: float | None, aim: float) -> str:
    """Whether a ratio is what was aimed at, or at least what it must be."""
    if ratio >= aim:
        return "reached"
    return "below aim" if must is None else "enough" if ratio >= must else "MISSED"


def held(enough: bool) -> str:
    """Whether something is as it must be."""
    return "reached" if enough else "MISSED"


def wanted(must: float | None, aim: float) -> str:
    """What a ratio should be, in words."""
    if must is None:
        return f"aim {aim:g}"
    return f"must {must:g}" if aim == must else f"must {must:g}, aim {aim:g}"


def memory_goals(rows: list[Row]) -> list[str]:
    """Whether the memory that a batch takes stays the same however long it is."""
    said = []
    rows = [row for row in rows if row.measure.startswith("batch items")]
    for database in dict.fromkeys(row.database for row in rows):
        peaks = [row.peak_mb for row in rows if row.database == database and row.peak_mb]
        if len(peaks) > 1:
            growth = peaks[-1] / peaks[0]
            told = f"{growth:.2f} times the memory of its shortest (must {MEMORY_GOAL:g})"
            said.append(f"{held(growth <= MEMORY_GOAL)}: the longest batch on {database} takes {told}")
    return said


def page_goals(rows: list[Row]) -> list[str]:
    """Whether the page is as quick, and as forgetful, on a busy day as it must be."""
    said = []
    for row in rows:
        for measure, part, must in ((FIRST_PAINT, row.p99_ms, PAINT_GOAL_MS), (SCRUBBING, row.p50_ms, FRAME_GOAL_MS)):
            if row.measure.startswith(measure):
                said.append(f"{held(part <= must)}: {row.measure}, {part:,.1f} ms (must {must:,g})")
    peaks = [row.peak_mb for row in rows if row.measure.startswith(WATCHING) and row.peak_mb]
    if len(peaks) > 1:
        enough = held(peaks[-1] <= PAGE_MEMORY_GOAL_MB)
        said.append(f"{enough}: whoever watched the whole day, {peaks[-1]:,.0f} MB (must {PAGE_MEMORY_GOAL_MB:g})")
    return said


def single_goals(row: Row) -> list[str]:
    """What a row must reach that is no ratio of rates."""
    if row.measure.startswith("single holds") and row.database == SQLITE:
        enough = held(row.ours_per_second >= HOLDS_GOAL)
        return [f"{enough}: {row.measure}, {row.ours_per_second:,.0f} a second (must {HOLDS_GOAL:,})"]
    if row.measure.endswith(" rows") and row.ratio:
        enough = held(1 / row.ratio < GROWTH_GOAL)
        return [
            f"{enough}: {row.measure}, {row.database}, grows {1 / row.ratio:.1f} × (must stay below {GROWTH_GOAL:g})"
        ]
    return []


def profile(spent: dict[tuple[str, int], Spent]) -> Table:
    """Where the time goes: microseconds of processor time a request, by what used them."""
    names = list(dict.fromkeys(name for each in spent.values() for name in each.seconds))
    shown = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("µs of processor a request", "conns", *names):
        shown.add_column(heading, justify="left" if heading.startswith("µs") else "right")
    for (what, connections), each in spent.items():
        shown.add_row(what, str(connections), *(microseconds(each, name) for name in names))
    return shown


def microseconds(spent: Spent, name: str) -> str:
    """What one request used of something."""
    used = spent.seconds.get(name)
    return "" if used is None or not spent.requests else f"{used / spent.requests * 1e6:,.0f}"


def write(rows: list[Row], spent: dict[tuple[str, int], Spent], cards: int, folder: Path = DOCS) -> None:
    """Write both files."""
    folder.mkdir(exist_ok=True)
    data = [{name: value for name, value in asdict(row).items() if name != "spread"} for row in rows]
    (folder / "benchmarks.json").write_text(json.dumps(data, indent=1) + "\n")
    words = {"unbatched": UNBATCHED, "pgbench": PGBENCH, "echo": ECHO}
    parts = [
        INTRODUCTION.format(cards=cards, machine=machine(), **words),
        "## Goals\n\n" + "\n".join(f"- {goal}" for goal in goals(rows)),
        "## Results\n\n" + markdown(HEADINGS, [cells(row) for row in rows]),
        "## Where the time goes\n\nMicroseconds of processor time a request, ours.\n\n" + time_spent(spent),
    ]
    (folder / "benchmarks.md").write_text("\n\n".join(part.strip() for part in parts) + "\n")


def time_spent(spent: dict[tuple[str, int], Spent]) -> str:
    """The profile as Markdown."""
    names = list(dict.fromkeys(name for each in spent.values() for name in each.seconds))
    lines = [
        [what, str(connections), *(microseconds(each, name) for name in names)]
        for (what, connections), each in spent.items()
    ]
    return markdown(("requests", "conns", *names), lines)


def markdown(headings: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(headings)
    rule = ["---" if heading in (*TEXTS, "requests") else "---:" for heading in head]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def machine() -> str:
    """What this ran on."""
    return f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}"
