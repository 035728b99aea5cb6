"""The settlement bank: the institution, and what all its flows need of it."""

from dataclasses import dataclass

from payments.kit.world import Institution
from payments.ledger.account import ASSET
from payments.switch.switch import Switch

CHART = {"vault": (ASSET, "Vault")}
"""The bank's own accounts, one in each currency; ``reserve`` and ``merchant_account`` have owners."""


@dataclass
class Bank(Institution):
    """The bank at which the members keep their reserves and the merchants their accounts."""

    switch: Switch
