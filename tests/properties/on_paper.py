"""What everybody should have, worked out from the other side's papers: nothing here reads the account it is about.

A cardholder's money from what acquirers captured, gave back and pushed; a merchant's and a sender's from what they
ordered; the institutions' together from the fees they charge; the cash from what members were told had come in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeVar

from payments.acquirer.adjustment import Adjustment
from payments.acquirer.capture import Capture
from payments.acquirer.merchant import Merchant
from payments.acquirer.payment import Payment
from payments.acquirer.push import Disbursement
from payments.acquirer.refund import RefundItem
from payments.acquirer.top_up import TopUp
from payments.issuer.deposit import Deposit
from payments.kit.records import Record
from payments.kit.secrets import CardNumber
from payments.ledger.account import Account
from payments.ledger.balance import Balance
from payments.network.capital import Capital
from payments.sandbox import Sandbox
from payments.seed.people import PEOPLE
from tests.flows.world import rows

R = TypeVar("R", bound=Record)
Worth = dict[tuple[str, str], int]
"""By owner and currency, in minor units. ``HOUSE`` is all institutions together, ``CASH`` what came in from outside."""

HOUSE, CASH = "house", "cash"
HAPPENED = ("cleared", "settled", "paid", "credited", "returned")
OWES = ("overdrawn",)
HAS = ("cardholder", "sender", "merchant_pending", "merchant_available", "merchant_account")
HOLDERS = {CardNumber(each.number).masked: each.account for each in PEOPLE}


def in_the_books(sandbox: Sandbox) -> Worth:
    """What everybody has by the ledger, in whatever book it is."""
    accounts = {each.id: each for each in rows(sandbox, Account)}
    worth: Worth = defaultdict(int)
    for each in rows(sandbox, Balance):
        account, credit = accounts[each.account], each.posted_credits - each.posted_debits
        if account.code in (*HAS, *OWES):
            worth[account.owner, account.currency] += credit
        elif account.kind in ("equity", "income", "expense") or account.code == "fx_position":
            worth[HOUSE, account.currency] += credit
        elif account.code == "vault":
            worth[CASH, account.currency] -= credit
    return with_something(worth)


def on_paper(sandbox: Sandbox) -> Worth:
    """What everybody should have once nothing is on its way."""
    worth: Worth = defaultdict(int)
    for owner, currency, amount in (*paid_in(sandbox), *sold(sandbox), *given_back(sandbox), *pushed(sandbox)):
        worth[owner, currency] += amount
    return with_something(worth)


def with_something(worth: Worth) -> Worth:
    return {owner: amount for owner, amount in worth.items() if amount}


Lines = Iterator[tuple[str, str, int]]


def paid_in(sandbox: Sandbox) -> Lines:
    """Money from outside: a customer's, or capital."""
    for owner, currency, amount in (
        *((each.account or HOUSE, each.currency, each.amount) for each in happened(sandbox, Deposit)),
        *((each.sender or HOUSE, each.currency, each.amount) for each in happened(sandbox, TopUp)),
        *((HOUSE, each.currency, each.amount) for each in happened(sandbox, Capital)),
    ):
        yield owner, currency, amount
        yield CASH, currency, amount


def sold(sandbox: Sandbox) -> Lines:
    """From the cardholder to the merchant, who pays a fee."""
    payments, merchants = by_id(sandbox, Payment), by_id(sandbox, Merchant)
    for each in happened(sandbox, Capture):
        fee = merchant_fee(merchants[each.merchant], each.amount)
        yield HOLDERS[payments[each.payment].card_masked], each.currency, -each.amount
        yield each.merchant, each.currency, each.amount - fee
        yield HOUSE, each.currency, fee


def given_back(sandbox: Sandbox) -> Lines:
    """From the merchant to the cardholder; the fee is kept."""
    payments = by_id(sandbox, Payment)
    for each in happened(sandbox, RefundItem):
        yield each.merchant, each.currency, -each.amount
        yield HOLDERS[payments[each.payment].card_masked], each.currency, each.amount


def pushed(sandbox: Sandbox) -> Lines:
    """From the sender, who pays a fee, to the cardholder, but for what was returned or adjusted.

    What is converted, the network takes in one currency and gives in another.
    """
    for each in happened(sandbox, Disbursement):
        kept = each.amount - each.taken_back_amount
        yield each.sender, each.currency, -kept - each.fee_amount
        yield HOUSE, each.currency, each.fee_amount
        if each.rate:
            arrived = each.recipient_amount - _returned(sandbox, each)
            yield HOUSE, each.currency, kept
            yield HOUSE, each.recipient_currency, -arrived
            yield HOLDERS[each.card_masked], each.recipient_currency, arrived
        else:
            yield HOLDERS[each.card_masked], each.currency, kept


def _returned(sandbox: Sandbox, pushed: Disbursement) -> int:
    """What the recipient of a conversion gave back: the same part of each adjustment, rounded up, or all of it."""
    if pushed.taken_back_amount == pushed.amount:
        return pushed.recipient_amount
    taken = [
        each.amount
        for each in rows(sandbox, Adjustment)
        if each.disbursement == pushed.id and each.status == "accepted"
    ]
    assert sum(taken) == pushed.taken_back_amount
    return min(pushed.recipient_amount, sum(-(-pushed.recipient_amount * each // pushed.amount) for each in taken))


def merchant_fee(merchant: Merchant, amount: int) -> int:
    """So many hundredths of a percent and so many cents, half a cent to the even one, and never more than the sale."""
    share = (Decimal(amount) * merchant.fee_basis_points / 10_000).to_integral_value(ROUND_HALF_EVEN)
    return min(amount, int(share) + merchant.fee_fixed)


def happened(sandbox: Sandbox, kind: type[R]) -> list[R]:
    """What came about of what was begun."""
    return [each for each in rows(sandbox, kind) if each.status in HAPPENED]  # type: ignore[attr-defined]


def by_id(sandbox: Sandbox, kind: type[R]) -> dict[str, R]:
    """The rows by their key."""
    return {each.shape.key_of(each): each for each in rows(sandbox, kind)}
