"""Instructions: what a partner has asked for, under its own reference, before anything is done about it.

The reference is the row's key: whoever comes with one that was used is told so, and a repeat finds what became of the
first. What is done is a push (or a pull) like any other; an instruction only remembers which one it is, and what
nobody but this door needs to know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import orjson
import sqlalchemy as sa
from sqlalchemy import Index

from payments.facades.mastercard_send.codes import ID_PREFIXES, PAYMENT_LEG
from payments.facades.mastercard_send.flows import Made, find_push
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.idempotency import Claim, IdempotencyKey
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution, World

OPERATION = "mastercard_send_payment"
"""What the idempotency keys of this door's payments are claimed for."""


class ReferenceUsed(Refusal):
    """This reference was used before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a partner asks for: its ``reference`` among those of one ``kind``, and what a repeat must have alike.

    ``leg`` is PAYMENT for a push, FUNDING for a pull. ``account`` (its fingerprint), ``acceptor``, ``payment_type`` and
    ``amount`` (minor units) are what limits ask for.
    ``details`` is what the answer repeats of the request, as JSON. ``again`` says that it may have been sent before.
    With ``always_new`` the reference is one that may be used as often as one likes.
    """

    partner: str
    kind: str
    leg: str
    reference: str
    fingerprint: str
    details: str
    again: bool
    always_new: bool
    account: str
    acceptor: str
    payment_type: str
    amount: int


@record(
    "mastercard_send_instructions",
    Index(None, "id", unique=True),
    Index(None, "partner", "kind", "reference"),
    Index(None, "partner", "created_at"),
)
class Instruction(Record):
    """An instruction. ``made`` is what it has led to, by id, ``refusal`` the code it was declined with before that.

    ``first_status`` is what the first answer said, in this door's words.
    """

    noun: ClassVar[str] = "instruction"

    key: Key[str]
    partner: str
    kind: str
    reference: str
    leg: Mutable[str]
    id: Mutable[str]
    fingerprint: Mutable[str]
    details: Mutable[str]
    created_at: Mutable[int]
    account: Mutable[str]
    acceptor: Mutable[str]
    payment_type: Mutable[str]
    amount: Mutable[int]
    made: Mutable[str] = ""
    refusal: Mutable[str] = ""
    first_status: Mutable[str] = ""

    @property
    def claim(self) -> Claim:
        """Return the claim under which its disbursement is made: once, however often it is tried."""
        return Claim(f"mastercard_send:{self.id}", OPERATION, self.fingerprint)

    @property
    def idle(self) -> bool:
        """Tell whether nothing has come of it: it was refused as wrong, or its process died at once."""
        return not self.made and not self.refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """An instruction, and what it has led to (``None``: nothing yet, or never)."""

    instruction: Instruction
    made: Made | None

    @property
    def changed_at(self) -> int:
        """Return when something last changed."""
        return self.made.changed_at if self.made else self.instruction.created_at


def answer_with_ids(world: World) -> None:
    """Have the flows of ``world`` keep, as the answer to a claim of this door, the id of what they made."""
    world.render[OPERATION] = lambda made, _: (201, made.id)


def _key(asked: Asked) -> str:
    return f"{asked.partner}/{asked.kind}/{asked.reference}"


def _instruct_reads(_: Institution, asked: Asked) -> list[Lock]:
    return [Lock(Instruction, _key(asked))]


@hot(_instruct_reads)
def instruct(work: Work, _: Institution, asked: Asked) -> tuple[Instruction, bool]:
    """Write an instruction down; return it, and whether it is new. Raises ``ReferenceUsed``.

    A repeat, told by its flag and by what it asks for, gets the first one.
    """
    id = work.new_id(ID_PREFIXES[asked.kind])
    if asked.always_new:
        return _written(work, asked, id, f"{_key(asked)}/{id}"), True
    known = work.get_or_none(Instruction, _key(asked))
    if known is None:
        return _written(work, asked, id, _key(asked)), True
    if not known.fingerprint and known.idle:  # it was given back
        return work.change(known, id=id, created_at=work.now, **_asked(asked)), True
    if not asked.again or known.fingerprint != asked.fingerprint:
        raise ReferenceUsed("Choose a new reference; to repeat a request, set the repeat flag and change nothing.")
    return known, False


def _written(work: Work, asked: Asked, id: str, key: str) -> Instruction:
    work.emit("mastercard_send.instructed", id, "", {"partner": asked.partner, "kind": asked.kind})
    named: dict[str, Any] = {"partner": asked.partner, "kind": asked.kind, "reference": asked.reference}
    return work.add(Instruction(key=key, id=id, created_at=work.now, **named, **_asked(asked)))


_REPEATED: Final = ("leg", "fingerprint", "details", "account", "acceptor", "payment_type", "amount")


def _asked(asked: Asked) -> dict[str, Any]:
    """Return what a reference that is used again may have otherwise than before."""
    return {name: getattr(asked, name) for name in _REPEATED}


def _outcome_reads(_: Institution, instruction: Instruction, *__: str) -> list[Lock]:
    return [Lock(Instruction, instruction.key)]


@hot(_outcome_reads)
def note_outcome(
    work: Work, _: Institution, instruction: Instruction, made: str, refusal: str, status: str
) -> Instruction:
    """Write down what an instruction has led to, and what the first answer says; once that is there it stays."""
    known = work.get(Instruction, instruction.key)
    if not known.idle or known.id != instruction.id:
        return known
    if made:
        work.emit("mastercard_send.carried_out", known.id, "", {"made": made})
    kept = instruction.fingerprint
    return work.change(known, made=made, refusal=refusal, first_status=status, fingerprint=kept)


@hot(_outcome_reads)
def forget(work: Work, _: Institution, instruction: Instruction) -> None:
    """Give the reference of an instruction that was wrong back: it may be used again, by one that is right."""
    known = work.get(Instruction, instruction.key)
    if known.idle and known.id == instruction.id:
        work.emit("mastercard_send.not_accepted", known.id, "", {"partner": known.partner})
        work.change(known, fingerprint="")


Finder = Callable[[sa.Connection, str], Made | None]
"""Reads what a flow has made, by its id."""


def find_outcome(connection: sa.Connection, find_pull: Finder | None, column: str, *values: str) -> Outcome | None:
    """Return the newest instruction whose ``id``, or whose (partner, kind, reference), is this, and what came of it."""
    table = Instruction.table()
    columns = [table.c.id] if column == "id" else [table.c.partner, table.c.kind, table.c.reference]
    own = [each == value for each, value in zip(columns, values, strict=True)]
    query = sa.select(table).where(*own, table.c.fingerprint != "").order_by(table.c.id.desc()).limit(1)
    found = fetch(connection, Instruction, query)
    if not found:
        return None
    made = found[0].made or claimed(connection, found[0].claim.id)
    find = find_push if found[0].leg == PAYMENT_LEG else find_pull
    return Outcome(found[0], find(connection, made) if made and find else None)


def claimed(connection: sa.Connection, claim: str) -> str:
    """Return the id of what was made under a claim, '' if nothing was (yet)."""
    keys = IdempotencyKey.table()
    return str(connection.execute(sa.select(keys.c.resource).where(keys.c.id == claim)).scalar() or "")


def details_of(instruction: Instruction) -> dict[str, Any]:
    """Return what the answer repeats of the request."""
    details: dict[str, Any] = orjson.loads(instruction.details)
    return details
