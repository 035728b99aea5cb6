"""Cards: numbers that stand for an account, and what each may do."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.secrets import CardNumber, Secret, Vault

ACTIVE: Final = "active"
BLOCKED: Final = "blocked"


@record("issuer_cards", Index(None, "fingerprint", unique=True), Index(None, "account"))
class Card(Record):
    """A card. ``fingerprint`` finds it by number, ``cvv_fingerprint`` checks its CVV; neither can be turned back.

    ``expiry`` is YYMM. ``transaction_limit`` is the most one purchase may cost, in minor units (``None``: no limit).
    """

    noun: ClassVar[str] = "card"
    prefix: ClassVar[str] = "card"
    moves: ClassVar[tuple[Move, ...]] = (Move("block", ACTIVE, BLOCKED), Move("unblock", BLOCKED, ACTIVE))

    id: Key[str]
    issuer: str
    account: str
    fingerprint: str
    number_encrypted: str
    number_masked: str
    cvv_fingerprint: str
    expiry: str
    created_at: int
    status: Mutable[str]
    transaction_limit: Mutable[int | None] = None

    @property
    def reference(self) -> str:
        """Return nothing: a card's own events belong to no payment."""
        return ""


def cvv_fingerprint(vault: Vault, number: CardNumber, cvv: Secret) -> str:
    """Return what is kept of a CVV: a keyed hash over it and the number."""
    return vault.fingerprint(Secret(f"{number.reveal()}/{cvv.reveal()}"))
