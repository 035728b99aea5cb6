"""Items: what the network has cleared, each once, in the window it settles in.

An item says between whom money passes and how much, interchange taken off or put on already, and what the
acquirer owes the network for it. The network books and settles by the same numbers: ``record_item`` writes
the item down, ``postings`` returns its lines for ``book``, and settlement adds up the items of a window.

====================== ============== ================== =======================
kind                   pays (debtor)  is paid (creditor) amount
====================== ============== ================== =======================
sale                   issuer         acquirer           presented - interchange
refund                 acquirer       issuer             presented - interchange
original_credit        acquirer       issuer             credited + interchange
original_credit_return issuer         acquirer           credited
debit_adjustment       issuer         acquirer           taken back
account_funding        issuer         acquirer           pulled - interchange
pull_reversal          acquirer       issuer             pulled - interchange
pull_adjustment        acquirer       issuer             pulled - interchange
====================== ============== ================== =======================

An original credit that the network converts is two items, one in each currency, with the network itself as creditor of
the acquirer's and debtor of the issuer's (``record_leg``).

Use, in the (hot) step that clears something::

    item = record_item(work, network, SALE, request.rrn, acquirer=…, issuer=…, currency=…, amount=…,
                       interchange_amount=…, scheme_fee_amount=…)
    book(work, "clear_sale", request.rrn, *postings(work, item))
"""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import Line, transfer
from payments.network.network import Network
from payments.network.window import window_id

SALE: Final = "sale"
REFUND: Final = "refund"
ORIGINAL_CREDIT: Final = "original_credit"
ORIGINAL_CREDIT_RETURN: Final = "original_credit_return"
DEBIT_ADJUSTMENT: Final = "debit_adjustment"
ACCOUNT_FUNDING: Final = "account_funding"
PULL_REVERSAL: Final = "pull_reversal"
PULL_ADJUSTMENT: Final = "pull_adjustment"

_PAID_BY_THE_ISSUER: Final = (SALE, ACCOUNT_FUNDING, ORIGINAL_CREDIT_RETURN, DEBIT_ADJUSTMENT)


@record(
    "network_items",
    Index(None, "window", "currency", "debtor", "creditor"),
    Index(None, "reference"),
    CheckConstraint("amount >= 0 AND scheme_fee_amount >= 0", name="amounts"),
    CheckConstraint("debtor <> creditor", name="members"),
    fixed=True,
)
class Item(Record):
    """One cleared thing. ``amount`` (minor units) passes from ``debtor`` to ``creditor``; ``reference`` is the RRN.

    ``acquirer`` is the one of them that owes the network ``scheme_fee_amount`` (the network itself: nobody does).
    """

    noun: ClassVar[str] = "cleared item"
    prefix: ClassVar[str] = "itm"

    id: Key[str]
    window: str
    network: str
    kind: str
    reference: str
    debtor: str
    creditor: str
    acquirer: str
    currency: str
    amount: int
    interchange_amount: int
    scheme_fee_amount: int
    cleared_at: int


def record_item(
    work: Work,
    network: Network,
    kind: str,
    reference: str,
    *,
    acquirer: str,
    issuer: str,
    currency: str,
    amount: int,
    interchange_amount: int,
    scheme_fee_amount: int,
) -> Item:
    """Write down a cleared item in the window open now; ``amount`` is the cardholder's, in minor units.

    It reads nothing, so a hot step need not declare it. Whoever calls it sees to it that a repeated message does not.
    """
    debtor, creditor = (issuer, acquirer) if kind in _PAID_BY_THE_ISSUER else (acquirer, issuer)
    on_top = interchange_amount if kind == ORIGINAL_CREDIT else -interchange_amount
    return record_leg(
        work,
        network,
        kind,
        reference,
        debtor=debtor,
        creditor=creditor,
        acquirer=acquirer,
        currency=currency,
        amount=amount + on_top,
        interchange_amount=interchange_amount,
        scheme_fee_amount=scheme_fee_amount,
    )


def record_leg(
    work: Work,
    network: Network,
    kind: str,
    reference: str,
    *,
    debtor: str,
    creditor: str,
    acquirer: str,
    currency: str,
    amount: int,
    interchange_amount: int,
    scheme_fee_amount: int,
) -> Item:
    """Write down an item whose ``amount`` has the interchange in it already, such as one leg of a conversion."""
    return work.add(
        Item(
            id=work.new_id(Item.prefix),
            window=window_id(work.now),
            network=network.id,
            kind=kind,
            reference=reference,
            debtor=debtor,
            creditor=creditor,
            acquirer=acquirer,
            currency=currency,
            amount=amount,
            interchange_amount=interchange_amount,
            scheme_fee_amount=scheme_fee_amount,
            cleared_at=work.now,
        )
    )


def postings(work: Work, item: Item) -> tuple[Line, ...]:
    """Return the lines of ``item`` in the network's book: due from debtor → due to creditor, and the fee."""
    own = item.network
    due_from = account(work, own, "due_from_member", item.currency, item.debtor)
    due_to = account(work, own, "due_to_member", item.currency, item.creditor)
    charged = account(work, own, "due_from_member", item.currency, item.acquirer)
    fees = account(work, own, "scheme_fees", item.currency)
    return (
        transfer(due_from, due_to, item.amount, item.kind),
        transfer(charged, fees, item.scheme_fee_amount, "scheme_fee"),
    )
