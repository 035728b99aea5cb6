"""Quoting, the network's side: locking a rate for a push across currencies, when it is asked for or when a push comes.

An acquirer repeats its request until it is answered; a repeat gets the quote there was. What cannot be quoted is
declined: 57 a closed corridor, 61 more than it takes, 92 a pair without a rate, 13 an amount of which nothing would
arrive, or more than a message can carry.
"""

from typing import Final, NamedTuple

from payments.kit.clock import day
from payments.kit.lifecycle import announce
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.network.corridor import Corridor, Way, corridor
from payments.network.exchange import Exchange, exchange_from, exchange_to, with_margin
from payments.network.network import Network
from payments.network.quote import DECLINED, OPEN, Quote
from payments.network.rate import RateSheet, pair_of, rate_at
from payments.network.transaction import trace_of
from payments.switch.codes import AMOUNT_LIMIT_EXCEEDED, APPROVED, INVALID_AMOUNT, NO_ROUTE, NOT_PERMITTED
from payments.switch.message import Message
from payments.switch.quote_message import QuoteReply, QuoteRequest
from payments.switch.trail import received, sent

LARGEST: Final = 10**12 - 1
"""The largest amount a message can carry (DE 4 and DE 6)."""


class Wanted(NamedTuple):
    """What is to be converted, and on which way: either ``amount`` or ``recipient_amount`` is given, the other is 0."""

    way: Way
    amount: int
    recipient_amount: int = 0


async def quote(network: Network, request: QuoteRequest) -> QuoteReply:
    """Answer a request for a quote."""
    return await network.step(answer_request, request)


def _request_reads(_: Network, request: QuoteRequest) -> Reads:
    yield Find(Quote, "trace", trace_of(request)), rate_find(request.currency, request.billing_currency)
    return []


@hot(_request_reads)
def answer_request(work: Work, network: Network, request: QuoteRequest) -> QuoteReply:
    """Lock a rate, or say why not; a repeat gets the answer there was."""
    received(work, request)
    known = work.find(Quote, "trace", trace_of(request)) or record_quote(work, request, _wanted(request))
    reply = QuoteReply(
        sender=network.id,
        receiver=request.sender,
        stan=request.stan,
        rrn=request.rrn,
        transmitted_at=work.now,
        code=known.response_code,
        decided_by=network.id,
        amount=known.amount,
        currency=known.currency,
        billing_amount=known.recipient_amount,
        billing_currency=known.recipient_currency,
        rate=known.rate,
        mid_rate=known.mid_rate,
        margin_basis_points=known.margin_basis_points,
        margin_amount=known.margin_amount,
        quote=known.id if known.response_code == APPROVED else "",
        quote_expires_at=known.expires_at if known.response_code == APPROVED else 0,
        requires=known.requires,
    )
    sent(work, reply)
    return reply


def _wanted(request: QuoteRequest) -> Wanted:
    way = Way(request.payer_country, request.currency, request.recipient_country, request.billing_currency)
    return Wanted(way, request.amount, request.billing_amount)


def rate_find(currency: str, counter: str) -> Find:
    """Return what a hot step that calls ``record_quote`` has to look up."""
    return Find(RateSheet, "pair", pair_of(currency, counter))


def record_quote(work: Work, asked_by: Message, wanted: Wanted) -> Quote:
    """Lock the rate of the moment for what a message asks for, or write down why not; part of the step that answers."""
    way = wanted.way
    terms = corridor(way, day(work.now)) if way.converts else None
    sheet = work.find(RateSheet, "pair", pair_of(way.currency, way.recipient_currency))
    mid = rate_at(sheet, way.currency, way.recipient_currency, work.now)
    mid_rate = mid.rate if mid else ""
    rate = with_margin(mid_rate, terms.margin_basis_points) if mid and terms else ""
    exchange = _exchange(wanted, rate, mid_rate) if rate else Exchange(wanted.amount, wanted.recipient_amount, 0)
    code = _decide(terms, rate, exchange)
    good = code == APPROVED
    made = Quote(
        id=work.new_id(Quote.prefix),
        trace=trace_of(asked_by),
        acquirer=asked_by.sender,
        **way._asdict(),
        amount=exchange.amount if good else wanted.amount,
        recipient_amount=exchange.recipient_amount if good else wanted.recipient_amount,
        rate=rate,
        mid_rate=mid_rate,
        margin_basis_points=terms.margin_basis_points if terms else 0,
        margin_amount=exchange.margin_amount if good else 0,
        requires=",".join(terms.requires) if terms else "",
        reference=asked_by.rrn,
        response_code=code,
        created_at=work.now,
        expires_at=work.now + (terms.locked_for if terms else 0),
        status=OPEN if good else DECLINED,
    )
    announce(work, made, {**way._asdict(), **exchange._asdict(), "rate": rate, "response_code": code})
    return work.add(made)


def _exchange(wanted: Wanted, rate: str, mid_rate: str) -> Exchange:
    pair = wanted.way.currency, wanted.way.recipient_currency
    if wanted.amount:
        return exchange_from(wanted.amount, rate, mid_rate, *pair)
    return exchange_to(wanted.recipient_amount, rate, mid_rate, *pair)


def _decide(terms: Corridor | None, rate: str, exchange: Exchange) -> str:
    if terms is None:
        return NOT_PERMITTED
    if not rate:
        return NO_ROUTE
    if not 0 < exchange.recipient_amount <= LARGEST or not 0 < exchange.amount <= LARGEST:
        return INVALID_AMOUNT
    if terms.most is not None and exchange.amount > terms.most:
        return AMOUNT_LIMIT_EXCEEDED
    return APPROVED
