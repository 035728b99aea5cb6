"""Expiry, the issuer's side: what was held too long is let go."""

from payments.issuer.account import Account
from payments.issuer.issuer import Issuer
from payments.issuer.transaction import PENDING, Transaction
from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.balance import Balance
from payments.ledger.entry import Hold, book, expire


def _expire_reads(_: Issuer, transaction_id: str) -> Reads:
    transaction = yield Find(Transaction, "id", transaction_id)
    if transaction is None or transaction.hold is None:
        return []
    account = yield Find(Account, "id", transaction.account)
    return [Lock(Transaction, transaction_id), Lock(Hold, transaction.hold), Lock(Balance, account.ledger_id)]


@hot(_expire_reads)
def expire_authorization(work: Work, _: Issuer, transaction_id: str) -> Transaction:
    """Let go what an authorization still holds; a step. One of which a part was cleared counts as cleared.

    What is presented later is a forced posting (``posting.py``). One whose time is not over stays as it is.
    """
    transaction = work.get(Transaction, transaction_id)
    if transaction.status != PENDING or transaction.expires_at is None or transaction.expires_at > work.now:
        return transaction
    move = "clear" if transaction.cleared_amount else "expire"
    transaction = advance(work, transaction, move, expires_at=None)
    book(work, "expire", transaction.reference, expire(work.get(Hold, transaction.hold)))
    return transaction
