"""Transfers from person to person: pull the money from one card, push it to another, or give it back.

Whatever is lost on the way, the money is in exactly one place: on the payer's card, waiting at the acquirer, or on the
recipient's card. A push is never reversed, so while its fate is unknown the money waits; a push that failed has the
pull reversed until that is answered, or adjusted when the time for a reversal is over.
"""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import DisbursementOrder, disburse
from payments.acquirer.funding import ask
from payments.acquirer.funding_message import record_pull
from payments.acquirer.funding_terms import transfer_fee
from payments.acquirer.person_to_person import (
    PENDING,
    PULLED,
    RETURNING,
    Transfer,
    TransferOrder,
)
from payments.acquirer.programme_rules import check_programme
from payments.acquirer.pull import Funding, FundingOrder, named, written
from payments.acquirer.sender import Sender
from payments.acquirer.transfer_course import read_transfer, record_refused, record_rest, record_return
from payments.acquirer.undoing import undo
from payments.kit.clock import day
from payments.kit.errors import Refusal
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import announce
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.funding_message import AccountFunding
from payments.switch.message import PresentedCard
from payments.switch.switch import REPLY_WITHIN

__all__ = ["Transfer", "TransferOrder", "go_on", "transfer"]


_PULLED_FROM: Final = "debit_card"
"""What the network is told that a push was paid with whose money was pulled from a card."""


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
        recipient=named(pulled.recipient),
        statement_text=pulled.statement_text,
        transfer=pulled.id,
        fee_amount=pulled.fee_amount,
        source_of_funds=_PULLED_FROM,
        payer=named(pulled.payer),
        complete=False,
    )


def _pending_reads(_: Acquirer, order: TransferOrder) -> list[Lock]:
    return [Lock(IdempotencyKey, order.claim.id)] if order.claim else []


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: TransferOrder) -> tuple[Transfer, Funding, AccountFunding]:
    """Write down the transfer and its pull, which is about to be asked.

    What the push would be refused for is refused before the pull. Raises ``NotFound``, ``SenderCurrencyDiffers``,
    ``UnknownBin``, and what ``check_programme`` does.
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
    check_programme(push_order(acquirer, made), work.fact(Sender, order.sender).kind, order.payer)
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
