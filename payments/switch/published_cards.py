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

    ``funds``, in minor units, are in its account at the start. ``key`` and ``holder`` are whose it is here ('': a
    tester's, made up of the number), ``blocked`` tells that its bank has blocked it.
    """

    number: str
    scheme: str
    funds: int
    does: str
    source: str
    key: str = ""
    holder: str = ""
    blocked: bool = False


_LISTS: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("published_cards.json").read_text(encoding="utf-8"))

RANGES: Final[dict[str, PublishedRange]] = {each["bin"]: PublishedRange(**each) for each in _LISTS["ranges"]}
"""The ranges, by their first six digits."""

CARDS: Final[dict[str, PublishedCard]] = {each["number"]: PublishedCard(**each) for each in _LISTS["cards"]}
"""The cards, by their numbers."""

VISA_DIRECT: Final = "visa_direct"
MASTERCARD_SEND: Final = "mastercard_send"


def cards_of(scheme: str) -> dict[str, PublishedCard]:
    """Return the cards that a scheme publishes, by their numbers."""
    return {number: card for number, card in CARDS.items() if card.scheme == scheme}


ANY_EXPIRY: Final = frozenset(cards_of(MASTERCARD_SEND))
"""The numbers with which any expiry date in the future and any CVC are right."""
