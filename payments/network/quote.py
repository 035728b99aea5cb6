"""Quotes, the network's side: both amounts of a push across currencies, at a rate that is locked for a while.

A quote serves one original credit. An acquirer repeats its request until it is answered; a repeat gets the quote there
was. What cannot be quoted is declined: 57 a closed corridor, 61 more than it takes, 92 a pair without a rate, 13 an
amount of which nothing would arrive.
"""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.clock import day
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.corridor import Corridor, Way, corridor
from payments.network.exchange import Exchange, exchange_from, exchange_to, with_margin
from payments.network.network import Network
from payments.network.rate import RateSheet, pair_of, rate_at
from payments.network.transaction import trace_of
from payments.switch.codes import AMOUNT_LIMIT_EXCEEDED, APPROVED, INVALID_AMOUNT, NO_ROUTE, NOT_PERMITTED
from payments.switch.quote_message import QuoteReply, QuoteRequest
from payments.switch.trail import received, sent

OPEN: Final = "open"
USED: Final = "used"
EXPIRED: Final = "expired"
DECLINED: Final = "declined"

LARGEST: Final = 10**12 - 1
"""The largest amount a message can carry (DE 4 and DE 6)."""


@record(
    "network_quotes",
    Index(None, "trace", unique=True),
    Index(None, "status", "expires_at"),
    CheckConstraint("amount >= 0 AND recipient_amount >= 0", name="amounts"),
    CheckConstraint("margin_amount BETWEEN 0 AND amount", name="margin"),
)
class Quote(Record):
    """A quote as the network remembers it. ``trace`` tells a repeated request from a new one.

    ``amount`` and ``margin_amount`` are minor units of ``currency``, ``recipient_amount`` of ``recipient_currency``;
    ``rate`` and ``mid_rate`` are with and without the margin. ``requires`` (with commas) is what must be said.
    """

    noun: ClassVar[str] = "network_quote"
    prefix: ClassVar[str] = "nqt"
    moves: ClassVar[tuple[Move, ...]] = (Move("use", OPEN, USED), Move("expire", OPEN, EXPIRED))

    id: Key[str]
    trace: str
    acquirer: str
    payer_country: str
    currency: str
    recipient_country: str
    recipient_currency: str
    amount: int
    recipient_amount: int
    rate: str
    mid_rate: str
    margin_basis_points: int
    margin_amount: int
    requires: str
    reference: str
    response_code: str
    created_at: int
    expires_at: int
    status: Mutable[str]

    @property
    def way(self) -> Way:
        """Return from where to where it goes."""
        return Way(self.payer_country, self.currency, self.recipient_country, self.recipient_currency)


async def quote(network: Network, request: QuoteRequest) -> QuoteReply:
    """Answer a request for a quote."""
    return await network.step(answer_request, request)  # type: ignore[no-any-return]


def _request_reads(_: Network, request: QuoteRequest) -> Reads:
    pair = pair_of(request.currency, request.billing_currency)
    yield Find(Quote, "trace", trace_of(request)), Find(RateSheet, "pair", pair)
    return []


@hot(_request_reads)
def answer_request(work: Work, network: Network, request: QuoteRequest) -> QuoteReply:
    """Lock a rate, or say why not; a repeat gets the answer there was."""
    received(work, request)
    known = work.find(Quote, "trace", trace_of(request)) or _record(work, request)
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


def _record(work: Work, request: QuoteRequest) -> Quote:
    way = Way(request.payer_country, request.currency, request.recipient_country, request.billing_currency)
    terms = corridor(way, day(work.now)) if way.currency != way.recipient_currency else None
    sheet = work.find(RateSheet, "pair", pair_of(way.currency, way.recipient_currency))
    mid = rate_at(sheet, way.currency, way.recipient_currency, work.now)
    mid_rate = mid.rate if mid else ""
    rate = with_margin(mid_rate, terms.margin_basis_points) if mid and terms else ""
    exchange = _exchange(request, rate, mid_rate) if rate else Exchange(request.amount, request.billing_amount, 0)
    code = _decide(terms, rate, exchange)
    good = code == APPROVED
    made = Quote(
        id=work.new_id(Quote.prefix),
        trace=trace_of(request),
        acquirer=request.sender,
        **way._asdict(),
        amount=exchange.amount if good else request.amount,
        recipient_amount=exchange.recipient_amount if good else request.billing_amount,
        rate=rate,
        mid_rate=mid_rate,
        margin_basis_points=terms.margin_basis_points if terms else 0,
        margin_amount=exchange.margin_amount if good else 0,
        requires=",".join(terms.requires) if terms else "",
        reference=request.rrn,
        response_code=code,
        created_at=work.now,
        expires_at=work.now + (terms.locked_for if terms else 0),
        status=OPEN if good else DECLINED,
    )
    announce(work, made, {**way._asdict(), **exchange._asdict(), "rate": rate, "response_code": code})
    return work.add(made)


def _exchange(request: QuoteRequest, rate: str, mid_rate: str) -> Exchange:
    pair = request.currency, request.billing_currency
    if request.amount:
        return exchange_from(request.amount, rate, mid_rate, *pair)
    return exchange_to(request.billing_amount, rate, mid_rate, *pair)


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


def _quote_reads(_: Network, quote_id: str) -> list[Lock]:
    return [Lock(Quote, quote_id)]


@hot(_quote_reads)
def expire_quote(work: Work, _: Network, quote_id: str) -> Quote:
    """Let a quote go whose time is over; one that was used stays used."""
    found = work.get(Quote, quote_id)
    if found.status != OPEN or found.expires_at > work.now:
        return found
    return advance(work, found, "expire")
