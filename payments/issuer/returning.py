"""Returns, the issuer's side: the recipient does not accept a push, and it goes back the way it came.

Nobody can refuse to give back what they do not accept: it is a forced posting. What is on hold goes back first, then
what the account has, and the rest is overdrawn. The interchange that came with the push is kept.
"""

from typing import Any

from payments.issuer.account import Account, credit_lines, credit_locks
from payments.issuer.card import Card
from payments.issuer.credit_return import COMING, WAITING, Return
from payments.issuer.held_credit import HeldCredit, release_locks
from payments.issuer.issuer import Issuer
from payments.issuer.notification import notify
from payments.issuer.posting import forced_lines
from payments.issuer.transaction import ON_HOLD, POSTED, RETURNED, Transaction
from payments.kit.lifecycle import advance
from payments.kit.money import Money
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.chart import account as house_account
from payments.ledger.entry import Hold, Line, book, post
from payments.switch.asking import ask
from payments.switch.push_message import OriginalCreditReturn, OriginalCreditReturnReply
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent


async def give_back(issuer: Issuer, return_id: str) -> Return:
    """Take a push from the cardholder again, and return it; without an answer it is repeated."""
    await issuer.step(record_return, return_id)
    return await send_back(issuer, return_id)


async def send_back(issuer: Issuer, return_id: str) -> Return:
    """Send a return once more; one that was answered, or dropped, is left alone."""
    return await ask(issuer, return_id, record_attempt, record_answer)


def _return_reads(_: Issuer, return_id: str) -> Reads:
    transaction = yield Find(Transaction, "id", return_id)
    account = yield Find(Account, "id", transaction.account)
    yield Find(Card, "id", transaction.card)
    return [Lock(Return, return_id), *release_locks(transaction, account), *credit_locks(account)]


@hot(_return_reads)
def record_return(work: Work, issuer: Issuer, return_id: str) -> Return:
    """Take what was credited from the cardholder, by force, and tell them; nothing if part of it is gone already."""
    planned, transaction = work.get(Return, return_id), work.get(Transaction, return_id)
    if planned.status != COMING or planned.return_at is None or planned.return_at > work.now:
        return planned
    if transaction.status not in (POSTED, ON_HOLD) or transaction.taken_back_amount:
        return advance(work, planned, "drop", return_at=None)
    account = work.fact(Account, transaction.account)
    book(work, "return", transaction.reference, *_lines(work, account, transaction))
    if transaction.status == ON_HOLD:
        work.change(work.get(HeldCredit, transaction.id), available_at=None)
    move = "return" if transaction.status == POSTED else "return_on_hold"
    advance(work, transaction, move, taken_back_amount=transaction.amount)
    _tell_cardholder(work, issuer, account, transaction)
    return advance(work, planned, "send", return_at=None, answer_due_at=work.now)


def _lines(work: Work, account: Account, transaction: Transaction) -> list[Line]:
    due = house_account(work, account.issuer, "due_to_network", account.currency)
    held = work.get(Hold, transaction.hold) if transaction.status == ON_HOLD else None
    kept = held.remaining if held else 0
    first = [post(held, kept)] if held else []
    return [*first, *forced_lines(work, account, due, transaction.amount - kept, "return")]


def _tell_cardholder(work: Work, issuer: Issuer, account: Account, transaction: Transaction) -> None:
    card = work.find(Card, "id", transaction.card)
    if card is not None:
        title = f"{Money(transaction.amount, transaction.currency)} were returned"
        text = f"{transaction.description}: you did not accept it"
        notify(work, issuer, account, card, title, text, transaction.reference)


def _attempt_reads(_: Issuer, return_id: str) -> list[Lock]:
    return [Lock(Return, return_id), Lock(Transaction, return_id)]


@hot(_attempt_reads)
def record_attempt(work: Work, issuer: Issuer, return_id: str) -> tuple[Return, OriginalCreditReturn | None]:
    """Count an attempt, say when the next is due, and build the message; none if it is not waiting for an answer."""
    returned, transaction = work.get(Return, return_id), work.get(Transaction, return_id)
    if returned.status != WAITING:
        return returned, None
    message = OriginalCreditReturn(
        sender=issuer.id,
        receiver=issuer.network,
        acquirer=returned.acquirer,
        stan=returned.stan,
        rrn=returned.reference,
        transmitted_at=returned.created_at,
        network_id=returned.network_id,
        reason=returned.reason,
        **_amounts(transaction),
    )
    sent(work, message)
    due = repeat_due_at(work.now, returned.attempts)
    return work.change(returned, attempts=returned.attempts + 1, answer_due_at=due), message


def _amounts(transaction: Transaction) -> dict[str, Any]:
    """Return what is given back as the push said it: of one that was converted, both amounts and the rate."""
    if not transaction.rate:
        return {"amount": transaction.amount, "currency": transaction.currency}
    return {
        "amount": transaction.sent_amount,
        "currency": transaction.sent_currency,
        "billing_amount": transaction.amount,
        "billing_currency": transaction.currency,
        "rate": transaction.rate,
    }


def _answer_reads(issuer: Issuer, asked: Return, _: OriginalCreditReturnReply) -> Reads:
    return (yield from _return_reads(issuer, asked.id))


@hot(_answer_reads)
def record_answer(work: Work, issuer: Issuer, asked: Return, reply: OriginalCreditReturnReply) -> Return:
    """Write down that it was taken back; if it was refused, the cardholder gets the money again."""
    received(work, reply)
    returned, transaction = work.get(Return, asked.id), work.get(Transaction, asked.id)
    if returned.status != WAITING:
        return returned
    answered = {"answer_due_at": None, "response_code": reply.code, "window": reply.window}
    if reply.approved:
        return advance(work, returned, "accept", **answered)
    assert transaction.status == RETURNED
    account = work.fact(Account, transaction.account)
    due = house_account(work, issuer.id, "due_to_network", transaction.currency)
    lines = credit_lines(work, account, due, transaction.amount, "return_refused")
    book(work, "return_refused", transaction.reference, *lines)
    advance(work, transaction, "keep", taken_back_amount=0)
    return advance(work, returned, "refuse", **answered)
