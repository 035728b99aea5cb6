"""Pulls that fund something (AFT), the network's side: price, route to the card's issuer, book what it approved.

A pull may be reversed. So the network declines for an issuer that is silent (91), and has it undo what it may have
done; such a pull never clears.
"""

from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.network import Network
from payments.network.pull import answer, clear, record_pull
from payments.network.reversal import IssuerReversal, record_reversal, reverse
from payments.network.transaction import FORWARDED, Transaction, trace_of
from payments.network.window import window_id
from payments.switch.codes import ISSUER_UNAVAILABLE
from payments.switch.funding_message import AccountFunding, AccountFundingReply
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent


async def route(network: Network, pull: AccountFunding) -> AccountFundingReply:
    """Forward a pull to the card's issuer and pass its answer back.

    Raises ``NoReply`` for a repeat while the original is under way.
    """
    transaction, outgoing = await network.step(record_request, pull)
    if isinstance(outgoing, AccountFundingReply):
        return outgoing
    if outgoing is None:
        raise NoReply("the issuer has not answered the original yet")
    try:
        reply = await network.switch.send(outgoing)
    except NoReply:
        return await answer_for_issuer(network, transaction, pull)
    return await network.step(record_reply, transaction, reply)


async def answer_for_issuer(network: Network, transaction: Transaction, pull: AccountFunding) -> AccountFundingReply:
    """Decline for an issuer that did not answer (91), and have it undo what it may have debited."""
    reply, reversal = await network.step(record_unanswered, transaction, pull)
    if reversal:
        await reverse(network, reversal.id)
    return reply


def _request_reads(_: Network, pull: AccountFunding) -> Reads:
    yield Find(Transaction, "trace", trace_of(pull))
    return []


@hot(_request_reads)
def record_request(
    work: Work, network: Network, pull: AccountFunding
) -> tuple[Transaction, AccountFunding | AccountFundingReply | None]:
    """Number, price and record the pull, and build what goes to the issuer; a repeat gets the answer there was."""
    received(work, pull)
    known = work.find(Transaction, "trace", trace_of(pull))
    transaction = known or record_pull(work, network, pull)
    if transaction.status != FORWARDED:
        reply = answer(work, network, transaction)
        sent(work, reply)
        return transaction, reply
    if known is not None:
        return known, None
    outgoing = pull.changed(
        sender=network.id,
        receiver=transaction.issuer,
        network_id=transaction.network_id,
        window=window_id(work.now),
        interchange_amount=transaction.interchange_amount,
    )
    sent(work, outgoing)
    return transaction, outgoing


def _transaction_reads(_: Network, transaction: Transaction, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction.id)]


@hot(_transaction_reads)
def record_reply(work: Work, network: Network, asked: Transaction, reply: AccountFundingReply) -> AccountFundingReply:
    """Remember the issuer's answer, clear it if it is an approval, and build what goes back to the acquirer.

    An answer to what is being reversed meanwhile changes nothing, and is passed on as a decline.
    """
    received(work, reply)
    transaction = work.get(Transaction, asked.id)
    if transaction.status == FORWARDED:
        transaction = advance(
            work,
            transaction,
            "answer",
            answer_due_at=None,
            response_code=reply.code,
            approval_code=reply.approval_code,
            decided_by=reply.decided_by,
            window=clear(work, network, transaction) if reply.approved else "",
        )
    outgoing = answer(work, network, transaction)
    sent(work, outgoing)
    return outgoing


@hot(_transaction_reads)
def record_unanswered(
    work: Work, network: Network, asked: Transaction, pull: AccountFunding
) -> tuple[AccountFundingReply, IssuerReversal | None]:
    """Write down that the issuer was silent, and that it is to undo what it may have done."""
    transaction = work.get(Transaction, asked.id)
    reversal = None
    if transaction.status == FORWARDED:
        changes = {"response_code": ISSUER_UNAVAILABLE, "decided_by": network.id}
        transaction = advance(work, transaction, "time_out", answer_due_at=None, **changes)
        reversal = record_reversal(work, network, transaction, pull)
    reply = answer(work, network, transaction)
    sent(work, reply)
    return reply, reversal
