"""Refunds, the issuer's side: credit the cardholder with what a merchant gives back."""

from payments.issuer.account import Account, credit_lines, credit_locks
from payments.issuer.card import Card
from payments.issuer.clearing import account_charged, presentment_reply, record_posted, refusal
from payments.issuer.issuer import Issuer
from payments.issuer.transaction import REFUND, Transaction
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.ledger.chart import account as house_account
from payments.ledger.entry import book, transfer
from payments.switch import codes
from payments.switch.message import PresentmentReply, RefundPresentment
from payments.switch.trail import received


async def credit(issuer: Issuer, presented: RefundPresentment) -> PresentmentReply:
    """Credit a refund; refuse it only when there is no such card, or no such currency on it."""
    return await issuer.step(answer_refund, presented)


def _presented_reads(issuer: Issuer, presented: RefundPresentment) -> Reads:
    fingerprint = issuer.world.vault.fingerprint(presented.card.number)
    _, sale, card = yield (
        Find(Transaction, "trace", presented.arn),
        Find(Transaction, "trace", presented.original_arn),
        Find(Card, "fingerprint", fingerprint),
    )
    account_id = account_charged(sale, card)
    return credit_locks((yield Find(Account, "id", account_id))) if account_id else []


@hot(_presented_reads)
def answer_refund(work: Work, issuer: Issuer, presented: RefundPresentment) -> PresentmentReply:
    """Credit what is given back, to the account that paid; a repeat, known by its ARN, gets the answer there was."""
    received(work, presented)
    known = work.find(Transaction, "trace", presented.arn) or _give(work, issuer, presented)
    return presentment_reply(work, issuer, presented, known.response_code)


def _give(work: Work, issuer: Issuer, presented: RefundPresentment) -> Transaction:
    card = work.find(Card, "fingerprint", issuer.world.vault.fingerprint(presented.card.number))
    account_id = account_charged(work.find(Transaction, "trace", presented.original_arn), card)
    account = work.fact(Account, account_id) if account_id else None
    code = refusal(account, presented) or codes.APPROVED
    transaction = record_posted(work, issuer, presented, REFUND, card, account, code)
    if account and code == codes.APPROVED:
        due_from_network = house_account(work, issuer.id, "due_from_network", presented.currency)
        interchange = house_account(work, issuer.id, "interchange_income", presented.currency)
        book(
            work,
            "refund",
            presented.rrn,
            *credit_lines(work, account, due_from_network, presented.amount, "refund"),
            transfer(interchange, due_from_network, presented.interchange_amount, "interchange"),
        )
    return transaction
