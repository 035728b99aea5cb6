"""Writers and their sessions: who writes, since when, and what each wrote.

A *writer* is a number held by one process at a time (a lock); it names the stripe of balances a process adds to
and the chain of hashes it extends. A *session* is one holding of it, never used twice: ids are made from it.
"""

from sqlalchemy import Index

from payments.kit.records import Key, Record, record


@record("kit_sessions", fixed=True)
class Session(Record):
    """One process's holding of a writer number, from ``started_at`` (real time)."""

    id: Key[int]
    writer: int
    started_at: int


@record("kit_batches", Index(None, "writer", "id"), fixed=True)
class Batch(Record):
    """One committed transaction of a writer, and the link it adds to the writer's chain of hashes.

    ``hash`` is SHA-256 over ``previous`` and the batch's append-only rows in order: change, drop or add one and the
    chain no longer replays. ``at`` is the sandbox's time.
    """

    id: Key[int]
    writer: int
    at: int
    rows: int
    previous: str
    hash: str
