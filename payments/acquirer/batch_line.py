"""The lines of a batch, as they were given and checked, and the chunks in which they are paid.

A line is a fact: who is to get how much, or what is wrong with it. What became of it is told by its disbursement, whose
id it was given when it was loaded: that id can be made once and never again, so no line is ever paid twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import orjson
from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.programme import check_programme
from payments.acquirer.push import DisbursementOrder
from payments.kit.errors import Refusal
from payments.kit.lifecycle import Move
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.secrets import CardNumber
from payments.switch.message import PresentedCard

WAITING: Final = "waiting"
RUNNING: Final = "running"
UNSURE: Final = "unsure"
DONE: Final = "done"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line: in which field, by a stable code, and in words that never repeat what was given."""

    field: str
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class LineOrder:
    """One line as it was read, with the ``problems`` found so far; what could not be read is empty.

    ``number`` is where it stands in its file, ``amount`` in minor units, ``expiry`` YYMM.
    """

    number: int
    reference: str = ""
    card: CardNumber | None = None
    expiry: str = ""
    amount: int = 0
    currency: str = ""
    business_application: str = ""
    recipient_name: str = ""
    statement_text: str = ""
    problems: tuple[LineProblem, ...] = ()


@record("acquirer_batch_lines")
class BatchLine(Record):
    """A line of a batch, by batch and number. Of a wrong one (it has ``problems``, JSON) no card number is kept.

    ``disbursement`` is the id its disbursement has or will have; ``refusal`` is the code with which paying it was
    refused, if it was.
    """

    noun: ClassVar[str] = "batch_line"

    id: Key[str]
    batch: str
    number: int
    reference: str
    amount: int
    currency: str
    card_masked: str
    card_encrypted: str
    card_expiry: str
    business_application: str
    recipient_name: str
    statement_text: str
    disbursement: str
    problems: str
    refusal: Mutable[str] = ""


@record("acquirer_batch_references")
class BatchReference(Record):
    """A reference that a sender has given to a line: ``id`` is both, ``line`` the line that has it now."""

    id: Key[str]
    line: Mutable[str]


@record("acquirer_batch_chunks", Index(None, "batch", "status"), Index(None, "answer_due_at"))
class BatchChunk(Record):
    """Some hundred lines of a batch, ``first`` to ``last`` by id, that one process pays together.

    ``reference`` is the batch's. ``answer_due_at`` is set, and ``writer`` says whose, while it is under way; the counts
    are what is known of its lines.
    """

    noun: ClassVar[str] = "batch_chunk"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("begin", WAITING, RUNNING),
        Move("finish", RUNNING, DONE),
        Move("leave_open", RUNNING, UNSURE),
        Move("look_again", UNSURE, RUNNING),
        Move("give_back", RUNNING, WAITING),
    )

    id: Key[str]
    acquirer: str
    batch: str
    reference: str
    first: str
    last: str
    line_count: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    paid_count: Mutable[int] = 0
    paid_amount: Mutable[int] = 0
    declined_count: Mutable[int] = 0
    refused_count: Mutable[int] = 0
    open_count: Mutable[int] = 0


def line_id(batch: str, number: int) -> str:
    """Return the id of the line at ``number``; ids sort as the lines stand."""
    return f"{batch}-{number:07d}"


def checked(acquirer: Acquirer, batch: DisbursementBatch, line: LineOrder) -> LineOrder:
    """Return ``line`` with what the acquirer finds wrong with it: another currency, an unknown programme or card."""
    found = [*line.problems]
    if line.currency and line.currency != batch.currency:
        found.append(
            LineProblem("currency", "currency_differs", f"This batch pays {batch.currency}: make one for each.")
        )
    if line.business_application:
        found += _refused("business_application", check_programme, batch.channel, line.business_application)
    if line.card is not None:
        found += _refused("card", acquirer.switch.directory.bin_of, line.card)
    return replace(line, problems=tuple(found)) if len(found) > len(line.problems) else line


def _refused(field: str, check: Callable[..., object], *arguments: object) -> list[LineProblem]:
    try:
        check(*arguments)
    except Refusal as refusal:
        return [LineProblem(field, refusal.code, refusal.title)]
    return []


def as_json(problems: tuple[LineProblem, ...]) -> str:
    """Return problems as they are kept; '' when there are none."""
    return orjson.dumps(problems).decode() if problems else ""


def line_order(acquirer: Acquirer, batch: DisbursementBatch, line: BatchLine) -> DisbursementOrder:
    """Return the order of the disbursement that pays ``line``."""
    return DisbursementOrder(
        claim=None,
        sender=batch.sender,
        card=PresentedCard(acquirer.world.vault.card_number(line.card_encrypted), line.card_expiry),
        amount=line.amount,
        currency=line.currency,
        channel=batch.channel,
        business_application=line.business_application,
        recipient_name=line.recipient_name,
        statement_text=line.statement_text,
        id=line.disbursement,
    )
