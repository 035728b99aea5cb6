"""Enquiries, the network's side: what became of an original credit, from what is recorded or from the issuer.

An issuer that was silent is asked when an acquirer asks, and on the clock: each time after as long again as has gone by
since the original, an hour at most. It is asked, never sent the credit again.
"""

from payments.kit.clock import HOUR, MINUTE
from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.item import ORIGINAL_CREDIT
from payments.network.network import Network
from payments.network.outcome import WAITING, answer, conclude, outcome_locks
from payments.network.transaction import ANSWERED, FORWARDED, Transaction, trace_of_original
from payments.switch.asking import ask
from payments.switch.codes import APPROVED, INVALID_TRANSACTION, ISSUER_UNAVAILABLE, RECORD_NOT_FOUND
from payments.switch.message import Enquiry, EnquiryReply
from payments.switch.numbers import network_number, trace_number
from payments.switch.trail import received, sent


async def tell(network: Network, enquiry: Enquiry) -> EnquiryReply:
    """Tell an acquirer what became of its original credit, having asked the issuer if that is not known."""
    transaction = await network.step(record_enquiry, enquiry)
    if transaction.status in WAITING:
        transaction = await ask_issuer(network, transaction.id)
    return await network.step(record_told, transaction, enquiry)


async def ask_issuer(network: Network, transaction_id: str) -> Transaction:
    """Ask the issuer once more what it did; if no answer comes the question stays due."""
    return await ask(network, transaction_id, record_attempt, record_outcome)


def _enquiry_reads(_: Network, enquiry: Enquiry) -> Reads:
    yield Find(Transaction, "trace", trace_of_original(enquiry, enquiry.original_stan))
    return []


@hot(_enquiry_reads)
def record_enquiry(work: Work, network: Network, enquiry: Enquiry) -> Transaction:
    """Find what is asked about; what never arrived is remembered, so that it is declined should it still come."""
    received(work, enquiry)
    trace = trace_of_original(enquiry, enquiry.original_stan)
    return work.find(Transaction, "trace", trace) or _never_arrived(work, network, enquiry, trace)


def _never_arrived(work: Work, network: Network, enquiry: Enquiry, trace: str) -> Transaction:
    """Remember a credit known by name only: it has no issuer."""
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace,
        network_id=network_number(network.ids.session, work.next_number()),
        type=ORIGINAL_CREDIT,
        acquirer=enquiry.sender,
        issuer="",
        amount=0,
        currency="",
        card_masked="",
        reference=enquiry.rrn,
        created_at=work.now,
        writer=work.writer,
        status=ANSWERED,
        answer_due_at=None,
        response_code=INVALID_TRANSACTION,
        decided_by=network.id,
    )
    announce(work, transaction, {"never_arrived": True})
    return work.add(transaction)


def _asked_reads(_: Network, transaction: Transaction, *_rest: object) -> list[Lock]:
    return [Lock(Transaction, transaction.id)]


@hot(_asked_reads)
def record_told(work: Work, network: Network, asked: Transaction, enquiry: Enquiry) -> EnquiryReply:
    """Build what goes back to the acquirer: the answer, 25 for what never arrived, or that there is none yet."""
    transaction = work.get(Transaction, asked.id)
    answered = transaction.issuer and transaction.status not in WAITING
    reply = EnquiryReply(
        sender=network.id,
        receiver=enquiry.sender,
        stan=enquiry.stan,
        rrn=enquiry.rrn,
        transmitted_at=work.now,
        code=APPROVED if transaction.issuer else RECORD_NOT_FOUND,
        decided_by=network.id,
        network_id=transaction.network_id,
        original=answer(work, network, transaction) if answered else None,
    )
    sent(work, reply)
    return reply


def _attempt_reads(_: Network, transaction_id: str) -> list[Lock]:
    return [Lock(Transaction, transaction_id)]


@hot(_attempt_reads)
def record_attempt(work: Work, network: Network, transaction_id: str) -> tuple[Transaction, Enquiry | None]:
    """Say when the issuer is to be asked next, and build the message.

    The issuer's first answer may still be under way: whichever answer comes first counts, and they cannot differ.
    """
    transaction = work.get(Transaction, transaction_id)
    if transaction.status not in WAITING or transaction.type != ORIGINAL_CREDIT:
        return transaction, None
    due = work.now + min(max(work.now - transaction.created_at, MINUTE), HOUR)
    if transaction.status == FORWARDED:
        transaction = advance(work, transaction, "time_out", answer_due_at=due)
    else:
        transaction = work.change(transaction, answer_due_at=due)
    acquirer, _, original_stan = transaction.trace.split(".")
    enquiry = Enquiry(
        sender=network.id,
        receiver=transaction.issuer,
        acquirer=acquirer,
        # The network's own trace number for all that it asks about this transaction.
        stan=trace_number(int(transaction.network_id[6:])),
        rrn=transaction.reference,
        transmitted_at=work.now,
        network_id=transaction.network_id,
        original_stan=original_stan,
        original_transmitted_at=transaction.created_at,
    )
    sent(work, enquiry)
    return transaction, enquiry


def _outcome_reads(_: Network, transaction: Transaction, __: EnquiryReply) -> list[Lock]:
    return outcome_locks(transaction)


@hot(_outcome_reads)
def record_outcome(work: Work, network: Network, asked: Transaction, reply: EnquiryReply) -> Transaction:
    """Remember what the issuer did. What never reached it is declined with 91; it will not credit it any more."""
    received(work, reply)
    transaction = work.get(Transaction, asked.id)
    if reply.code == RECORD_NOT_FOUND:
        return conclude(work, network, transaction, ISSUER_UNAVAILABLE, "", network.id)
    if told := reply.original:
        return conclude(work, network, transaction, told.code, told.approval_code, told.decided_by)
    return transaction
