"""Enquiries, the issuer's side: tell the network what was done about an original credit."""

from payments.issuer.disbursement import answer
from payments.issuer.issuer import Issuer
from payments.issuer.transaction import DECLINED, ORIGINAL_CREDIT, Transaction
from payments.kit.lifecycle import announce
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.switch import codes
from payments.switch.message import Enquiry, EnquiryReply
from payments.switch.trail import received, sent


async def tell(issuer: Issuer, enquiry: Enquiry) -> EnquiryReply:
    """Tell the network what was done about an original credit."""
    return await issuer.step(answer_enquiry, enquiry)


def _enquiry_reads(_: Issuer, enquiry: Enquiry) -> Reads:
    yield Find(Transaction, "trace", enquiry.network_id)
    return []


@hot(_enquiry_reads)
def answer_enquiry(work: Work, issuer: Issuer, enquiry: Enquiry) -> EnquiryReply:
    """Tell the answer that was given; what never arrived is remembered, so that it is declined should it still come."""
    received(work, enquiry)
    known = work.find(Transaction, "trace", enquiry.network_id) or _never_arrived(work, issuer, enquiry)
    arrived = bool(known.currency)
    reply = EnquiryReply(
        sender=issuer.id,
        receiver=enquiry.sender,
        stan=enquiry.stan,
        rrn=enquiry.rrn,
        transmitted_at=work.now,
        code=codes.APPROVED if arrived else codes.RECORD_NOT_FOUND,
        decided_by=issuer.id,
        network_id=enquiry.network_id,
        original=answer(work, issuer, enquiry, known) if arrived else None,
    )
    sent(work, reply)
    return reply


def _never_arrived(work: Work, issuer: Issuer, enquiry: Enquiry) -> Transaction:
    """Remember a credit known by its number only; that it has no currency says that it was never decided."""
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=enquiry.network_id,
        type=ORIGINAL_CREDIT,
        card="",
        account="",
        amount=0,
        currency="",
        description="",
        reference=enquiry.rrn,
        response_code=codes.INVALID_TRANSACTION,
        approval_code="",
        hold=None,
        created_at=work.now,
        status=DECLINED,
    )
    announce(work, transaction, {"never_arrived": True})
    return work.add(transaction)
