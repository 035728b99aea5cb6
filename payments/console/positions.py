"""How net positions grew in a window: what each member came to owe, and be owed, item by item."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

POINTS: Final = 240
"""How finely the growth of positions is told: when there are twice as many points, every second one is left out."""


@dataclass
class Cleared:
    """What was cleared in one window, in one currency; amounts in minor units.

    ``flows`` says what a member owes another (by debtor and creditor; the network itself where one is missing),
    ``nets`` what that comes to (positive: is paid out), ``points`` how many items there were, when, and what they
    came to net, at some moments on the way.
    """

    count: int = 0
    gross: int = 0
    flows: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    nets: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    points: list[tuple[int, int, dict[str, int]]] = field(default_factory=list)
    stride: int = 1

    def add(self, debtor: str, creditor: str, amount: int, at: int, item: bool) -> None:
        """Add what ``debtor`` owes ``creditor``; an ``item`` counts, the fee that goes with it does not."""
        self.flows[debtor, creditor] += amount
        self.nets[debtor] -= amount
        self.nets[creditor] += amount
        if not item:
            if self.points and self.points[-1][0] == self.count:
                self.points[-1] = (self.count, self.points[-1][1], dict(self.nets))
            return
        self.count += 1
        self.gross += amount
        if self.count % self.stride == 0:
            self.points.append((self.count, at, dict(self.nets)))
        if len(self.points) >= 2 * POINTS:
            self.points, self.stride = self.points[1::2], 2 * self.stride

    def shape(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "count": self.count,
            "gross": self.gross,
            "flows": [[*pair, amount] for pair, amount in sorted(self.flows.items())],
            "nets": self.nets,
            "points": self.points,
            "stride": self.stride,
        }
