"""A cardholder of the world one starts with: an account, a card on it, and what becomes of a payment with it."""

from typing import Final, NamedTuple

CVV: Final = "123"
EXPIRY: Final = "2912"
"""YYMM: all cards but the expired one end with December 2029."""


class Person(NamedTuple):
    """A cardholder with one account and one card. ``shows`` says what becomes of a payment with it.

    ``funds`` is paid into the account at the start; ``transaction_limit`` is the most one purchase may cost. A
    ``published`` number is taken as a scheme has published it, whether or not its check digit is right.
    """

    key: str
    holder: str
    issuer: str
    product: str
    currency: str
    funds: int
    number: str
    shows: str
    credit_limit: int = 0
    expiry: str = EXPIRY
    blocked: bool = False
    transaction_limit: int | None = None
    published: bool = False

    @property
    def account(self) -> str:
        """Return the account's id, such as ``acct_nora_patel``."""
        return f"acct_{self.key}"

    @property
    def card(self) -> str:
        """Return the card's id, such as ``card_nora_patel``."""
        return f"card_{self.key}"
