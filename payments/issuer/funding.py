"""Pulls that fund something (AFT), the issuer's side: debit the cardholder at once, and give it back when it is undone.

A pull that the network has cleared goes back through clearing, like a refund. One that it never cleared (its answer
was lost on the way) is undone in this book alone: it never settles.
"""

from typing import Any

from payments.issuer.account import Account, credit_lines, credit_locks, ledger_account
from payments.issuer.authorization import decide
from payments.issuer.card import Card
from payments.issuer.issuer import Issuer
from payments.issuer.notification import notify
from payments.issuer.transaction import ACCOUNT_FUNDING, DECLINED, POSTED, REVERSED, Transaction
from payments.kit.lifecycle import advance, announce
from payments.kit.money import Money
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import Account as LedgerAccount
from payments.ledger.balance import Balance, guarded_balance
from payments.ledger.chart import account as house_account
from payments.ledger.entry import book, transfer
from payments.switch import codes
from payments.switch.funding_message import (
    AccountFunding,
    AccountFundingReply,
    FundingAdjustment,
    FundingAdjustmentReply,
    FundingReversal,
    FundingReversalReply,
)
from payments.switch.numbers import approval_code
from payments.switch.trail import received, sent

Undoing = FundingReversal | FundingAdjustment
Undone = FundingReversalReply | FundingAdjustmentReply


async def debit(issuer: Issuer, pull: AccountFunding) -> AccountFundingReply:
    """Answer a pull: debit the cardholder at once, or say why not."""
    return await issuer.step(answer_pull, pull)  # type: ignore[no-any-return]


async def give_back(issuer: Issuer, undoing: Undoing) -> Undone:
    """Give back what a pull took; a reversal or an adjustment is always accepted."""
    return await issuer.step(answer_undoing, undoing)  # type: ignore[no-any-return]


def _pull_reads(issuer: Issuer, pull: AccountFunding) -> Reads:
    fingerprint = issuer.world.vault.fingerprint(pull.card.number)
    _, card = yield Find(Transaction, "trace", pull.network_id), Find(Card, "fingerprint", fingerprint)
    if card is None:
        return []
    account = yield Find(Account, "id", card.account)
    yield Find(LedgerAccount, "id", account.ledger_id)
    return [Lock(Balance, account.ledger_id)]


@hot(_pull_reads)
def answer_pull(work: Work, issuer: Issuer, pull: AccountFunding) -> AccountFundingReply:
    """Decide, for the same reasons as of a sale, and debit if approved; a repeat gets the answer there was."""
    received(work, pull)
    known = work.find(Transaction, "trace", pull.network_id) or _decide_and_debit(work, issuer, pull)
    reply = AccountFundingReply(
        sender=issuer.id,
        receiver=pull.sender,
        stan=pull.stan,
        rrn=pull.rrn,
        transmitted_at=work.now,
        code=known.response_code,
        decided_by=issuer.id,
        network_id=pull.network_id,
        amount=pull.amount,
        currency=pull.currency,
        approval_code=known.approval_code,
    )
    sent(work, reply)
    return reply


def _decide_and_debit(work: Work, issuer: Issuer, pull: AccountFunding) -> Transaction:
    vault = issuer.world.vault
    card = work.find(Card, "fingerprint", vault.fingerprint(pull.card.number))
    account = work.fact(Account, card.account) if card else None
    available = guarded_balance(work, ledger_account(work, account)).available if account else 0
    code = decide(pull, card, account, available, work.now, vault)
    approved = code == codes.APPROVED
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=pull.network_id,
        type=ACCOUNT_FUNDING,
        card=card.id if card else "",
        account=account.id if account else "",
        amount=pull.amount,
        currency=pull.currency,
        description=pull.acceptor.name,
        reference=pull.rrn,
        response_code=code,
        approval_code=approval_code(work.next_number()) if approved else "",
        hold=None,
        created_at=work.now,
        status=POSTED if approved else DECLINED,
    )
    announce(work, transaction, {"amount": pull.amount, "currency": pull.currency, "code": code})
    if approved and card and account:
        _book_pull(work, issuer, account, pull)
        title = f"{Money(pull.amount, pull.currency)} was taken from your card"
        _tell_cardholder(work, issuer, account, card, title, transaction)
    return work.add(transaction)


def _book_pull(work: Work, issuer: Issuer, account: Account, pull: AccountFunding) -> None:
    due = house_account(work, issuer.id, "due_to_network", pull.currency)
    income = house_account(work, issuer.id, "interchange_income", pull.currency)
    book(
        work,
        "pull",
        pull.rrn,
        transfer(ledger_account(work, account), due, pull.amount, "pull"),
        transfer(due, income, pull.interchange_amount, "interchange"),
    )


def _tell_cardholder(
    work: Work, issuer: Issuer, account: Account, card: Card | None, title: str, about: Transaction
) -> None:
    available = guarded_balance(work, ledger_account(work, account)).available
    text = f"{about.description}. Available now: {Money(available, account.currency)}"
    if card:
        notify(work, issuer, account, card, title, text, about.reference)


# ── undone ──


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
    _tell_cardholder(work, issuer, account, work.find(Card, "id", transaction.card), title, transaction)


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
    }
    if isinstance(undoing, FundingReversal):
        return FundingReversalReply(**common)
    return FundingAdjustmentReply(**common, amount=undoing.amount, currency=undoing.currency)
