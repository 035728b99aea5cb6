"""`python -m tests.bench`: measure, print a table, and write docs/benchmarks.md and docs/benchmarks.json."""

from __future__ import annotations

import argparse
import time

from rich.console import Console

from tests.bench.measures import MEASURES, Row
from tests.bench.report import goals, profile, table, write
from tests.bench.stage import QUICK, Pace, Stage

WIDTH = 160
"""Columns, where nobody's terminal says."""


def main() -> None:
    """Run the measures that were asked for; all of them, unhurried, are written down."""
    arguments = parser().parse_args()
    console, began = Console(), time.monotonic()
    console.width = console.width if console.is_terminal else WIDTH
    pace = QUICK if arguments.quick else Pace(arguments.rounds, arguments.seconds, tuple(arguments.connections))
    rows: list[Row] = []
    with Stage(pace, lambda said: console.print(f"[dim]{time.monotonic() - began:5.0f} s[/dim]  {said}")) as stage:
        for name in arguments.only or MEASURES:
            stage.say(f"measuring {name} ...")
            rows += MEASURES[name](stage)
        complete = not (arguments.only or arguments.quick) and len(stage.databases) == 2
        complete = complete and pace.connections == Pace.connections
    console.print(table(rows))
    if arguments.profile or complete:
        console.print(profile(stage.spent))
    for goal in goals(rows):
        console.print(goal, style="bold red" if goal.startswith("MISSED") else "green")
    console.print(f"The load generator used at most {stage.busiest_load:.0%} of a processor.", style="dim")
    if complete:
        write(rows, stage.spent, stage.population.cards)
        console.print("Written: docs/benchmarks.md, docs/benchmarks.json", style="dim")


def parser() -> argparse.ArgumentParser:
    """What one may say on the command line."""
    made = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    made.add_argument("--only", nargs="+", choices=list(MEASURES), metavar="NAME", help=", ".join(MEASURES))
    made.add_argument("--quick", action="store_true", help="one short round: does it run?")
    made.add_argument("--profile", action="store_true", help="show where the server's processor time goes")
    made.add_argument("--rounds", type=int, default=Pace.rounds, help="rounds of each measure")
    made.add_argument("--seconds", type=float, default=Pace.seconds, help="seconds of each contender in a round")
    made.add_argument("--connections", type=int, nargs="+", default=list(Pace.connections), metavar="N")
    return made


if __name__ == "__main__":
    main()
