"""The table in docs/outcomes.md, made from the code's own: `python -m tests.outcomes_page` writes it."""

from __future__ import annotations

import re
from pathlib import Path

from payments.switch.outcome import OUTCOMES

PAGE = Path(__file__).parent.parent / "docs" / "outcomes.md"
PLACE = re.compile(r"<!-- outcomes -->\n(\|.*\n)*")


def table() -> str:
    """Every outcome: who plays it, its usual code, and what happens."""
    rows = [f"| `{name}` | {each.by} | {each.code or '–'} | {each.happens} |" for name, each in OUTCOMES.items()]
    return "\n".join(["| outcome | played by | code | what happens |", "|---|---|---|---|", *rows])


def with_table(page: str) -> str:
    """Return the page with the table in its place."""
    return PLACE.sub(lambda _: f"<!-- outcomes -->\n{table()}\n", page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text()))
