"""Original credits, the issuer's side: credit the cardholder at once, and tell them.

Where there are no fast funds, the money is credited and kept on hold until it is available (``held_credit.py``). What
the recipient will not have goes back (``returning.py``).
"""

from typing import Any, Final

from payments.issuer.account import Account, credit_finds, credit_lines, credit_locks, ledger_account
from payments.issuer.authorization import expired
from payments.issuer.availability import AT_ONCE, OnHold, hold_back, to_hold
from payments.issuer.card import ACTIVE, Card
from payments.issuer.credit_return import plan_return
from payments.issuer.issuer import Issuer
from payments.issuer.notification import notify
from payments.issuer.transaction import DECLINED, ON_HOLD, ORIGINAL_CREDIT, POSTED, Transaction
from payments.kit.clock import rfc3339
from payments.kit.lifecycle import announce
from payments.kit.money import Money
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.ledger.balance import guarded_balance
from payments.ledger.chart import account as house_account
from payments.ledger.entry import book, transfer
from payments.switch import codes
from payments.switch.message import Enquiry, OriginalCredit, OriginalCreditReply
from payments.switch.numbers import approval_code
from payments.switch.outcome import APPROVED_VIP, AVAILABLE_LATER, DECLINE, ISSUER, RETURNED
from payments.switch.push_message import Adjustment
from payments.switch.staging import Staged, staging_locks
from payments.switch.trail import received, sent

_PLAYED: Final = (DECLINE, APPROVED_VIP, AVAILABLE_LATER, RETURNED)


async def credit(issuer: Issuer, pushed: OriginalCredit) -> OriginalCreditReply:
    """Answer an original credit: credit the cardholder at once, or say why not."""
    stagings = issuer.switch.stagings
    sender = pushed.acceptor.merchant
    staged = () if stagings.none_armed else await stagings.for_push(ISSUER, pushed.card.number, sender)
    return await issuer.step(answer_credit, pushed, staged)


def decide(pushed: OriginalCredit, card: Card | None, account: Account | None, now: int) -> str:
    """Return the response code: 00, or the first reason there is to decline.

    A push need not name an expiry date; when it does, it must be the card's, and not over.
    """
    if card is None or account is None:
        return codes.NO_SUCH_CARD
    if card.status != ACTIVE:
        return codes.RESTRICTED_CARD
    if pushed.card.expiry and (pushed.card.expiry != card.expiry or expired(card, now)):
        return codes.EXPIRED_CARD
    if pushed.credited_currency != account.currency:
        return codes.NOT_PERMITTED
    return codes.APPROVED


def _credit_reads(issuer: Issuer, pushed: OriginalCredit, staged: Staged = ()) -> Reads:
    fingerprint = issuer.world.vault.fingerprint(pushed.card.number)
    _, card = yield Find(Transaction, "trace", pushed.network_id), Find(Card, "fingerprint", fingerprint)
    if card is None:
        return staging_locks(staged)
    account, _, _ = yield credit_finds(issuer, card.account, pushed.currency)
    return [*credit_locks(account), *staging_locks(staged)]


@hot(_credit_reads)
def answer_credit(work: Work, issuer: Issuer, pushed: OriginalCredit, staged: Staged = ()) -> OriginalCreditReply:
    """Decide, and credit if approved; a repeat gets the answer there was.

    What comes after an enquiry was told that it never arrived is declined.
    """
    received(work, pushed)
    known = work.find(Transaction, "trace", pushed.network_id)
    if known is None:
        known = _decide_and_credit(work, issuer, pushed, staged)
    reply = answer(work, issuer, pushed, known)
    sent(work, reply)
    return reply


