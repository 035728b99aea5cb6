"""The price list: what everybody has agreed to pay whom, as the shop knows it from its contracts.

The sandbox has tables of its own. These are written down here a second time on purpose: the demo reckons with
them, and so finds out if the books follow another rule than the one agreed.
"""

from dataclasses import dataclass

from payments.shop.amounts import share


@dataclass(frozen=True)
class Price:
    """A proportion, in millionths of the amount, plus a fixed part in millionths of a minor unit."""

    proportion: int
    fixed: int

    def of(self, amount: int) -> int:
        """Return the price of something that costs ``amount`` minor units, rounded half to even."""
        return share(1, amount * self.proportion + self.fixed, 1_000_000)


INTERCHANGE = Price(500, 22_000_000)
"""Harbor to the card's bank, on a sale: regulated US debit, 0.05 % + 22 cents (12 CFR 235)."""

SCHEME_FEE = Price(1_300, 1_550_000)
"""Harbor to OpenNet, on a sale by debit card: 0.13 % + 1.55 cents."""

PUSH_INTERCHANGE = Price(0, 10_000_000)
"""Harbor to the recipient's bank, on a push: 10 cents."""

PUSH_SCHEME_FEE = Price(0, 2_000_000)
"""Harbor to OpenNet, on a push: 2 cents."""

PUSH_FEE = 60
"""The City of Alder to Harbor, for each push: 60 cents."""


def merchant_fee(amount: int, basis_points: int, fixed: int) -> int:
    """Return what a merchant's bank takes of a sale, in minor units: never more than the sale."""
    return min(amount, share(amount, basis_points, 10_000) + fixed)
