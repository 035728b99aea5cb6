"""Pulls that fund something (AFT), the acquirer's side: take money from a card, at once, and give it to the sender.

A pull may be reversed, a push may not: so one without an answer is given up, and reversed until that is answered.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.funding_message import record_pull
from payments.acquirer.funding_terms import funding_fee
from payments.acquirer.pull import PENDING, Funding, FundingOrder, funds_code
from payments.acquirer.pull_reversal import NO_ANSWER, PullReversal, record_undoing
from payments.acquirer.transfer_legs import follow_pull, transfer_lock
from payments.acquirer.undoing import undo
from payments.kit.clock import day
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import Line, book, transfer
from payments.switch.funding_message import AccountFunding, AccountFundingReply
from payments.switch.switch import NoReply
from payments.switch.trail import received


async def pull(acquirer: Acquirer, order: FundingOrder) -> Funding:
    """Take money from a card for a sender; without an answer it is given up, and reversed until that is answered.

    Raises ``UnknownBin`` and the other refusals of ``record_pending`` before anything is sent.
    """
    funding, message = await acquirer.step(record_pending, order)
    return await ask(acquirer, funding, message)


async def ask(acquirer: Acquirer, funding: Funding, message: AccountFunding) -> Funding:
    """Send a pull that was written down, and write down its answer."""
    try:
        reply = await acquirer.switch.send(message)
    except NoReply:
        return await give_up(acquirer, funding)
    return await acquirer.step(record_reply, funding, reply)


async def give_up(acquirer: Acquirer, funding: Funding) -> Funding:
    """Fail a pull whose answer never came, and reverse it until the reversal is answered."""
    failed, reversal = await acquirer.step(record_given_up, funding)
    if reversal:
        await undo(acquirer, reversal.id)
    return failed


def _pending_reads(acquirer: Acquirer, order: FundingOrder) -> list[Lock]:
    return [Lock(IdempotencyKey, order.claim.id)] if order.claim else []


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: FundingOrder) -> tuple[Funding, AccountFunding]:
    """Write down what is about to be asked.

    Raises ``NotFound``, ``SenderCurrencyDiffers``, ``UnknownBin``, ``UnknownChannel`` and
    ``UnknownBusinessApplication``.
    """
    funding_id = work.new_id(Funding.prefix)
    claim_key(work, order.claim, funding_id)
    fee = min(order.amount, funding_fee(order.currency, day(work.now)))
    return record_pull(work, acquirer, order, funding_id, fee_amount=fee)


def _reply_reads(acquirer: Acquirer, funding: Funding, *_rest: object) -> list[Lock]:
    locks = [Lock(Funding, funding.id), Lock(Balance, funding.funds_account), *transfer_lock(funding.transfer)]
    return [*locks, Lock(IdempotencyKey, funding.claim)] if funding.claim else locks


@hot(_reply_reads)
def record_reply(work: Work, acquirer: Acquirer, asked: Funding, reply: AccountFundingReply) -> Funding:
    """Write down the issuer's answer; an answer to what was given up meanwhile changes nothing."""
    received(work, reply)
    funding = work.get(Funding, asked.id)
    if funding.status != PENDING:
        return funding
    said = {"response_code": reply.code, "decided_by": reply.decided_by, "network_id": reply.network_id}
    if reply.approved:
        decided = _approve(work, funding, reply, said)
    else:
        decided = advance(work, funding, "decline", answer_due_at=None, **said)
    follow_pull(work, decided)
    acquirer.answer(work, funding.claim, decided)
    return decided


def _approve(work: Work, funding: Funding, reply: AccountFundingReply, said: dict[str, str]) -> Funding:
    approved = advance(
        work,
        funding,
        "approve",
        answer_due_at=None,
        approved_at=work.now,
        approval_code=reply.approval_code,
        window=reply.window,
        interchange_amount=reply.interchange_amount,
        scheme_fee_amount=reply.scheme_fee_amount,
        **said,
    )
    book(work, "pull", funding.reference, *_postings(work, approved))
    return approved


def _postings(work: Work, funding: Funding) -> tuple[Line, ...]:
    def own(code: str) -> Account:
        return account(work, funding.acquirer, code, funding.currency)

    funds = account(work, funding.acquirer, funds_code(funding.transfer), funding.currency, funding.sender)
    due_from_network = own("due_from_network")
    return (
        transfer(due_from_network, funds, funding.amount, "pull"),
        transfer(own("interchange_expense"), due_from_network, funding.interchange_amount, "interchange"),
        transfer(own("scheme_fees"), own("due_to_network"), funding.scheme_fee_amount, "scheme_fee"),
        transfer(funds, own("funding_fees"), funding.fee_amount, "funding_fee"),
    )


@hot(_reply_reads)
def record_given_up(work: Work, acquirer: Acquirer, asked: Funding) -> tuple[Funding, PullReversal | None]:
    """Write down that no answer came, and that the pull is to be reversed."""
    funding = work.get(Funding, asked.id)
    if funding.status != PENDING:
        return funding, None
    failed = advance(work, funding, "give_up", answer_due_at=work.now)
    follow_pull(work, failed)
    acquirer.answer(work, funding.claim, failed)
    return failed, record_undoing(work, acquirer, failed, NO_ANSWER)
