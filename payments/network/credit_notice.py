"""Notices: telling an acquirer what became of a credit that was deferred, repeated until it answers."""

from typing import ClassVar, Final

from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.work import Work
from payments.network.transaction import Transaction
from payments.switch.numbers import trace_number

WAITING: Final = "waiting"
ANSWERED: Final = "answered"


@record("network_credit_notices", due_index("answer_due_at"))
class CreditNotice(Record):
    """What an acquirer is to be told of a deferred credit, kept until it answers. Its ``id`` is the transaction's."""

    noun: ClassVar[str] = "credit_notice"
    moves: ClassVar[tuple[Move, ...]] = (Move("answer", WAITING, ANSWERED),)

    id: Key[str]
    reference: str
    stan: str
    created_at: int
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0


def record_notice(work: Work, transaction: Transaction) -> CreditNotice:
    """Write down that the acquirer of ``transaction`` is to be told; part of the step that learns the outcome."""
    stan = trace_number(work.next_number())
    notice = CreditNotice(transaction.id, transaction.reference, stan, work.now, WAITING, work.now)
    announce(work, notice, {"transaction": transaction.id})
    return work.add(notice)


def close(work: Work, notice: CreditNotice) -> CreditNotice:
    """Note that the acquirer has heard."""
    return notice if notice.status == ANSWERED else advance(work, notice, "answer", answer_due_at=None)
