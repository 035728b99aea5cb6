"""Quotes, the acquirer's side: what a push across currencies will cost or bring, at a rate that is locked for a while.

The network is asked, and asked again until it answers. A quote serves one disbursement, whatever becomes of that; one
that was used, or whose time is over, is refused before a cent moves.
"""

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import DisbursementOrder
from payments.acquirer.sender import Sender
from payments.kit.clock import rfc3339
from payments.kit.errors import NotFound, Refusal
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.money import exponent
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.directory import Bin
from payments.switch.message import OriginalCredit
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.quote_message import QuoteReply, QuoteRequest
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
OPEN: Final = "open"
DECLINED: Final = "declined"
USED: Final = "used"
EXPIRED: Final = "expired"


class QuoteNotOpen(Refusal):
    """This quote has not been given."""


class QuoteUsed(Refusal):
    """This quote has been used: a quote serves one disbursement."""


class QuoteExpired(Refusal):
    """The time of this quote is over."""


class QuoteDiffers(Refusal):
    """This quote is for another sender, amount, currency or country."""


class QuoteDataMissing(Refusal):
    """This way of paying across a border needs more to be said of sender and recipient."""


class OneCurrency(Refusal):
    """Sender and recipient have the same currency: there is nothing to convert."""


@dataclass(frozen=True, slots=True)
class QuoteOrder:
    """What a sender wants to know: either ``amount`` (its own minor units) or ``recipient_amount`` is given, not both.

    ``recipient_country`` and ``recipient_currency`` are the card's, as the directory has them.
    """

    claim: Claim | None
    sender: str
    recipient_country: str
    recipient_currency: str
    amount: int = 0
    recipient_amount: int = 0


@record(
    "acquirer_quotes", Index(None, "sender", "id"), Index(None, "answer_due_at"), Index(None, "status", "expires_at")
)
class Quote(Record):
    """A quote, once it is open: ``amount`` of ``currency`` brings ``recipient_amount`` of ``recipient_currency``.

    ``rate`` and ``mid_rate`` (decimals: units of the recipient's currency for one of the sender's) are with and without
    the network's margin, of which ``margin_amount`` is what is taken here. ``network_quote`` is the network's name for
    it, ``requires`` (with commas) what the push must say of its parties, ``disbursement`` what it was used for.
    """

    noun: ClassVar[str] = "quote"
    prefix: ClassVar[str] = "qte"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("open", PENDING, OPEN),
        Move("decline", PENDING, DECLINED),
        Move("use", OPEN, USED),
        Move("expire", OPEN, EXPIRED),
    )

    id: Key[str]
    acquirer: str
    sender: str
    currency: str
    payer_country: str
    recipient_country: str
    recipient_currency: str
    reference: str
    stan: str
    claim: str | None
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    amount: Mutable[int]
    recipient_amount: Mutable[int]
    attempts: Mutable[int] = 0
    rate: Mutable[str] = ""
    mid_rate: Mutable[str] = ""
    margin_basis_points: Mutable[int] = 0
    margin_amount: Mutable[int] = 0
    network_quote: Mutable[str] = ""
    requires: Mutable[str] = ""
    expires_at: Mutable[int | None] = None
    disbursement: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""


async def quote(acquirer: Acquirer, order: QuoteOrder) -> Quote:
    """Ask the network for a quote; without an answer it stays pending, and is asked for again.

    Raises ``NotFound``, ``UnknownCurrency`` and ``OneCurrency``.
    """
    made = await acquirer.step(record_pending, order)
    return await ask_network(acquirer, made.id)


async def ask_network(acquirer: Acquirer, quote_id: str) -> Quote:
    """Ask for a quote, once more if need be; without an answer it stays pending, and due."""
    made, request = await acquirer.step(record_attempt, quote_id)
    if request is None:
        return made  # type: ignore[no-any-return]
    try:
        reply = await acquirer.switch.send(request)
    except NoReply:
        return made  # type: ignore[no-any-return]
    return await acquirer.step(record_reply, made, reply)  # type: ignore[no-any-return]


def _pending_reads(_: Acquirer, order: QuoteOrder) -> list[Lock]:
    return [Lock(IdempotencyKey, order.claim.id)] if order.claim else []


@hot(_pending_reads)
def record_pending(work: Work, acquirer: Acquirer, order: QuoteOrder) -> Quote:
    """Write down what is to be asked."""
    assert bool(order.amount) != bool(order.recipient_amount), "one of the two amounts is given"
    sender = work.fact(Sender, order.sender)
    if sender.acquirer != acquirer.id:
        raise NotFound(f"There is no sender {sender.id}.")
    exponent(order.recipient_currency)
    if sender.currency == order.recipient_currency:
        raise OneCurrency(f"{sender.name} pays in {sender.currency}: push without a quote.")
    quote_id = work.new_id(Quote.prefix)
    claim_key(work, order.claim, quote_id)
    number = work.next_number()
    made = Quote(
        id=quote_id,
        acquirer=acquirer.id,
        sender=sender.id,
        currency=sender.currency,
        payer_country=sender.country,
        recipient_country=order.recipient_country,
        recipient_currency=order.recipient_currency,
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        claim=order.claim.id if order.claim else None,
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now,
        amount=order.amount,
        recipient_amount=order.recipient_amount,
    )
    announce(
        work, made, {"sender": sender.id, "currency": made.currency, "recipient_currency": made.recipient_currency}
    )
    return work.add(made)


