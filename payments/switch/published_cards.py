"""Card numbers that schemes publish for their sandboxes. They exist in this one, too.

The list, with its sources, is ``published_cards.json``.
"""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple


class PublishedRange(NamedTuple):
    """A range of published numbers: ``brand`` is the network whose cards these are, ``name`` what people call them."""

    bin: str
    issuer: str
    product: str
    region: str
    regulated: int
    currency: str
    fast_funds: int
    brand: str
    name: str


class PublishedCard(NamedTuple):
    """A published number, the ``scheme`` that publishes it, what it ``does`` here, and where that is said.

    ``funds``, in minor units, are in its account at the start.
    """

    number: str
    scheme: str
    funds: int
    does: str
    source: str


_LISTS: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("published_cards.json").read_text(encoding="utf-8"))

RANGES: Final[dict[str, PublishedRange]] = {each["bin"]: PublishedRange(**each) for each in _LISTS["ranges"]}
"""The ranges, by their first six digits."""

CARDS: Final[dict[str, PublishedCard]] = {each["number"]: PublishedCard(**each) for each in _LISTS["cards"]}
"""The cards, by their numbers."""
