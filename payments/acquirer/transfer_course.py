"""The course of a transfer: the steps from when its money has been pulled until it rests."""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.person_to_person import (
    PENDING,
    PULLED,
    PUSHING,
    RETURNING,
    Transfer,
)
from payments.acquirer.pull import RECEIVED, Funding, funds_code
from payments.acquirer.pull_reversal import ADJUSTMENT, PullReversal, means_for, set_aside
from payments.kit.clock import MINUTE
from payments.kit.idempotency import IdempotencyKey
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance


def _transfer_reads(_: Acquirer, transfer_id: str) -> list[Lock]:
    return [Lock(Transfer, transfer_id)]


@hot(_transfer_reads)
def read_transfer(work: Work, _: Acquirer, transfer_id: str) -> Transfer:
    """Return a transfer as it stands. Raises ``NotFound``."""
    return work.get(Transfer, transfer_id)


def _refused_reads(_: Acquirer, asked: Transfer, __: str) -> list[Lock]:
    return [Lock(Transfer, asked.id)]


@hot(_refused_reads)
def record_refused(work: Work, acquirer: Acquirer, asked: Transfer, code: str) -> Transfer:
    """Write down that the push was refused before anything was sent; one that was pushed meanwhile stays as it is.

    ``code`` is the refusal's, a word and not a response code: the acquirer itself has said no.
    """
    found = work.get(Transfer, asked.id)
    if found.status != PULLED:
        return found
    said = {"response_code": code, "decided_by": acquirer.id}
    return advance(work, found, "refuse", answer_due_at=work.now, writer=work.writer, **said)


def _return_reads(acquirer: Acquirer, asked: Transfer) -> list[Lock]:
    funds = account_id(acquirer.id, funds_code(asked.id), asked.currency, asked.sender)
    return [Lock(Transfer, asked.id), Lock(Funding, asked.funding), Lock(Balance, funds)]


@hot(_return_reads)
def record_return(work: Work, acquirer: Acquirer, asked: Transfer) -> PullReversal | None:
    """Set what was pulled aside to be given back, by a reversal or, when it is too late for one, by an adjustment.

    Nothing if that was done before. A reversal that was refused is followed by an adjustment.
    """
    found, funding = work.get(Transfer, asked.id), work.get(Funding, asked.funding)
    if found.status != RETURNING or funding.status != RECEIVED:
        return None
    reversal = set_aside(work, acquirer, funding, ADJUSTMENT if found.reversal else means_for(work, funding))
    work.change(found, reversal=reversal.id)
    return reversal


def _rest_reads(_: Acquirer, asked: Transfer) -> list[Lock]:
    locks = [Lock(Transfer, asked.id), Lock(Funding, asked.funding)]
    return [*locks, Lock(IdempotencyKey, asked.claim)] if asked.claim else locks


@hot(_rest_reads)
def record_rest(work: Work, acquirer: Acquirer, asked: Transfer) -> Transfer:
    """Answer the request, once, if the transfer waits for nothing more in this flow; else look again in a minute."""
    found = work.get(Transfer, asked.id)
    to_go_on = found.status == RETURNING and work.get(Funding, asked.funding).status == RECEIVED
    if found.status in (PENDING, PULLED, PUSHING) or to_go_on:
        return work.change(found, answer_due_at=work.now + MINUTE)
    rested = work.change(found, answer_due_at=None, answered=1)
    if not found.answered:
        acquirer.answer(work, found.claim, rested)
    return rested
