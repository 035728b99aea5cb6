"""The storage that the strategies of ``limits`` count in: our own tables, by steps."""

from limits.aio.storage import MovingWindowSupport, SlidingWindowCounterSupport, Storage

from payments.api.rate_counter import RateCounter, count_fixed, count_moving, count_sliding, forget_counts
from payments.kit.clock import SECOND, real_now
from payments.kit.errors import Refusal
from payments.kit.world import Institution


class CounterStorage(Storage, MovingWindowSupport, SlidingWindowCounterSupport):
    """Keeps counts in our tables. Every count is a step, so concurrent requests share a transaction.

    What it says of a key is what its last count here found, which is asked for right after it.
    """

    STORAGE_SCHEME = None

    def __init__(self, institution: Institution) -> None:
        """Count by steps of ``institution``."""
        super().__init__()
        self._institution = institution
        self._last: dict[str, tuple[RateCounter, int]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing is translated."""
        return Refusal

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a fixed window of ``expiry`` seconds and return the hits so far."""
        counter = await self._institution.step(count_fixed, key, expiry, amount, real_now())
        return self._note(key, counter, expiry).hits

    async def get(self, key: str) -> int:
        """Return the hits of the fixed window."""
        counter, length = self._last.get(key, (RateCounter(key), 0))
        return counter.hits if real_now() < counter.window_at + length else 0

    async def get_expiry(self, key: str) -> float:
        """Return when the fixed window ends, in seconds since the epoch."""
        counter, length = self._last.get(key, (RateCounter(key, real_now()), 0))
        return (counter.window_at + length) / SECOND

    async def check(self) -> bool:
        """Say that it works."""
        return True

    async def reset(self) -> int | None:
        """Refuse: limits are cleared key by key."""
        raise NotImplementedError

    async def clear(self, key: str) -> None:
        """Forget what was counted."""
        await self._institution.step(forget_counts, key)
        self._last.pop(key, None)

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a moving window; tell whether there was room."""
        counter, fits = await self._institution.step(count_moving, key, expiry, amount, real_now(), limit)
        self._note(key, counter, expiry)
        return bool(fits)

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return the oldest moment in the window, in seconds, and how many there are."""
        counter, length = self._last.get(key, (RateCounter(key), expiry * SECOND))
        moments = counter.within(real_now(), length)
        return (moments[0] if moments else real_now()) / SECOND, len(moments)

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a sliding window counter; tell whether there was room."""
        counter, fits = await self._institution.step(count_sliding, key, expiry, amount, real_now(), limit)
        self._note(key, counter, expiry)
        return bool(fits)

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return hits before and the seconds they still count, hits now and the seconds until they no longer do."""
        now, length = real_now(), expiry * SECOND
        counter, _ = self._last.get(key, (RateCounter(key), length))
        start, before, hits = counter.slid(now, length)
        left = (start + length - now) / SECOND
        return before, left if before else 0.0, hits, left + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget what was counted."""
        await self.clear(key)

    def _note(self, key: str, counter: RateCounter, expiry: int) -> RateCounter:
        if len(self._last) > 10_000:
            self._last.clear()
        self._last[key] = (counter, expiry * SECOND)
        return counter
