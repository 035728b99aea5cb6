"""Conversion: an original credit that its sender pays in one currency and its recipient gets in another.

It is converted at the rate of the quote it names, and only if it names one: without, the recipient's issuer is asked
for the sender's currency and declines (57). What the sender pays goes into the network's position in that currency at
mid-market, and the rest is its margin; what the recipient gets leaves its position in the other. Each leg is an item of
its own, with the network for the other party, so each settles in its own currency and sums to zero there.

Interchange is priced in the recipient's currency, as on any other push to that card, and charged to the acquirer in its
own at mid-market, rounded up. The network's fee is priced and charged in the sender's.
"""

from typing import Any, NamedTuple

from payments.kit.clock import day
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.network.corridor import Way, corridor, missing
from payments.network.exchange import cost
from payments.network.item import ORIGINAL_CREDIT, Item, record_leg
from payments.network.network import Network
from payments.network.quote import OPEN, Quote
from payments.network.transaction import Transaction
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

    @property
    def credited(self) -> tuple[int, str] | None:
        """Return amount and currency the recipient gets, ``None`` when nothing is converted."""
        return (self.quote.recipient_amount, self.quote.recipient_currency) if self.quote else None

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


def cross(work: Work, credit: OriginalCredit, to: Bin) -> Crossing:
    """Decide whether a push may cross, and use up the quote it names.

    57: the corridor is closed; 61: it takes no such amount; 30: the message does not say what it requires; 12: the
    quote is not this push's, was used, or had expired when the push was sent.
    """
    way = Way(credit.acceptor.country, credit.currency, to.country, to.currency)
    quote = work.get_or_none(Quote, credit.quote) if credit.quote else None
    if credit.quote and not _covers(quote, credit, way):
        return Crossing(INVALID_TRANSACTION)
    if not way.crosses or (quote is None and way.currency != way.recipient_currency):
        return Crossing()
    terms = corridor(way, day(work.now))
    if terms is None:
        return Crossing(NOT_PERMITTED)
    if terms.most is not None and credit.amount > terms.most:
        return Crossing(AMOUNT_LIMIT_EXCEEDED)
    if missing(credit, terms.requires):
        return Crossing(FORMAT_ERROR)
    return Crossing(quote=advance(work, quote, "use") if quote else None)


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


def billing(transaction: Transaction) -> dict[str, Any]:
    """Return what a message says of a transaction's conversion (DE 6, 51 and 10); nothing when there is none."""
    if not transaction.quote:
        return {}
    return {
        "billing_amount": transaction.billing_amount,
        "billing_currency": transaction.billing_currency,
        "rate": transaction.rate,
    }


def clear_converted(work: Work, network: Network, transaction: Transaction) -> str:
    """Write down and book both legs of an approved push, and return the window they settle in."""
    paid, credited = _legs(work, network, transaction)

    def own(code: str, currency: str, owner: str = "") -> Account:
        return account(work, network.id, code, currency, owner)

    from_acquirer = own("due_from_member", paid.currency, paid.debtor)
    bought = paid.amount - transaction.margin_amount
    book(
        work,
        "push",
        transaction.reference,
        transfer(from_acquirer, own("fx_position", paid.currency), bought, "currency_bought"),
        transfer(from_acquirer, own("fx_margin", paid.currency), transaction.margin_amount, "fx_margin"),
        transfer(from_acquirer, own("scheme_fees", paid.currency), paid.scheme_fee_amount, "scheme_fee"),
        transfer(
            own("fx_position", credited.currency),
            own("due_to_member", credited.currency, credited.creditor),
            credited.amount,
            "currency_sold",
        ),
    )
    return paid.window


def _legs(work: Work, network: Network, transaction: Transaction) -> tuple[Item, Item]:
    """Return the items of both legs; the fee is on the acquirer's."""
    paid = record_leg(
        work,
        network,
        ORIGINAL_CREDIT,
        transaction.reference,
        debtor=transaction.acquirer,
        creditor=network.id,
        currency=transaction.currency,
        amount=transaction.amount + transaction.interchange_amount,
        interchange_amount=transaction.interchange_amount,
        scheme_fee_amount=transaction.scheme_fee_amount,
    )
    credited = record_leg(
        work,
        network,
        ORIGINAL_CREDIT,
        transaction.reference,
        debtor=network.id,
        creditor=transaction.issuer,
        currency=transaction.billing_currency,
        amount=transaction.billing_amount + transaction.billing_interchange_amount,
        interchange_amount=transaction.billing_interchange_amount,
        scheme_fee_amount=0,
    )
    return paid, credited
