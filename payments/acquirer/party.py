"""Parties, as rows keep them: whoever pays, or is paid, as JSON."""

from functools import lru_cache

import orjson

from payments.switch.message import Party


def written(party: Party) -> str:
    """Return a party as a row keeps it."""
    return orjson.dumps(party).decode()


@lru_cache(maxsize=4096)
def named(text: str) -> Party:
    """Return the party that was ``written``; read several times of each push, and a payer's of many."""
    return Party(**orjson.loads(text))
