"""Adjustments, the issuer's side: consent to give (part of) a push back, or refuse.

The issuer consents while the cardholder has the money: nothing is forced. It refuses what is more than is left of the
push, and what is spent (51).
"""

from typing import Final

from payments.issuer.account import Account, credit_locks, ledger_account
from payments.issuer.card import Card
from payments.issuer.disbursement import sent_as
from payments.issuer.held_credit import HeldCredit, release_locks
from payments.issuer.issuer import Issuer
from payments.issuer.notification import notify
from payments.issuer.transaction import DEBIT_ADJUSTMENT, DECLINED, ON_HOLD, POSTED, Transaction
from payments.kit.lifecycle import advance, announce
from payments.kit.money import Money
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.ledger.balance import guarded_balance
from payments.ledger.chart import account as house_account
from payments.ledger.entry import Hold, book, post, transfer
from payments.switch import codes
from payments.switch.outcome import ADJUSTMENT_REFUSED, ISSUER
from payments.switch.push_message import Adjustment, AdjustmentReply
from payments.switch.staging import Staged, staging_locks
from payments.switch.trail import received, sent

_CREDITED: Final = (POSTED, ON_HOLD)


async def consent(issuer: Issuer, adjustment: Adjustment) -> AdjustmentReply:
    """Give back what is asked for, or say why not."""
    stagings = issuer.switch.stagings
    sender = adjustment.acceptor.merchant
    staged = () if stagings.none_armed else await stagings.for_push(ISSUER, adjustment.card.number, sender)
    return await issuer.step(answer_adjustment, adjustment, staged)


def _trace(adjustment: Adjustment) -> str:
    return f"{adjustment.network_id}.{adjustment.stan}"


def _adjustment_reads(_: Issuer, adjustment: Adjustment, staged: Staged = ()) -> Reads:
    _known, credit = yield (
        Find(Transaction, "trace", _trace(adjustment)),
        Find(Transaction, "trace", adjustment.network_id),
    )
    if credit is None or not credit.account:
        return staging_locks(staged)
    account = yield Find(Account, "id", credit.account)
    yield Find(Card, "id", credit.card)
    return [*release_locks(credit, account), *credit_locks(account), *staging_locks(staged)]


@hot(_adjustment_reads)
def answer_adjustment(work: Work, issuer: Issuer, adjustment: Adjustment, staged: Staged = ()) -> AdjustmentReply:
    """Decide, and debit the cardholder if the issuer consents; a repeat gets the answer there was."""
    received(work, adjustment)
    known = work.find(Transaction, "trace", _trace(adjustment))
    if known is None:
        known = _decide(work, issuer, adjustment, staged)
    reply = AdjustmentReply(
        sender=issuer.id,
        receiver=adjustment.sender,
        stan=adjustment.stan,
        rrn=adjustment.rrn,
        transmitted_at=work.now,
        code=known.response_code,
        decided_by=issuer.id,
        network_id=adjustment.network_id,
        amount=adjustment.amount,
        currency=adjustment.currency,
    )
    sent(work, reply)
    return reply


def _decide(work: Work, issuer: Issuer, adjustment: Adjustment, staged: Staged) -> Transaction:
    credit = work.find(Transaction, "trace", adjustment.network_id)
    staging = issuer.switch.stagings.play(work, staged, adjustment.rrn, ADJUSTMENT_REFUSED)
    code = staging.code if staging else _refusal(work, credit, adjustment) or codes.APPROVED
    made = Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=_trace(adjustment),
        type=DEBIT_ADJUSTMENT,
        card=credit.card if credit else "",
        account=credit.account if credit else "",
        amount=adjustment.debited_amount,
        currency=adjustment.debited_currency,
        description=adjustment.acceptor.name,
        reference=adjustment.rrn,
        response_code=code,
        approval_code="",
        hold=None,
        created_at=work.now,
        status=POSTED if code == codes.APPROVED else DECLINED,
        **sent_as(adjustment),
    )
    announce(work, made, {"amount": made.amount, "currency": made.currency, "code": code})
    if credit is not None and code == codes.APPROVED:
        _take(work, issuer, credit, adjustment)
    return work.add(made)


def _refusal(work: Work, credit: Transaction | None, adjustment: Adjustment) -> str:
    """Return the code with which the issuer refuses, or ''."""
    if credit is None or not credit.account:
        return codes.RECORD_NOT_FOUND
    if credit.status not in _CREDITED or credit.currency != adjustment.debited_currency:
        return codes.INVALID_TRANSACTION
    if adjustment.debited_amount > credit.amount - credit.taken_back_amount:
        return codes.INVALID_AMOUNT
    own = ledger_account(work, work.fact(Account, credit.account))
    needed = adjustment.debited_amount - _from_hold(work, credit, adjustment.debited_amount)
    return codes.INSUFFICIENT_FUNDS if needed > max(0, guarded_balance(work, own).available) else ""


def _from_hold(work: Work, credit: Transaction, amount: int) -> int:
    return min(amount, work.get(Hold, credit.hold).remaining) if credit.status == ON_HOLD else 0


def _take(work: Work, issuer: Issuer, credit: Transaction, adjustment: Adjustment) -> None:
    account, amount = work.fact(Account, credit.account), adjustment.debited_amount
    own, due = ledger_account(work, account), house_account(work, issuer.id, "due_to_network", credit.currency)
    first = _from_hold(work, credit, amount)
    held = [post(work.get(Hold, credit.hold), first)] if first else []
    rest = transfer(own, due, amount - first, "adjustment")
    book(work, "adjust", adjustment.rrn, *held, rest)
    taken = work.change(credit, taken_back_amount=credit.taken_back_amount + amount)
    if taken.status == ON_HOLD and not work.get(Hold, credit.hold).remaining:
        work.change(work.get(HeldCredit, credit.id), available_at=None)
        advance(work, taken, "make_available")
    card = work.find(Card, "id", credit.card)
    if card is not None:
        title = f"{Money(amount, adjustment.debited_currency)} were taken back"
        text = f"{adjustment.acceptor.name} corrected what it had sent you"
        notify(work, issuer, account, card, title, text, adjustment.rrn)
