"""Adjustments, the network's side: ask the issuer for (part of) a credit back, and book it if it agrees.

The network is silent while the issuer is: the acquirer repeats, and gets the answer there was once there is one.
"""

from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.item import DEBIT_ADJUSTMENT
from payments.network.network import Network
from payments.network.take_back import FORWARDED, TakeBack, answer_locks, billed_back, record_take_back, refusal, settle
from payments.network.transaction import Transaction, trace_of
from payments.switch.push_message import Adjustment, AdjustmentReply
from payments.switch.trail import received, sent


async def forward(network: Network, adjustment: Adjustment) -> AdjustmentReply:
    """Pass an adjustment on to the credit's issuer and its answer back. Raises ``NoReply``."""
    taken, outgoing = await network.step(record_incoming, adjustment)
    if isinstance(outgoing, AdjustmentReply):
        return outgoing
    reply = await network.switch.send(outgoing)
    return await network.step(record_answer, taken, adjustment, reply)


def _incoming_reads(_: Network, adjustment: Adjustment) -> Reads:
    _, credit = yield (
        Find(TakeBack, "trace", trace_of(adjustment)),
        Find(Transaction, "network_id", adjustment.network_id),
    )
    return [Lock(Transaction, credit.id)] if credit else []


@hot(_incoming_reads)
def record_incoming(
    work: Work, network: Network, adjustment: Adjustment
) -> tuple[TakeBack, Adjustment | AdjustmentReply]:
    """Record an adjustment and build what goes to the issuer; what was answered gets that answer."""
    received(work, adjustment)
    taken = work.find(TakeBack, "trace", trace_of(adjustment)) or _record(work, network, adjustment)
    if taken.status != FORWARDED:
        return taken, _reply(work, network, adjustment, taken)
    outgoing = adjustment.changed(
        sender=network.id, receiver=taken.issuer, transmitted_at=work.now, **billed_back(taken)
    )
    sent(work, outgoing)
    return taken, outgoing


def _record(work: Work, network: Network, adjustment: Adjustment) -> TakeBack:
    credit = work.find(Transaction, "network_id", adjustment.network_id)
    refused = refusal(credit, adjustment.sender, adjustment.amount, adjustment.currency, whole=False)
    return record_take_back(
        work,
        network,
        credit,
        refused,
        trace=trace_of(adjustment),
        type=DEBIT_ADJUSTMENT,
        amount=adjustment.amount,
        currency=adjustment.currency,
        reference=adjustment.rrn,
    )


def _answer_reads(_: Network, taken: TakeBack, *_rest: object) -> list[Lock]:
    return answer_locks(taken)


@hot(_answer_reads)
def record_answer(
    work: Work, network: Network, asked: TakeBack, adjustment: Adjustment, reply: AdjustmentReply
) -> AdjustmentReply:
    """Book what the issuer has given back, and build what goes back to the acquirer."""
    received(work, reply)
    taken = settle(work, network, work.get(TakeBack, asked.id), reply.code, reply.decided_by)
    return _reply(work, network, adjustment, taken)


def _reply(work: Work, network: Network, adjustment: Adjustment, taken: TakeBack) -> AdjustmentReply:
    reply = AdjustmentReply(
        sender=network.id,
        receiver=adjustment.sender,
        stan=adjustment.stan,
        rrn=adjustment.rrn,
        transmitted_at=work.now,
        code=taken.response_code,
        decided_by=taken.decided_by,
        network_id=adjustment.network_id,
        amount=adjustment.amount,
        currency=adjustment.currency,
        window=taken.window,
    )
    sent(work, reply)
    return reply
