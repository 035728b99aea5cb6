"""The shop's own reckoning: what every balance must come to, worked out without the sandbox's books.

A line notes what a balance was when the story first touched it, and what should happen to it since. In the
end each is read again and compared, to the minor unit.
"""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from payments.shop.amounts import figure
from payments.shop.client import Client

MOST_SHOWN = 40


@dataclass
class Line:
    """A balance: how to read it, what it was, and by how much it should have changed (minor units)."""

    name: str
    path: str
    part: str
    currency: str
    before: int
    change: int = 0
    after: int = 0

    @property
    def expected(self) -> int:
        """Return what the balance must be."""
        return self.before + self.change

    @property
    def right(self) -> bool:
        """Tell whether it is, to the minor unit."""
        return self.after == self.expected


class Reckoning:
    """All the balances a story touches."""

    def __init__(self, client: Client) -> None:
        """Begin with none."""
        self._client = client
        self.lines: dict[str, Line] = {}

    def expect(self, name: str, path: str, change: int, part: str = "ledger") -> None:
        """Expect the balance at ``path`` to change by ``change``; to be said before it happens.

        ``part`` is the figure of it that is meant: ledger, held, available or pending.
        """
        key = f"{path}#{part}"
        if key not in self.lines:
            balance = self._client.get(path)
            self.lines[key] = Line(name, path, part, balance["currency"], balance[part])
        self.lines[key].change += change

    def close(self) -> bool:
        """Read every balance again; tell whether all are right."""
        for line in self.lines.values():
            line.after = self._client.get(line.path)[line.part]
        return all(line.right for line in self.lines.values())

    def show(self, console: Console) -> None:
        """Print what was reckoned beside what the books say; of what was to stay as it is, only what did not."""
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for heading in ("", "before", "change", "expected", "in the books"):
            table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
        table.add_column("", no_wrap=True)
        moved = [line for line in self.lines.values() if line.change or not line.right]
        told = sorted(moved, key=lambda line: line.right)[:MOST_SHOWN] if len(moved) > MOST_SHOWN else moved
        for line in told:
            amounts = (line.before, line.change, line.expected, line.after)
            verdict = Text("✓", "bold green") if line.right else Text("✗", "bold red")
            table.add_row(
                f"{line.name}, {line.currency}",
                *[figure(amount, line.currency) for amount in amounts],
                verdict,
            )
        console.print(table)
        if len(moved) > len(told):
            console.print(f"And {len(moved) - len(told)} more that changed.", style="dim")
        if untouched := len(self.lines) - len(moved):
            console.print(f"And {untouched} more that had to stay as they were, and did.", style="dim")
