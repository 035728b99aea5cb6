"""The issuer: the institution, and what all its flows need of it."""

from dataclasses import dataclass

from payments.kit.ids import Ids
from payments.ledger.account import ASSET, EQUITY, INCOME, LIABILITY
from payments.switch.asking import Asking
from payments.switch.switch import Switch

CHART = {
    "settlement_cash": (ASSET, "Settlement cash"),
    "due_from_network": (ASSET, "Due from the network"),
    "due_to_network": (LIABILITY, "Due to the network"),
    "interchange_income": (INCOME, "Interchange income"),
    "equity": (EQUITY, "Equity"),
}
"""The issuer's own accounts: what each is for, its kind and its name. One of each in every currency it works in."""


@dataclass
class Issuer(Asking):
    """A cardholder's bank.

    ``code`` is its number on the wire, ``network`` and ``bank`` are the members it sends to; the bank keeps its
    reserve.
    """

    code: str
    network: str
    bank: str
    switch: Switch

    @property
    def ids(self) -> Ids:
        """The writer's ids, for approval codes."""
        return self.world.writer.ids
