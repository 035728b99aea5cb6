"""What is counted for rate limits: one row a key, shared by all workers, on real time and not the sandbox's."""

from typing import Final

import orjson

from payments.kit.clock import SECOND
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution

_CHANGES: Final = ("window_at", "hits", "hits_before", "moments")


@record("api_rate_counters")
class RateCounter(Record):
    """The requests of one key under one limit. Instants are microseconds since the epoch, real time.

    ``hits`` were made since ``window_at``; ``hits_before`` in the window before (sliding window counter); ``moments``
    is a JSON list of when, newest last (moving window).
    """

    id: Key[str]
    window_at: Mutable[int] = 0
    hits: Mutable[int] = 0
    hits_before: Mutable[int] = 0
    moments: Mutable[str] = "[]"

    def within(self, now: int, length: int) -> list[int]:
        """Return the moments less than ``length`` before ``now``."""
        return [each for each in orjson.loads(self.moments) if each > now - length]

    def slid(self, now: int, length: int) -> tuple[int, int, int]:
        """Return the window ``now`` is in, as (start, hits before it, hits in it)."""
        start = now - now % length
        if self.window_at == start:
            return start, self.hits_before, self.hits
        return start, self.hits if self.window_at == start - length else 0, 0

    def weighted(self, now: int, length: int) -> int:
        """Return the hits of the last ``length``, those of the window before counted by how much of it is left."""
        start, before, hits = self.slid(now, length)
        return before * (start + length - now) // length + hits


Counted = tuple[RateCounter, bool]


def _reads(_: Institution, key: str, *__: int) -> list[Lock]:
    return [Lock(RateCounter, key)]


@hot(_reads)
def count_fixed(work: Work, _: Institution, key: str, seconds: int, amount: int, now: int) -> RateCounter:
    """Count in a window that begins with its first request."""
    counter = work.get_or_none(RateCounter, key)
    if counter is None or now >= counter.window_at + seconds * SECOND:
        return _keep(work, counter, RateCounter(key, now, amount))
    return work.change(counter, hits=counter.hits + amount)


@hot(_reads)
def count_moving(work: Work, _: Institution, key: str, seconds: int, amount: int, now: int, limit: int) -> Counted:
    """Count, unless the last ``seconds`` have seen ``limit`` already."""
    counter = work.get_or_none(RateCounter, key)
    moments = (counter or RateCounter(key)).within(now, seconds * SECOND)
    fits = len(moments) + amount <= limit
    moments += [now] * amount if fits else []
    return _keep(work, counter, RateCounter(key, moments=orjson.dumps(moments).decode())), fits


@hot(_reads)
def count_sliding(work: Work, _: Institution, key: str, seconds: int, amount: int, now: int, limit: int) -> Counted:
    """Count, unless the windows before and now, weighted, hold ``limit`` already."""
    counter = work.get_or_none(RateCounter, key)
    asked = counter or RateCounter(key)
    fits = asked.weighted(now, seconds * SECOND) + amount <= limit
    start, before, hits = asked.slid(now, seconds * SECOND)
    return _keep(work, counter, RateCounter(key, start, hits + (amount if fits else 0), before)), fits


def forget_counts(work: Work, _: Institution, key: str) -> None:
    """Start counting from nothing."""
    counter = work.get_or_none(RateCounter, key)
    if counter is not None:
        _keep(work, counter, RateCounter(key))


def _keep(work: Work, known: RateCounter | None, counter: RateCounter) -> RateCounter:
    if known is None:
        return work.add(counter)
    return work.change(known, **{name: getattr(counter, name) for name in _CHANGES})
