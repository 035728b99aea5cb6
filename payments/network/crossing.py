"""Crossing: whether a push may cross a border or a currency, and by which quote it is converted.

A push that names none is quoted as it comes: the network takes the rate of the moment for it and uses it at once. So
everything that is converted has a quote, whoever asked for it, and repeats, enquiries, books and returns go by that.

Interchange is priced in the recipient's currency, as on any other push to that card, and charged to the acquirer in its
own at mid-market, rounded up. The network's fee is priced and charged in the sender's.
"""

from typing import Any, NamedTuple

from payments.kit.clock import day
from payments.kit.lifecycle import advance
from payments.kit.money import Money
from payments.kit.steps import Find, Lock
from payments.kit.work import Work
from payments.network.corridor import Corridor, Way, corridor, missing
from payments.network.exchange import cost
from payments.network.quote import OPEN, Quote
from payments.network.quoting import Wanted, rate_find, record_quote
from payments.switch.codes import AMOUNT_LIMIT_EXCEEDED, FORMAT_ERROR, INVALID_TRANSACTION, NOT_PERMITTED
from payments.switch.directory import Bin
from payments.switch.message import OriginalCredit


class Crossing(NamedTuple):
    """What becomes of a push that may cross a border or a currency.

    ``refusal`` is the response code with which the network declines it, '' if it may pass. ``quote`` is the one by
    which it is converted, if it is: then ``Transaction`` keeps its terms.
    """

    refusal: str = ""
    quote: Quote | None = None

    def credited(self, credit: OriginalCredit) -> Money:
        """Return what the recipient gets of a push: what is sent, unless it is converted."""
        if self.quote is None:
            return Money(credit.amount, credit.currency)
        return Money(self.quote.recipient_amount, self.quote.recipient_currency)

    def terms(self, interchange_amount: int) -> dict[str, Any]:
        """Return the columns of a transaction, given the interchange in the currency its issuer is paid in."""
        if self.quote is None:
            return {"interchange_amount": interchange_amount}
        by = self.quote
        return {
            "quote": by.id,
            "billing_amount": by.recipient_amount,
            "billing_currency": by.recipient_currency,
            "rate": by.rate,
            "margin_amount": by.margin_amount,
            "billing_interchange_amount": interchange_amount,
            "interchange_amount": cost(interchange_amount, by.mid_rate, by.currency, by.recipient_currency),
        }


def quote_locks(credit: OriginalCredit) -> list[Lock]:
    """Return what a hot step that calls ``cross`` has to lock."""
    return [Lock(Quote, credit.quote)] if credit.quote else []


def rate_finds(credit: OriginalCredit, to: Bin) -> tuple[Find, ...]:
    """Return what it has to look up: the rate of the moment, for a push that needs one."""
    return (rate_find(credit.currency, to.currency),) if not credit.quote and credit.currency != to.currency else ()


def cross(work: Work, credit: OriginalCredit, to: Bin) -> Crossing:
    """Decide whether a push may cross, and use up the quote it names, or one taken for it now.

    57: the corridor is closed, or takes nothing without a quote; 61: it takes no such amount; 30: the message does not
    say what it requires; 12: the quote is not this push's, was used, or had expired when the push was sent. Of a rate
    of the moment also 92: there is none; 13: nothing would arrive.
    """
    way = Way(credit.acceptor.country, credit.currency, to.country, to.currency)
    quote = work.get_or_none(Quote, credit.quote) if credit.quote else None
    if credit.quote and not _covers(quote, credit, way):
        return Crossing(INVALID_TRANSACTION)
    if not way.crosses:
        return Crossing()
    if code := _barrier(corridor(way, day(work.now)), credit, at_once=way.converts and quote is None):
        return Crossing(code)
    if way.converts and quote is None:
        quote = record_quote(work, credit, Wanted(way, credit.amount))
        if quote.status != OPEN:
            return Crossing(quote.response_code)
    return Crossing(quote=advance(work, quote, "use") if quote else None)


def _barrier(terms: Corridor | None, credit: OriginalCredit, *, at_once: bool) -> str:
    """Return the code with which a corridor stops a push, or ''; ``at_once`` it is to be converted without a quote."""
    if terms is None or (terms.quote_required and at_once):
        return NOT_PERMITTED
    if terms.most is not None and credit.amount > terms.most:
        return AMOUNT_LIMIT_EXCEEDED
    return FORMAT_ERROR if missing(credit, terms.requires) else ""


def _covers(quote: Quote | None, credit: OriginalCredit, way: Way) -> bool:
    """Tell whether a quote holds for a push: what was sent before it expired may arrive afterwards."""
    return (
        quote is not None
        and quote.status == OPEN
        and quote.acquirer == credit.sender
        and quote.way == way
        and quote.amount == credit.amount
        and credit.transmitted_at < quote.expires_at
    )
