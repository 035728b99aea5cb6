"""Clearing, the issuer's side: match a presentment to what was authorized, and pay it.

A presentment names its authorization by the network's id. What is held for it is posted, in one go or several, and the
final one lets the rest go. What is not held (it comes late, after the hold expired or was reversed; or it is more than
was held, as with a tip) is paid all the same, by a forced posting (``posting.py``).
"""

from payments.issuer.account import Account, credit_locks
from payments.issuer.card import Card
from payments.issuer.issuer import Issuer
from payments.issuer.posting import forced_lines, held_lines
from payments.issuer.transaction import DECLINED, POSTED, PURCHASE, Transaction
from payments.kit.lifecycle import announce
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.chart import account as house_account
from payments.ledger.entry import Hold, book, transfer
from payments.switch import codes
from payments.switch.message import Presentment, PresentmentReply, RefundPresentment
from payments.switch.trail import received, sent


async def pay(issuer: Issuer, presented: Presentment) -> PresentmentReply:
    """Pay what is presented; refuse it only when there is no such card, or no such currency on it."""
    return await issuer.step(answer_presentment, presented)


def _presented_reads(issuer: Issuer, presented: Presentment) -> Reads:
    fingerprint = issuer.world.vault.fingerprint(presented.card.number)
    _, authorization, card = yield (
        Find(Transaction, "trace", presented.arn),
        Find(Transaction, "trace", presented.network_id),
        Find(Card, "fingerprint", fingerprint),
    )
    account_id = account_charged(authorization, card)
    if not account_id:
        return []
    account = yield Find(Account, "id", account_id)
    if authorization is None or authorization.hold is None:
        return credit_locks(account)
    return [*credit_locks(account), Lock(Transaction, authorization.id), Lock(Hold, authorization.hold)]


def account_charged(earlier: Transaction | None, card: Card | None) -> str:
    """Return the id of the account a presentment is for: the ``earlier`` transaction's it names, else the card's."""
    if earlier is not None and earlier.account:
        return earlier.account
    return card.account if card else ""


@hot(_presented_reads)
def answer_presentment(work: Work, issuer: Issuer, presented: Presentment) -> PresentmentReply:
    """Post what is presented; a repeat, known by its ARN, gets the answer there was."""
    received(work, presented)
    known = work.find(Transaction, "trace", presented.arn) or _take(work, issuer, presented)
    return presentment_reply(work, issuer, presented, known.response_code)


def _take(work: Work, issuer: Issuer, presented: Presentment) -> Transaction:
    card = work.find(Card, "fingerprint", issuer.world.vault.fingerprint(presented.card.number))
    authorization = work.find(Transaction, "trace", presented.network_id)
    account_id = account_charged(authorization, card)
    account = work.fact(Account, account_id) if account_id else None
    code = refusal(account, presented) or codes.APPROVED
    transaction = record_posted(work, issuer, presented, PURCHASE, card, account, code)
    if account and code == codes.APPROVED:
        _post(work, issuer, account, authorization, presented)
    return transaction


def refusal(account: Account | None, presented: Presentment | RefundPresentment) -> str:
    """Return the response code with which a presentment is refused, or ''."""
    if account is None:
        return codes.NO_SUCH_CARD
    return "" if account.currency == presented.currency else codes.NOT_PERMITTED


def record_posted(
    work: Work,
    issuer: Issuer,
    presented: Presentment | RefundPresentment,
    type: str,
    card: Card | None,
    account: Account | None,
    code: str,
) -> Transaction:
    """Write down a presentment as a transaction of the account, posted or refused."""
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=presented.arn,
        type=type,
        card=card.id if card else "",
        account=account.id if account else "",
        amount=presented.amount,
        currency=presented.currency,
        description=presented.acceptor.name,
        reference=presented.rrn,
        response_code=code,
        approval_code="",
        hold=None,
        created_at=work.now,
        status=POSTED if code == codes.APPROVED else DECLINED,
    )
    announce(work, transaction, {"amount": presented.amount, "currency": presented.currency, "code": code})
    return work.add(transaction)


def _post(
    work: Work, issuer: Issuer, account: Account, authorization: Transaction | None, presented: Presentment
) -> None:
    due_to_network = house_account(work, issuer.id, "due_to_network", presented.currency)
    interchange = house_account(work, issuer.id, "interchange_income", presented.currency)
    from_hold, not_held = held_lines(work, authorization, presented)
    book(
        work,
        "clear_sale",
        presented.rrn,
        *from_hold,
        *forced_lines(work, account, due_to_network, not_held, "purchase"),
        transfer(due_to_network, interchange, presented.interchange_amount, "interchange"),
    )


def presentment_reply(
    work: Work, issuer: Issuer, presented: Presentment | RefundPresentment, code: str
) -> PresentmentReply:
    """Build the answer to a presentment and say that it leaves."""
    reply = PresentmentReply(
        sender=issuer.id,
        receiver=presented.sender,
        stan=presented.stan,
        rrn=presented.rrn,
        transmitted_at=work.now,
        code=code,
        decided_by=issuer.id,
        network_id=presented.network_id,
        amount=presented.amount,
        currency=presented.currency,
        arn=presented.arn,
        window=presented.window,
        interchange_amount=presented.interchange_amount,
    )
    sent(work, reply)
    return reply
