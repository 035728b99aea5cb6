"""The directory: who the members are, and which card numbers are whose."""

from dataclasses import dataclass
from typing import ClassVar, Final

import sqlalchemy as sa

from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.records import Key, Record, record
from payments.kit.secrets import CardNumber

ISSUER: Final = "issuer"
ACQUIRER: Final = "acquirer"
NETWORK: Final = "network"
BANK: Final = "bank"


class UnknownBin(Refusal):
    """No card of the sandbox begins with these digits."""


@record("switch_members", fixed=True)
class Member(Record):
    """An institution that messages can be sent to. ``code`` is its number on the wire (DE 32, DE 100)."""

    noun: ClassVar[str] = "member"

    id: Key[str]
    name: str
    role: str
    code: str
    country: str


@record("switch_bins", fixed=True)
class Bin(Record):
    """A range of card numbers, by its first six digits: whose cards these are and of what kind.

    ``product`` is debit, credit or prepaid; ``region`` and ``regulated`` (0 or 1) decide interchange; ``fast_funds``
    (0 or 1) says that a push is available at once. ``country`` is where the cards are billed ('': not said).
    """

    noun: ClassVar[str] = "bin"

    bin: Key[str]
    issuer: str
    product: str
    region: str
    regulated: int
    currency: str
    fast_funds: int
    country: str = ""


@dataclass(frozen=True)
class Directory:
    """All members and card ranges of a world, as a process remembers them."""

    members: dict[str, Member]
    bins: dict[str, Bin]

    @classmethod
    def load(cls, connection: sa.Connection) -> "Directory":
        """Read the directory."""
        members = fetch(connection, Member, sa.select(Member.table()))
        bins = fetch(connection, Bin, sa.select(Bin.table()))
        return cls({each.id: each for each in members}, {each.bin: each for each in bins})

    def bin_of(self, number: CardNumber) -> Bin:
        """Return the range ``number`` falls in. Raises ``UnknownBin``, which shows nothing of the number."""
        found = self.bins.get(number.bin)
        if found is None:
            raise UnknownBin("Use a card of the sandbox: only numbers of its own directory exist here.")
        return found

    def member_with_code(self, code: str) -> Member:
        """Return the member whose number on the wire is ``code``."""
        return next(each for each in self.members.values() if each.code == code)