def _decide_and_credit(work: Work, issuer: Issuer, pushed: OriginalCredit, staged: Staged) -> Transaction:
    card = work.find(Card, "fingerprint", issuer.world.vault.fingerprint(pushed.card.number))
    account = work.fact(Account, card.account) if card else None
    staging = issuer.switch.stagings.play(work, staged, pushed.rrn, *_PLAYED)
    code = decide(pushed, card, account, work.now)
    if staging is not None and (
        staging.outcome == DECLINE or (staging.outcome, code) == (APPROVED_VIP, codes.APPROVED)
    ):
        code = staging.code
    approved = code in codes.APPROVALS
    held = to_hold(work, issuer, account, pushed, staging) if approved and account else AT_ONCE
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=pushed.network_id,
        type=ORIGINAL_CREDIT,
        card=card.id if card else "",
        account=account.id if account else "",
        amount=pushed.credited_amount,
        currency=pushed.credited_currency,
        description=_description(pushed),
        reference=pushed.rrn,
        response_code=code,
        approval_code=approval_code(work.next_number()) if approved else "",
        hold=work.new_id("hold") if held.until else None,
        created_at=work.now,
        status=(ON_HOLD if held.until else POSTED) if approved else DECLINED,
        **sent_as(pushed),
    )
    announce(work, transaction, {"amount": transaction.amount, "currency": transaction.currency, "code": code})
    if approved and card and account:
        _book(work, issuer, account, pushed, transaction, held)
        _tell_cardholder(work, issuer, account, card, pushed, held)
        if staging is not None and staging.outcome == RETURNED:
            plan_return(work, issuer, transaction, pushed, staging.later(work.now))
    return work.add(transaction)


def _description(pushed: OriginalCredit) -> str:
    said = f"{pushed.payer.name}, {pushed.statement_text}" if pushed.statement_text else pushed.payer.name
    return f"{said} ({Money(pushed.amount, pushed.currency)} at {pushed.rate})" if pushed.rate else said


def sent_as(message: OriginalCredit | Adjustment) -> dict[str, Any]:
    """Return what a transaction keeps of what the network has converted; nothing of what it has not."""
    if not message.rate:
        return {}
    return {"sent_amount": message.amount, "sent_currency": message.currency, "rate": message.rate}


def _book(
    work: Work, issuer: Issuer, account: Account, pushed: OriginalCredit, transaction: Transaction, held: OnHold
) -> None:
    due = house_account(work, issuer.id, "due_from_network", pushed.credited_currency)
    income = house_account(work, issuer.id, "interchange_income", pushed.credited_currency)
    book(
        work,
        "push",
        pushed.rrn,
        *credit_lines(work, account, due, pushed.credited_amount, "push"),
        transfer(due, income, pushed.interchange_amount, "interchange"),
    )
    hold_back(work, issuer, account, transaction, held)


def _tell_cardholder(
    work: Work, issuer: Issuer, account: Account, card: Card, pushed: OriginalCredit, held: OnHold
) -> None:
    if held.until:
        title = f"{Money(pushed.credited_amount, pushed.credited_currency)} are on their way"
        text = f"{_description(pushed)}. Available from {rfc3339(held.until)[:16].replace('T', ' ')} UTC"
        notify(work, issuer, account, card, title, text, pushed.rrn)
        return
    available = guarded_balance(work, ledger_account(work, account)).available
    title = f"You received {Money(pushed.credited_amount, pushed.credited_currency)}"
    text = f"{_description(pushed)}. Available now: {Money(available, account.currency)}"
    notify(work, issuer, account, card, title, text, pushed.rrn)


def answer(
    work: Work, issuer: Issuer, asked: OriginalCredit | Enquiry, transaction: Transaction
) -> OriginalCreditReply:
    """Return the answer an original credit was given, for whoever asks or asks again."""
    return OriginalCreditReply(
        sender=issuer.id,
        receiver=asked.sender,
        stan=asked.original_stan if isinstance(asked, Enquiry) else asked.stan,
        rrn=asked.rrn,
        transmitted_at=work.now,
        code=transaction.response_code,
        decided_by=issuer.id,
        network_id=asked.network_id,
        amount=(transaction.sent_amount or transaction.amount) if isinstance(asked, Enquiry) else asked.amount,
        currency=(transaction.sent_currency or transaction.currency) if isinstance(asked, Enquiry) else asked.currency,
        approval_code=transaction.approval_code,
        billing_amount=transaction.amount if transaction.rate else 0,
        billing_currency=transaction.currency if transaction.rate else "",
        rate=transaction.rate,
    )
