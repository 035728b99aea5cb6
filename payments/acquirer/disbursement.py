"""Disbursements, the acquirer's side: set the sender's money aside, push it to the card, post it or let it go.

What is pushed is never reversed. Without an answer a disbursement is ``unknown`` and its money stays set aside until an
enquiry (``enquiry.py``) has found out what became of it.
"""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.name_rule import check_names, name_rule_find
from payments.acquirer.original_credit import original_credit
from payments.acquirer.outcome import conclude, outcome_locks
from payments.acquirer.party import written
from payments.acquirer.programme import Programme, disbursement_fee
from payments.acquirer.programme_rules import check_programme
from payments.acquirer.pull import funds_code
from payments.acquirer.push import (
    DECLINED,
    HELD,
    PENDING,
    UNKNOWN,
    Disbursement,
    DisbursementOrder,
    order_id,
    order_locks,
)
from payments.acquirer.push_limit import alert, check_limits, limit_finds
from payments.acquirer.quote import Quote
from payments.acquirer.quoted_push import converted, quote_locks, take_quote, with_quote
from payments.acquirer.screening import Verdict, list_in_force, record_hit, require_current, screened
from payments.acquirer.sender import Sender, Standing, party_of
from payments.acquirer.staged_limit import (
    NO_LIMIT,
    StagedLimit,
    decline_at_limit,
    limit_locks,
    outdated,
    staged_limit,
)
from payments.acquirer.standing import balance_locks, count_use, watch_balance
from payments.acquirer.transfer_legs import begin_push, follow_push, transfer_lock
from payments.kit.clock import day
from payments.kit.errors import Refusal
from payments.kit.idempotency import claim_key
from payments.kit.lifecycle import advance, announce
from payments.kit.steps import Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.chart import account
from payments.ledger.entry import Line, book, hold
from payments.switch.message import OriginalCredit, OriginalCreditReply, Party
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import REPLY_WITHIN, NoReply, repeat_due_at
from payments.switch.trail import received, sent

__all__ = [
    "DECLINED",
    "PENDING",
    "UNKNOWN",
    "Disbursement",
    "DisbursementOrder",
    "SenderCurrencyDiffers",
    "disburse",
    "send_push",
]


class SenderCurrencyDiffers(Refusal):
    """The sender's money is in another currency."""


async def disburse(acquirer: Acquirer, order: DisbursementOrder) -> Disbursement:
    """Set the sender's money aside and push it to the card; without an answer its fate is unknown.

    When a name is like one on the sanctions list, it is ``held`` instead and nothing is sent (``held.py``).
    Raises ``UnknownBin``, ``InsufficientFunds`` and the other refusals of ``record_pending`` before anything is sent.
    """
    disbursement, credit = await _begin(acquirer, order)
    return await send_push(acquirer, disbursement, credit) if credit else disbursement


async def send_push(acquirer: Acquirer, disbursement: Disbursement, credit: OriginalCredit) -> Disbursement:
    """Send what was written down, and write down what comes of it."""
    try:
        reply = await acquirer.switch.send(credit)
    except NoReply:
        return await acquirer.step(record_unknown, disbursement)
    return await acquirer.step(record_reply, disbursement, reply)


async def _begin(acquirer: Acquirer, order: DisbursementOrder) -> tuple[Disbursement, OriginalCredit | None]:
    begun: tuple[Disbursement, OriginalCredit | None] | None = None
    while begun is None:
        begun = await screened(acquirer, record_begun, order, await staged_limit(acquirer, order))
    return begun


def _pending_reads(acquirer: Acquirer, order: DisbursementOrder, _: Verdict, limit: StagedLimit = NO_LIMIT) -> Reads:
    yield list_in_force(acquirer), name_rule_find(acquirer), *limit_finds(acquirer, order)
    funds = account_id(acquirer.id, funds_code(order.transfer), order.currency, order.sender)
    locks = [*balance_locks(order.sender, funds), *limit_locks(limit), *transfer_lock(order.transfer)]
    return [*locks, *order_locks(order), *quote_locks(order)]


@hot(_pending_reads)
def record_begun(
    work: Work, acquirer: Acquirer, order: DisbursementOrder, verdict: Verdict, limit: StagedLimit
) -> tuple[Disbursement, OriginalCredit | None] | None:
    """Do as ``record_pending`` does; nothing, if something was staged since ``limit`` was read."""
    return None if outdated(acquirer, limit) else record_pending(work, acquirer, order, verdict, limit)


