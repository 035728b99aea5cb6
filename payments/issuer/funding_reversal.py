"""Reversals and adjustments of pulls, the issuer's side: give back what was taken.

A pull that the network has cleared goes back through clearing, like a refund. One that it never cleared (its answer
was lost on the way) is undone in this book alone: it never settles.
"""

from typing import Any

from payments.issuer.account import Account, credit_lines, credit_locks
from payments.issuer.card import Card
from payments.issuer.funding import tell_cardholder
from payments.issuer.issuer import Issuer
from payments.issuer.transaction import ACCOUNT_FUNDING, POSTED, REVERSED, Transaction
from payments.kit.lifecycle import advance
from payments.kit.money import Money
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.chart import account as house_account
from payments.ledger.entry import book, transfer
from payments.switch import codes
from payments.switch.funding_message import (
    FundingAdjustment,
    FundingAdjustmentReply,
    FundingReversal,
    FundingReversalReply,
)
from payments.switch.trail import received, sent

Undoing = FundingReversal | FundingAdjustment
Undone = FundingReversalReply | FundingAdjustmentReply


async def give_back(issuer: Issuer, undoing: Undoing) -> Undone:
    """Give back what a pull took; a reversal or an adjustment is always accepted."""
    return await issuer.step(answer_undoing, undoing)


def _undoing_reads(_: Issuer, undoing: Undoing) -> Reads:
    transaction = yield Find(Transaction, "trace", undoing.network_id)
    if transaction is None or not transaction.account:
        return []
    account, _ = yield Find(Account, "id", transaction.account), Find(Card, "id", transaction.card)
    return [Lock(Transaction, transaction.id), *credit_locks(account)]


@hot(_undoing_reads)
def answer_undoing(work: Work, issuer: Issuer, undoing: Undoing) -> Undone:
    """Give back what was taken, once; remember what comes before its pull, so that that is declined."""
    received(work, undoing)
    known = work.find(Transaction, "trace", undoing.network_id)
    if known is None:
        work.add(_undone_before(work, issuer, undoing))
    elif known.response_code == codes.APPROVED:
        transaction = work.get(Transaction, known.id)
        if transaction.status == POSTED:
            _give(work, issuer, advance(work, transaction, "give_back"), undoing)
    taken = known is not None and known.response_code == codes.APPROVED
    reply = _reply(work, issuer, undoing, codes.APPROVED if taken else codes.RECORD_NOT_FOUND)
    sent(work, reply)
    return reply


def _give(work: Work, issuer: Issuer, transaction: Transaction, undoing: Undoing) -> None:
    account = work.fact(Account, transaction.account)
    cleared = bool(undoing.window)
    due = house_account(work, issuer.id, "due_from_network" if cleared else "due_to_network", transaction.currency)
    income = house_account(work, issuer.id, "interchange_income", transaction.currency)
    event = "pull_reversal" if isinstance(undoing, FundingReversal) else "pull_adjustment"
    book(
        work,
        event,
        undoing.rrn,
        *credit_lines(work, account, due, transaction.amount, event),
        transfer(income, due, undoing.interchange_amount, "interchange"),
    )
    title = f"{Money(transaction.amount, transaction.currency)} is back in your account"
    tell_cardholder(work, issuer, account, work.find(Card, "id", transaction.card), title, transaction)


def _undone_before(work: Work, issuer: Issuer, undoing: Undoing) -> Transaction:
    return Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=undoing.network_id,
        type=ACCOUNT_FUNDING,
        card="",
        account="",
        amount=undoing.amount,
        currency=undoing.currency,
        description=undoing.acceptor.name,
        reference=undoing.rrn,
        response_code=codes.INVALID_TRANSACTION,
        approval_code="",
        hold=None,
        created_at=work.now,
        status=REVERSED,
    )


def _reply(work: Work, issuer: Issuer, undoing: Undoing, code: str) -> Undone:
    common: dict[str, Any] = {
        "sender": issuer.id,
        "receiver": undoing.sender,
        "stan": undoing.stan,
        "rrn": undoing.rrn,
        "transmitted_at": work.now,
        "code": code,
        "decided_by": issuer.id,
        "network_id": undoing.network_id,
        "amount": undoing.amount,
        "currency": undoing.currency,
    }
    kind = FundingReversalReply if isinstance(undoing, FundingReversal) else FundingAdjustmentReply
    return kind(**common)
