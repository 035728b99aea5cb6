"""Returns of pushes: which are coming, and how far those on their way back have come."""

from typing import ClassVar, Final

from payments.issuer.issuer import Issuer
from payments.issuer.transaction import Transaction
from payments.kit.clock import rfc3339
from payments.kit.lifecycle import Move, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.work import Work
from payments.switch.message import OriginalCredit
from payments.switch.numbers import trace_number
from payments.switch.push_message import CREDIT_NOT_ACCEPTED

COMING: Final = "coming"
WAITING: Final = "waiting"
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
DROPPED: Final = "dropped"


@record("issuer_returns", due_index("return_at"), due_index("answer_due_at"))
class Return(Record):
    """A push that is to be returned at ``return_at``, or is on its way back. Its ``id`` is the transaction's.

    ``acquirer`` is the number on the wire of the acquirer it came from, ``stan`` the trace number of the return. It is
    dropped if by its time there is nothing whole left to return.
    """

    noun: ClassVar[str] = "return"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("send", COMING, WAITING),
        Move("drop", COMING, DROPPED),
        Move("accept", WAITING, ACCEPTED),
        Move("refuse", WAITING, REFUSED),
    )

    id: Key[str]
    issuer: str
    acquirer: str
    network_id: str
    reference: str
    stan: str
    reason: str
    created_at: int
    status: Mutable[str]
    return_at: Mutable[int | None]
    answer_due_at: Mutable[int | None] = None
    attempts: Mutable[int] = 0
    response_code: Mutable[str] = ""
    window: Mutable[str] = ""


def plan_return(work: Work, issuer: Issuer, transaction: Transaction, pushed: OriginalCredit, at: int) -> Return:
    """Write down that a push is to be returned at the instant ``at``; part of the step that credits it."""
    planned = Return(
        id=transaction.id,
        issuer=issuer.id,
        acquirer=pushed.acquirer,
        network_id=pushed.network_id,
        reference=pushed.rrn,
        stan=trace_number(work.next_number()),
        reason=CREDIT_NOT_ACCEPTED,
        created_at=work.now,
        status=COMING,
        return_at=at,
    )
    announce(work, planned, {"transaction": transaction.id, "return_at": rfc3339(at)})
    return work.add(planned)
