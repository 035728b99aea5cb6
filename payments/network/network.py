"""The network: the institution, and what all its flows need of it."""

from dataclasses import dataclass

from payments.kit.ids import Ids
from payments.ledger.account import ASSET, EQUITY, INCOME, LIABILITY
from payments.switch.asking import Asking
from payments.switch.switch import Switch

CHART = {
    "settlement_cash": (ASSET, "Settlement cash"),
    "scheme_fees": (INCOME, "Scheme fees"),
    "fx_margin": (INCOME, "Foreign exchange margin"),
    "fx_position": (LIABILITY, "Foreign exchange position"),
    "equity": (EQUITY, "Equity"),
}
"""The network's own accounts: what each is for, its kind and its name. One of each in every currency."""

MEMBER_CHART = {
    "due_from_member": (ASSET, "Due from {}"),
    "due_to_member": (LIABILITY, "Due to {}"),
}
"""The accounts it keeps for each member, in every currency."""


@dataclass
class Network(Asking):
    """The card network. ``bank`` is the member that keeps the reserves."""

    bank: str
    switch: Switch

    @property
    def ids(self) -> Ids:
        """The writer's ids, for network transaction ids."""
        return self.world.writer.ids

    @property
    def code(self) -> str:
        """Return the network's number on the wire."""
        return self.switch.directory.members[self.id].code
