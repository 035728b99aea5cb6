"""Reading for a batch: everything its steps named, each table once a round, locked in one sorted go at the end."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, Final

from payments.kit.clock import CLOCK, Clock
from payments.kit.records import Record, metadata
from payments.kit.steps import Find, Lock, Pending, Reads
from payments.kit.store import Query, Rows, Store
from payments.kit.work import Lookup, Shared

FACTS_LIMIT: Final = 200_000

_Finds = Find | tuple[Find, ...]
_Asking = tuple[Reads, _Finds]
_Wanted = dict[tuple[type[Record], str], set[Any]]


class WouldWait(Exception):
    """Another writer has what this round is to lock: commit what is open, then wait for it."""


class Reader:
    """Reads what hot steps declare. ``facts`` are the rows that never change, remembered from batch to batch."""

    def __init__(self, store: Store) -> None:
        """Read through ``store``."""
        self.facts: dict[Lookup, Record] = {}
        self._store = store

    def read(self, shared: Shared, round: list[Pending]) -> Clock | None:
        """Read what the steps look up, one look-up after the other, then what they lock, but for what the batch has.

        For the first round of a batch the clock is read, too, and returned. Raises ``WouldWait``.
        """
        locks: set[Lock] = set()
        asking: list[_Asking] = []
        for pending in round:
            reads = pending.step.reads(pending.institution, *pending.arguments)  # type: ignore[attr-defined]
            if isinstance(reads, Generator):
                _ask(reads, None, asking, locks)
            else:
                locks.update(reads)
        first = not shared.now
        clocks = self._look_up(shared, _wanted(asking), [Query(Clock, "id", [CLOCK])] if first else [])
        while asking:
            again: list[_Asking] = []
            for reads, finds in asking:
                _ask(reads, _found(shared, finds), again, locks)
            asking = again
            if wanted := _wanted(asking):
                self._look_up(shared, wanted, [])
        self._lock(shared, locks)
        return next((Clock(*values) for rows in clocks for values in rows), None)

    def _look_up(self, shared: Shared, wanted: _Wanted, also: list[Query]) -> list[Rows]:
        """Read each table looked at in this round once; return the rows of what else is to be read with it."""
        facts = self.facts
        queries: list[Query] = []
        for (kind, column), values in wanted.items():
            values = values - shared.found.get((kind, column), {}).keys()
            if kind.shape.fixed:
                known = [facts[kind, column, value] for value in values if (kind, column, value) in facts]
                shared.rows.update({(kind, kind.shape.key_of(row)): row for row in known})
                shared.index(kind, column, [], known)
                values = values - {getattr(row, column) for row in known}
            if values:
                queries.append(Query(kind, column, sorted(values)))
        results = self._store.select([*also, *queries]) if also or queries else []
        for query, found in zip(queries, results[len(also) :], strict=True):
            rows = shared.remember(query.kind, found)
            shared.index(query.kind, query.column, query.values, rows)
            if query.kind.shape.fixed:
                self._remember_facts(query, rows)
        return results[: len(also)]

    def _remember_facts(self, query: Query, rows: Iterable[Record]) -> None:
        if len(self.facts) > FACTS_LIMIT:
            self.facts.clear()
        self.facts.update({(query.kind, query.column, getattr(row, query.column)): row for row in rows})

    def _lock(self, shared: Shared, locks: set[Lock]) -> None:
        keys: dict[type[Record], list[Any]] = {}
        for kind, key in locks - shared.locked:
            if key not in shared.added[kind]:
                keys.setdefault(kind, []).append(key)
        kinds = sorted(keys, key=write_order)
        queries = [Query(kind, kind.shape.key, sorted(keys[kind]), lock=True) for kind in kinds]
        if queries:
            found = (
                self._lock_more(queries) if shared.holding and not self._store.alone else self._store.select(queries)
            )
            for query, rows in zip(queries, found, strict=True):
                shared.refresh(query.kind, rows)
            shared.holding = shared.holding or any(found)
        shared.locked |= locks

    def _lock_more(self, queries: Sequence[Query]) -> list[Rows]:
        """Lock rows while holding others: never wait for them, for somebody may be waiting for us."""
        found = self._store.select([query._replace(wait=False) for query in queries])
        missing = []
        for query, rows in zip(queries, found, strict=True):
            part = query.kind.shape.position[query.column]
            if left := {*query.values} - {row[part] for row in rows}:
                missing.append(query._replace(values=sorted(left), lock=False))
        if missing and any(self._store.select(missing)):
            raise WouldWait
        return found


def _ask(reads: Reads, found: Any, asking: list[_Asking], locks: set[Lock]) -> None:
    try:
        asking.append((reads, reads.send(found)))
    except StopIteration as end:
        locks.update(end.value or ())


def _wanted(asking: list[_Asking]) -> _Wanted:
    wanted: _Wanted = {}
    for _, finds in asking:
        for kind, column, value in (finds,) if isinstance(finds, Find) else finds:
            wanted.setdefault((kind, column), set()).add(value)
    return wanted


def _found(shared: Shared, finds: Find | tuple[Find, ...]) -> Any:
    if not isinstance(finds, Find):
        return tuple(_found(shared, each) for each in finds)
    key = shared.found[finds.kind, finds.column][finds.value]
    return None if key is None else shared.rows[finds.kind, key]


def write_order(kind: type[Record]) -> int:
    """Return where ``kind``'s table comes when tables are taken in order of their foreign keys."""
    return _orders().get(kind.shape.name, 0)


_known_orders: dict[str, int] = {}


def _orders() -> dict[str, int]:
    if len(_known_orders) != len(metadata.tables):
        _known_orders.update({table.name: n for n, table in enumerate(metadata.sorted_tables)})
    return _known_orders
