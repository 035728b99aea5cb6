"""The outcome of an original credit, however it was learned: remembered, and booked if it is an approval."""

from typing import Final

from payments.kit.lifecycle import advance
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network.conversion import billing, clear_converted
from payments.network.credit_notice import record_notice
from payments.network.item import ORIGINAL_CREDIT, postings, record_item
from payments.network.network import Network
from payments.network.transaction import DEFERRED, FORWARDED, UNANSWERED, Transaction
from payments.network.velocity import uncount_push, velocity_lock
from payments.switch.codes import APPROVED, IN_PROGRESS
from payments.switch.message import OriginalCredit, OriginalCreditReply

WAITING: Final = (FORWARDED, UNANSWERED)
"""The states in which the issuer's answer is not known yet."""


def outcome_locks(transaction: Transaction, *, approved: bool = False) -> list[Lock]:
    """Return what a step locks that learns an outcome; one that is no approval is counted no more at the card."""
    own = Lock(Transaction, transaction.id)
    return [own] if approved else [own, velocity_lock(transaction.card_fingerprint, transaction.credited_currency)]


def conclude(
    work: Work, network: Network, transaction: Transaction, code: str, approval_code: str, decided_by: str
) -> Transaction:
    """Remember and book what became of an original credit; once there is an answer, nothing changes it.

    The step has locked what ``outcome_locks`` says.
    It settles in the window that is open now, which for an answer that came late is another than the one it set out in.
    """
    if transaction.status not in WAITING:
        return transaction
    if code != APPROVED:
        uncount_push(work, transaction)
    window = _clear(work, network, transaction) if code == APPROVED else ""
    if transaction.release_at is not None:
        record_notice(work, transaction)
    return advance(
        work,
        transaction,
        "answer" if transaction.status == FORWARDED else "answer_late",
        answer_due_at=None,
        response_code=code,
        approval_code=approval_code,
        decided_by=decided_by,
        window=window,
    )


def _clear(work: Work, network: Network, transaction: Transaction) -> str:
    if transaction.quote:
        return clear_converted(work, network, transaction)
    item = record_item(
        work,
        network,
        ORIGINAL_CREDIT,
        transaction.reference,
        acquirer=transaction.acquirer,
        issuer=transaction.issuer,
        currency=transaction.currency,
        amount=transaction.amount,
        interchange_amount=transaction.interchange_amount,
        scheme_fee_amount=transaction.scheme_fee_amount,
    )
    book(work, "push", transaction.reference, *postings(work, item))
    return item.window


def answer(
    work: Work, network: Network, transaction: Transaction, asked: OriginalCredit | None = None
) -> OriginalCreditReply:
    """Return the answer an original credit was given, for whoever asks or asks again.

    What was only ever enquired about is remembered without an amount: then it is that of the credit ``asked`` for now.
    """
    approved = transaction.response_code == APPROVED
    deferred = transaction.status == DEFERRED
    return OriginalCreditReply(
        sender=network.id,
        receiver=transaction.acquirer,
        stan=transaction.trace.rpartition(".")[2],
        rrn=transaction.reference,
        transmitted_at=work.now,
        code=IN_PROGRESS if deferred else transaction.response_code,
        decided_by=network.id if deferred else transaction.decided_by,
        network_id=transaction.network_id,
        amount=asked.amount if asked else transaction.amount,
        currency=asked.currency if asked else transaction.currency,
        approval_code=transaction.approval_code,
        window=transaction.window,
        interchange_amount=transaction.interchange_amount if approved else 0,
        scheme_fee_amount=transaction.scheme_fee_amount if approved else 0,
        release_at=(transaction.release_at or 0) if deferred else 0,
        **billing(transaction),
    )
