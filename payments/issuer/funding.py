"""Pulls that fund something (AFT), the issuer's side: debit the cardholder at once, and tell them."""

from payments.issuer.account import Account, ledger_account
from payments.issuer.authorization import decide
from payments.issuer.card import Card
from payments.issuer.issuer import Issuer
from payments.issuer.notification import notify
from payments.issuer.transaction import ACCOUNT_FUNDING, DECLINED, POSTED, Transaction
from payments.kit.lifecycle import announce
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
)
from payments.switch.numbers import approval_code
from payments.switch.outcome import ISSUER, PULL_DECLINED
from payments.switch.staging import Staged, staging_locks
from payments.switch.trail import received, sent


async def debit(issuer: Issuer, pull: AccountFunding) -> AccountFundingReply:
    """Answer a pull: debit the cardholder at once, or say why not."""
    stagings = issuer.switch.stagings
    sender = pull.acceptor.merchant
    staged = () if stagings.none_armed else await stagings.for_push(ISSUER, pull.card.number, sender)
    return await issuer.step(answer_pull, pull, staged)


def _pull_reads(issuer: Issuer, pull: AccountFunding, staged: Staged = ()) -> Reads:
    fingerprint = issuer.world.vault.fingerprint(pull.card.number)
    _, card = yield Find(Transaction, "trace", pull.network_id), Find(Card, "fingerprint", fingerprint)
    if card is None:
        return staging_locks(staged)
    account = yield Find(Account, "id", card.account)
    yield Find(LedgerAccount, "id", account.ledger_id)
    return [Lock(Balance, account.ledger_id), *staging_locks(staged)]


@hot(_pull_reads)
def answer_pull(work: Work, issuer: Issuer, pull: AccountFunding, staged: Staged = ()) -> AccountFundingReply:
    """Decide, for the same reasons as of a sale, and debit if approved; a repeat gets the answer there was."""
    received(work, pull)
    known = work.find(Transaction, "trace", pull.network_id) or _decide_and_debit(work, issuer, pull, staged)
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


def _decide_and_debit(work: Work, issuer: Issuer, pull: AccountFunding, staged: Staged) -> Transaction:
    vault = issuer.world.vault
    card = work.find(Card, "fingerprint", vault.fingerprint(pull.card.number))
    account = work.fact(Account, card.account) if card else None
    available = guarded_balance(work, ledger_account(work, account)).available if account else 0
    staging = issuer.switch.stagings.play(work, staged, pull.rrn, PULL_DECLINED)
    code = staging.code if staging else decide(pull, card, account, available, work.now, vault)
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
        tell_cardholder(work, issuer, account, card, title, transaction)
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


def tell_cardholder(
    work: Work, issuer: Issuer, account: Account, card: Card | None, title: str, about: Transaction
) -> None:
    """Notify the holder of ``account`` of what was taken or given back, and what is available now."""
    available = guarded_balance(work, ledger_account(work, account)).available
    text = f"{about.description}. Available now: {Money(available, account.currency)}"
    if card:
        notify(work, issuer, account, card, title, text, about.reference)
