"""Every record of the house, after importing every module that may define one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import payments
from payments.kit.records import Record


def every_record() -> list[type[Record]]:
    """All records, by the names of their tables."""
    for module in pkgutil.walk_packages(payments.__path__, "payments."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted(_tabled(Record), key=lambda kind: kind.shape.name)


def _tabled(kind: type[Record]) -> Iterator[type[Record]]:
    for each in kind.__subclasses__():
        if "shape" in vars(each):
            yield each
        yield from _tabled(each)
