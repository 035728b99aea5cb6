"""Fresh worlds for drawn examples: a database for each, on either engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from payments.kit import migrate
from payments.kit.log import log
from tests.conftest import ENGINES, Prepare, template_database, template_file
from tests.flows.conftest import seeded
from tests.postgres import Cluster


@dataclass(frozen=True)
class Worlds:
    """Where examples get their databases; each opens for a block and goes with it."""

    engine: str
    new: Callable[[str, Prepare], AbstractContextManager[str]]

    def seeded(self) -> AbstractContextManager[str]:
        """Name the URL of a world with everything in it that one starts with."""
        return self.new("seeded", seeded)

    def empty(self) -> AbstractContextManager[str]:
        """Name the URL of a database with nothing in it but its tables."""
        return self.new("migrated", migrate.upgrade)


@pytest.fixture(params=ENGINES)
def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Worlds:
    """As many worlds as one asks for, on either engine."""
    if request.param == "sqlite":
        return Worlds("sqlite", lambda *template: _file(tmp_path / f"{next(_NUMBERS)}.db", *template))
    cluster: Cluster = request.getfixturevalue("postgres")
    return Worlds("postgresql", lambda *template: _database(cluster, *template))


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What the house has logged."""
    lines = StringIO()
    monkeypatch.setattr(log, "_logger", structlog.PrintLogger(file=lines))
    return lines


_NUMBERS = count(1)


@contextmanager
def _file(path: Path, template: str, prepare: Prepare) -> Iterator[str]:
    shutil.copy(template_file(template, prepare), path)
    yield f"sqlite:///{path}"
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


@contextmanager
def _database(cluster: Cluster, template: str, prepare: Prepare) -> Iterator[str]:
    name = f"sandbox_{uuid4().hex}"
    cluster.create_database(name, template_database(cluster, template, prepare))
    yield cluster.url_for(name)
    cluster.drop_database(name)
