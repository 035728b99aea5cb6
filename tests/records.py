"""Every record of the house, after importing every module that defines one."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import payments
from payments.kit.records import Record

HOUSE = Path(payments.__file__).parent


def every_record() -> list[type[Record]]:
    """All records, by the names of their tables."""
    for path in sorted(HOUSE.rglob("*.py")):
        if "\n@record(" in path.read_text():
            importlib.import_module(".".join(path.relative_to(HOUSE.parent).with_suffix("").parts))
    return sorted(_tabled(Record), key=lambda kind: kind.shape.name)


def _tabled(kind: type[Record]) -> Iterator[type[Record]]:
    for each in kind.__subclasses__():
        if "shape" in vars(each):
            yield each
        yield from _tabled(each)
