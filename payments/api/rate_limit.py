"""Rate limits: how many requests an API key may make, by the strategies of ``limits`` over our own database.

The headers are those of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers): the
policy (``q`` requests a window of ``w`` seconds) and where it stands (``r`` left, ``t`` seconds until more).
"""

import math

from limits import RateLimitItem, parse
from limits.aio.strategies import (
    FixedWindowRateLimiter,
    MovingWindowRateLimiter,
    RateLimiter,
    SlidingWindowCounterRateLimiter,
)

from payments.api.counter_storage import CounterStorage
from payments.api.keys import ApiKey
from payments.api.refusals import TooManyRequests
from payments.kit.clock import SECOND, real_now
from payments.kit.errors import Refusal
from payments.kit.world import Institution


class NotARateLimit(Refusal):
    """A rate limit is written as 100/minute."""


class RateLimits:
    """Lets requests pass, or not, by the limit of their key. A key without a limit costs nothing."""

    def __init__(self, institution: Institution) -> None:
        """Count by steps of ``institution``."""
        storage = CounterStorage(institution)
        self._limiters: dict[str, RateLimiter] = {
            "fixed-window": FixedWindowRateLimiter(storage),
            "moving-window": MovingWindowRateLimiter(storage),
            "sliding-window-counter": SlidingWindowCounterRateLimiter(storage),
        }

    async def count(self, key: ApiKey) -> dict[str, str]:
        """Count one request and return the headers that say how things stand. Raises ``TooManyRequests``."""
        item, limiter = read_limit(key.rate_limit), self._limiters[key.strategy]
        passed = await limiter.hit(item, key.id)
        stats = await limiter.get_window_stats(item, key.id)
        wait = max(1, math.ceil(stats.reset_time - real_now() / SECOND))
        headers = {
            "RateLimit-Policy": f'"{key.strategy}";q={item.amount};w={item.get_expiry()}',
            "RateLimit": f'"{key.strategy}";r={stats.remaining if passed else 0};t={wait}',
        }
        if passed:
            return headers
        words = f"This key may make {key.rate_limit} requests: wait {wait} seconds."
        raise TooManyRequests(words, headers | {"Retry-After": str(wait)})


def read_limit(text: str) -> RateLimitItem:
    """Return the limit that ``text`` such as ``100/minute`` describes. Raises ``NotARateLimit``."""
    try:
        item = parse(text)
    except ValueError:
        raise NotARateLimit("Write how many, and in what time: 100/minute, 5/second, 1000 per 2 hours.") from None
    if not 0 < item.amount <= 10_000 or item.get_expiry() > 31 * 24 * 3600:
        raise NotARateLimit("At most 10,000 requests, in at most a month.")
    return item
