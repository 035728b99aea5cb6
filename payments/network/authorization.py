"""Authorization, the network's side: number the request, route it to the issuer, remember the answer."""

from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.network import Network
from payments.network.reversal import IssuerReversal, record_reversal, reverse
from payments.network.transaction import FORWARDED, Transaction, trace_of
from payments.switch.codes import DUPLICATE, ISSUER_UNAVAILABLE
from payments.switch.message import AuthorizationReply, AuthorizationRequest
from payments.switch.numbers import network_number
from payments.switch.switch import REPLY_WITHIN, NoReply
from payments.switch.trail import received, sent


async def route(network: Network, request: AuthorizationRequest) -> AuthorizationReply:
    """Forward an authorization request to the card's issuer and pass its answer back."""
    transaction, outgoing = await network.step(record_request, request)
    if isinstance(outgoing, AuthorizationReply):
        return outgoing
    try:
        reply = await network.switch.send(outgoing)
    except NoReply:
        return await answer_for_issuer(network, transaction, request)
    return await network.step(record_reply, transaction, request, reply)


async def answer_for_issuer(
    network: Network, transaction: Transaction, request: AuthorizationRequest
) -> AuthorizationReply:
    """Decline for an issuer that did not answer (91), and take back what it may have held."""
    reply, reversal = await network.step(record_unanswered, transaction, request)
    if reversal:
        await reverse(network, reversal.id)
    return reply


def _request_reads(_: Network, request: AuthorizationRequest) -> Reads:
    yield Find(Transaction, "trace", trace_of(request))
    return []


@hot(_request_reads)
def record_request(
    work: Work, network: Network, request: AuthorizationRequest
) -> tuple[Transaction, AuthorizationRequest | AuthorizationReply]:
    """Number and record the request, and build what goes to the issuer; a repeat gets the answer there was."""
    received(work, request)
    known = work.find(Transaction, "trace", trace_of(request))
    if known is not None:
        reply = _reply(network, work, request, known, known.response_code or DUPLICATE, known.decided_by or network.id)
        sent(work, reply)
        return known, reply
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace_of(request),
        network_id=network_number(network.ids.session, work.next_number()),
        type="authorization",
        acquirer=request.sender,
        issuer=network.switch.directory.bin_of(request.card.number).issuer,
        amount=request.amount,
        currency=request.currency,
        card_masked=request.card.number.masked,
        reference=request.rrn,
        created_at=work.now,
        writer=work.writer,
        status=FORWARDED,
        answer_due_at=work.now + REPLY_WITHIN,
    )
    outgoing = request.changed(sender=network.id, receiver=transaction.issuer, network_id=transaction.network_id)
    sent(work, outgoing)
    return work.add(transaction), outgoing


def _transaction_reads(_: Network, transaction: Transaction, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction.id)]


@hot(_transaction_reads)
def record_reply(
    work: Work, network: Network, asked: Transaction, request: AuthorizationRequest, reply: AuthorizationReply
) -> AuthorizationReply:
    """Remember the issuer's answer and build what goes back to the acquirer."""
    received(work, reply)
    transaction = work.get(Transaction, asked.id)
    if transaction.status == FORWARDED:
        changes = {
            "response_code": reply.code,
            "approval_code": reply.approval_code,
            "decided_by": reply.decided_by,
        }
        transaction = advance(work, transaction, "answer", answer_due_at=None, **changes)
    outgoing = reply.changed(sender=network.id, receiver=request.sender, transmitted_at=work.now)
    sent(work, outgoing)
    return outgoing


@hot(_transaction_reads)
def record_unanswered(
    work: Work, network: Network, asked: Transaction, request: AuthorizationRequest
) -> tuple[AuthorizationReply, IssuerReversal | None]:
    """Write down that the issuer was silent, and that it is to reverse what it may have done."""
    transaction = work.get(Transaction, asked.id)
    reversal = None
    if transaction.status == FORWARDED:
        changes = {"response_code": ISSUER_UNAVAILABLE, "decided_by": network.id}
        transaction = advance(work, transaction, "time_out", answer_due_at=None, **changes)
        reversal = record_reversal(work, network, transaction, request)
    reply = _reply(network, work, request, transaction, ISSUER_UNAVAILABLE, network.id)
    sent(work, reply)
    return reply, reversal


def _reply(
    network: Network,
    work: Work,
    request: AuthorizationRequest,
    transaction: Transaction,
    code: str,
    decided_by: str,
) -> AuthorizationReply:
    return AuthorizationReply(
        sender=network.id,
        receiver=request.sender,
        stan=request.stan,
        rrn=request.rrn,
        transmitted_at=work.now,
        code=code,
        decided_by=decided_by,
        network_id=transaction.network_id,
        amount=request.amount,
        currency=request.currency,
        approval_code=transaction.approval_code,
    )