@hot(_pending_reads)
def record_pending(
    work: Work, acquirer: Acquirer, order: DisbursementOrder, verdict: Verdict, limit: StagedLimit = NO_LIMIT
) -> tuple[Disbursement, OriginalCredit | None]:
    """Set the money aside and write down what is about to be asked.

    Nothing is, if the push is held, or where a limit is staged to be reached.

    Raises ``AlreadyDisbursed``, ``ScreenedByAnotherList``, ``NotFound``, ``SenderCurrencyDiffers``, ``UnknownBin``,
    ``NameNotAllowed``, ``PartnerLimitReached``, ``InsufficientFunds``, and what ``check_programme``, ``take_quote`` and
    ``with_quote`` refuse.
    """
    require_current(work, acquirer, verdict)
    sender = work.fact(Sender, order.sender)
    if order.currency != sender.currency:
        raise SenderCurrencyDiffers(f"{sender.name} sends {sender.currency}.")
    payer = order.payer or party_of(sender)
    programme = check_programme(order, sender.kind, payer)
    check_names(work, acquirer, payer, order.recipient)
    to = acquirer.switch.directory.bin_of(order.card.number)
    disbursement_id = order_id(work, order)
    claim_key(work, order.claim, disbursement_id)
    begin_push(work, order.transfer, disbursement_id)
    nearly_reached = check_limits(work, acquirer, order, work.get(Standing, sender.id))
    quote = take_quote(work, order, to, disbursement_id)
    disbursement = _disbursement(work, acquirer, order, disbursement_id, programme, payer, quote, held=verdict.hit)
    credit = with_quote(original_credit(acquirer, sender, disbursement, order.card), quote)
    announce(work, disbursement, {name: getattr(disbursement, name) for name in _ANNOUNCED})
    if limited := decline_at_limit(work, acquirer, disbursement, limit):
        return limited, None
    book(work, "push_hold", disbursement.reference, *_holds(work, sender, disbursement))
    alert(work, nearly_reached, count_use(work, disbursement), disbursement.reference)
    watch_balance(work, sender, disbursement.reference)
    if verdict.hit:
        return _hold_back(work, acquirer, order, disbursement, verdict), None
    sent(work, credit)
    return work.add(disbursement), credit


_ANNOUNCED: Final = ("sender", "channel", "programme", "business_application", "amount", "currency")


def _hold_back(
    work: Work, acquirer: Acquirer, order: DisbursementOrder, disbursement: Disbursement, verdict: Verdict
) -> Disbursement:
    """Keep a push whose names hit the sanctions list, and answer whoever ordered it: what follows, others decide."""
    record_hit(work, disbursement, verdict)
    acquirer.answer(work, order.claim.id if order.claim else None, work.add(disbursement))
    return disbursement


def _disbursement(
    work: Work,
    acquirer: Acquirer,
    order: DisbursementOrder,
    disbursement_id: str,
    programme: Programme,
    payer: Party,
    quote: Quote | None,
    *,
    held: bool,
) -> Disbursement:
    number = work.next_number()
    fee = disbursement_fee(order.currency, day(work.now)) if order.fee_amount is None else order.fee_amount
    return Disbursement(
        id=disbursement_id,
        acquirer=acquirer.id,
        sender=order.sender,
        transfer=order.transfer,
        amount=order.amount,
        fee_amount=fee,
        currency=order.currency,
        card_masked=order.card.number.masked,
        card_encrypted=acquirer.world.vault.encrypt(order.card.number),
        card_expiry=order.card.expiry,
        channel=order.channel,
        programme=programme.programme,
        business_application=order.business_application or programme.business_applications[0],
        source_of_funds=order.source_of_funds,
        payer=written(payer),
        recipient=written(order.recipient),
        statement_text=order.statement_text,
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        enquiry_stan=trace_number(work.next_number()),
        hold=work.new_id("hold"),
        fee_hold=work.new_id("hold") if fee else None,
        pull_network_id=order.pull_network_id,
        claim=order.claim.id if order.claim and not held else None,
        created_at=work.now,
        writer=work.writer,
        status=HELD if held else PENDING,
        answer_due_at=None if held else work.now + REPLY_WITHIN,
        release_at=order.release_at,
        **converted(quote),  # type: ignore[arg-type]
    )


def _holds(work: Work, sender: Sender, disbursement: Disbursement) -> list[Line]:
    funds = account(work, sender.acquirer, funds_code(disbursement.transfer), sender.currency, sender.id)
    due = account(work, disbursement.acquirer, "due_to_network", disbursement.currency)
    lines = [hold(disbursement.hold, disbursement.id, funds, due, disbursement.amount, "push")]
    if disbursement.fee_hold:
        fees = account(work, disbursement.acquirer, "disbursement_fees", disbursement.currency)
        fee = disbursement.fee_amount
        lines.append(hold(disbursement.fee_hold, disbursement.id, funds, fees, fee, "disbursement_fee"))
    return lines


def _outcome_reads(_: Acquirer, disbursement: Disbursement, *_rest: object) -> list[Lock]:
    return outcome_locks(disbursement)


@hot(_outcome_reads)
def record_reply(work: Work, acquirer: Acquirer, asked: Disbursement, reply: OriginalCreditReply) -> Disbursement:
    """Write down the issuer's answer; what has its outcome already keeps it."""
    received(work, reply)
    disbursement = work.get(Disbursement, asked.id)
    decided = conclude(work, disbursement, reply)
    if disbursement.status == PENDING:
        acquirer.answer(work, disbursement.claim, decided)
    return decided


@hot(_outcome_reads)
def record_unknown(work: Work, acquirer: Acquirer, asked: Disbursement) -> Disbursement:
    """Write down that no answer came: the money stays set aside, and an enquiry is due in a minute."""
    disbursement = work.get(Disbursement, asked.id)
    if disbursement.status != PENDING:
        return disbursement
    due = repeat_due_at(work.now, 0)
    unknown = follow_push(work, advance(work, disbursement, "lose_sight", answer_due_at=due))
    acquirer.answer(work, disbursement.claim, unknown)
    return unknown
