"""Conversion: booking an original credit that its sender pays in one currency and its recipient gets in another.

What the sender pays goes into the network's position in that currency at mid-market, and the rest is its margin; what
the recipient gets leaves its position in the other. Each leg is an item of its own, with the network for the other
party, so each settles in its own currency and sums to zero there.

What is taken back of it goes by its own rate and margin: its sender gets what is taken back in their currency, the
recipient gives back the same part of what they got, rounded up, and the network the same part of its margin. The last
part is whatever is left, so that of what is taken back whole nothing stays in the positions but the interchange, which
is kept.
"""

from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from payments.kit.money import Money
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.network.item import ORIGINAL_CREDIT, Item, record_leg
from payments.network.network import Network
from payments.network.transaction import Transaction


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
        acquirer=transaction.acquirer,
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
        acquirer=network.id,
        currency=transaction.billing_currency,
        amount=transaction.billing_amount + transaction.billing_interchange_amount,
        interchange_amount=transaction.billing_interchange_amount,
        scheme_fee_amount=0,
    )
    return paid, credited


class Part(NamedTuple):
    """A part of a conversion, in minor units: what is sent, what the recipient gets of it, and what of it is margin."""

    amount: int
    billing_amount: int
    margin_amount: int


def part_of(transaction: Transaction, amount: int) -> Part:
    """Return the part of a conversion that is taken back with ``amount``, of which that much is left."""
    whole = Part(transaction.amount, transaction.billing_amount, transaction.margin_amount)
    left = Part(
        whole.amount - transaction.taken_back_amount,
        whole.billing_amount - transaction.billing_taken_back_amount,
        whole.margin_amount - transaction.margin_taken_back_amount,
    )
    if amount == left.amount:
        return left
    share = Fraction(amount, whole.amount)
    return Part(
        amount,
        min(left.billing_amount, ceil(whole.billing_amount * share)),
        min(left.margin_amount, ceil(whole.margin_amount * share)),
    )


def clear_part(work: Work, network: Network, transaction: Transaction, kind: str, event: str, part: Part) -> str:
    """Write down and book both legs of what is taken back of a conversion, and return the window they settle in."""

    def own(code: str, currency: str, owner: str = "") -> Account:
        return account(work, network.id, code, currency, owner)

    sent, billed = transaction.currency, transaction.billing_currency
    to_acquirer = own("due_to_member", sent, transaction.acquirer)
    from_issuer = own("due_from_member", billed, transaction.issuer)
    book(
        work,
        event,
        transaction.reference,
        transfer(from_issuer, own("fx_position", billed), part.billing_amount, "currency_taken_back"),
        transfer(own("fx_position", sent), to_acquirer, part.amount - part.margin_amount, "currency_given_back"),
        transfer(own("fx_margin", sent), to_acquirer, part.margin_amount, "fx_margin"),
    )
    _leg_back(work, network, transaction, kind, transaction.issuer, network.id, Money(part.billing_amount, billed))
    return _leg_back(work, network, transaction, kind, network.id, transaction.acquirer, Money(part.amount, sent))


def _leg_back(
    work: Work, network: Network, transaction: Transaction, kind: str, debtor: str, creditor: str, amount: Money
) -> str:
    """Write down one leg of what is taken back; it costs no fee. Return the window it settles in."""
    item = record_leg(
        work,
        network,
        kind,
        transaction.reference,
        debtor=debtor,
        creditor=creditor,
        acquirer=network.id,
        currency=amount.currency,
        amount=amount.amount,
        interchange_amount=0,
        scheme_fee_amount=0,
    )
    return item.window
