"""Conversion: booking an original credit that its sender pays in one currency and its recipient gets in another.

What the sender pays goes into the network's position in that currency at mid-market, and the rest is its margin; what
the recipient gets leaves its position in the other. Each leg is an item of its own, with the network for the other
party, so each settles in its own currency and sums to zero there.
"""

from typing import Any

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
