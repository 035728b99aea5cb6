"""Rounds: the contenders take turns, so that what disturbs the machine disturbs all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from tests.bench.load import Result

Contender = Callable[[float], Result]
"""Runs for so many seconds and says what it reached."""

Rounds = dict[str, list[Result]]


@dataclass(frozen=True)
class Ratio:
    """One contender's rate over another's, formed within each round: the median, the least and the most."""

    middle: float
    least: float
    most: float


def alternate(contenders: Mapping[str, Contender], rounds: int, seconds: float) -> Rounds:
    """Let each contender run in each round; who goes first changes from round to round."""
    names = list(contenders)
    results: Rounds = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(contenders[name](seconds))
    return results


def paired(ours: list[Result], theirs: list[Result]) -> Ratio:
    """How ours compare to theirs, round by round; less than one a second counts as one."""
    ratios = [one.per_second / max(other.per_second, 1) for one, other in zip(ours, theirs, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def middle(results: list[Result]) -> Result:
    """The medians of several results."""
    return Result(
        per_second=median(each.per_second for each in results),
        count=sum(each.count for each in results),
        p50_ms=median(each.p50_ms for each in results),
        p99_ms=median(each.p99_ms for each in results),
        busy=median(each.busy for each in results),
    )
