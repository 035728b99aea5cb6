"""Transfers from person to person: pull the money from one card, push it to another, or give it back.

Whatever is lost on the way, the money is in exactly one place: on the payer's card, waiting at the acquirer, or on the
recipient's card. A push is never reversed, so while its fate is unknown the money waits; a push that failed has the
pull reversed until that is answered, or adjusted when the time for a reversal is over.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import DisbursementOrder, disburse
from payments.acquirer.funding import ask, record_pull
from payments.acquirer.funding_reversal import ADJUSTMENT, PullReversal, means_for, set_aside, undo
from payments.acquirer.funding_terms import transfer_fee
from payments.acquirer.person_to_person import (
    PENDING,
    PULLED,
    PUSHING,
    RETURNING,
    Transfer,
    TransferOrder,
)
from payments.acquirer.pull import RECEIVED, Funding, FundingOrder, funds_code, named, written
from payments.kit.clock import MINUTE, day
from payments.kit.errors import Refusal
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.switch.funding_message import AccountFunding
from payments.switch.message import PresentedCard
from payments.switch.switch import REPLY_WITHIN

__all__ = ["Transfer", "TransferOrder", "go_on", "transfer"]


async def transfer(acquirer: Acquirer, order: TransferOrder) -> Transfer:
    """Pull the money from the payer's card, then push it to the recipient's; what cannot be pushed is given back.

    Raises ``UnknownBin`` for either card, and the other refusals of ``record_pending``, before anything is sent.
    """
    made, funding, message = await acquirer.step(record_pending, order)
    await ask(acquirer, funding, message)
    return await go_on(acquirer, made.id)


async def go_on(acquirer: Acquirer, transfer_id: str) -> Transfer:
    """Go on with a transfer from wherever it stands: push what was pulled, give back what cannot be pushed.

    What waits for the answer to a message of its own is left to that. Raises ``NotFound``.
    """
    found = await acquirer.step(read_transfer, transfer_id)
    if found.status == PULLED:
        found = await _push(acquirer, found)
    if found.status == RETURNING:
        reversal = await acquirer.step(record_return, found)
        if reversal:
            await undo(acquirer, reversal.id)
    return await acquirer.step(record_rest, found)  # type: ignore[no-any-return]


async def _push(acquirer: Acquirer, pulled: Transfer) -> Transfer:
    """Push what was pulled. What is refused, rather than declined, is given back all the same."""
    try:
        await disburse(acquirer, push_order(acquirer, pulled))
    except Refusal as refusal:
        return await acquirer.step(record_refused, pulled, refusal.code)  # type: ignore[no-any-return]
    return await acquirer.step(read_transfer, pulled.id)  # type: ignore[no-any-return]


def push_order(acquirer: Acquirer, pulled: Transfer) -> DisbursementOrder:
    """Return the order to push what a transfer has pulled; its fee is the transfer's."""
    number = acquirer.world.vault.card_number(pulled.recipient_card_encrypted)
    return DisbursementOrder(
        claim=None,
        sender=pulled.sender,
        card=PresentedCard(number, pulled.recipient_card_expiry),
        amount=pulled.amount,
        currency=pulled.currency,
        channel=pulled.channel,
        business_application=pulled.business_application,
        recipient_name=named(pulled.recipient).name,
        statement_text=pulled.statement_text,
        transfer=pulled.id,
        fee_amount=pulled.fee_amount,
    )


def _pending_reads(_: Acquirer, order: TransferOrder) -> list[Lock]:
    return [Lock(IdempotencyKey, order.claim.id)] if order.claim else []


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: TransferOrder) -> tuple[Transfer, Funding, AccountFunding]:
    """Write down the transfer and its pull, which is about to be asked.

    Raises ``NotFound``, ``SenderCurrencyDiffers``, ``UnknownBin``, ``UnknownChannel`` and
    ``UnknownBusinessApplication``.
    """
    transfer_id = work.new_id(Transfer.prefix)
    claim_key(work, order.claim, transfer_id)
    acquirer.switch.directory.bin_of(order.recipient_card.number)
    fee = transfer_fee(order.currency, day(work.now))
    pull = FundingOrder(
        None,
        order.sender,
        order.payer_card,
        order.amount + fee,
        order.currency,
        order.channel,
        order.business_application,
        order.payer,
        order.recipient,
    )
    funding, message = record_pull(
        work, acquirer, pull, work.new_id(Funding.prefix), fee_amount=0, transfer=transfer_id
    )
    made = _transfer(work, acquirer, order, transfer_id, fee, funding)
    announce(work, made, {"sender": made.sender, "amount": made.amount, "currency": made.currency, "fee_amount": fee})
    return work.add(made), funding, message


def _transfer(
    work: Work, acquirer: Acquirer, order: TransferOrder, transfer_id: str, fee: int, funding: Funding
) -> Transfer:
    return Transfer(
        id=transfer_id,
        acquirer=acquirer.id,
        sender=order.sender,
        amount=order.amount,
        fee_amount=fee,
        currency=order.currency,
        payer=written(order.payer),
        recipient=written(order.recipient),
        recipient_card_masked=order.recipient_card.number.masked,
        recipient_card_encrypted=acquirer.world.vault.encrypt(order.recipient_card.number),
        recipient_card_expiry=order.recipient_card.expiry,
        channel=order.channel,
        business_application=order.business_application,
        statement_text=order.statement_text,
        reference=funding.reference,
        funding=funding.id,
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now + REPLY_WITHIN,
    )


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