def _quote_reads(_: Acquirer, quote_id: str) -> list[Lock]:
    return [Lock(Quote, quote_id)]


@hot(_quote_reads)
def record_attempt(work: Work, acquirer: Acquirer, quote_id: str) -> tuple[Quote, QuoteRequest | None]:
    """Count an attempt, say when the next is due, and build the message; none if it was answered."""
    made = work.get(Quote, quote_id)
    if made.status != PENDING:
        return made, None
    request = QuoteRequest(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=made.stan,
        rrn=made.reference,
        transmitted_at=made.created_at,
        amount=made.amount,
        currency=made.currency,
        billing_amount=made.recipient_amount,
        billing_currency=made.recipient_currency,
        payer_country=made.payer_country,
        recipient_country=made.recipient_country,
    )
    sent(work, request)
    due = repeat_due_at(work.now, made.attempts)
    return work.change(made, attempts=made.attempts + 1, answer_due_at=due, writer=work.writer), request


def _reply_reads(_: Acquirer, made: Quote, __: QuoteReply) -> list[Lock]:
    return [Lock(Quote, made.id), *([Lock(IdempotencyKey, made.claim)] if made.claim else [])]


@hot(_reply_reads)
def record_reply(work: Work, acquirer: Acquirer, asked: Quote, reply: QuoteReply) -> Quote:
    """Write down what the network quotes, or that it does not; a second answer changes nothing."""
    received(work, reply)
    made = work.get(Quote, asked.id)
    if made.status != PENDING:
        return made
    said = {"answer_due_at": None, "response_code": reply.code, "decided_by": reply.decided_by}
    if not reply.approved:
        done = advance(work, made, "decline", **said)
    else:
        done = advance(work, made, "open", **said, **_terms(reply))
    acquirer.answer(work, made.claim, done)
    return done


def _terms(reply: QuoteReply) -> dict[str, object]:
    return {
        "amount": reply.amount,
        "recipient_amount": reply.billing_amount,
        "rate": reply.rate,
        "mid_rate": reply.mid_rate,
        "margin_basis_points": reply.margin_basis_points,
        "margin_amount": reply.margin_amount,
        "network_quote": reply.quote,
        "requires": reply.requires,
        "expires_at": reply.quote_expires_at,
    }


@hot(_quote_reads)
def expire_quote(work: Work, _: Acquirer, quote_id: str) -> Quote:
    """Let a quote go whose time is over; one that was used stays used."""
    found = work.get(Quote, quote_id)
    if found.status != OPEN or found.expires_at is None or found.expires_at > work.now:
        return found
    return advance(work, found, "expire")


# ── used by a disbursement ──


def quote_locks(order: DisbursementOrder) -> list[Lock]:
    """Return what a hot step that calls ``take_quote`` has to lock."""
    return [Lock(Quote, order.quote)] if order.quote else []


def take_quote(work: Work, order: DisbursementOrder, to: Bin, disbursement_id: str) -> Quote | None:
    """Use the quote an order names for its disbursement; ``None`` when it names none.

    Raises ``NotFound``, ``QuoteNotOpen``, ``QuoteUsed``, ``QuoteExpired`` and ``QuoteDiffers``.
    """
    if not order.quote:
        return None
    found = work.get(Quote, order.quote)
    if found.sender != order.sender:
        raise NotFound(f"There is no quote {order.quote}.")
    if found.status == USED:
        raise QuoteUsed(f"{found.disbursement} was paid by it: ask for another.")
    if found.status in (PENDING, DECLINED):
        raise QuoteNotOpen(f"It is {found.status}.")
    if found.status == EXPIRED or found.expires_at is None or found.expires_at <= work.now:
        raise QuoteExpired(f"It was good until {rfc3339(found.expires_at or 0)}: ask for another.")
    _must_fit(found, order, to)
    return advance(work, found, "use", disbursement=disbursement_id)


def _must_fit(quote: Quote, order: DisbursementOrder, to: Bin) -> None:
    if (order.amount, order.currency) != (quote.amount, quote.currency):
        raise QuoteDiffers(f"It is for {quote.amount} {quote.currency} (minor units).")
    if (to.country, to.currency) != (quote.recipient_country, quote.recipient_currency):
        raise QuoteDiffers(
            f"It is for a card of {quote.recipient_country} in {quote.recipient_currency};"
            f" this one is of {to.country or 'no country'} in {to.currency}."
        )


def converted(quote: Quote | None) -> dict[str, str | int]:
    """Return what a disbursement keeps of the quote it used: nothing without one."""
    if quote is None:
        return {}
    return {
        "quote": quote.id,
        "recipient_amount": quote.recipient_amount,
        "recipient_currency": quote.recipient_currency,
        "rate": quote.rate,
    }


def with_quote(credit: OriginalCredit, quote: Quote | None) -> OriginalCredit:
    """Return the push so that it is converted by its quote. Raises ``QuoteDataMissing`` when it says too little."""
    if quote is None:
        return credit
    silent = [each for each in quote.requires.split(",") if each and not attrgetter(each)(credit).strip()]
    if silent:
        raise QuoteDataMissing(f"It must say {', '.join(silent)}.")
    return replace(credit, quote=quote.network_quote)
