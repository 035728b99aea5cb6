"""Events: one append-only table that says what happened, in order.

A message crossed a wall, a state moved, money was held, posted or released, a fault was injected, a job ran. Events are
written by the step that did it. A reader asks by *position*: positions run 1, 2, 3 … without gaps in an order in
which every cause comes before its effect. They are given after the commit (``seal``), in a table of their own,
because on PostgreSQL the order of commits is not the order in which rows were numbered.
"""

from typing import ClassVar, Final

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from payments.kit.records import Key, Record, metadata, record


@record("kit_events", Index(None, "reference", "id"), chained=True)
class Event(Record):
    """One thing that happened.

    ``type`` is ``noun.what_happened``; ``institution`` whose step wrote it; ``subject`` the id of the thing it is
    about; ``reference`` ties together everything that belongs to one payment, across institutions; ``data`` is JSON.
    ``id`` numbers it within its batch (``kit/ids.py``).
    """

    prefix: ClassVar[str] = "evt"

    id: Key[int]
    at: int
    type: str
    institution: str
    subject: str
    reference: str
    data: str


Tail: Final = Table(
    "kit_event_tail",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("batch", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
    Column("events", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
    sqlite_strict=True,
)
"""The batches whose events have no positions yet; ``id`` rises in an order in which causes come first."""


@record("kit_event_positions", Index(None, "batch", unique=True), fixed=True)
class Positions(Record):
    """The positions given to a batch's events: ``first`` and the ``events - 1`` that follow."""

    first: Key[int]
    batch: int
    events: int
