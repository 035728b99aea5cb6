"""The people of the world one starts with: what is in their accounts, and what each of their cards does.

All of them are made up. Amounts are minor units of the account's currency.
"""

from typing import Final, NamedTuple

from payments.switch.published_cards import CARDS, RANGES, PublishedCard

CVV: Final = "123"
EXPIRY: Final = "2912"
"""YYMM: all cards but the expired one end with December 2029."""


class Person(NamedTuple):
    """A cardholder with one account and one card. ``shows`` says what becomes of a payment with it.

    ``funds`` is paid into the account at the start; ``transaction_limit`` is the most one purchase may cost.
    ``street`` and ``postal_code`` are what the bank knows of where they live. A ``published`` number is taken as its
    scheme has published it, be its check digit right or not.
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
    street: str = ""
    postal_code: str = ""
    published: bool = False

    @property
    def account(self) -> str:
        """Return the account's id, such as ``acct_nora_patel``."""
        return f"acct_{self.key}"

    @property
    def card(self) -> str:
        """Return the card's id, such as ``card_nora_patel``."""
        return f"card_{self.key}"


def _holder(card: PublishedCard) -> Person:
    """Return the made-up holder of a card that a scheme publishes, with the money there is to pull from it."""
    found = RANGES[card.number[:6]]
    key = card.key or f"test_{card.number[:6]}_{card.number[-4:]}"
    name = card.holder or f"Test {found.brand.title()} {card.number[-4:]}"
    facts = (found.issuer, "debit", found.currency, card.funds, card.number, card.does)
    return Person(key, name, *facts, blocked=card.blocked, published=True)


PEOPLE: Final = (
    Person(
        "nora_patel", "Nora Patel", "first_prairie", "debit", "USD", 412_18, "4000121111104242",
        "approved while the money lasts (412.18 USD)", street="12 Juniper Lane", postal_code="53001",
    ),
    Person(
        "liam_ortiz", "Liam Ortiz", "first_prairie", "debit", "USD", 0, "4000121111180051",
        "declined, insufficient_funds (51): the account is empty",
    ),
    Person(
        "mei_tanaka", "Mei Tanaka", "first_prairie", "debit", "USD", 250_00, "4000121111150054",
        "declined, expired_card (54): the card ended with September 2024", expiry="2409",
    ),
    Person(
        "theo_marsh", "Theo Marsh", "first_prairie", "debit", "USD", 180_00, "4000121111150062",
        "declined, restricted_card (62): the card is blocked", blocked=True,
    ),
    Person(
        "ada_quill", "Ada Quill", "first_prairie", "debit", "USD", 900_00, "4000121111160061",
        "approved up to 50.00 USD, above that declined (61): the card has a limit", transaction_limit=50_00,
    ),
    Person(
        "omar_diallo", "Omar Diallo", "coastline", "debit", "USD", 1_250_00, "4000341111140091",
        "approved; set a fault between opennet and coastline to see issuer_unavailable (91)",
        street="7 Harbor Street", postal_code="53004",
    ),
    Person(
        "greta_lindholm", "Greta Lindholm", "coastline", "credit", "USD", 0, "4000561111120500",
        "approved up to the credit limit (5,000.00 USD)", credit_limit=5_000_00,
    ),
    Person(
        "lucia_ferri", "Lucia Ferri", "coastline", "debit", "EUR", 800_00, "4000781111190978",
        "approved in EUR, at Bora Ceramics; in any other currency declined (57)",
    ),
    Person(
        "kenji_mori", "Kenji Mori", "coastline", "debit", "JPY", 120_000, "4000901111110392",
        "approved in JPY, a currency without decimals, at Kitsune Paper",
    ),
    Person(
        "noor_hadi", "Noor Hadi", "coastline", "debit", "BHD", 300_000, "4000911111180048",
        "approved in BHD, a currency with three decimals, at Manama Pearls",
    ),
    *(_holder(each) for each in CARDS.values()),
)  # fmt: skip
