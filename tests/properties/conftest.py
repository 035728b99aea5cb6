"""Fresh seeded worlds for drawn examples: a database for each, on either engine."""

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

from payments.kit.log import log
from tests.conftest import ENGINES, template_database, template_file
from tests.flows.conftest import seeded
from tests.postgres import Cluster


@dataclass(frozen=True)
class Worlds:
    """Where examples get their worlds: ``new()`` opens one for a block, and names its URL."""

    engine: str
    new: Callable[[], AbstractContextManager[str]]


@pytest.fixture(params=ENGINES)
def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Worlds:
    """As many seeded worlds as one asks for."""
    if request.param == "sqlite":
        return Worlds("sqlite", lambda: _file(tmp_path / f"{next(_NUMBERS)}.db"))
    cluster: Cluster = request.getfixturevalue("postgres")
    return Worlds("postgresql", lambda: _database(cluster))


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What the house has logged."""
    lines = StringIO()
    monkeypatch.setattr(log, "_logger", structlog.PrintLogger(file=lines))  # type: ignore[arg-type]
    return lines


_NUMBERS = count(1)


@contextmanager
def _file(path: Path) -> Iterator[str]:
    shutil.copy(template_file("seeded", seeded), path)
    yield f"sqlite:///{path}"
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


@contextmanager
def _database(cluster: Cluster) -> Iterator[str]:
    name = f"sandbox_{uuid4().hex}"
    cluster.create_database(name, template_database(cluster, "seeded", seeded))
    yield cluster.url_for(name)
    cluster.drop_database(name)
