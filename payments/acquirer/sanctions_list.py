"""Sanctions lists: what the operator has loaded, which one is in force, and what a process remembers of it."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import orjson

from payments.acquirer.name_index import HOLD_AT, Entry, NameIndex
from payments.kit.records import Key, Mutable, Record, record


@record("acquirer_sanctions_lists", fixed=True)
class SanctionsList(Record):
    """A list as it was loaded. ``content`` is JSON: an array of entries, each its reference and then its names.

    The id is made from all of it, so that the same list loaded twice is the same row. ``hold_at`` is the score from
    which on a name is held.
    """

    noun: ClassVar[str] = "sanctions_list"
    prefix: ClassVar[str] = "scl"

    id: Key[str]
    entries: int
    names: int
    hold_at: int
    content: str
    created_at: int

    def index(self) -> NameIndex:
        """Return the names of the list in the form in which others are looked up in them."""
        entries = (Entry(reference, tuple(names)) for reference, *names in orjson.loads(self.content))
        return NameIndex(self.id, entries, self.hold_at)


@record("acquirer_sanctions_lists_in_force")
class ListInForce(Record):
    """Which list an acquirer screens by ("": none), and since when."""

    noun: ClassVar[str] = "sanctions_list_in_force"

    acquirer: Key[str]
    list: Mutable[str]
    since: Mutable[int]


@dataclass(frozen=True, slots=True)
class Draft:
    """A list about to be loaded: its id, and what ``SanctionsList`` keeps of it."""

    id: str
    entries: int
    names: int
    hold_at: int
    content: str

    @classmethod
    def of(cls, entries: Sequence[Entry], hold_at: int = HOLD_AT) -> "Draft":
        """Return the list of ``entries``; "" is the id of an empty one."""
        content = orjson.dumps([[each.reference, *each.names] for each in entries]).decode()
        digest = hashlib.sha256(f"{hold_at}\n{content}".encode()).hexdigest()
        names = sum(len(each.names) for each in entries)
        return cls(f"{SanctionsList.prefix}_{digest[:32]}" if entries else "", len(entries), names, hold_at, content)


@dataclass(slots=True)
class Screener:
    """What a process remembers for an acquirer: the list it screens by, and its senders' names by id.

    It starts with no list; the first step that finds one in force says so. ``loading`` is held by who reads a list.
    """

    index: NameIndex = field(default_factory=NameIndex)
    payers: dict[str, str] = field(default_factory=dict)
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)
