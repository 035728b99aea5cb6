"""Authorization, the issuer's side: decide, hold the money, reverse."""

from payments.issuer.account import Account, ledger_account
from payments.issuer.card import ACTIVE, Card, cvv_fingerprint
from payments.issuer.issuer import Issuer
from payments.issuer.transaction import AUTHORIZATION, DECLINED, PENDING, REVERSED, Transaction
from payments.kit.clock import moment
from payments.kit.lifecycle import advance, allowed, announce
from payments.kit.secrets import Vault
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import Account as LedgerAccount
from payments.ledger.balance import Balance, guarded_balance
from payments.ledger.chart import account as house_account
from payments.ledger.entry import Hold, book, hold, release
from payments.switch import codes
from payments.switch.funding_message import AccountFunding
from payments.switch.message import AuthorizationReply, AuthorizationRequest, Reversal, ReversalReply
from payments.switch.numbers import approval_code
from payments.switch.trail import received, sent
from payments.switch.validity import authorization_expires_at, card_present


async def authorize(issuer: Issuer, request: AuthorizationRequest) -> AuthorizationReply:
    """Answer an authorization request: hold the money, or say why not."""
    return await issuer.step(answer_request, request)


async def take_back(issuer: Issuer, reversal: Reversal) -> ReversalReply:
    """Release what the reversed authorization still holds; a reversal is always accepted."""
    return await issuer.step(answer_reversal, reversal)


def decide(
    request: AuthorizationRequest | AccountFunding,
    card: Card | None,
    account: Account | None,
    available: int,
    now: int,
    vault: Vault,
) -> str:
    """Return the response code: 00, or the first reason there is to decline. ``available`` is in minor units."""
    if card is None or account is None:
        return codes.NO_SUCH_CARD
    if card.status != ACTIVE:
        return codes.RESTRICTED_CARD
    if expired(card, now) or request.card.expiry not in ("", card.expiry):
        return codes.EXPIRED_CARD
    if request.card.cvv and cvv_fingerprint(vault, request.card.number, request.card.cvv) != card.cvv_fingerprint:
        return codes.CVV_MISMATCH
    if request.currency != account.currency:
        return codes.NOT_PERMITTED
    if card.transaction_limit is not None and request.amount > card.transaction_limit:
        return codes.AMOUNT_LIMIT_EXCEEDED
    if request.amount > available:
        return codes.INSUFFICIENT_FUNDS
    return codes.APPROVED


def expired(card: Card, now: int) -> bool:
    """Tell whether the month printed on the card is over at ``now``."""
    today = moment(now)
    return card.expiry < f"{today.year % 100:02d}{today.month:02d}"


def _request_reads(issuer: Issuer, request: AuthorizationRequest) -> Reads:
    fingerprint = issuer.world.vault.fingerprint(request.card.number)
    _, card = yield Find(Transaction, "trace", request.network_id), Find(Card, "fingerprint", fingerprint)
    if card is None:
        return []
    account = yield Find(Account, "id", card.account)
    yield Find(LedgerAccount, "id", account.ledger_id)
    return [Lock(Balance, account.ledger_id)]


@hot(_request_reads)
def answer_request(work: Work, issuer: Issuer, request: AuthorizationRequest) -> AuthorizationReply:
    """Decide, and hold the money if approved; a repeat of a request gets the answer there was."""
    received(work, request)
    known = work.find(Transaction, "trace", request.network_id)
    if known is None:
        known = _decide_and_hold(work, issuer, request)
    reply = AuthorizationReply(
        sender=issuer.id,
        receiver=request.sender,
        stan=request.stan,
        rrn=request.rrn,
        transmitted_at=work.now,
        code=known.response_code,
        decided_by=issuer.id,
        network_id=request.network_id,
        amount=request.amount,
        currency=request.currency,
        approval_code=known.approval_code,
    )
    sent(work, reply)
    return reply


def _decide_and_hold(work: Work, issuer: Issuer, request: AuthorizationRequest) -> Transaction:
    vault = issuer.world.vault
    card = work.find(Card, "fingerprint", vault.fingerprint(request.card.number))
    account = work.fact(Account, card.account) if card else None
    ledger = ledger_account(work, account) if account else None
    available = guarded_balance(work, ledger).available if ledger else 0
    code = decide(request, card, account, available, work.now, vault)
    approved = code == codes.APPROVED
    hold_id = work.new_id("hold") if approved else None
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=request.network_id,
        type=AUTHORIZATION,
        card=card.id if card else "",
        account=account.id if account else "",
        amount=request.amount,
        currency=request.currency,
        description=request.acceptor.name,
        reference=request.rrn,
        response_code=code,
        approval_code=approval_code(work.next_number()) if approved else "",
        hold=hold_id,
        created_at=work.now,
        status=PENDING if approved else DECLINED,
        expires_at=_expires_at(work.now, request) if approved else None,
    )
    if ledger and hold_id:
        due = house_account(work, issuer.id, "due_to_network", request.currency)
        held = hold(hold_id, transaction.id, ledger, due, request.amount, "authorization")
        book(work, "authorize", request.rrn, held)
    announce(work, transaction, {"amount": request.amount, "currency": request.currency, "code": code})
    return work.add(transaction)


def _expires_at(now: int, request: AuthorizationRequest) -> int:
    present = card_present(request.card.entry_mode)
    return authorization_expires_at(now, request.acceptor.mcc, present, "cardholder", estimated=False)


def _reversal_reads(_: Issuer, reversal: Reversal) -> Reads:
    transaction = yield Find(Transaction, "trace", reversal.network_id)
    if transaction is None or transaction.hold is None:
        return []
    account = yield Find(Account, "id", transaction.account)
    return [Lock(Transaction, transaction.id), Lock(Hold, transaction.hold), Lock(Balance, account.ledger_id)]


@hot(_reversal_reads)
def answer_reversal(work: Work, issuer: Issuer, reversal: Reversal) -> ReversalReply:
    """Release what is still held; remember a reversal that comes before its original, so that that is declined."""
    received(work, reversal)
    transaction = work.find(Transaction, "trace", reversal.network_id)
    if transaction is None:
        work.add(_reversed_before(work, issuer, reversal))
    elif transaction.hold and allowed(transaction, "reverse"):
        advance(work, transaction, "reverse", expires_at=None)
        book(work, "reverse", reversal.rrn, release(work.get(Hold, transaction.hold)))
    reply = ReversalReply(
        sender=issuer.id,
        receiver=reversal.sender,
        stan=reversal.stan,
        rrn=reversal.rrn,
        transmitted_at=work.now,
        code=codes.APPROVED if transaction else codes.RECORD_NOT_FOUND,
        decided_by=issuer.id,
        network_id=reversal.network_id,
    )
    sent(work, reply)
    return reply


def _reversed_before(work: Work, issuer: Issuer, reversal: Reversal) -> Transaction:
    return Transaction(
        id=work.new_id(Transaction.prefix),
        issuer=issuer.id,
        trace=reversal.network_id,
        type=AUTHORIZATION,
        card="",
        account="",
        amount=reversal.amount,
        currency=reversal.currency,
        description=reversal.acceptor.name,
        reference=reversal.rrn,
        response_code=codes.INVALID_TRANSACTION,
        approval_code="",
        hold=None,
        created_at=work.now,
        status=REVERSED,
    )
