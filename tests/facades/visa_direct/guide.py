"""The tables of the guide, out of the data they are about: `python -m tests.facades.visa_direct.guide` writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from payments.facades.visa_direct import flow_push

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "visa_direct.md"
PLACE = re.compile(r"<!-- table: (\w+) -->\n(?:\n\|[^\n]*(?:\n\|[^\n]*)*\n)?")
DATA = Path(flow_push.__file__).parent


def in_place(page: str) -> str:
    """The page with its tables as they must be."""
    return PLACE.sub(lambda found: f"<!-- table: {found[1]} -->\n\n" + "\n".join(TABLES[found[1]]()) + "\n", page)


def cards() -> Iterator[str]:
    """The published cards."""
    yield "| number | documented | here | to stage |"
    yield "|---|---|---|---|"
    for card in _read("test_cards.json")["cards"]:
        here = f"{card['does']}{'; ' + card['differs'] if 'differs' in card else ''}"
        yield f"| {card['number']} | {card['documented']} | {here} | {_staged(card['stage'])} |"


def _staged(stage: dict[str, Any] | None) -> str:
    return f"`{stage['outcome']}` `{stage['code']}`{' by the ' + stage['by'] if 'by' in stage else ''}" if stage else ""


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return data


TABLES = {"cards": cards}

if __name__ == "__main__":
    GUIDE.write_text(in_place(GUIDE.read_text()))
