"""Settlement advices: telling each member its totals of what is settled, repeated until it answers."""

from typing import ClassVar, Final

from sqlalchemy import Index

from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.network.network import Network
from payments.network.position import Position
from payments.switch.asking import ask
from payments.switch.message import SettlementAdvice, SettlementAdviceReply, Totals
from payments.switch.numbers import trace_number
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent

WAITING: Final = "waiting"
ANSWERED: Final = "answered"


@record("network_settlement_notices", Index(None, "settlement"), due_index("answer_due_at"))
class SettlementNotice(Record):
    """What one member is to be told of a settlement: its gross totals, in minor units, kept until it answers."""

    noun: ClassVar[str] = "settlement_notice"
    prefix: ClassVar[str] = "stn"
    moves: ClassVar[tuple[Move, ...]] = (Move("answer", WAITING, ANSWERED),)

    id: Key[str]
    settlement: str
    window: str
    currency: str
    member: str
    due_to_network: int
    due_from_network: int
    reference: str
    stan: str
    created_at: int
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0


def record_notice(work: Work, line: Position, reference: str) -> SettlementNotice:
    """Write down that the member of ``line`` is to be told; part of the step that settles."""
    notice = SettlementNotice(
        id=work.new_id(SettlementNotice.prefix),
        settlement=line.settlement,
        window=line.window,
        currency=line.currency,
        member=line.member,
        due_to_network=line.due_to_network,
        due_from_network=line.due_from_network,
        reference=reference,
        stan=trace_number(work.next_number()),
        created_at=work.now,
        status=WAITING,
        answer_due_at=work.now,
    )
    announce(work, notice, {"settlement": line.settlement, "member": line.member, "net": line.net_amount})
    return work.add(notice)


async def advise(network: Network, notice_id: str) -> SettlementNotice:
    """Send a member its totals once more; if no answer comes they stay due and are repeated by the clock."""
    return await ask(network, notice_id, record_attempt, record_answer)


def _notice_reads(_: Network, notice_id: str) -> list[Lock]:
    return [Lock(SettlementNotice, notice_id)]


@hot(_notice_reads)
def record_attempt(work: Work, network: Network, notice_id: str) -> tuple[SettlementNotice, SettlementAdvice | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    notice = work.get(SettlementNotice, notice_id)
    if notice.status == ANSWERED:
        return notice, None
    message = SettlementAdvice(
        sender=network.id,
        receiver=notice.member,
        acquirer=network.code,
        stan=notice.stan,
        rrn=notice.reference,
        transmitted_at=notice.created_at,
        window=notice.window,
        totals=(Totals(notice.currency, notice.due_to_network, notice.due_from_network),),
    )
    sent(work, message)
    due = repeat_due_at(work.now, notice.attempts)
    return work.change(notice, attempts=notice.attempts + 1, answer_due_at=due), message


def _answer_reads(_: Network, asked: SettlementNotice, __: SettlementAdviceReply) -> list[Lock]:
    return [Lock(SettlementNotice, asked.id)]


@hot(_answer_reads)
def record_answer(work: Work, _: Network, asked: SettlementNotice, reply: SettlementAdviceReply) -> SettlementNotice:
    """Write down that the member has booked its totals."""
    received(work, reply)
    notice = work.get(SettlementNotice, asked.id)
    if notice.status == ANSWERED:
        return notice
    return advance(work, notice, "answer", answer_due_at=None)
