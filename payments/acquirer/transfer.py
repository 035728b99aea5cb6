"""Transfers from person to person: pull the money from one card, push it to another, or give it back.

Whatever is lost on the way, the money is in exactly one place: on the payer's card, waiting at the acquirer, or on the
recipient's card. A push is never reversed, so while its fate is unknown the money waits; a push that failed has the
pull reversed until that is answered, or adjusted when the time for a reversal is over. What the push would be refused
for is refused before the pull, and names that are like one on the sanctions list have the transfer held before it.
"""

from typing import Final, NamedTuple

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import DisbursementOrder, disburse
from payments.acquirer.funding import ask
from payments.acquirer.funding_message import check_pull, record_pull
from payments.acquirer.funding_terms import transfer_fee
from payments.acquirer.name_rule import check_names, name_rule_find
from payments.acquirer.party import named, written
from payments.acquirer.person_to_person import (
    HELD,
    PENDING,
    PULLED,
    RETURNING,
    Transfer,
    TransferOrder,
)
from payments.acquirer.programme_rules import check_programme
from payments.acquirer.pull import Funding, FundingOrder
from payments.acquirer.screening import Verdict, list_in_force, record_hit, require_current, screened
from payments.acquirer.transfer_course import read_transfer, record_refused, record_rest, record_return
from payments.acquirer.undoing import undo
from payments.kit.clock import day
from payments.kit.errors import Refusal
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import announce
from payments.kit.steps import Lock, Reads, hot
from payments.kit.work import Work
from payments.switch.funding_message import AccountFunding
from payments.switch.message import PresentedCard
from payments.switch.numbers import retrieval_reference
from payments.switch.switch import REPLY_WITHIN

__all__ = ["Transfer", "TransferOrder", "go_on", "transfer"]


_PULLED_FROM: Final = "debit_card"
"""What the network is told that a push was paid with whose money was pulled from a card."""


async def transfer(acquirer: Acquirer, order: TransferOrder) -> Transfer:
    """Pull the money from the payer's card, then push it to the recipient's; what cannot be pushed is given back.

    One whose names hit is ``held`` before that (``held_transfer.py``). Raises ``UnknownBin`` for either card, and the
    other refusals of ``record_pending``, before anything is sent.
    """
    begun: Begun = await screened(acquirer, record_pending, order)
    return await pull_and_push(acquirer, begun)


class Begun(NamedTuple):
    """A transfer written down, and its pull, which is about to be asked; nothing for one that is held."""

    transfer: Transfer
    pull: tuple[Funding, AccountFunding] | None


async def pull_and_push(acquirer: Acquirer, begun: Begun) -> Transfer:
    """Ask the pull of a transfer that was written down, and go on with it."""
    if begun.pull is None:
        return begun.transfer
    await ask(acquirer, *begun.pull)
    return await go_on(acquirer, begun.transfer.id)


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
    return await acquirer.step(record_rest, found)


async def _push(acquirer: Acquirer, pulled: Transfer) -> Transfer:
    """Push what was pulled. What is refused, rather than declined, is given back all the same."""
    try:
        await disburse(acquirer, push_order(acquirer, pulled))
    except Refusal as refusal:
        return await acquirer.step(record_refused, pulled, refusal.code)
    return await acquirer.step(read_transfer, pulled.id)


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
        pull_network_id=pulled.pull_network_id,
    )


def _pending_reads(acquirer: Acquirer, order: TransferOrder, _: Verdict) -> Reads:
    yield list_in_force(acquirer), name_rule_find(acquirer)
    return [Lock(IdempotencyKey, order.claim.id)] if order.claim else []


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: TransferOrder, verdict: Verdict) -> Begun:
    """Write down the transfer and its pull, which is about to be asked; only the transfer, if it is held.

    What the push would be refused for is refused before the pull. Raises ``ScreenedByAnotherList``, ``NotFound``,
    ``SenderCurrencyDiffers``, ``UnknownBin``, ``NameNotAllowed``, and what ``check_programme`` does.
    """
    require_current(work, acquirer, verdict)
    transfer_id = work.new_id(Transfer.prefix)
    claim_key(work, order.claim, transfer_id)
    acquirer.switch.directory.bin_of(order.recipient_card.number)
    made = _transfer(work, acquirer, order, transfer_id, held=verdict.hit)
    pull = pull_order(made, order.payer_card)
    sender = check_pull(work, acquirer, pull)
    check_programme(push_order(acquirer, made), sender.kind, order.payer)
    check_names(work, acquirer, order.payer, order.recipient)
    announce(work, made, {name: getattr(made, name) for name in ("sender", "amount", "currency", "fee_amount")})
    if verdict.hit:
        record_hit(work, made, verdict)
        acquirer.answer(work, made.claim, made)
        return Begun(work.add(made), None)
    return Begun(work.add(made), record_leg(work, acquirer, made, pull))


def record_leg(work: Work, acquirer: Acquirer, made: Transfer, pull: FundingOrder) -> tuple[Funding, AccountFunding]:
    """Write down the pull of a transfer; part of the step that lets it be asked."""
    return record_pull(work, acquirer, pull, made.funding, fee_amount=0, transfer=made.id, reference=made.reference)


def pull_order(made: Transfer, card: PresentedCard) -> FundingOrder:
    """Return the order to pull, from ``card``, what a transfer pushes and its fee."""
    return FundingOrder(
        None,
        made.sender,
        card,
        made.amount + made.fee_amount,
        made.currency,
        made.channel,
        made.business_application,
        named(made.payer),
        named(made.recipient),
    )


def _transfer(work: Work, acquirer: Acquirer, order: TransferOrder, transfer_id: str, *, held: bool) -> Transfer:
    encrypt = acquirer.world.vault.encrypt
    return Transfer(
        id=transfer_id,
        acquirer=acquirer.id,
        sender=order.sender,
        amount=order.amount,
        fee_amount=transfer_fee(order.currency, day(work.now)),
        currency=order.currency,
        payer=written(order.payer),
        recipient=written(order.recipient),
        payer_card_encrypted=encrypt(order.payer_card.number),
        payer_card_expiry=order.payer_card.expiry,
        payer_entry_mode=order.payer_card.entry_mode,
        recipient_card_masked=order.recipient_card.number.masked,
        recipient_card_encrypted=encrypt(order.recipient_card.number),
        recipient_card_expiry=order.recipient_card.expiry,
        channel=order.channel,
        business_application=order.business_application,
        statement_text=order.statement_text,
        reference=retrieval_reference(work.now, acquirer.ids.session, work.next_number()),
        funding=work.new_id(Funding.prefix),
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=HELD if held else PENDING,
        answer_due_at=None if held else work.now + REPLY_WITHIN,
        answered=int(held),
    )
