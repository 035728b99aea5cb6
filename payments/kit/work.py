"""Work: what a step is given to read from and to write to, inside one transaction.

A step reads rows as they stand after the steps before it in the same batch, decides, and writes down what is to
change. Nothing reaches the database until the whole batch has been run, and a step that refuses leaves no trace.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import add
from typing import Any, Protocol, TypeVar, cast

import orjson
from sqlalchemy import Select

from payments.kit.errors import NotFound
from payments.kit.ids import Ids, first_row
from payments.kit.records import Record

R = TypeVar("R", bound=Record)
Id = tuple[type[Record], Any]
Lookup = tuple[type[Record], str, Any]


class Source(Protocol):
    """Where rows come from that a batch has not read yet."""

    def rows(self, kind: type[Record], column: str, value: Any, *, lock: bool) -> Iterable[Any]:
        """Return the rows whose ``column`` is ``value``."""

    def query(self, statement: Select[Any]) -> Sequence[Any]:
        """Return the rows of a SQLAlchemy ``statement``."""

    def wait_for_others(self) -> None:
        """Wait until no other writer's batch is under way."""


class Shared:
    """What the steps of one batch share: the rows read for them, and what those already run have written."""

    def __init__(self, source: Source, ids: Ids, facts: dict[Lookup, Record], known: set[Id], cold: bool) -> None:
        """Begin a batch that reads from ``source``; ``facts``, and the counted rows ``known`` to exist, outlive it."""
        self.source = source
        self.ids = ids
        self.facts = facts
        self.known = known
        self.cold = cold
        self.batch = ids.next_batch()
        self.next_row = first_row(self.batch)
        self.now = 0
        self.writer = 0
        self.rows: dict[Id, Record] = {}
        self.found: dict[tuple[type[Record], str], dict[Any, Any]] = {}
        self.columns: dict[type[Record], list[tuple[str, dict[Any, Any]]]] = {}
        self.locked: set[Any] = set()
        self.holding = False
        self.added: dict[type[Record], dict[Any, Record]] = defaultdict(dict)
        self.changed: dict[type[Record], dict[Any, Record]] = defaultdict(dict)
        self.counted: dict[type[Record], dict[Any, tuple[int, ...]]] = defaultdict(dict)
        self.zeros: dict[Id, Record] = {}
        self.events: list[tuple[Any, ...]] = []

    def remember(self, kind: type[R], rows: Iterable[Any]) -> list[R]:
        """Take rows read from the database into the batch; a row the batch has changed stays as it is."""
        taken = []
        for values in rows:
            row = kind(*values)
            taken.append(self.rows.setdefault((kind, kind.shape.key_of(row)), row))
        return taken  # type: ignore[return-value]

    def refresh(self, kind: type[Record], rows: Iterable[Any]) -> None:
        """Take rows as they are now that they are locked, but for those the batch has changed."""
        changed, counted = self.changed.get(kind, ()), self.counted.get(kind, ())
        for row in (kind(*values) for values in rows):
            key = kind.shape.key_of(row)
            if key not in changed and key not in counted:
                self.rows[kind, key] = row

    def index(self, kind: type[Record], column: str, values: Iterable[Any], rows: Iterable[Record]) -> None:
        """Note which of ``values`` were found, as the key of the row that holds each."""
        known = self.found.get((kind, column))
        if known is None:
            added = self.added[kind].values()
            known = self.found[kind, column] = {getattr(row, column): kind.shape.key_of(row) for row in added}
            self.columns.setdefault(kind, []).append((column, known))
        for value in values:
            known.setdefault(value)
        known.update((getattr(row, column), kind.shape.key_of(row)) for row in rows)

    def reindex(self, rows: Iterable[Record]) -> None:
        """Let look-ups find rows that the batch adds."""
        for row in rows:
            kind = type(row)
            for column, known in self.columns.get(kind, ()):
                known[getattr(row, column)] = kind.shape.key_of(row)


