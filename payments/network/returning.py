"""Returns, the network's side: pass an approved credit back from the issuer to the acquirer, and book it.

The network is silent while the acquirer is: the issuer repeats. While the network itself does not know yet that the
credit was approved, it is silent too, and finds out (``enquiry.py``).
"""

from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.item import ORIGINAL_CREDIT_RETURN
from payments.network.network import Network
from payments.network.outcome import WAITING
from payments.network.take_back import FORWARDED, TakeBack, answer_locks, record_take_back, refusal, settle
from payments.network.transaction import Transaction
from payments.switch.codes import INVALID_AMOUNT
from payments.switch.push_message import OriginalCreditReturn, OriginalCreditReturnReply
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent


async def forward(network: Network, returned: OriginalCreditReturn) -> OriginalCreditReturnReply:
    """Pass a return on to the credit's acquirer and its answer back. Raises ``NoReply``."""
    taken, outgoing = await network.step(record_incoming, returned)
    if taken is None or outgoing is None:
        raise NoReply("the credit is not answered yet")
    if isinstance(outgoing, OriginalCreditReturnReply):
        return outgoing
    reply = await network.switch.send(outgoing)
    return await network.step(record_answer, taken, returned, reply)


def _trace(returned: OriginalCreditReturn) -> str:
    return f"{returned.sender}.{returned.rrn}.{returned.stan}"


def _incoming_reads(_: Network, returned: OriginalCreditReturn) -> Reads:
    _, credit = yield Find(TakeBack, "trace", _trace(returned)), Find(Transaction, "network_id", returned.network_id)
    return [Lock(Transaction, credit.id)] if credit else []


@hot(_incoming_reads)
def record_incoming(
    work: Work, network: Network, returned: OriginalCreditReturn
) -> tuple[TakeBack | None, OriginalCreditReturn | OriginalCreditReturnReply | None]:
    """Record a return and build what goes to the acquirer; what was answered gets that answer."""
    received(work, returned)
    credit = work.find(Transaction, "network_id", returned.network_id)
    taken = work.find(TakeBack, "trace", _trace(returned))
    if taken is None and credit is not None and credit.status in WAITING:
        return None, None
    taken = taken or _record(work, network, credit, returned)
    if taken.status != FORWARDED:
        return taken, _reply(work, network, returned, taken)
    outgoing = returned.changed(sender=network.id, receiver=taken.acquirer, transmitted_at=work.now)
    sent(work, outgoing)
    return taken, outgoing


def _record(work: Work, network: Network, credit: Transaction | None, returned: OriginalCreditReturn) -> TakeBack:
    refused = refusal(credit, returned.sender, returned.amount, returned.currency, whole=True)
    if credit and (returned.billing_amount, returned.billing_currency) != (
        credit.billing_amount,
        credit.billing_currency,
    ):
        refused = refused or INVALID_AMOUNT
    return record_take_back(
        work,
        network,
        credit,
        refused,
        trace=_trace(returned),
        type=ORIGINAL_CREDIT_RETURN,
        amount=returned.amount,
        currency=returned.currency,
        reference=returned.rrn,
    )


def _answer_reads(_: Network, taken: TakeBack, *_rest: object) -> list[Lock]:
    return answer_locks(taken)


@hot(_answer_reads)
def record_answer(
    work: Work, network: Network, asked: TakeBack, returned: OriginalCreditReturn, reply: OriginalCreditReturnReply
) -> OriginalCreditReturnReply:
    """Book what the acquirer has taken back, and build what goes back to the issuer."""
    received(work, reply)
    taken = settle(work, network, work.get(TakeBack, asked.id), reply.code, reply.decided_by)
    return _reply(work, network, returned, taken)


def _reply(work: Work, network: Network, returned: OriginalCreditReturn, taken: TakeBack) -> OriginalCreditReturnReply:
    reply = OriginalCreditReturnReply(
        sender=network.id,
        receiver=returned.sender,
        stan=returned.stan,
        rrn=returned.rrn,
        transmitted_at=work.now,
        code=taken.response_code,
        decided_by=taken.decided_by,
        network_id=returned.network_id,
        window=taken.window,
    )
    sent(work, reply)
    return reply
