"""Pushing by a quote: it must be open, in time and for just this push; then it is used, whatever becomes of that."""

from operator import attrgetter

from payments.acquirer.push import DisbursementOrder
from payments.acquirer.quote import DECLINED, EXPIRED, PENDING, USED, Quote
from payments.kit.clock import rfc3339
from payments.kit.errors import NotFound, Refusal
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.switch.directory import Bin
from payments.switch.message import OriginalCredit


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
    return credit.changed(quote=quote.network_quote)