class Work:
    """One step's view of its batch. ``now`` is the sandbox's time, ``institution`` whose step it is."""

    __slots__ = (
        "_added",
        "_changed",
        "_counted",
        "_events",
        "_seen",
        "_shared",
        "_zeros",
        "entries",
        "institution",
        "now",
        "writer",
    )

    def __init__(self, shared: Shared, institution: str, entries: list[str]) -> None:
        """Give ``institution``'s step a view of the batch; ``entries`` were written before it for the same request."""
        self._shared = shared
        self.institution = institution
        self.now = shared.now
        self.writer = shared.writer
        self.entries = entries
        self._seen: dict[Id, Record] = {}
        self._added: list[Record] = []
        self._changed: dict[Id, Record] = {}
        self._counted: list[tuple[Id, tuple[int, ...]]] = []
        self._zeros: dict[Id, Record] = {}
        self._events: list[tuple[Any, ...]] = []

    # ── reading ──

    def get(self, kind: type[R], key: Any) -> R:
        """Return the row with ``key``, locked for this batch. Raises ``NotFound``."""
        row = self.get_or_none(kind, key)
        if row is None:
            raise NotFound(f"There is no {kind.noun or kind.__name__.lower()} {key}.")
        return row

    def get_or_none(self, kind: type[R], key: Any) -> R | None:
        """Return the row with ``key``, locked for this batch, or ``None``."""
        id = (kind, key)
        row: Record | None = self._seen.get(id) or self._shared.rows.get(id)
        if row is None and self._shared.cold:
            rows = self._shared.source.rows(kind, kind.shape.key, key, lock=True)
            return next(iter(self._shared.remember(kind, rows)), None)
        return cast("R | None", row)

    def find(self, kind: type[R], column: str, value: Any) -> R | None:
        """Return the row whose unique ``column`` holds ``value``, or ``None``. It is not locked."""
        for row in self._added:
            if type(row) is kind and getattr(row, column) == value:
                return row
        known = self._shared.found.get((kind, column))
        if known is None or value not in known:
            assert self._shared.cold, f"a hot step must declare that it reads {kind.__name__} by {column}"
            rows = self._shared.remember(kind, self._shared.source.rows(kind, column, value, lock=False))
            self._shared.index(kind, column, [value], rows)
            known = self._shared.found[kind, column]
        key = known[value]
        return None if key is None else self._seen.get((kind, key)) or self._shared.rows[kind, key]  # type: ignore[return-value]

    def fact(self, kind: type[R], key: Any) -> R:
        """Return a row that never changes, remembered by the process. Raises ``NotFound``."""
        lookup = (kind, kind.shape.key, key)
        row = self._shared.facts.get(lookup)
        if row is None:
            row = self._seen.get((kind, key)) or self._shared.rows.get((kind, key))
        if row is None:
            found = self._shared.source.rows(kind, kind.shape.key, key, lock=False)
            row = next((kind(*values) for values in found), None)
            if row is None:
                raise NotFound(f"There is no {kind.noun or kind.__name__.lower()} {key}.")
            self._shared.facts[lookup] = row
        return row  # type: ignore[return-value]

    def query(self, statement: Select[Any]) -> Sequence[Any]:
        """Return the rows of a SQLAlchemy select: only in a cold step, before it has written anything."""
        assert self._shared.cold, "a hot step reads only what it has declared"
        assert not (self._added or self._changed or self._counted), "a step asks first and writes afterwards"
        return self._shared.source.query(statement)

    def records(self, kind: type[R], statement: Select[Any]) -> list[R]:
        """Return the whole rows of a select over ``kind``'s table, as ``query`` does."""
        return [kind(*row) for row in self.query(statement)]

    def wait_for_others(self) -> None:
        """Wait until no batch is under way that may have read an earlier time; a cold step, before anything else.

        What any step of any process did by an earlier time is there to be read afterwards.
        """
        assert self._shared.cold and not (self._seen or self._added), "a step waits before it does anything else"
        self._shared.source.wait_for_others()

    # ── writing ──

    def new_id(self, prefix: str) -> str:
        """Return a new public id such as ``pay_01k9…``."""
        return self._shared.ids.new(prefix, self.now)

    def next_number(self) -> int:
        """Return the next number of this writer's session, from 1."""
        return self._shared.ids.number()

    def next_row(self) -> int:
        """Return the next row number of this batch, for tables whose rows are numbered by batch."""
        row = self._shared.next_row
        self._shared.next_row = row + 1
        return row

    def add(self, row: R) -> R:
        """Write a new row."""
        self._added.append(row)
        self._seen[type(row), row.shape.key_of(row)] = row
        return row

    def change(self, row: R, **changes: Any) -> R:
        """Write new values of mutable columns and return the row as it now is."""
        kind = type(row)
        assert changes.keys() <= set(kind.shape.mutable), f"{kind.__name__}: only facts for ever: {changes.keys()}"
        changed = row.changed(**changes)
        id = (kind, kind.shape.key_of(row))
        self._changed[id] = self._seen[id] = changed
        return changed

    def count(self, kind: type[R], key: Any, amounts: tuple[int, ...], zero: Callable[[], R]) -> None:
        """Add ``amounts``, in the order of the counters, to a row; ``zero`` makes that row if there is none yet."""
        id = (kind, key)
        self._counted.append((id, amounts))
        row = self._seen.get(id) or self._shared.rows.get(id)
        if row is not None:
            self._seen[id] = _plus(row, amounts)
        elif id not in self._shared.known:
            self._zeros[id] = zero()

    def emit(self, type: str, subject: str, reference: str, data: dict[str, Any] | str) -> None:
        """Say in an event what happened; ``data`` is JSON already or becomes it."""
        text = data if isinstance(data, str) else orjson.dumps(data).decode()
        self._events.append((self.next_row(), self.now, type, self.institution, subject, reference, text))

    def keep(self) -> None:
        """Let the batch have what this step has written; called when the step has returned."""
        shared = self._shared
        shared.rows.update(self._seen)
        shared.events += self._events
        for row in self._added:
            kind = type(row)
            shared.added[kind][kind.shape.key_of(row)] = row
        self._keep_counts()
        for (kind, key), row in self._changed.items():
            new = shared.added[kind].get(key)
            if new is None:
                shared.changed[kind][key] = row
            elif not kind.shape.counters:
                shared.added[kind][key] = row
            else:
                shared.added[kind][key] = new.changed(**{each: getattr(row, each) for each in kind.shape.mutable})
        shared.zeros.update(self._zeros)
        shared.reindex(self._added)

    def _keep_counts(self) -> None:
        """Add up what is to be counted; a row that the batch adds is inserted with it."""
        shared = self._shared
        for (kind, key), amounts in self._counted:
            new = shared.added[kind].get(key)
            if new is not None:
                shared.added[kind][key] = _plus(new, amounts)
            else:
                counted = shared.counted[kind]
                before = counted.get(key)
                counted[key] = tuple(map(add, before, amounts)) if before else amounts


def _plus(row: Record, amounts: tuple[int, ...]) -> Record:
    shape = row.shape
    values = [*shape.values(row)]
    for name, amount in zip(shape.counters, amounts, strict=True):
        values[shape.position[name]] += amount
    return type(row)(*values)


Step = Callable[..., Any]
