"""Quoting, the acquirer's side: asking the network for a rate, and asking again until it answers."""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.quote import PENDING, Quote, QuoteOrder
from payments.acquirer.sender import Sender
from payments.kit.errors import NotFound, Refusal
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import advance, announce
from payments.kit.money import exponent
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch.asking import ask
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.quote_message import QuoteReply, QuoteRequest
from payments.switch.switch import repeat_due_at
from payments.switch.trail import received, sent


class OneCurrency(Refusal):
    """Sender and recipient have the same currency: there is nothing to convert."""


async def quote(acquirer: Acquirer, order: QuoteOrder) -> Quote:
    """Ask the network for a quote; without an answer it stays pending, and is asked for again.

    Raises ``NotFound``, ``UnknownCurrency`` and ``OneCurrency``.
    """
    made = await acquirer.step(record_pending, order)
    return await ask_network(acquirer, made.id)


async def ask_network(acquirer: Acquirer, quote_id: str) -> Quote:
    """Ask for a quote, once more if need be; without an answer it stays pending, and due."""
    return await ask(acquirer, quote_id, record_attempt, record_reply)


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
