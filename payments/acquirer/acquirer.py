"""The acquirer: the institution, and what all its flows need of it."""

from dataclasses import dataclass, field

from payments.acquirer.sanctions_list import Screener
from payments.kit.ids import Ids
from payments.ledger.account import ASSET, EQUITY, EXPENSE, INCOME, LIABILITY
from payments.switch.asking import Asking
from payments.switch.switch import Switch

CHART = {
    "settlement_cash": (ASSET, "Settlement cash"),
    "due_from_network": (ASSET, "Due from the network"),
    "due_to_network": (LIABILITY, "Due to the network"),
    "interchange_expense": (EXPENSE, "Interchange expense"),
    "scheme_fees": (EXPENSE, "Scheme fees"),
    "merchant_fees": (INCOME, "Merchant fees"),
    "disbursement_fees": (INCOME, "Disbursement fees"),
    "funding_fees": (INCOME, "Funding fees"),
    "dispute_loss": (EXPENSE, "Dispute losses"),
    "equity": (EQUITY, "Equity"),
}
"""The acquirer's own accounts: what each is for, its kind and its name. One of each in every currency it works in."""


@dataclass
class Acquirer(Asking):
    """A merchant's or sender's bank.

    ``code`` is its number on the wire, ``network`` and ``bank`` are the members it sends to. ``screener`` is what this
    process remembers of the sanctions list.
    """

    code: str
    network: str
    bank: str
    switch: Switch
    screener: Screener = field(default_factory=Screener, repr=False)

    @property
    def ids(self) -> Ids:
        """The writer's ids, for trace and reference numbers."""
        return self.world.writer.ids
