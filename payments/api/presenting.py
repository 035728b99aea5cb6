"""Presenting a card: from what a request says of it to what a message carries, and back to what may be shown."""

from typing import Any

from payments.api.card_input import ENTRY_MODES, ENTRY_WORDS, CardInput, to_wire
from payments.api.door import Door
from payments.api.fields import Reply
from payments.issuer.card import Card
from payments.switch.codes import reason
from payments.switch.message import PresentedCard


class CardShown(Reply):
    """A card as it may be shown: its first six and last four digits, and how it was read."""

    masked: str
    entry_mode: str


class Decline(Reply):
    """Why it was declined: in a word, by its code (ISO 8583 DE 39), and by whom."""

    reason: str
    code: str
    by: str


async def presented(door: Door, card: CardInput) -> PresentedCard:
    """Return the card as a merchant presents it. Raises ``UnknownBin``, and ``NotFound`` for an id."""
    entry_mode = ENTRY_MODES[card.entry_mode]
    if card.id is not None:
        encrypted, expiry = await door.home(Card, card.id, "number_encrypted", "expiry")
        return PresentedCard(door.sandbox.world.vault.card_number(encrypted), expiry, None, entry_mode)
    assert card.number is not None
    door.sandbox.switch.directory.bin_of(card.number)
    return PresentedCard(card.number, to_wire(card.expiry), card.cvv, entry_mode)


def shown(masked: str, entry_mode: str) -> dict[str, str]:
    """Return the JSON of ``CardShown``."""
    return {"masked": masked, "entry_mode": ENTRY_WORDS.get(entry_mode, entry_mode)}


def decline(code: str, by: str) -> dict[str, Any]:
    """Return the JSON of ``Decline``."""
    return {"reason": reason(code), "code": code, "by": by}
